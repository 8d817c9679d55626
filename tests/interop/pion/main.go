// SPDX-License-Identifier: LGPL-2.1-or-later

// pion: a peer on bare stacks, as small as one can be: ICE, DTLS without an SRTP profile, SCTP, and
// data on stream 1 which nobody opened by DCEP.
//
//	pion --signaling ws://HOST:PORT --id ID [--call ID] [--send BYTES]
//
// With --send it sends so many bytes and closes the stream; without, it receives until the stream
// is closed. Prints {"event": "bound"}, {"event": "connected"} and at the end
// {"event": "data", "bytes": N, "sha256": "…"}.
package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/pion/dtls/v2"
	"github.com/pion/dtls/v2/pkg/crypto/selfsign"
	"github.com/pion/ice/v2"
	"github.com/pion/logging"
	"github.com/pion/sctp"
	"golang.org/x/net/websocket"
)

const (
	streamID    = 1
	messageSize = 32 * 1024
	maxBuffered = 1024 * 1024
)

type description struct {
	Ufrag       string `json:"ufrag"`
	Pwd         string `json:"pwd"`
	Fingerprint string `json:"fingerprint"`
}

type message struct {
	Type      string       `json:"type"`
	ID        string       `json:"id,omitempty"`
	From      string       `json:"from,omitempty"`
	To        string       `json:"to,omitempty"`
	Session   string       `json:"session,omitempty"`
	SDP       *description `json:"sdp,omitempty"`
	Candidate *string      `json:"candidate,omitempty"`
	Code      string       `json:"code,omitempty"`
}

type peer struct {
	signaling *websocket.Conn
	agent     *ice.Agent
	cert      tls.Certificate
	id        string
	remote    string
	session   string
	initiator bool
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "pion:", err)
		os.Exit(1)
	}
}

func report(event string, fields map[string]interface{}) {
	if fields == nil {
		fields = map[string]interface{}{}
	}
	fields["event"] = event
	text, err := json.Marshal(fields)
	check(err)
	fmt.Println(string(text))
}

func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	parts := make([]string, len(sum))
	for i, b := range sum {
		parts[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(parts, ":")
}

func (p *peer) tell(m message) {
	m.From, m.To, m.Session = p.id, p.remote, p.session
	check(websocket.JSON.Send(p.signaling, m))
}

func (p *peer) listen() message {
	var m message
	check(websocket.JSON.Receive(p.signaling, &m))
	if m.Type == "bye" || m.Type == "error" && m.Code != "not-found" {
		check(fmt.Errorf("%s: %s", m.Type, m.Code))
	}
	return m
}

func (p *peer) describe() {
	ufrag, pwd, err := p.agent.GetLocalUserCredentials()
	check(err)
	p.tell(message{Type: "connect", SDP: &description{ufrag, pwd, fingerprint(p.cert.Certificate[0])}})
}

func (p *peer) gather() {
	check(p.agent.OnCandidate(func(c ice.Candidate) {
		text := ""
		if c != nil {
			text = "candidate:" + c.Marshal()
		}
		p.tell(message{Type: "candidate", Candidate: &text})
	}))
	check(p.agent.GatherCandidates())
}

// Exchanges descriptions; candidates go on being taken in the background.
func (p *peer) negotiate() description {
	if p.initiator {
		random := make([]byte, 16)
		_, err := rand.Read(random)
		check(err)
		p.session = hex.EncodeToString(random)
		p.describe()
	}
	var early []message
	for {
		m := p.listen()
		if m.Type == "error" {
			// The one we call is not there yet.
			time.Sleep(100 * time.Millisecond)
			p.describe()
			continue
		}
		if m.Type == "candidate" {
			early = append(early, m)
			continue
		}
		if m.Type != "connect" {
			continue
		}
		if !p.initiator {
			p.remote, p.session = m.From, m.Session
			p.describe()
		}
		p.gather()
		go func() {
			for _, candidate := range early {
				p.take(candidate)
			}
			for {
				p.take(p.listen())
			}
		}()
		return *m.SDP
	}
}

func (p *peer) take(m message) {
	if m.Type != "candidate" || m.Candidate == nil || *m.Candidate == "" {
		return
	}
	candidate, err := ice.UnmarshalCandidate(strings.TrimPrefix(*m.Candidate, "candidate:"))
	if err == nil {
		check(p.agent.AddRemoteCandidate(candidate))
	}
}

func (p *peer) secure(path net.Conn, expected string) net.Conn {
	config := &dtls.Config{
		Certificates:         []tls.Certificate{p.cert},
		ClientAuth:           dtls.RequireAnyClientCert,
		InsecureSkipVerify:   true,
		ExtendedMasterSecret: dtls.RequireExtendedMasterSecret,
		VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error {
			if len(raw) == 0 || fingerprint(raw[0]) != strings.ToUpper(expected) {
				return errors.New("not the signaled certificate")
			}
			return nil
		},
	}
	var secured net.Conn
	var err error
	if p.initiator {
		secured, err = dtls.Client(path, config)
	} else {
		secured, err = dtls.Server(path, config)
	}
	check(err)
	return secured
}

func (p *peer) connect() *sctp.Stream {
	remote := p.negotiate()
	var path net.Conn
	var err error
	if p.initiator {
		path, err = p.agent.Dial(context.Background(), remote.Ufrag, remote.Pwd)
	} else {
		path, err = p.agent.Accept(context.Background(), remote.Ufrag, remote.Pwd)
	}
	check(err)
	config := sctp.Config{NetConn: p.secure(path, remote.Fingerprint), LoggerFactory: logging.NewDefaultLoggerFactory()}
	var association *sctp.Association
	if p.initiator {
		association, err = sctp.Client(config)
	} else {
		association, err = sctp.Server(config)
	}
	check(err)
	stream, err := association.OpenStream(streamID, sctp.PayloadTypeWebRTCBinary)
	check(err)
	report("connected", nil)
	return stream
}

func send(stream *sctp.Stream, size int) {
	hash := sha256.New()
	buffer := make([]byte, messageSize)
	for sent := 0; sent < size; sent += len(buffer) {
		buffer = buffer[:min(messageSize, size-sent)]
		_, err := rand.Read(buffer)
		check(err)
		hash.Write(buffer)
		_, err = stream.WriteSCTP(buffer, sctp.PayloadTypeWebRTCBinary)
		check(err)
		for stream.BufferedAmount() > maxBuffered {
			time.Sleep(time.Millisecond)
		}
	}
	for stream.BufferedAmount() > 0 {
		time.Sleep(time.Millisecond)
	}
	report("data", map[string]interface{}{"bytes": size, "sha256": hex.EncodeToString(hash.Sum(nil))})
	check(stream.Close())
	// until the peer goes
	_, _ = stream.Read(buffer)
	time.Sleep(time.Minute)
}

func receive(stream *sctp.Stream) {
	hash := sha256.New()
	buffer := make([]byte, 1024*1024)
	total := 0
	for {
		n, _, err := stream.ReadSCTP(buffer)
		if errors.Is(err, io.EOF) {
			break
		}
		check(err)
		hash.Write(buffer[:n])
		total += n
	}
	report("data", map[string]interface{}{"bytes": total, "sha256": hex.EncodeToString(hash.Sum(nil))})
	check(stream.Close())
	time.Sleep(time.Minute)
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

func main() {
	uri := flag.String("signaling", "", "")
	id := flag.String("id", "", "")
	call := flag.String("call", "", "")
	size := flag.Int("send", -1, "")
	flag.Parse()

	config, err := websocket.NewConfig(*uri, "http://localhost/")
	check(err)
	config.Protocol = []string{"gst-p2p-1"}
	p := &peer{id: *id, remote: *call, initiator: *call != ""}
	p.signaling, err = websocket.DialConfig(config)
	check(err)
	p.cert, err = selfsign.GenerateSelfSigned()
	check(err)
	p.agent, err = ice.NewAgent(&ice.AgentConfig{
		NetworkTypes:    []ice.NetworkType{ice.NetworkTypeUDP4, ice.NetworkTypeUDP6},
		IncludeLoopback: true,
	})
	check(err)

	check(websocket.JSON.Send(p.signaling, message{Type: "bind", ID: *id}))
	if m := p.listen(); m.Type != "bound" {
		check(errors.New("not bound"))
	}
	report("bound", nil)
	stream := p.connect()
	if *size >= 0 {
		send(stream, *size)
	} else {
		receive(stream)
	}
}

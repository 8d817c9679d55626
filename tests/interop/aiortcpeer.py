# SPDX-License-Identifier: LGPL-2.1-or-later
"""aiortcpeer --signaling URI --id ID [--call ID] [--send BYTES]: a whole WebRTC stack as a peer.

Credentials become the session description that such a stack wants, and back (docs/wire.md section 2).
Channels are opened by DCEP. With --send it opens one, sends so many bytes and closes it; without, it
receives until the channel is closed. Prints {"event": "bound"} and at the end
{"event": "data", "bytes": N, "sha256": "…"}.
"""

import argparse
import asyncio
import hashlib
import json
import os
import re
import secrets

import aiohttp
from aiortc import RTCPeerConnection, RTCSessionDescription

MESSAGE_SIZE = 16384
MAX_BUFFERED = 256 * 1024


def report(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


def to_sdp(credentials, candidates, setup):
    return "\r\n".join([
        "v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0", "a=mid:0",
        f"a=ice-ufrag:{credentials['ufrag']}", f"a=ice-pwd:{credentials['pwd']}",
        f"a=fingerprint:sha-256 {credentials['fingerprint']}", f"a=setup:{setup}",
        f"a=sctp-port:{credentials.get('sctp-port', 5000)}",
        f"a=max-message-size:{credentials.get('max-message-size', 65536)}",
        *[f"a={c}" for c in candidates if " udp " in c.lower()], "a=end-of-candidates", ""])


def from_sdp(sdp):
    """The credentials, and the candidates that this stack puts into the description itself."""
    def find(pattern):
        return re.search(pattern, sdp)[1]
    credentials = {
        "ufrag": find(r"a=ice-ufrag:(\S+)"), "pwd": find(r"a=ice-pwd:(\S+)"),
        "fingerprint": find(r"a=fingerprint:sha-256 (\S+)").upper(), "sctp-port": int(find(r"a=sctp-port:(\d+)")),
        "max-message-size": int(find(r"a=max-message-size:(\d+)")),
        "framings": ["raw"],  # aiortc wants an SRTP profile
    }
    return credentials, re.findall(r"a=(candidate:[^\r\n]+)", sdp)


class Peer:
    def __init__(self, options):
        self.options = options
        self.connection = RTCPeerConnection()
        self.socket = None
        self.remote = options.call
        self.session = secrets.token_hex(16) if options.call else None
        self.credentials = None
        self.candidates = []
        self.connection.on("datachannel", self.on_channel)

    async def tell(self, kind, **fields):
        await self.socket.send_json({"type": kind, "from": self.options.id, "to": self.remote, "session": self.session,
                                     **fields})

    async def describe(self):
        credentials, candidates = from_sdp(self.connection.localDescription.sdp)
        await self.tell("connect", sdp=credentials)
        for candidate in [*candidates, ""]:
            await self.tell("candidate", candidate=candidate)

    async def on_remote(self):
        """Description and all candidates of the other one are there: aiortc's ICE gives up when it has none to
        begin with."""
        if self.options.call:
            sdp = to_sdp(self.credentials, self.candidates, "passive")
            await self.connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
            return
        sdp = to_sdp(self.credentials, self.candidates, "actpass")
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        # The one that calls is the client, which an offer of aiortc's kind cannot say.
        self.connection.sctp.transport._set_role("server")  # pylint: disable=protected-access
        if self.options.send is not None:
            self.open_channel()
        await self.connection.setLocalDescription(await self.connection.createAnswer())
        await self.describe()

    async def on_message(self, message):
        if message["type"] == "connect":
            self.remote, self.session, self.credentials = message["from"], message["session"], message["sdp"]
        elif message["type"] == "candidate" and message["candidate"]:
            self.candidates.append(message["candidate"])
        elif message["type"] == "candidate":
            await self.on_remote()
        elif message["type"] == "error" and message["code"] == "not-found":
            await asyncio.sleep(0.1)  # the one we call is not there yet
            await self.describe()

    def open_channel(self):
        channel = self.connection.createDataChannel("interop")
        channel.on("open", lambda: asyncio.ensure_future(self.send(channel)))

    async def send(self, channel):
        data = os.urandom(self.options.send)
        for start in range(0, len(data), MESSAGE_SIZE):
            channel.send(data[start:start + MESSAGE_SIZE])
            while channel.bufferedAmount > MAX_BUFFERED:
                await asyncio.sleep(0.005)
        while channel.bufferedAmount > 0:
            await asyncio.sleep(0.005)
        report("data", bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
        channel.close()

    def on_channel(self, channel):
        received = bytearray()
        channel.on("message", lambda data: received.extend(data.encode() if isinstance(data, str) else data))
        channel.on("close", lambda: report("data", bytes=len(received), sha256=hashlib.sha256(received).hexdigest()))

    async def run(self):
        async with aiohttp.ClientSession() as session:
            self.socket = await session.ws_connect(self.options.signaling, protocols=("gst-p2p-1",))
            await self.socket.send_json({"type": "bind", "id": self.options.id})
            assert (await self.socket.receive_json())["type"] == "bound"
            report("bound")
            if self.options.call:
                if self.options.send is not None:
                    self.open_channel()
                else:
                    self.connection.createDataChannel("unused")  # or there is nothing to offer
                await self.connection.setLocalDescription(await self.connection.createOffer())
                await self.describe()
            async for message in self.socket:
                await self.on_message(json.loads(message.data))


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--signaling", required=True)
    parser.add_argument("--id", required=True)
    parser.add_argument("--call")
    parser.add_argument("--send", type=int)
    await Peer(parser.parse_args()).run()


asyncio.run(main())

# SPDX-License-Identifier: LGPL-2.1-or-later
"""aiortcpeer --signaling URI --id ID [--call ID] [--send BYTES]: a whole WebRTC stack (aiortc) as a peer.

Descriptions become the session descriptions that such a stack wants, and back (docs/wire.md section 2).
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
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

MESSAGE_SIZE = 16384
MAX_BUFFERED = 256 * 1024


def report(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


def to_sdp(description, candidates, setup):
    """aiortc has neither ICE over TCP nor trickled candidates."""
    return "\r\n".join([
        "v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0", "a=mid:0",
        f"a=ice-ufrag:{description['ufrag']}", f"a=ice-pwd:{description['pwd']}",
        f"a=fingerprint:sha-256 {description['fingerprint']}", f"a=setup:{setup}",
        f"a=sctp-port:{description.get('sctp-port', 5000)}",
        f"a=max-message-size:{description.get('max-message-size', 65536)}",
        *[f"a={candidate}" for candidate in candidates if " udp " in candidate.lower()], "a=end-of-candidates", ""])


def from_sdp(sdp):
    """The description, and the candidates, which aiortc puts into the same text."""
    def find(pattern):
        return re.search(pattern, sdp)[1]
    description = {
        "ufrag": find(r"a=ice-ufrag:(\S+)"), "pwd": find(r"a=ice-pwd:(\S+)"),
        "fingerprint": find(r"a=fingerprint:sha-256 (\S+)").upper(),
        "max-message-size": int(find(r"a=max-message-size:(\d+)")),
        "framings": ["raw"],  # aiortc wants an SRTP profile: docs/wire.md section 3
    }
    return description, re.findall(r"a=(candidate:[^\r\n]+)", sdp)


class Peer:
    """One connection. Its remote's candidates are collected: aiortc's ICE gives up if it has none to begin with."""

    def __init__(self, options):
        self.options = options
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))  # its own would be out in the world
        self.socket = None
        self.remote = options.call
        self.session = secrets.token_hex(16) if options.call else None
        self.description = None
        self.candidates = []
        self.connection.on("datachannel", self.on_channel)

    # --- signaling ---

    async def tell(self, kind, **fields):
        await self.socket.send_json({"type": kind, "from": self.options.id, "to": self.remote, "session": self.session,
                                     **fields})

    async def describe(self):
        description, candidates = from_sdp(self.connection.localDescription.sdp)
        await self.tell("connect", sdp=description)
        for candidate in [*candidates, ""]:
            await self.tell("candidate", candidate=candidate)

    async def call(self):
        if self.options.send is not None:
            self.open_channel()
        else:
            # There must be something to offer. Negotiated, so that nothing of it is on the wire.
            self.connection.createDataChannel("unused", negotiated=True, id=999)
        await self.connection.setLocalDescription(await self.connection.createOffer())
        await self.describe()

    async def take_call(self):
        offer = to_sdp(self.description, self.candidates, "actpass")
        await self.connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        # The one that calls is the client; aiortc takes no notice of an offer that says so.
        self.connection.sctp.transport._set_role("server")  # pylint: disable=protected-access
        if self.options.send is not None:
            self.open_channel()
        await self.connection.setLocalDescription(await self.connection.createAnswer())
        await self.describe()

    async def take_answer(self):
        answer = to_sdp(self.description, self.candidates, "passive")
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def on_message(self, message):
        if message["type"] == "connect":
            self.remote, self.session, self.description = message["from"], message["session"], message["sdp"]
        elif message["type"] == "candidate" and message["candidate"]:
            self.candidates.append(message["candidate"])
        elif message["type"] == "candidate":
            await (self.take_answer() if self.options.call else self.take_call())
        elif message["type"] == "error" and message["code"] == "not-found":
            await asyncio.sleep(0.1)  # the one we call is not there yet
            await self.describe()

    # --- data ---

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
                await self.call()
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

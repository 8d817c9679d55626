// SPDX-License-Identifier: LGPL-2.1-or-later
//
// wrtc: a data channel of libwebrtc (npm @roamhq/wrtc), one process of the two.
//
//   node wrtc.js receiver FD
//   node wrtc.js sender FD MESSAGE-SIZE
//
// Reliable and ordered. FD is one end of a socket pair, over which go descriptions and candidates as
// JSON lines. Prints what meter.h says.
"use strict";

const net = require("net");
const wrtc = require("@roamhq/wrtc");

const HIGH_WATER = 4 * 1024 * 1024;
const BATCH = 64 * 1024;
const POLL_MS = 1;
const EVERY_US = 100000;

const [role, fd, size] = process.argv.slice(2);
const sends = role === "sender";
const pair = new net.Socket({fd: Number(fd), readable: true, writable: true});
const connection = new wrtc.RTCPeerConnection();
let bytes = 0;
let printedUs = 0;

function nowUs() {
  return Number(process.hrtime.bigint() / 1000n);
}

function print(event) {
  console.log(JSON.stringify({event, us: nowUs(), bytes}));
}

function add(count) {
  bytes += count;
  if (printedUs === 0)
    print("first");
  else if (nowUs() - printedUs >= EVERY_US)
    print("bytes");
  else
    return;
  printedUs = nowUs();
}

function tell(message) {
  pair.write(JSON.stringify(message) + "\n");
}

// Looks at bufferedAmount, which is a call to another thread, once in BATCH bytes.
function pump(channel) {
  const message = new Uint8Array(Number(size));
  while (channel.readyState === "open" && channel.bufferedAmount < HIGH_WATER) {
    for (let sent = 0; sent < BATCH; sent += message.length)
      channel.send(message);
  }
  // The module never says bufferedamountlow.
  if (channel.readyState === "open")
    setTimeout(pump, POLL_MS, channel);
}

async function take(message) {
  if (message.candidate !== undefined) {
    if (message.candidate)
      await connection.addIceCandidate(message.candidate);
    return;
  }
  await connection.setRemoteDescription(message);
  if (message.type === "offer") {
    await connection.setLocalDescription(await connection.createAnswer());
    tell(connection.localDescription);
  }
}

connection.onicecandidate = ({candidate}) => tell({candidate});
connection.ondatachannel = ({channel}) => {
  channel.binaryType = "arraybuffer";
  channel.onmessage = ({data}) => add(data.byteLength);
};

let text = "";
let taken = Promise.resolve();
pair.on("data", (data) => {
  const lines = (text + data).split("\n");
  text = lines.pop();
  for (const line of lines)
    taken = taken.then(() => take(JSON.parse(line)));
});
pair.on("close", () => process.exit(0));

if (sends) {
  print("call");
  const channel = connection.createDataChannel("bench");
  channel.onopen = () => pump(channel);
  connection.createOffer()
    .then((offer) => connection.setLocalDescription(offer))
    .then(() => tell(connection.localDescription));
}

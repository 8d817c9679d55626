#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs examples/e2ee-forward without windows, and looks at the pictures that each party saw.

forward.py PROGRAM FORMAT
"""
import glob
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import zlib

SECONDS = 6
ROTATE_MS = 1000
# Mean difference of a color channel, 0 to 255. VP8 changes the test picture by about 2.
SAME, DIFFERENT = 12, 35


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def read_png(path):
    """Rows of bytes, and the bytes of a pixel. Not for interlaced or palette pictures."""
    with open(path, "rb") as file:
        data = file.read()
    chunks, at = {}, 8
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        chunks[kind] = chunks.get(kind, b"") + data[at + 8:at + 8 + size]
        at += 12 + size
    if b"IEND" not in chunks:
        return None  # cut off when the program ended
    width, height, depth, color, _, _, interlace = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert depth == 8 and color in (2, 6) and interlace == 0, (depth, color, interlace)
    step = 3 if color == 2 else 4
    raw, rows, above = zlib.decompress(chunks[b"IDAT"]), [], bytearray(width * step)
    for y in range(height):
        start = y * (width * step + 1)
        method, row = raw[start], bytearray(raw[start + 1:start + 1 + width * step])
        for x in range(len(row)):
            left = row[x - step] if x >= step else 0
            corner = above[x - step] if x >= step else 0
            row[x] = (row[x] + (0, left, above[x], (left + above[x]) // 2,
                                paeth(left, above[x], corner))[method]) & 255
        rows.append(row)
        above = row
    return rows, step


def difference(one, two):
    """Of the color bars: the upper part; below there is noise."""
    (rows, step), (others, other_step) = one, two
    total = count = 0
    for row, other in zip(rows[:len(rows) * 6 // 10:4], others[::4]):
        for x in range(0, len(row) // step, 4):
            for channel in range(3):
                total += abs(row[x * step + channel] - other[x * other_step + channel])
                count += 1
    return total / count


def pictures(folder, name):
    paths = sorted(glob.glob(f"{folder}/{name}-*.png"))
    # Some are enough, from first to last: reading one takes a while.
    found = [read_png(path) for path in paths[::len(paths) // 6 + 1]]
    return [picture for picture in found if picture]


def stats_of(log, name):
    line = re.search(rf"^\w+ +{name}: application/x-sframe-stats, (.*)$", log, re.M)
    assert line, f"no statistics of {name}"
    return {key: int(value) for key, value in re.findall(r"([\w-]+)=\(guint64\)(\d+)", line[1])}


def check_pictures(folder, style):
    sent = pictures(folder, "sender")
    assert len(sent) >= 3, f"the sender saw {len(sent)} pictures"
    received = pictures(folder, "receiver")
    assert len(received) >= 3, f"the receiver with the key saw {len(received)} pictures"
    worst = max(difference(picture, sent[0]) for picture in received)
    assert worst < SAME, f"the receiver's picture differs by {worst:.1f}"
    assert not pictures(folder, "outsider"), "the receiver without a key saw something"
    torn = pictures(folder, "forwarder")
    if style != "sframe":
        assert torn, "the forwarder saw nothing of frames with clear first bytes"
    closest = min((difference(picture, sent[0]) for picture in torn), default=255)
    assert closest > DIFFERENT, f"the forwarder's picture differs by {closest:.1f} only"
    print(f"{style}: receiver {len(received)} pictures, at most {worst:.1f} off; "
          f"forwarder {len(torn)}, at least {closest:.1f} off")


def check_log(log):
    used = {int(kid) for kid in re.findall(r"^receive +receiver uses key (\d+)$", log, re.M)}
    assert len(used) >= 3, f"the receiver opened frames under {used} only"
    receiver, outsider = stats_of(log, "receiver"), stats_of(log, "outsider")
    assert receiver["opened"] > 30, receiver
    assert sum(receiver[key] for key in receiver if key.startswith("dropped")) == 0, receiver
    assert outsider["opened"] == 0 and outsider["dropped-no-key"] > 30, outsider
    # The keys went past the forwarder, to the certificate that the receiver showed.
    shown = re.search(r"^receive +fingerprint (\S+)$", log, re.M)[1]
    assert re.search(rf"^send +keys go to the certificate {shown}$", log, re.M), "another certificate"


def main():
    program, style = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run(
            [program, "--headless", folder, "--format", style, "--seconds", str(SECONDS),
             "--rotate", str(ROTATE_MS), "--signaling", f"ws://127.0.0.1:{free_port()}"],
            stdout=subprocess.PIPE, text=True, timeout=90,
            env=dict(os.environ, GST_TRACERS=""), check=False)
        print(result.stdout)
        check_log(result.stdout)
        check_pictures(folder, style)
        assert result.returncode == 0, f"exit status {result.returncode}"


main()

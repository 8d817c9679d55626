# SPDX-License-Identifier: LGPL-2.1-or-later
"""pion [--size BYTES]: the direct transport with a peer on bare stacks (pion's ICE, DTLS and SCTP for Go):
no SRTP profile in DTLS, data on stream 1 without DCEP. In both roles, both ways, bit by bit.

Skips where Go or Debian's packages of pion are missing.
"""

import argparse
import os
import shutil
import subprocess

from exchange import BUILD, Processes, exchange_all, skip

# Debian's Go knows Debian's packages; another one in the PATH may have left that way of building.
GO = "/usr/bin/go" if os.path.exists("/usr/bin/go") else shutil.which("go")
PACKAGES = "/usr/share/gocode"


def build():
    if not GO:
        skip("Go is missing (golang-go)")
    if not os.path.isdir(os.path.join(PACKAGES, "src/github.com/pion/sctp")):
        skip("pion is missing (golang-github-pion-webrtc.v3-dev)")
    folder = os.path.abspath(os.path.join(BUILD, "tests/interop"))
    os.makedirs(folder, exist_ok=True)
    program = os.path.join(folder, "pion-peer")
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": PACKAGES, "GOFLAGS": "",
                   "GOCACHE": os.path.join(folder, "go-cache")}
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pion")
    done = subprocess.run([GO, "build", "-o", program, "."], cwd=source, env=environment, capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return program


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=10_000_000)
    options = parser.parse_args()
    program = build()
    with Processes() as processes:
        exchange_all(processes, [program], "direct", options.size, "sink_0::negotiated=true sink_0::stream-id=1")


main()

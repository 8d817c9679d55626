# SPDX-License-Identifier: LGPL-2.1-or-later
"""pion [--size BYTES]: the direct transport with a peer on bare stacks (pion's ICE, DTLS and SCTP for Go):
no SRTP profile in DTLS, data on stream 1 without DCEP. In both roles, both ways, bit by bit.

Skips where Go or Debian's packages of pion are missing.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../net"))
from processes import BUILD, Processes, skip  # noqa: E402  pylint: disable=wrong-import-position

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
    done = subprocess.run([GO, "build", "-o", program, "."], cwd=os.path.join(HERE, "pion"), env=environment,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return program


def exchange(processes, program, uri, we_call, we_send, size):
    """One connection, one file. What went in came out."""
    ours, theirs = ("a", "b") if we_call else ("b", "a")
    common = f"signaling-uri={uri} local-id={ours} transport=direct framing=raw"
    if we_call:
        common += f" remote-id={theirs}"
    call = [] if we_call else ["--call", ours]
    with tempfile.NamedTemporaryFile() as file:
        if we_send:
            file.write(os.urandom(size))
            file.flush()
            description = (f"p2psink name=s {common} sink_0::negotiated=true sink_0::stream-id=1 "
                           f"filesrc location={file.name} blocksize=50000 ! identity name=in ! s.sink_0")
        else:
            description = f"p2psrc {common} ! fakesink name=out sync=false"
        start_us = (lambda: processes.peer("ours", description, timeout=150))
        start_pion = (lambda: processes.start("pion", program, "--signaling", uri, "--id", theirs, *call,
                                              *([] if we_send else ["--send", str(size)])))
        if we_call:
            pion = start_pion()
            pion.wait_event("bound")
            us = start_us()
        else:
            us = start_us()
            us.wait_event("playing")
            pion = start_pion()
        code = us.wait(180)
        theirs_data = pion.wait_event("data")
    ours_data = us.find("data", element="in" if we_send else "out")
    assert code == 0, f"exit code {code}"
    assert ours_data["bytes"] == theirs_data["bytes"] == size, (ours_data, theirs_data)
    assert ours_data["sha256"] == theirs_data["sha256"]
    for process in processes.processes[-2:]:
        process.kill()
    del processes.processes[-2:]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=10_000_000)
    options = parser.parse_args()
    program = build()
    with Processes() as processes:
        uri = processes.signaling()
        for we_call in (True, False):
            for we_send in (True, False):
                exchange(processes, program, uri, we_call, we_send, options.size)
                print(f"we {'call' if we_call else 'are called'} and {'send' if we_send else 'receive'}: "
                      f"{options.size} bytes, the same", flush=True)


main()

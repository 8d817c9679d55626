# SPDX-License-Identifier: LGPL-2.1-or-later
"""interrupts COUNT [--transport NAME]: Ctrl-C at both ends at random moments; both exit within 2 s."""

import argparse
import os
import random
import shutil
import signal
import subprocess
import time

from processes import SLOWDOWN, Processes, skip



def show_stacks(peer):
    """Where a process hangs, if there is a debugger to ask."""
    if shutil.which("gdb"):
        subprocess.run(["gdb", "-batch", "-p", str(peer.child.pid), "-ex", "thread apply all bt 20"], check=False,
                       stderr=subprocess.DEVNULL)


def interrupt(peer):
    """Returns how long the exit took, in seconds."""
    began = time.monotonic()
    peer.kill(signal.SIGINT)
    try:
        code = peer.wait(10)
    except subprocess.TimeoutExpired:
        show_stacks(peer)
        raise
    assert code >= 0 or code == -signal.SIGINT, f"{peer.name} crashed: {code}\n{peer.log()}"
    return time.monotonic() - began


def once(number, uri, transport, within):
    delays = random.uniform(0, 1.5), random.uniform(0, 0.5)
    common = f"signaling-uri={uri} transport={transport}".split()
    with Processes() as processes:
        peers = [
            processes.start("receiver", "gst-launch-1.0", "p2psrc", f"local-id=inbox{number}", *common,
                            "!", "fakesink", "sync=false"),
            processes.start("sender", "gst-launch-1.0", "fakesrc", "sizetype=fixed", "sizemax=20000", "!",
                            "identity", "sleep-time=500", "!", "p2psink", f"remote-id=inbox{number}", *common)]
        random.shuffle(peers)
        for peer, delay in zip(peers, delays):
            time.sleep(delay)
            took = interrupt(peer)
            assert took < within * SLOWDOWN, f"{number}: {peer.name} took {took:.2f} s after {delays}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--transport", default="elements")
    parser.add_argument("--within", type=float, default=2, help="seconds for a process to exit")
    options = parser.parse_args()
    if not shutil.which("gst-launch-1.0"):
        skip("gst-launch-1.0 is missing")
    seed = int.from_bytes(os.urandom(4), "big")
    random.seed(seed)
    print("seed", seed, flush=True)
    with Processes() as processes:
        uri = processes.signaling()
        for number in range(options.count):
            once(number, uri, options.transport, options.within)


main()

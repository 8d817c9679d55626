# SPDX-License-Identifier: LGPL-2.1-or-later
"""stall SECONDS [--transport NAME]: the receiver's downstream takes nothing for a while.

Sender and receiver grow by no more than max-in-flight and a constant, nothing is lost, and it goes
on afterwards.
"""

import argparse
import os
import tempfile
import time

from processes import SLOWDOWN, Processes

MAX_IN_FLIGHT = 4 * 1024 * 1024  # the default of p2psink
# What may come on top: socket and SCTP buffers of both directions, and the allocator's slack.
CONSTANT = 24 * 1024 * 1024
BYTES = 64 * 1024 * 1024
STALL_AT = 8 * 1024 * 1024


def rss(peer):
    """Resident bytes."""
    with open(f"/proc/{peer.child.pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def watch_memory(peers, seconds):
    """The most that each grew by."""
    before = [rss(peer) for peer in peers]
    grown = [0] * len(peers)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        grown = [max(g, rss(p) - b) for g, p, b in zip(grown, peers, before)]
        time.sleep(0.05)
    return grown


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("seconds", type=float)
    parser.add_argument("--transport", default="elements")
    options = parser.parse_args()
    with Processes() as processes, tempfile.NamedTemporaryFile() as file:
        file.write(os.urandom(BYTES))
        file.flush()
        common = f"signaling-uri={processes.signaling()} transport={options.transport}"
        receiver = processes.peer("receiver", f"p2psrc local-id=inbox {common} ! fakesink name=out sync=false",
                                  "--stall-at", str(STALL_AT), "--stall-for", str(int(options.seconds * 1000)))
        sender = processes.peer("sender", f"filesrc location={file.name} blocksize=65536 ! identity name=in ! "
                                          f"p2psink remote-id=inbox {common}")
        receiver.wait_event("stalled", 60)
        grown = watch_memory((sender, receiver), options.seconds * 0.6)
        assert not receiver.find("resumed") and not sender.find("eos"), "it did not stall"
        print("grown by (bytes), sender and receiver:", *grown, flush=True)
        if SLOWDOWN == 1:  # a sanitizer's own memory says nothing
            assert max(grown) <= MAX_IN_FLIGHT + CONSTANT, grown
        assert (sender.wait(120), receiver.wait(120)) == (0, 0)
        sent, received = sender.find("data", element="in"), receiver.find("data", element="out")
        assert sent["bytes"] == received["bytes"] == BYTES, (sent, received)
        assert sent["sha256"] == received["sha256"]


main()

# SPDX-License-Identifier: LGPL-2.1-or-later
"""kills COUNT [--transport NAME]: one of two processes is killed by SIGKILL at a random moment.

The other notices within 15 s: it posts one error and ends, or goes on waiting where it was told to,
and can then be ended like any other. Its GStreamer objects are all gone then (peer checks).
"""

import argparse
import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor

from processes import SLOWDOWN, Processes, wait_until

NOTICE_WITHIN = 15
AT_ONCE = 5


def events(peer, kind):
    return [e for e in peer.events if e.get("event") == kind]


def is_open(peer):
    return peer.find("state", state="open")


def expect_error(survivor, killed_at):
    """Ends by itself, with exactly one error, in time."""
    survivor.wait_event("error", NOTICE_WITHIN)
    took = time.monotonic() - killed_at
    code = survivor.wait(30)  # it looks for leaks, and the stock DTLS elements' timers hold theirs for 8 s
    errors = events(survivor, "error")
    assert took < NOTICE_WITHIN * SLOWDOWN, f"{survivor.name} took {took:.1f} s"
    assert code == 1 and len(errors) == 1, f"{survivor.name}: exit code {code}, errors {errors}"
    assert errors[0]["text"], errors


def expect_waiting(survivor, was_open):
    """Forgets the connection in time, and still listens to a signal."""
    if was_open:
        wait_until(lambda: events(survivor, "state")[-1]["state"] != "open", NOTICE_WITHIN,
                   f"{survivor.name} notices")
    assert survivor.child.poll() is None and not events(survivor, "error"), survivor.log()
    survivor.wait_event("playing")  # from then on it listens to signals
    survivor.kill(signal.SIGTERM)
    code = survivor.wait(30)
    assert code == 0, f"{survivor.name}: exit code {code} instead of an orderly end"


def once(number, transport):
    victim = random.choice(["sender", "receiver"])
    keep = random.choice(["true", "false"])
    delay = random.uniform(0, 1.5)
    with Processes() as processes:
        uri = processes.signaling()
        common = f"signaling-uri={uri} connect-timeout=8000 transport={transport}"
        peers = {
            "receiver": processes.peer("receiver", f"p2psrc local-id=inbox keep-listening={keep} {common} ! "
                                                   "fakesink name=out sync=false"),
            "sender": processes.peer("sender", "fakesrc sizetype=fixed sizemax=20000 filltype=zero ! identity "
                                               f"sleep-time=2000 ! p2psink remote-id=inbox {common}")}
        survivor = peers["receiver" if victim == "sender" else "sender"]
        if number % 2:  # every other time certainly in the middle of a connection
            peers[victim].wait_event("state", state="open")
        time.sleep(delay)
        peers[victim].kill()
        killed_at = time.monotonic()
        was_open = is_open(survivor)
        print(f"{number}: {victim} killed after {delay:.2f} s, {'open' if was_open else 'not open'}, "
              f"keep-listening={keep}", flush=True)
        if survivor.name == "receiver" and (keep == "true" or not was_open):
            expect_waiting(survivor, was_open)
        else:
            expect_error(survivor, killed_at)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--transport", default="elements")
    options = parser.parse_args()
    seed = int.from_bytes(os.urandom(4), "big")
    random.seed(seed)
    print("seed", seed, flush=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda number: once(number, options.transport), range(options.count)))


main()

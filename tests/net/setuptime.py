# SPDX-License-Identifier: LGPL-2.1-or-later
"""setuptime COUNT [--transport NAME] [--median MS] [--most MS]: from the call to the first buffer.

Both ends have started: the receiver is bound and the sender READY. The call is the sender's change
to PLAYING. Prints the median, and fails where a bound is given and passed.
"""

import argparse
import statistics

from processes import Processes

READY_MS = 1500  # long enough for what a process does once, such as making a key


def once(uri, number, transport):
    """Milliseconds."""
    common = f"signaling-uri={uri} transport={transport}"
    with Processes() as processes:
        receiver = processes.peer("receiver", f"p2psrc local-id=inbox{number} {common} ! fakesink name=out sync=false")
        sender = processes.peer("sender", "fakesrc num-buffers=1 sizetype=fixed sizemax=1000 filltype=zero ! "
                                          f"p2psink remote-id=inbox{number} {common}", "--ready-for", str(READY_MS))
        began = sender.wait_event("playing")["us"]
        first = receiver.wait_event("first-buffer")["us"]
        assert (sender.wait(), receiver.wait()) == (0, 0)
        return (first - began) / 1000


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--transport", default="elements")
    parser.add_argument("--median", type=float)
    parser.add_argument("--most", type=float)
    options = parser.parse_args()
    with Processes() as processes:
        uri = processes.signaling()
        times = [once(uri, number, options.transport) for number in range(options.count)]
    median, most = statistics.median(times), max(times)
    print(f"{options.transport}: call to first buffer: median {median:.1f} ms, most {most:.1f} ms, {len(times)} runs")
    assert options.median is None or median <= options.median, times
    assert options.most is None or most <= options.most, times


main()

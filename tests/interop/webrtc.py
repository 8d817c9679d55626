# SPDX-License-Identifier: LGPL-2.1-or-later
"""webrtc [--size BYTES] [--transport NAME]: a transport with a whole WebRTC stack (aiortc) as the peer, channels
opened by DCEP. In both roles, both ways, bit by bit.

Skips where python3-aiortc or python3-aiohttp are missing.
"""

import argparse
import importlib.util
import os
import sys

from exchange import Processes, exchange_all, skip


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=2_000_000)
    parser.add_argument("--transport", default="direct")
    options = parser.parse_args()
    for module in ("aiortc", "aiohttp"):
        if not importlib.util.find_spec(module):
            skip(f"{module} is missing (python3-{module})")
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "aiortcpeer.py")
    with Processes() as processes:
        exchange_all(processes, [sys.executable, program], options.transport, options.size)


main()

# SPDX-License-Identifier: LGPL-2.1-or-later
"""path [--seconds N] [--check]: both transports over paths with delay and loss (a relay in the same process).

Prints Mbit/s after 5 s: the mean, and the least of any second; writes path.json and path.md to the build folder.
--check fails if the direct transport is not what it is to be: 400 Mbit/s over a round trip of 20 ms and 300 over
100 ms, never below half of that, and twice the stock elements' rate with 1 % loss.
"""

import argparse
import json
import os
import subprocess
import sys

BUILD = os.environ.get("GST_P2P_BUILD_ROOT", "build")
PROGRAM = os.path.join(BUILD, "tests/bench/bench-path")
SETTLING = 5  # seconds
PATHS = [(20, 0), (100, 0), (20, 1)]  # round trip in ms, loss in %
GOALS = {(20, 0): 400, (100, 0): 300}  # Mbit/s


def measure(transport, round_trip, loss, seconds):
    command = [PROGRAM, transport, str(round_trip // 2), str(loss), str(SETTLING + seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rates = [json.loads(line)["mbit_s"] for line in done.stdout.splitlines()][SETTLING:]
    return {"transport": transport, "round_trip_ms": round_trip, "loss_percent": loss,
            "mean": sum(rates) / len(rates), "least": min(rates)}


HEADING = "| transport | round trip ms | loss % | Mbit/s | least |\n|---|--:|--:|--:|--:|"


def row(r):
    return (f"| {r['transport']:9} | {r['round_trip_ms']:13} | {r['loss_percent']:6} | {r['mean']:6.1f} "
            f"| {r['least']:5.1f} |")


def check(results):
    found = {(r["transport"], r["round_trip_ms"], r["loss_percent"]): r for r in results}
    missed = [f"{path}: {found['direct', *path]}" for path, goal in GOALS.items()
              if found["direct", *path]["mean"] < goal or found["direct", *path]["least"] < goal / 2]
    if found["direct", 20, 1]["mean"] < 2 * found["elements", 20, 1]["mean"]:
        missed.append("less than twice the elements' rate with loss")
    if missed:
        sys.exit("goals not met: " + "; ".join(missed))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    print(HEADING)
    results = []
    for path in PATHS:
        for transport in ("elements", "direct"):
            results.append(measure(transport, *path, options.seconds))
            print(row(results[-1]), flush=True)
    with open(os.path.join(BUILD, "path.json"), "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1)
    with open(os.path.join(BUILD, "path.md"), "w", encoding="utf-8") as file:
        file.write("\n".join([HEADING, *map(row, results), ""]))
    if options.check:
        check(results)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: LGPL-2.1-or-later
"""datachannel [--seconds N] [--sizes N…] [--only NAME…] [--check]: reliable, ordered messages from one
process to another over loopback, by this project and by others, in one run.

Prints Mbit/s, CPU seconds per GB of both processes, set-up time and peak resident memory, and what
that is in relation to the baseline. Writes datachannel.json, .md and .svg to the build folder.
A contestant is two programs that print what meter.h says. --check fails if the project's own are
slower than the baseline.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import time

from chart import write_svg

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../net"))
from processes import Processes  # noqa: E402  pylint: disable=wrong-import-position

BUILD = os.environ.get("GST_P2P_BUILD_ROOT", "build")
BENCH = os.path.join(BUILD, "tests/bench")
WARM_UP = 1.0  # seconds
BASELINE = "webrtcbin"
# npm install --prefix <build folder> @roamhq/wrtc
NODE_MODULES = os.path.join(os.path.abspath(BUILD), "node_modules")


def start_stream(transport):
    def start(processes, size):
        uri = processes.signaling()
        program = os.path.join(BENCH, "bench-stream")
        receiver = processes.start("receiver", program, "receiver", uri, transport)
        sender = processes.start("sender", program, "sender", uri, transport, str(size))
        return sender, receiver
    return start


def start_pair(name):
    """Programs that exchange descriptions and candidates over a socket pair."""
    return lambda processes, size: start_with_socket_pair(processes, os.path.join(BENCH, name), size)


def start_wrtc(processes, size):
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "wrtc.js")
    return start_with_socket_pair(processes, "node", size, script, env={**os.environ, "NODE_PATH": NODE_MODULES})


def start_with_socket_pair(processes, program, size, *arguments, **options):
    ends = socket.socketpair()
    started = []
    for role, end, more in (("receiver", ends[0], []), ("sender", ends[1], [str(size)])):
        end.set_inheritable(True)
        started.append(processes.start(role, program, *arguments, role, str(end.fileno()), *more,
                                       pass_fds=[end.fileno()], **options))
        end.close()
    return started[1], started[0]


# What a contestant needs besides the build: a function that says what is missing, or None.
CONTESTANTS = {
    "webrtcbin": start_pair("bench-webrtc"),
    "elements": start_stream("elements"),
    "direct": start_stream("direct"),
    "direct-transport": start_pair("bench-transport"),
    "wrtc": start_wrtc,
    "dtls-udp": start_pair("bench-dtlsudp"),
}
OWN = ("elements", "direct")
ONE_SIZE = {"dtls-udp": 1200}  # its records have that size
RUNS = {"wrtc": 3}  # its rate varies tenfold between runs (it overruns loopback's buffers): the best one counts

# What the direct transport is to be, alone and with elements around it: at least so many times another's throughput, with at most this part of
# its CPU time for a byte.
GOALS = {"webrtcbin": (4, 1 / 6), "elements": (4, 1 / 6), "wrtc": (2, 1 / 4), "dtls-udp": (0.6, None)}


def cpu_seconds(process):
    """User and system time of a process and its ended children."""
    with open(f"/proc/{process.child.pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return sum(int(fields[i]) for i in (11, 12)) / os.sysconf("SC_CLK_TCK")


def peak_rss(process):
    """Bytes."""
    with open(f"/proc/{process.child.pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def last_bytes(receiver):
    event = [e for e in receiver.events if "bytes" in e][-1]
    return event["us"], event["bytes"]


def measure(start, size, seconds):
    with Processes() as processes:
        sender, receiver = start(processes, size)
        call = sender.wait_event("call")["us"]
        first = receiver.wait_event("first")["us"]
        time.sleep(WARM_UP)
        cpu_before = cpu_seconds(sender) + cpu_seconds(receiver)
        us_before, bytes_before = last_bytes(receiver)
        time.sleep(seconds)
        cpu_after = cpu_seconds(sender) + cpu_seconds(receiver)
        us_after, bytes_after = last_bytes(receiver)
        moved = bytes_after - bytes_before
        if moved <= 0:
            raise RuntimeError("nothing moved")
        return {"mbit_s": moved * 8 / (us_after - us_before), "cpu_s_per_gb": (cpu_after - cpu_before) / (moved / 1e9),
                "setup_ms": (first - call) / 1000, "rss_mb": max(peak_rss(sender), peak_rss(receiver)) / 1e6}


def measure_best(name, size, seconds):
    """Of several runs where one says little; one that stands still does not count beside others."""
    runs, failure = [], None
    for _ in range(RUNS.get(name, 1)):
        try:
            runs.append(measure(CONTESTANTS[name], size, seconds))
        except RuntimeError as error:
            failure = error
    if not runs:
        raise failure
    return max(runs, key=lambda run: run["mbit_s"])


def available(names):
    """Those contestants that this build has, and this machine."""
    if not (shutil.which("node") and os.path.isdir(os.path.join(NODE_MODULES, "@roamhq/wrtc"))):
        names = [n for n in names if n != "wrtc"]
    done = subprocess.run(["gst-inspect-1.0", "p2psink"], capture_output=True, text=True, check=False)
    return [n for n in names if n not in OWN or f"): {n} " in done.stdout or f" {n} " in done.stdout]


def run_all(names, sizes, seconds):
    results = []
    for size in sizes:
        for name in names:
            if ONE_SIZE.get(name, size) != size:
                continue
            result = {"name": name, "size": size, **measure_best(name, size, seconds)}
            results.append(result)
            print(row(result), flush=True)
    return results


HEADING = f"| {'contestant':12} | bytes | Mbit/s | CPU-s/GB | set-up ms | peak RSS MB |\n|---|--:|--:|--:|--:|--:|"


def row(r):
    return (f"| {r['name']:12} | {r['size']:5} | {r['mbit_s']:6.0f} | {r['cpu_s_per_gb']:8.1f} "
            f"| {r['setup_ms']:9.0f} | {r['rss_mb']:11.0f} |")


def ratios(results):
    """Lines: each contestant's throughput and CPU time in relation to the baseline's."""
    base = {r["size"]: r for r in results if r["name"] == BASELINE}
    lines = []
    for r in results:
        if r["name"] != BASELINE and r["size"] in base:
            b = base[r["size"]]
            lines.append(f"{r['name']} at {r['size']} B: {r['mbit_s'] / b['mbit_s']:.2f} times the throughput of "
                         f"{BASELINE}, {r['cpu_s_per_gb'] / b['cpu_s_per_gb']:.2f} of its CPU time per byte")
    return lines


def goals(results):
    """Lines: how the direct transport stands to each of the others."""
    lines = []
    for own in results:
        for r in results:
            size = ONE_SIZE.get(r["name"], own["size"])
            if own["name"] not in ("direct", "direct-transport") or r["name"] not in GOALS or r["size"] != size:
                continue
            times, part = GOALS[r["name"]]
            rate, cpu = own["mbit_s"] / r["mbit_s"], own["cpu_s_per_gb"] / r["cpu_s_per_gb"]
            met = rate >= times and (part is None or cpu <= part)
            lines.append(f"{own['name']} at {own['size']} B and {r['name']}: {rate:.1f} times the throughput (goal {times}), "
                         f"{cpu:.3f} of the CPU time" + (f" (goal {part:.3f})" if part else "")
                         + ("" if met else ": NOT MET"))
    return lines


def write(results, lines):
    path = os.path.join(BUILD, "datachannel")
    with open(path + ".json", "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1)
    with open(path + ".md", "w", encoding="utf-8") as file:
        file.write("\n".join([HEADING, *map(row, results), "", *lines, ""]))
    write_svg(path + ".svg", results)
    print(f"written: {path}.json, .md, .svg")


def check(results):
    base = {r["size"]: r["mbit_s"] for r in results if r["name"] == BASELINE}
    slower = [(r["name"], r["size"]) for r in results if r["name"] in OWN and r["mbit_s"] < base[r["size"]]]
    if slower:
        sys.exit(f"slower than {BASELINE}: {slower}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--sizes", type=int, nargs="+", default=[65536, 16384, 1200])
    parser.add_argument("--only", nargs="+", choices=CONTESTANTS, default=list(CONTESTANTS))
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    names = available(options.only)
    print(HEADING)
    results = run_all(names, options.sizes, options.seconds)
    lines = ratios(results) + goals(results)
    print("\n".join(lines))
    write(results, lines)
    if options.check:
        check(results)


if __name__ == "__main__":
    main()

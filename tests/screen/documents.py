# SPDX-License-Identifier: LGPL-2.1-or-later
"""documents FILE: the pipelines in a document run as pasted.

Of each block of shell lines the gst-launch-1.0 lines run at the same time, each in a terminal of its own, until each
sink of each has shown or written something; what has an end must come to it. A signaling server must listen. Where a block has one end of a connection
alone, the test is the other.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile

import screen
from processes import wait_until

SINKS = re.compile(r"\b(?:autovideosink|autoaudiosink|fakesink|filesink)\b|\bplaybin\b")
RENDERED = re.compile(r"<([^>]+)> rendering object")
ENOUGH = 3  # buffers


def blocks(path):
    with open(path, encoding="utf-8") as file:
        for block in re.findall(r"```sh\n(.*?)```", file.read(), re.DOTALL):
            yield [line for line in block.replace("\\\n", "").splitlines() if line.strip()]


def is_pipeline(line):
    return line.startswith("gst-launch-1.0 ")


def fill_in(line, printed):
    """The fingerprint is the one thing that a reader has to put in."""
    fingerprint = re.search(r"Fingerprint=([0-9A-F:]+)", printed)
    return line.replace("2F:E4:…", fingerprint[1]) if fingerprint else line


def counterpart(line):
    """The other end of a line without one, or None."""
    local, remote = re.search(r"\blocal-id=(\S+)", line), re.search(r"\bremote-id=(\S+)", line)
    serve = "" if "signaling-serve=true" in line else "signaling-serve=true"
    key = re.search(r"\bkey=\S+", line)
    if "p2pbin" in line:
        return (f"gst-launch-1.0 p2pbin name=p local-id={remote[1]} {serve} audiotestsrc is-live=true ! opusenc ! p. "
                "p. ! fakesink")
    if "p2psrc" in line and local:
        seal = f"! sframeenc {key[0]}" if key else ""
        return (f"gst-launch-1.0 videotestsrc is-live=true ! vp8enc deadline=1 {seal} "
                f"! p2psink remote-id={local[1]} {serve}")
    if "p2psink" in line and remote:
        opened = f"! sframedec {key[0]}" if key else ""
        return f"gst-launch-1.0 p2psrc local-id={remote[1]} {serve} {opened} ! fakesink"
    return None


class Terminal:
    """One line that runs."""

    def __init__(self, processes, line, folder, number):
        self.line = line
        self.log = os.path.join(folder, f"{number}.log")
        environment = {**os.environ, "GST_DEBUG": "basesink:5", "GST_DEBUG_FILE": self.log, "GST_DEBUG_NO_COLOR": "1"}
        self.process = processes.start(f"terminal {number}", f"{screen.ROOT}/scripts/env", "bash", "-c",
                                       f"cd {folder} && exec {line}", env=environment, start_new_session=True)

    def shown(self):
        """Buffers by sink."""
        counts = {}
        if os.path.exists(self.log):
            with open(self.log, encoding="utf-8", errors="replace") as log:
                for sink in RENDERED.findall(log.read()):
                    counts[sink] = counts.get(sink, 0) + 1
        return counts

    def check(self):
        """What it says has no error, and no warning but what a machine without sound deserves."""
        for i, line in enumerate(self.process.lines):
            about = " ".join(self.process.lines[i:i + 3])
            if line.startswith("ERROR") or (line.startswith("WARNING") and "GstAutoAudioS" not in line):
                raise AssertionError(f"{self.line}\n{about}")

    def is_there(self):
        """Whether it serves signaling, and waits for the other if it does not call."""
        self.check()
        word = "New clock" if "remote-id=" in self.line else "Waiting to be called"
        return any(word in text for text in self.process.lines)

    def is_done(self, has_end):
        self.check()
        code = self.process.child.poll()
        assert code in (None, 0), f"{self.line}\nexit code {code}"
        wanted = len(SINKS.findall(self.line))
        return code == 0 if has_end else len([n for n in self.shown().values() if n >= ENOUGH]) >= wanted


def run_block(processes, lines, folder):
    printed, pipelines = "", []
    for line in lines:
        if is_pipeline(line):
            pipelines.append(fill_in(line, printed))
        elif line.startswith("gst-p2p-signaling "):
            server = processes.start("server", f"{screen.ROOT}/scripts/env", "bash", "-c", f"cd {folder} && exec {line}")
            server.wait_line("Listening at")
            server.kill(signal.SIGTERM)
            assert server.wait(10) == 0, server.log()
        elif re.match(r"openssl |cat ", line):
            printed += subprocess.run(["bash", "-c", line], cwd=folder, check=True, capture_output=True, text=True).stdout
    pipelines = [line for line in pipelines if "…" not in line]
    if len(pipelines) == 1 and counterpart(pipelines[0]):
        pipelines.append(counterpart(pipelines[0]))
    pipelines.sort(key=lambda line: "signaling-serve=true" not in line)  # who comes too early is warned
    has_end = any("filesrc" in line for line in pipelines)
    terminals = []
    for line in pipelines:
        print("$", line, flush=True)
        terminals.append(Terminal(processes, line, folder, len(terminals)))
        if len(pipelines) > 1 and len(terminals) == 1:
            wait_until(terminals[0].is_there, 20, "the first end is there")
    try:
        wait_until(lambda: all(terminal.is_done(has_end) for terminal in terminals), 40,
                   "an end" if has_end else "each sink has something")
    finally:
        print("  ", [terminal.shown() for terminal in terminals], flush=True)
    for terminal in terminals:
        terminal.process.kill(signal.SIGINT)
    for terminal in terminals:
        terminal.process.wait(20)
    return len(pipelines)


def test(processes):
    screen.need_plugins("vp8enc", "opusenc", "decodebin")
    count = 0
    for lines in blocks(sys.argv[1]):
        with tempfile.TemporaryDirectory() as folder:
            count += run_block(processes, lines, folder)
    assert count > 0, "the document has no pipelines"
    print(f"{count} lines run")


screen.with_screen(test)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""processes: the children of a test, what they print, and waiting for it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

SLOWDOWN = int(os.environ.get("GST_P2P_TEST_SLOWDOWN", "1"))
BUILD = os.environ.get("GST_P2P_BUILD_ROOT", "build")
PEER = os.path.join(BUILD, "tests/net/peer")
SIGNALING = os.environ.get("GST_P2P_SIGNALING_PROGRAM", os.path.join(BUILD, "signaling/gst-p2p-signaling"))
SKIP = 77


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIP)


def need_tools(*tools):
    for tool in tools:
        if not shutil.which(tool):
            skip(f"{tool} is missing (scripts/setup installs it)")


def run(*command, stdin=None):
    """Runs to the end; a failure is the test's, with what was printed."""
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr or done.stdout}")
    return done.stdout


def wait_until(condition, seconds, what):
    deadline = time.monotonic() + seconds * SLOWDOWN
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds} s in vain for: {what}")
        time.sleep(0.02)


class Process:
    """A child whose lines are read as they come. JSON lines become events."""

    def __init__(self, command, name, **options):
        self.name = name
        self.lines = []
        self.events = []
        self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, text=True, errors="replace", **options)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.child.stdout:
            self.lines.append(line.rstrip("\n"))
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict):
                self.events.append(event)

    def find(self, kind, **fields):
        """The first event of a kind with these fields, or None."""
        for event in list(self.events):
            if event.get("event") == kind and all(event.get(k) == v for k, v in fields.items()):
                return event
        return None

    def wait_event(self, kind, seconds=30, **fields):
        def look():
            found = self.find(kind, **fields)
            if not found and not self.reader.is_alive():
                found = self.find(kind, **fields)
                if not found:
                    raise RuntimeError(f"{self.name} ended (exit code {self.child.wait()}) before {kind} {fields}")
            return found
        return wait_until(look, seconds, f"{kind} {fields} of {self.name}")

    def wait_line(self, part, seconds=10):
        return wait_until(lambda: [l for l in self.lines if part in l], seconds, f"'{part}' of {self.name}")[0]

    def wait(self, seconds=60):
        """The exit code."""
        code = self.child.wait(timeout=seconds * SLOWDOWN)
        self.reader.join()
        return code

    def kill(self, signal_number=signal.SIGKILL):
        if self.child.poll() is None:
            self.child.send_signal(signal_number)

    def log(self):
        return "\n".join(f"  {self.name}: {line}" for line in self.lines[-400:])


class Processes:
    """The children of a test: ended with it, and printed if it fails."""

    def __init__(self):
        self.processes = []

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        for process in reversed(self.processes):
            process.kill(signal.SIGTERM)
        for process in reversed(self.processes):
            try:
                process.child.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
            process.reader.join(timeout=5)
            if error:
                print(process.log(), flush=True)
        return False

    def start(self, name, *command, namespace=None, **options):
        prefix = ["ip", "netns", "exec", namespace.name] if namespace else []
        process = Process([*prefix, *command], name, **options)
        self.processes.append(process)
        return process

    def signaling(self, *options, listen="127.0.0.1:0", namespace=None):
        """A signaling server that listens. Returns its URI."""
        server = self.start("signaling", SIGNALING, f"--listen={listen}", *options, namespace=namespace)

        def look():
            found = [m for m in (re.search(r"(wss?)://\S*:(\d+)", line) for line in server.lines) if m]
            if not found and server.child.poll() is not None:
                raise RuntimeError(f"the signaling server ended:\n{server.log()}")
            return found[0] if found else None
        found = wait_until(look, 10, "the signaling server listens")
        return f"{found[1]}://{listen.rpartition(':')[0]}:{found[2]}"

    def peer(self, name, description, *options, namespace=None, timeout=60):
        return self.start(name, PEER, "--timeout", str(timeout), *options, description, namespace=namespace)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples: with windows, and used wrongly: one sentence, and neither a trap nor silence."""

import os
import subprocess

import screen
from processes import wait_until

EXAMPLES = os.path.join(screen.BUILD, "examples")
SCRIPTS = os.path.join(screen.ROOT, "examples")


def environment(*command):
    return [f"{screen.ROOT}/scripts/env", *command]


def check_mistake(*command, words):
    done = subprocess.run(environment(*command), capture_output=True, text=True, timeout=60, check=False,
                          stdin=subprocess.DEVNULL)
    said = done.stdout + done.stderr
    assert done.returncode in (1, 2), f"{command}: exit code {done.returncode}\n{said}"
    assert words in said and "Trace" not in said, f"{command}: {said}"


def check_mistakes():
    forward = os.path.join(EXAMPLES, "e2ee-forward")
    for options, words in {
            ("--format", "mp3"): "is no format", ("--pattern", "plaid"): "is no pattern",
            ("--headless", "/nonexistent/views"): "a folder that exists", ("everything",): "is no role",
            ("--rotate", "0"): "--rotate wants", ("--signaling", "nonsense"): "--signaling wants",
            ("--signaling", "ws://127.0.0.1:x"): "is not of the form", ("--nonsense",): "--nonsense"}.items():
        check_mistake(forward, *options, words=words)
    check_mistake(os.path.join(EXAMPLES, "sendreceive"), "send", words="usage:")
    check_mistake(os.path.join(EXAMPLES, "sendreceive"), "send", "no id", words="is no valid id")
    for script in ("camera", "file", "talk", "viewers"):
        for arguments in ((), ("nonsense",), ("show",), ("get",), ("put", "x"), ("wait",), ("send",)):
            check_mistake(os.path.join(SCRIPTS, script + ".sh"), *arguments, words="usage:")


def count_windows():
    tree = subprocess.run(["xwininfo", "-root", "-tree"], capture_output=True, text=True, check=True).stdout
    return sum("320x240" in line for line in tree.splitlines())


def check_windows(processes):
    """The sender's view and the receiver's; the forwarder's and the outsider's have nothing to show."""
    forward = processes.start("e2ee-forward", *environment(os.path.join(EXAMPLES, "e2ee-forward"), "--seconds", "6"))
    wait_until(lambda: count_windows() >= 2 or forward.child.poll() is not None, 30, "two windows")
    assert forward.wait(60) == 0, forward.log()
    assert any("opened=(guint64)" in line and "opened=(guint64)0," not in line for line in forward.lines), forward.log()


def test(processes):
    check_mistakes()
    check_windows(processes)


screen.with_screen(test)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""exchange: one connection between an element and somebody else's peer, one file from one to the other."""

import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../net"))
import processes as net  # noqa: E402  pylint: disable=wrong-import-position

BUILD = net.BUILD
Processes = net.Processes
skip = net.skip


def exchange(processes, peer, uri, transport, we_call, we_send, size, channel=""):
    """@peer: the other program, to which --signaling, --id, --call and --send are added. @channel: settings of
    the sink pad. What went in came out, and we came to our end by ourselves."""
    ours, theirs = ("a", "b") if we_call else ("b", "a")
    common = f"signaling-uri={uri} local-id={ours} transport={transport} framing=raw"
    if we_call:
        common += f" remote-id={theirs}"
    command = [*peer, "--signaling", uri, "--id", theirs]
    if not we_call:
        command += ["--call", ours]
    if not we_send:
        command += ["--send", str(size)]
    with tempfile.NamedTemporaryFile() as file:
        if we_send:
            file.write(os.urandom(size))
            file.flush()
            description = (f"p2psink name=s {common} {channel} filesrc location={file.name} blocksize=50000 "
                           "! identity name=in ! s.sink_0")
        else:
            description = f"p2psrc {common} ! fakesink name=out sync=false"
        other = processes.start("other", *command)
        other.wait_event("bound")
        us = processes.peer("us", description, timeout=150)
        code = us.wait(180)
        theirs_data = other.wait_event("data")
    ours_data = us.find("data", element="in" if we_send else "out")
    assert code == 0, f"exit code {code}"
    assert ours_data["bytes"] == theirs_data["bytes"] == size, (ours_data, theirs_data)
    assert ours_data["sha256"] == theirs_data["sha256"]
    other.kill()
    del processes.processes[-2:]


def exchange_all(processes, peer, transport, size, channel=""):
    """In both roles, both ways."""
    uri = processes.signaling()
    for we_call in (True, False):
        for we_send in (True, False):
            exchange(processes, peer, uri, transport, we_call, we_send, size, channel)
            print(f"{transport}: we {'call' if we_call else 'are called'} and {'send' if we_send else 'receive'}: "
                  f"{size} bytes, the same", flush=True)

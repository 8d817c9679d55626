# SPDX-License-Identifier: LGPL-2.1-or-later
"""screen: an X server without Xv and GL, as VNC and virtual machines have, in a network of its own.

In a network of its own since what users paste has the default port.
"""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["GST_P2P_SOURCE_ROOT"], "tests/net"))
from processes import BUILD, Processes, run, skip  # noqa: E402

ROOT = os.environ["GST_P2P_SOURCE_ROOT"]
INSIDE = "GST_P2P_TEST_SCREEN"


def need_plugins(*elements):
    """Of Debian's, which are seen as a user sees them."""
    for element in elements:
        if subprocess.run([f"{ROOT}/scripts/env", "gst-inspect-1.0", "--exists", element], check=False).returncode != 0:
            skip(f"{element} is missing (scripts/setup installs it)")


def enter_network():
    """Runs the test again, in a network namespace with one address."""
    if os.environ.get(INSIDE):
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", "one", "type", "veth", "peer", "name", "other")
        run("ip", "address", "add", "10.1.2.3/24", "dev", "one")
        run("ip", "link", "set", "one", "up")
        run("ip", "link", "set", "other", "up")
        return
    if not shutil.which("unshare") or subprocess.run(["unshare", "--net", "true"], check=False).returncode != 0:
        skip("network namespaces cannot be made here")
    os.execvpe("unshare", ["unshare", "--net", sys.executable, *sys.argv], {**os.environ, INSIDE: "1"})


def start(processes):
    """A screen. The environment is then that of a user's terminal of scripts/env."""
    for tool in ("Xvfb", "ip"):
        if not shutil.which(tool):
            skip(f"{tool} is missing (scripts/setup installs it)")
    for name in list(os.environ):
        if name.startswith(("GST_PLUGIN", "GST_TRACERS", "GST_REGISTRY", "G_DEBUG", "G_SLICE", "MALLOC_", "DISPLAY",
                            "WAYLAND", "PULSE_")):
            del os.environ[name]
    os.environ["BUILD"] = BUILD
    server = processes.start("Xvfb", "Xvfb", "-displayfd", "1", "-extension", "GLX", "-extension", "XVideo",
                             "-screen", "0", "1024x768x24", "-nolisten", "tcp", "-noreset")
    os.environ["DISPLAY"] = ":" + server.wait_line("")
    need_plugins("ximagesink")


def with_screen(test):
    """Runs test (processes) there; its children are ended, and printed if it fails."""
    enter_network()
    with Processes() as processes:
        start(processes)
        test(processes)

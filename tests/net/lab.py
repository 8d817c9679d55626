# SPDX-License-Identifier: LGPL-2.1-or-later
"""lab: networks made of namespaces, and the processes in them.

Needs root, iproute2 and nftables; without them the test is skipped with a message (exit code 77).
Names carry the process id, so that tests can run beside each other. Everything is undone at exit,
also when meson ends the test by SIGTERM.
"""

import atexit
import json
import os
import signal
import subprocess
import sys

from processes import need_tools, run, skip, wait_until


class Namespace:
    """A host or router."""

    def __init__(self, lab, name):
        self.name = f"p2p{os.getpid()}-{name}"
        run("ip", "netns", "add", self.name)
        lab.namespaces.append(self)
        self.ip("link", "set", "lo", "up")

    def ip(self, *arguments):
        return run("ip", "-n", self.name, *arguments)

    def execute(self, *command, stdin=None):
        return run("ip", "netns", "exec", self.name, *command, stdin=stdin)

    def forward(self):
        self.execute("sysctl", "-q", "-w", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")

    def nft(self, rules):
        self.execute("nft", "-f", "-", stdin=rules)

    def route(self, via):
        """Default routes by an IPv4 and an IPv6 address."""
        for address in via:
            self.ip("-6" if ":" in address else "-4", "route", "add", "default", "via", address)


class Lab:
    """Namespaces and the cables between them."""

    def __init__(self):
        if os.getuid() != 0:
            skip("network namespaces need root")
        need_tools("ip", "nft")
        self.namespaces = []
        atexit.register(self.close)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        try:
            Namespace(self, "probe")
        except RuntimeError as error:
            skip(f"no network namespaces here: {error}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        while self.namespaces:
            subprocess.run(["ip", "netns", "del", self.namespaces.pop().name], check=False)

    def add(self, name):
        return Namespace(self, name)

    @staticmethod
    def cable(left, left_name, left_addresses, right, right_name, right_addresses):
        """Interfaces at both ends, up, with addresses like 192.0.2.1/24 and 2001:db8::1/64."""
        run("ip", "link", "add", left_name, "netns", left.name, "type", "veth",
            "peer", "name", right_name, "netns", right.name)
        for end, name, addresses in ((left, left_name, left_addresses), (right, right_name, right_addresses)):
            for address in addresses:
                options = ["nodad"] if ":" in address else []
                end.ip("address", "add", address, "dev", name, *options)
            # Each datagram by itself, as on a real cable, however the sender handed it over.
            end.ip("link", "set", "dev", name, "gso_max_segs", "1", "up")
        # The kernel says so a little later, and libnice uses no interface that is not running.
        for end, name in ((left, left_name), (right, right_name)):
            wait_until(lambda e=end, n=name: "state UP" in e.ip("link", "show", "dev", n), 10, f"{name} is up")


NAT_RULES = """
table inet nat {{
  chain postrouting {{
    type nat hook postrouting priority srcnat
    oifname "wan" masquerade {flags}
  }}
}}
table inet filter {{
  # As home routers do: what nobody asked for is dropped, not refused. A refusal would also leave a
  # connection behind that takes the port which the hole through this router needs.
  chain input {{
    type filter hook input priority filter
    iifname "wan" ct state new meta l4proto {{ tcp, udp }} drop
  }}
  chain forward {{
    type filter hook forward priority filter
    iifname "wan" ct state new drop
    {forward}
  }}
}}
"""

# Where nobody tracks connections: that would put fragments together.
WATCH_RULES = """
table inet watch {{
  counter datagrams {{ }}
  counter large {{ }}
  chain forward {{
    type filter hook forward priority filter
    meta l4proto udp counter name datagrams
    meta l4proto udp meta length > {size} counter name large
    ip frag-off & 0x3fff != 0 counter name large
    exthdr frag exists counter name large
  }}
}}
"""


class NatLab(Lab):
    """Two hosts behind routers of their own, and a server on a third network.

        a ── router a ═╗
                       internet ══ server     192.0.2.2, 192.0.2.3, 2001:db8:3::2, ::3
        b ── router b ═╝

    Linux keeps the source port where it can, so that plain masquerade maps one inside port to one
    outside port whatever the destination is (endpoint-independent mapping); fully-random chooses
    another for each destination (symmetric). Both let in only whom the host has sent to.
    """

    SERVER_V4 = ("192.0.2.2", "192.0.2.3")
    SERVER_V6 = ("2001:db8:3::2", "2001:db8:3::3")
    SMALLEST_PATH = 1280  # bytes of a packet; RFC 8200 section 5
    ROUTER_V4 = {"a": "203.0.113.2", "b": "198.51.100.2"}
    ROUTER_V6 = {"a": "2001:db8:1::2", "b": "2001:db8:2::2"}

    def __init__(self, symmetric=False, block_udp=False):
        super().__init__()
        self.internet = self.add("inet")
        self.internet.forward()
        self.internet.nft(WATCH_RULES.format(size=self.SMALLEST_PATH))
        self.server = self.add("srv")
        self.cable(self.server, "wan", [*(f"{a}/24" for a in self.SERVER_V4), *(f"{a}/64" for a in self.SERVER_V6)],
                   self.internet, "to-srv", ["192.0.2.1/24", "2001:db8:3::1/64"])
        self.server.route(["192.0.2.1", "2001:db8:3::1"])
        self.a = self._add_site("a", "203.0.113", "2001:db8:1", "10.1.0", "fd00:1", symmetric, block_udp)
        self.b = self._add_site("b", "198.51.100", "2001:db8:2", "10.2.0", "fd00:2", symmetric, block_udp)

    def count_datagrams(self):
        """Those that went through the internet, and how many were too large for some of its paths, or fragments."""
        listing = json.loads(self.internet.execute("nft", "--json", "list", "counters"))["nftables"]
        packets = {e["counter"]["name"]: e["counter"]["packets"] for e in listing if "counter" in e}
        return packets["datagrams"], packets["large"]

    def _add_site(self, name, outer4, outer6, inner4, inner6, symmetric, block_udp):
        router = self.add(f"r{name}")
        router.forward()
        self.cable(router, "wan", [f"{outer4}.2/24", f"{outer6}::2/64"],
                   self.internet, f"to-{name}", [f"{outer4}.1/24", f"{outer6}::1/64"])
        router.route([f"{outer4}.1", f"{outer6}::1"])
        router.nft(NAT_RULES.format(flags="fully-random" if symmetric else "",
                                    forward="meta l4proto udp drop" if block_udp else ""))
        host = self.add(name)
        self.cable(host, "lan", [f"{inner4}.2/24", f"{inner6}::2/64"],
                   router, "lan", [f"{inner4}.1/24", f"{inner6}::1/64"])
        host.route([f"{inner4}.1", f"{inner6}::1"])
        return host


class LossyLab(Lab):
    """Two hosts, a and b, on one cable that loses UDP datagrams both ways."""

    A, B = "10.3.0.1", "10.3.0.2"

    def __init__(self, loss_percent):
        super().__init__()
        self.a, self.b = self.add("a"), self.add("b")
        self.cable(self.a, "lan", [f"{self.A}/24"], self.b, "lan", [f"{self.B}/24"])
        for host in (self.a, self.b):
            host.nft(f"""
                table inet filter {{
                  chain input {{
                    type filter hook input priority filter
                    iifname "lan" meta l4proto udp numgen random mod 1000 < {int(loss_percent * 10)} drop
                  }}
                }}""")

# SPDX-License-Identifier: LGPL-2.1-or-later
"""addresses KIND [--transport NAME]: hosts that have many addresses, of which few lead anywhere, find each other.

  bridges  each host has 40 bridges of its own, as with containers, with the same addresses on both hosts
  many     one cable with 30 IPv4 and 30 IPv6 addresses at both ends
  local    30 interfaces without any address but IPv6's link-local one, and one cable that has others
"""

import argparse

from lab import Lab
from processes import Processes

PATIENCE_MS = 15000


def add_interfaces(host, count, address_of=None):
    """Pairs of interfaces within a host, in bridges if they get addresses."""
    for i in range(count):
        host.ip("link", "add", f"in{i}", "type", "veth", "peer", "name", f"out{i}")
        if address_of:
            host.ip("link", "add", f"br{i}", "type", "bridge")
            host.ip("link", "set", f"in{i}", "master", f"br{i}")
            host.ip("address", "add", address_of(i), "dev", f"br{i}")
            host.ip("link", "set", f"br{i}", "up")
        host.ip("link", "set", f"in{i}", "up")
        host.ip("link", "set", f"out{i}", "up")


class AddressLab(Lab):
    """Two hosts, a and b, on one cable."""

    A, B = "10.3.0.1", "10.3.0.2"

    def __init__(self, kind):
        super().__init__()
        self.a, self.b = self.add("a"), self.add("b")
        more_a, more_b = [], []
        if kind == "many":
            more_a = [f"10.4.{i}.1/24" for i in range(29)] + [f"fd00:{i + 1:x}::1/64" for i in range(30)]
            more_b = [f"10.4.{i}.2/24" for i in range(29)] + [f"fd00:{i + 1:x}::2/64" for i in range(30)]
        else:
            for host in (self.a, self.b):
                add_interfaces(host, 40 if kind == "bridges" else 15,
                               (lambda i: f"172.18.{i}.1/24") if kind == "bridges" else None)
        self.cable(self.a, "lan", [f"{self.A}/24", *more_a], self.b, "lan", [f"{self.B}/24", *more_b])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["bridges", "many", "local"])
    parser.add_argument("--transport", default="elements")
    options = parser.parse_args()
    with AddressLab(options.kind) as lab, Processes() as processes:
        uri = processes.signaling(listen=f"{lab.A}:8443", namespace=lab.a)
        common = f"signaling-uri={uri} transport={options.transport} connect-timeout={PATIENCE_MS}"
        receiver = processes.peer("receiver", f"p2psrc local-id=inbox {common} ! fakesink name=out sync=false",
                                  namespace=lab.a)
        sender = processes.peer("sender", f"fakesrc num-buffers=100 sizetype=fixed sizemax=1000 ! identity name=in ! "
                                          f"p2psink remote-id=inbox {common}", namespace=lab.b)
        codes = sender.wait(), receiver.wait()
        assert codes == (0, 0), codes
        assert receiver.find("data", element="out")["bytes"] == 100000


main()

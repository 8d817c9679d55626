# SPDX-License-Identifier: LGPL-2.1-or-later
"""nat CASE: two peers behind routers of their own find a way to each other, and the right one.

A case is WAY-SOURCE-FAMILY, for example direct-property-v4:
  WAY     direct     endpoint-independent mappings: server-reflexive candidates are enough
          turn-udp   symmetric mappings: TURN over UDP
          turn-tcp   and routers that let no UDP through: TURN over TCP
  SOURCE  property   STUN and TURN servers are properties of the elements
          bound      the signaling server hands them out
  FAMILY  v4, v6
"""

import os
import sys
import tempfile

from lab import NatLab
from processes import Processes, need_tools

HERE = os.path.dirname(os.path.abspath(__file__))
BYTES = 2_000_000
USER, PASSWORD = "lab", "secret"


def bracket(address):
    return f"[{address}]" if ":" in address else address


def ice_server(way, address):
    """What a user writes, as (option of the server program, property of the elements, URI)."""
    if way == "direct":
        return "--stun", "stun-server", f"stun://{bracket(address)}:3478"
    transport = way.removeprefix("turn-")
    return "--turn", "turn-servers", f"turn://{USER}:{PASSWORD}@{bracket(address)}:3478?transport={transport}"


def start_turn_server(lab, processes, addresses):
    """coturn, until it answers to the hosts that can ask by UDP."""
    processes.start("turnserver", "turnserver", "-n", "--no-cli", "--no-tls", "--no-dtls", "--log-file=stdout",
                    "--pidfile=", "--lt-cred-mech", f"--user={USER}:{PASSWORD}", "--realm=lab",
                    *(f"--listening-ip={a}" for a in addresses), f"--relay-ip={addresses[0]}",
                    # libnice does not say what family it wants (RFC 8656 section 18.6); coturn assumes IPv4.
                    "--allocation-default-address-family=keep", namespace=lab.server)
    lab.server.execute("python3", f"{HERE}/stunprobe.py", addresses[0])


def check_mapping(lab, addresses, symmetric):
    """The routers are what the case needs them to be."""
    for host in (lab.a, lab.b):
        first, second = host.execute("python3", f"{HERE}/stunprobe.py", *addresses).splitlines()
        assert (first != second) == symmetric, (first, second)


def find_pair(stats):
    """The part of the stats that names the selected pair, however deep."""
    if isinstance(stats, dict):
        if "local-candidate-type" in stats:
            return stats
        stats = list(stats.values())
    for value in stats if isinstance(stats, list) else []:
        found = find_pair(value)
        if found:
            return found
    return None


def selected_pair(peer):
    pairs = [find_pair(e["stats"]) for e in peer.events if e.get("event") == "stats"]
    pair = [p for p in pairs if p][-1]
    print(f"{peer.name}: {pair['local-candidate-type']} -> {pair['remote-candidate-type']} "
          f"({pair['protocol']}, {pair['local-address']} -> {pair['remote-address']})", flush=True)
    return pair


def check_pairs(way, family, sender, receiver):
    routers = NatLab.ROUTER_V4 if family == "v4" else NatLab.ROUTER_V6
    for peer, other in ((sender, "b"), (receiver, "a")):
        pair = selected_pair(peer)
        types = {pair["local-candidate-type"], pair["remote-candidate-type"]}
        if way == "direct":
            assert "relay" not in types, types
            assert pair["remote-candidate-type"] in ("srflx", "prflx"), types
            assert routers[other] in pair["remote-address"], pair
        elif way == "turn-udp":
            assert "relay" in types, types
        else:
            assert types == {"relay"}, types
    if way == "direct":
        assert "srflx" in (selected_pair(sender)["remote-candidate-type"],
                           selected_pair(receiver)["remote-candidate-type"])


def transfer(lab, processes, properties, signaling_uri, path):
    common = f"signaling-uri={signaling_uri} {properties}"
    receiver = processes.peer("receiver", f"p2psrc local-id=inbox {common} ! fakesink name=out sync=false",
                              namespace=lab.b)
    sender = processes.peer("sender", f"filesrc location={path} blocksize=16384 ! identity name=in ! "
                                      f"p2psink remote-id=inbox {common}", namespace=lab.a)
    assert sender.wait() == 0, "the sender failed"
    assert receiver.wait() == 0, "the receiver failed"
    sent, received = sender.find("data", element="in"), receiver.find("data", element="out")
    assert sent["bytes"] == received["bytes"] == BYTES, (sent, received)
    assert sent["sha256"] == received["sha256"]
    return sender, receiver


def main():
    way, source, family = sys.argv[1].rsplit("-", 2)
    need_tools("turnserver")
    addresses = NatLab.SERVER_V4 if family == "v4" else NatLab.SERVER_V6
    option, name, uri = ice_server(way, addresses[0])
    server_options = [f"{option}={uri}"] if source == "bound" else []
    value = f'<\\"{uri}\\">' if name == "turn-servers" else uri  # the pipeline's text keeps \\" for the array
    properties = f'{name}="{value}"' if source == "property" else ""
    with NatLab(symmetric=way != "direct", block_udp=way == "turn-tcp") as lab, \
            tempfile.NamedTemporaryFile() as file, Processes() as processes:
        file.write(os.urandom(BYTES))
        file.flush()
        start_turn_server(lab, processes, addresses)
        if way != "turn-tcp":
            check_mapping(lab, addresses, way != "direct")
        uri = processes.signaling(*server_options, listen=f"{bracket(addresses[0])}:8443", namespace=lab.server)
        sender, receiver = transfer(lab, processes, properties, uri, file.name)
        check_pairs(way, family, sender, receiver)


if __name__ == "__main__":
    main()

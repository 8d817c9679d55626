# SPDX-License-Identifier: LGPL-2.1-or-later
"""nat CASE --transport NAME: two peers behind routers of their own find a way to each other, and the right one, soon.

A case is WAY-SOURCE-FAMILY, for example direct-property-v4:
  WAY     direct     endpoint-independent mappings: server-reflexive candidates are enough
          turn-udp   symmetric mappings: TURN over UDP
          turn-tcp   and routers that let no UDP through: TURN over TCP
          tcp        one host behind such a router, the other in the internet: ICE-TCP
  SOURCE  property   STUN and TURN servers are properties of the elements
          bound      the signaling server hands them out
          inside     tcp: the host behind the router calls
          outside    tcp: the other one calls
  FAMILY  v4, v6

What is relayed goes both ways. The direct transport's datagrams are never larger than IPv6's smallest path takes.
"""

import argparse
import os
import tempfile

from lab import NatLab
from processes import SLOWDOWN, Processes, need_tools

HERE = os.path.dirname(os.path.abspath(__file__))
BYTES = 5_000_000
# What the checks may take, of which hardly 0.1 s are needed; a pair that is nominated only when all others have
# timed out comes after 4.5 s. TCP where the caller has to open the connection has to wait for UDP's end.
ICE_SECONDS = 2
ICE_TCP_SECONDS = 8
STOP_SECONDS = 2
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


def check_pairs(way, family, at_a, at_b):
    """The peers behind router a and behind router b."""
    routers = NatLab.ROUTER_V4 if family == "v4" else NatLab.ROUTER_V6
    for peer, other in ((at_a, "b"), (at_b, "a")):
        pair = selected_pair(peer)
        types = {pair["local-candidate-type"], pair["remote-candidate-type"]}
        if way == "direct":
            assert pair["protocol"] == "udp", pair
            assert "relay" not in types, types
            assert pair["remote-candidate-type"] in ("srflx", "prflx"), types
            assert routers[other] in pair["remote-address"], pair
        elif way == "turn-udp":
            assert "relay" in types, types
        else:
            assert types == {"relay"}, types
    if way == "direct":
        assert "srflx" in (selected_pair(at_a)["remote-candidate-type"], selected_pair(at_b)["remote-candidate-type"])


def check_time(peer, seconds):
    """From the two descriptions to the pair."""
    us = {e["state"]: e["us"] for e in peer.events if e.get("event") == "state"}
    took = (us["dtls"] - us["ice"]) / 1e6
    print(f"{peer.name}: candidate pair after {took:.3f} s, open after {(us['open'] - us['ice']) / 1e6:.3f} s", flush=True)
    assert took < seconds * SLOWDOWN, took


def check_end(peer):
    """Also where a TURN server has to confirm it."""
    took = peer.find("stopped")["took_us"] / 1e6
    assert took < STOP_SECONDS * SLOWDOWN, took


def check_datagrams(way, lab, transport):
    datagrams, large = lab.count_datagrams()
    print(f"{datagrams} datagrams, {large} of them above {lab.SMALLEST_PATH} bytes or in fragments", flush=True)
    if way in ("direct", "turn-udp"):
        assert datagrams > BYTES / lab.SMALLEST_PATH
    if transport == "direct":
        assert large == 0


def check_tcp(sender, receiver):
    for peer in (sender, receiver):
        assert selected_pair(peer)["protocol"] == "tcp"


def transfer(processes, hosts, properties, path, receiver_calls=False):
    """From the first of the hosts to the second."""
    sender_id, receiver_id = ("local-id", "remote-id") if receiver_calls else ("remote-id", "local-id")
    receiver = processes.peer("receiver", f"p2psrc {receiver_id}=inbox {properties} ! fakesink name=out sync=false",
                              namespace=hosts[1])
    sender = processes.peer("sender", f"filesrc location={path} blocksize=16384 ! identity name=in ! "
                                      f"p2psink {sender_id}=inbox {properties}", namespace=hosts[0])
    assert sender.wait() == 0, "the sender failed"
    assert receiver.wait() == 0, "the receiver failed"
    sent, received = sender.find("data", element="in"), receiver.find("data", element="out")
    assert sent["bytes"] == received["bytes"] == BYTES, (sent, received)
    assert sent["sha256"] == received["sha256"]
    return sender, receiver


def run_case(way, source, family, lab, processes, transport, path):
    addresses = NatLab.SERVER_V4 if family == "v4" else NatLab.SERVER_V6
    properties = f"transport={transport} "
    server_options = []
    if way != "tcp":
        start_turn_server(lab, processes, addresses)
        option, name, uri = ice_server(way, addresses[0])
        value = f'<\\"{uri}\\">' if name == "turn-servers" else uri  # the pipeline's text keeps \\" for the array
        if source == "bound":
            server_options = [f"{option}={uri}"]
        else:
            properties += f'{name}="{value}" '
    if way in ("direct", "turn-udp"):
        check_mapping(lab, addresses, way != "direct")
    uri = processes.signaling(*server_options, listen=f"{bracket(addresses[0])}:8443", namespace=lab.server)
    properties += f"signaling-uri={uri}"

    if way == "tcp":
        peers = transfer(processes, (lab.a, lab.server), properties, path, source == "outside")
        check_tcp(*peers)
    else:
        peers = transfer(processes, (lab.a, lab.b), properties, path)
        check_pairs(way, family, *peers)
    if way.startswith("turn"):
        back = transfer(processes, (lab.b, lab.a), properties, path)
        check_pairs(way, family, *reversed(back))
        peers += back
    for peer in peers:
        check_time(peer, ICE_TCP_SECONDS if (way, source) == ("tcp", "inside") else ICE_SECONDS)
        check_end(peer)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case")
    parser.add_argument("--transport", default="elements")
    options = parser.parse_args()
    way, source, family = options.case.rsplit("-", 2)
    if way != "tcp":
        need_tools("turnserver")
    with NatLab(symmetric=way.startswith("turn"), block_udp=way in ("turn-tcp", "tcp")) as lab, \
            tempfile.NamedTemporaryFile() as file, Processes() as processes:
        file.write(os.urandom(BYTES))
        file.flush()
        run_case(way, source, family, lab, processes, options.transport, file.name)
        check_datagrams(way, lab, options.transport)


if __name__ == "__main__":
    main()

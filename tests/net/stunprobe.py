# SPDX-License-Identifier: LGPL-2.1-or-later
"""stunprobe ADDRESS…: prints as what address and port one socket is seen by each STUN server (RFC 8489)."""

import ipaddress
import os
import socket
import struct
import sys

MAGIC = 0x2112A442
BINDING_REQUEST, BINDING_SUCCESS = 0x0001, 0x0101
XOR_MAPPED_ADDRESS = 0x0020


def parse(data, transaction):
    kind, length, magic = struct.unpack_from("!HHI", data)
    if kind != BINDING_SUCCESS or magic != MAGIC or data[8:20] != transaction:
        return None
    at = 20
    while at + 4 <= 20 + length:
        attribute, size = struct.unpack_from("!HH", data, at)
        if attribute == XOR_MAPPED_ADDRESS:
            port = struct.unpack_from("!H", data, at + 6)[0] ^ (MAGIC >> 16)
            mask = struct.pack("!I", MAGIC) + transaction
            address = bytes(x ^ y for x, y in zip(data[at + 8:at + 4 + size], mask))
            return str(ipaddress.ip_address(address)), port
        at += 4 + (size + 3) // 4 * 4
    return None


def probe(sock, server):
    transaction = os.urandom(12)
    request = struct.pack("!HHI", BINDING_REQUEST, 0, MAGIC) + transaction
    for _ in range(100):
        sock.sendto(request, (server, 3478))
        try:
            seen = parse(sock.recv(2048), transaction)
        except OSError:  # no answer yet, or refused while the server starts
            continue
        if seen:
            return seen
    sys.exit(f"{server} does not answer")


def main():
    family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.settimeout(0.2)
    for server in sys.argv[1:]:
        print(*probe(sock, server))


main()

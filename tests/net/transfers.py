# SPDX-License-Identifier: LGPL-2.1-or-later
"""transfers COUNT [--loss PERCENT] [--transport NAME]: files of random sizes go through, one after another.

Each arrives bit by bit as it was, and both ends come to their end by themselves, by EOS. With --loss,
between two namespaces whose cable loses UDP datagrams.
"""

import argparse
import contextlib
import os
import random
import tempfile

from lab import LossyLab
from processes import Processes

LARGEST = 5_000_000
SIZES_FIRST = [0, 1, 16384, 65537, LARGEST]  # then random ones


def transfer(processes, number, size, common, hosts):
    name = f"inbox{number}"
    with tempfile.NamedTemporaryFile() as file:
        file.write(random.randbytes(size))
        file.flush()
        receiver = processes.peer("receiver", f"p2psrc local-id={name} {common} ! fakesink name=out sync=false",
                                  namespace=hosts[1], timeout=120)
        sender = processes.peer("sender", f"filesrc location={file.name} blocksize={random.choice([1200, 16384, 65536])} ! "
                                          f"identity name=in ! p2psink remote-id={name} {common}", namespace=hosts[0], timeout=120)
        codes = sender.wait(150), receiver.wait(150)
    assert codes == (0, 0), f"transfer {number} of {size} bytes: exit codes {codes}"
    sent, received = sender.find("data", element="in"), receiver.find("data", element="out")
    assert sender.find("eos") and receiver.find("eos")
    assert sent["bytes"] == received["bytes"] == size, (size, sent, received)
    assert sent["sha256"] == received["sha256"]
    del processes.processes[-2:]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--loss", type=float, default=0)
    parser.add_argument("--transport", default="elements")
    options = parser.parse_args()
    seed = int.from_bytes(os.urandom(4), "big")
    random.seed(seed)
    print("seed", seed, flush=True)
    with contextlib.ExitStack() as stack:
        hosts, listen = (None, None), "127.0.0.1:0"
        if options.loss:
            lab = stack.enter_context(LossyLab(options.loss))
            hosts, listen = (lab.a, lab.b), f"{lab.A}:8443"
        processes = stack.enter_context(Processes())
        uri = processes.signaling(listen=listen, namespace=hosts[0])
        for number in range(options.count):
            size = SIZES_FIRST[number] if number < len(SIZES_FIRST) else random.randint(0, LARGEST)
            common = f"signaling-uri={uri} transport={options.transport}"
            transfer(processes, number, size, common, hosts)
            if number % 100 == 99:
                print(number + 1, "transfers", flush=True)


main()

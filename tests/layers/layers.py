#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds the code against docs/architecture.md and CONTRIBUTING.md.

The table of rooms says what each may include; C itself links what it is not meant to. So the includes are read
(from the text in all branches of #if, and from what the compiler opened), the calls (from the objects' symbols), and
what Meson makes of each room. Also: nothing needs itself in a circle, every file has its line in its room's table,
every line that is logged has a category and an object, and no file and no function is too long.
"""
import argparse
import os
import sys

import build
import includes
import logs
import sizes
import source
import symbols
import table
import targets


def check_text(tree, rooms):
    """What the files alone tell."""
    read = includes.Includes(tree)
    yield from source.find_stray_files(tree)
    yield from table.check_lines(tree, rooms)
    yield from includes.check_odd(read)
    yield from includes.check_rooms(read, rooms)
    yield from includes.check_libraries(read, rooms)
    yield from includes.check_unused(read, rooms)
    yield from includes.check_circles(read)
    yield from logs.check_logs(tree)
    yield from sizes.check_sizes(tree)


def check_build(tree, rooms, built, left_out):
    """What a build folder tells: its compiler's and Meson's word."""
    calls = symbols.Calls(built.objects.values())
    yield from build.check_objects(built)
    yield from includes.check_opened(includes.Includes(tree), rooms,
                                     {item.source: item.opened for item in built.objects.values() if item.opened})
    yield from symbols.check_calls(calls, rooms)
    yield from symbols.check_circles(calls)
    yield from symbols.check_logging(calls)
    yield from targets.check_sources(tree, rooms, built.targets, left_out)
    yield from targets.check_given(rooms, built.targets, targets.Given(tree.root))


def main():
    parser = argparse.ArgumentParser(description="Holds the code against docs/architecture.md.")
    parser.add_argument("source")
    parser.add_argument("build", nargs="?", help="a build folder, up to date; without it only the text is read")
    parser.add_argument("--without", nargs="*", default=[], help="folders that this build leaves out")
    options = parser.parse_args()
    tree = source.Tree(options.source)
    rooms = table.Table(source.read(os.path.join(options.source, "docs/architecture.md")))
    faults = list(check_text(tree, rooms))
    count = 0
    if options.build:
        built = build.Build(options.source, options.build)
        count = len(built.objects)
        faults += check_build(tree, rooms, built, tuple(folder + "/" for folder in options.without))
    for fault in faults:
        print(fault)
    print(f"{len(tree.sources)} files, {len(rooms.rows)} rooms, {count} objects, {len(faults)} faults")
    return 1 if faults or not tree.rooms else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""layers.py SOURCE: holds the code against docs/architecture.md.

The table of rooms there says what each may include; C itself links what it is not meant to. Also: no
files include each other in a circle, every file has its line in its room's table, and every line that is
logged has a category and an object.
"""
import os
import re
import sys

# What opens nothing: free for every room.
FREE = {"errno.h", "locale.h", "math.h", "stdio.h", "stdlib.h", "string.h", "stdint.h", "time.h",
        "nmmintrin.h", "arm_acle.h", "sys/auxv.h", "sys/hwcap.h", "asm/hwcap.h"}
# From a header to its library: the first prefix that fits.
LIBRARIES = [("glib.h", "GLib"), ("glib-object.h", "GLib"), ("glib-unix.h", "GLib"), ("glib/", "GLib"),
             ("gio/", "GIO"), ("gst/", "GStreamer"), ("openssl/", "OpenSSL"), ("libsoup/", "libsoup"),
             ("json-glib/", "json-glib"), ("agent.h", "libnice"), ("interfaces.h", "libnice"),
             ("usrsctp.h", "usrsctp")]

faults = []


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def parse_rules(text):
    """room: (rooms that it may include, libraries)"""
    rules = {}
    table = text.split("| room | may include | libraries |", 1)[1].split("\n\n", 1)[0]
    for line in table.splitlines()[2:]:
        room, rooms, libraries = cells(line)
        rules[room.strip("`")] = (set(re.findall(r"`([^`]+)`", rooms)),
                                  {name.strip() for name in libraries.split(",")})
    return rules


def parse_files(text):
    """The path without extension of every file that has a line."""
    files = set()
    for section in re.split(r"^### ", text, flags=re.M)[1:]:
        section = re.split(r"^## ", section, flags=re.M)[0]
        room = re.match(r"`([^`]+)`", section)
        for line in section.splitlines():
            name = re.match(r"\| `([^`]+)` \|", line)
            if room and name:
                files.add(room[1] + "/" + name[1])
    return files


def list_sources(root):
    sources = []
    for top in ("gst", "plugins", "signaling"):
        for folder, _, names in os.walk(os.path.join(root, top)):
            sources += [os.path.relpath(os.path.join(folder, name), root)
                        for name in sorted(names) if name.endswith((".c", ".h"))]
    return sources


def room_of(rules, path):
    """The most particular row: the file's own, or its folder's."""
    stem = os.path.splitext(path)[0]
    return stem if stem in rules else os.path.dirname(path)


def library_of(header):
    for prefix, library in LIBRARIES:
        if header.startswith(prefix):
            return library
    return "system"


def check_include(rules, path, quoted, header):
    room = room_of(rules, path)
    if room not in rules:
        faults.append(f"{path}: its room {room} has no row in the table")
        return
    rooms, libraries = rules[room]
    if quoted:
        other = room_of(rules, header)
        own = {room, room.rsplit("/", 1)[0]} if room == os.path.splitext(path)[0] else {room}
        if other not in own and other not in rooms:
            faults.append(f"{path}: includes {header}, and {room} may not include {other}")
    elif header not in FREE and library_of(header) not in libraries:
        faults.append(f"{path}: includes <{header}>, and {room} may not use {library_of(header)}")


def check_logs(path, text):
    """Categories are made in one place, and a line that is logged has one, and an object."""
    if not path.startswith("plugins/"):
        return
    if os.path.basename(path) != "log.c" and "GST_DEBUG_CATEGORY_INIT" in text:
        faults.append(f"{path}: makes a debug category, which log.c does")
    levels = "ERROR|WARNING|FIXME|INFO|DEBUG|LOG|TRACE"
    for call in re.findall(rf"\b(?:GST_(?:CAT_)?(?:{levels})) \(", text):
        faults.append(f"{path}: {call}…) tells nobody which object it is about")
    if re.search(rf"\bGST_(?:{levels})_(?:OBJECT|ID) \(", text) and "#define GST_CAT_DEFAULT" not in text:
        faults.append(f"{path}: logs in the category \"default\"")


def find_circle(includes):
    """A list of files that include each other in a circle, or None."""
    done, way = set(), []

    def visit(path):
        if path in way:
            return way[way.index(path):] + [path]
        if path in done:
            return None
        way.append(path)
        for other in includes.get(path, ()):
            circle = visit(other)
            if circle:
                return circle
        way.pop()
        done.add(path)
        return None

    for path in includes:
        circle = visit(path)
        if circle:
            return circle
    return None


def main(root):
    text = read(os.path.join(root, "docs/architecture.md"))
    rules = parse_rules(text)
    described = parse_files(text)
    sources = list_sources(root)
    stems = {os.path.splitext(path)[0] for path in sources}
    includes = {}
    modules = {}
    for path in sources:
        stem = os.path.splitext(path)[0]
        code = read(os.path.join(root, path))
        check_logs(path, code)
        for opening, header in re.findall(r'^#\s*include\s*([<"])([^>"]+)', code, flags=re.M):
            check_include(rules, path, opening == '"', header)
            if opening == '"':
                includes.setdefault(path, []).append(header)
                other = os.path.splitext(header)[0]
                if other != stem:
                    modules.setdefault(stem, set()).add(other)
    # A pair of .c and .h is one module: modules may not need each other either.
    for graph in (includes, modules):
        circle = find_circle(graph)
        if circle:
            faults.append("includes in a circle: " + " → ".join(circle))
            break
    faults.extend(f"{stem}: has no line in docs/architecture.md" for stem in sorted(stems - described))
    faults.extend(f"docs/architecture.md has a line for {stem}, which is not there"
                  for stem in sorted(described - stems))
    for fault in faults:
        print(fault)
    print(f"{len(sources)} files, {len(rules)} rooms, {len(faults)} faults")
    return 1 if faults or not sources else 0


sys.exit(main(sys.argv[1]))

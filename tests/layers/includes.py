# SPDX-License-Identifier: LGPL-2.1-or-later
"""What each file includes: read from its text, all branches of #if, and held against what the compiler opened."""
import os
import re

import symbols
from circles import find_circle
from source import stem_of

# What opens nothing: free for every room.
FREE = {"errno.h", "locale.h", "math.h", "stdio.h", "stdlib.h", "string.h", "stdint.h", "time.h",
        "nmmintrin.h", "arm_acle.h", "sys/auxv.h", "sys/hwcap.h", "asm/hwcap.h"}
# From a header to its library, by the whole name. What is none of these is unknown, and a fault.
LIBRARIES = [(r"glib\.h|glib-(object|unix)\.h|glib/.*", "GLib"), (r"gio/.*", "GIO"), (r"gst/.*", "GStreamer"),
             (r"openssl/.*", "OpenSSL"), (r"libsoup/.*", "libsoup"), (r"json-glib/.*", "json-glib"),
             (r"(nice/)?(agent|interfaces)\.h|nice/.*", "libnice"), (r"usrsctp\.h", "usrsctp"),
             (r"(sys|netinet|linux|net|arpa)/.*|(unistd|fcntl|signal|poll|pthread|netdb|ifaddrs|dlfcn)\.h", "system")]
# From the path of a header that the compiler opened to its library.
OPENED = [(r"/gio-unix-2\.0/|/gio/", "GIO"), (r"/glib-2\.0/", "GLib"), (r"/gstreamer-1\.0/", "GStreamer"),
          (r"/openssl/", "OpenSSL"), (r"/libsoup", "libsoup"), (r"/json-glib", "json-glib"), (r"/nice/", "libnice"),
          (r"/usrsctp", "usrsctp")]
# What a library's own headers open.
BRINGS = {"GIO": {"GLib"}, "GStreamer": {"GLib"}, "libsoup": {"GIO", "GLib"}, "json-glib": {"GIO", "GLib"},
          "libnice": {"GIO", "GLib"}}
# Directives that open no file. #include is read below; all others are faults.
HARMLESS = {"define", "undef", "if", "ifdef", "ifndef", "elif", "else", "endif", "error", "warning", "pragma", ""}


def library_of(header):
    for pattern, library in LIBRARIES:
        if re.fullmatch(pattern, header):
            return library
    return None


def library_opened(path):
    for pattern, library in OPENED:
        if re.search(pattern, path):
            return library
    return None


class Includes:
    """`own`: from each file to the files of the tree that it includes. `foreign`: to the other headers.
    `odd`: what cannot be read, as (path, what it says)."""

    def __init__(self, tree):
        self.tree = tree
        self.own = {}
        self.foreign = {}
        self.odd = []
        for path, source in tree.sources.items():
            self.own[path] = []
            self.foreign[path] = []
            for opening, words in source.directives:
                self.read_directive(path, opening, words)

    def read_directive(self, path, opening, words):
        name = re.match(r"\w*", words)[0]
        target = re.fullmatch(r'include\s*(?:<([^<>"]+)>|"([^<>"]+)")', words)
        if opening != "#" or name not in HARMLESS | {"include"} or name == "include" and not target:
            self.odd.append((path, opening + words))
        elif target:
            self.add(path, target[1] or target[2], quoted=bool(target[2]))

    def add(self, path, header, quoted):
        """A path that is there is ours, whatever its brackets. Quotes look beside the file first."""
        places = [header]
        if quoted:
            places.insert(0, os.path.join(os.path.dirname(path), header))
        for place in map(os.path.normpath, places):
            if place in self.tree.known:
                self.own[path].append(place)
                if not quoted:
                    self.odd.append((path, f"#include <{header}>"))
                return
        self.foreign[path].append(header)
        if quoted:
            self.odd.append((path, f'#include "{header}"'))

    def closure(self, path):
        """The files of the tree that the text says are opened for this one."""
        found, waiting = set(), [path]
        while waiting:
            path = waiting.pop()
            if path not in found:
                found.add(path)
                waiting += self.own.get(path, ())
        return found

    def by_module(self):
        """A pair of .c and .h is one module: modules may not need each other either."""
        modules = {}
        for path, others in self.own.items():
            stem = stem_of(path)
            modules.setdefault(stem, []).extend(stem_of(other) for other in others if stem_of(other) != stem)
        return modules


def check_odd(includes):
    yield from (f"{path}: {words}: own headers stand in quotes, others in <>, under their plain names, and nothing "
                "else opens files" for path, words in includes.odd)


def check_rooms(includes, table):
    for path in includes.tree.rooms:
        room = table.room_of(path)
        for other in includes.own[path]:
            if not other.endswith(".h"):
                yield f"{path}: includes {other}, which is no header"
            if not table.may_include(room, table.room_of(other)):
                yield f"{path}: includes {other}, and {room} may not include {table.room_of(other)}"


def check_libraries(includes, table):
    for path in includes.tree.rooms:
        room = table.room_of(path)
        for header in includes.foreign[path]:
            library = library_of(header)
            if header not in FREE and not library:
                yield f"{path}: includes <{header}>, of which tests/layers/includes.py does not know the library"
            elif header not in FREE and not table.may_use(room, library):
                yield f"{path}: includes <{header}>, and {room} may not use {library}"


def check_unused(includes, table):
    """A grant that nobody uses is a door that stands open. A library may come by another room's header."""
    rooms = {room: set() for room in table.rows}
    libraries = {room: set() for room in table.rows}
    for path in includes.tree.rooms:
        room = table.room_of(path)
        if room in table.rows:
            rooms[room].update(table.room_of(other) for other in includes.own[path])
            libraries[room].update(library_of(header) for header in includes.foreign[path] if header not in FREE)
            libraries[room].update(map(symbols.library_of, re.findall(r"\w+(?=\s*\()", includes.tree.rooms[path].bare)))
    for room, row in table.rows.items():
        yield from (f"{room}: may include {other}, and does not" for other in sorted(row.rooms - rooms[room]))
        yield from (f"{room}: may use {library}, and does not" for library in sorted(row.libraries - libraries[room]))


def check_circles(includes):
    for graph in (includes.own, includes.by_module()):
        circle = find_circle(graph)
        if circle:
            yield "includes in a circle: " + " → ".join(circle)
            return


def check_opened(includes, table, opened):
    """What the compiler opened, by source file: ours that the text does not say, and libraries of no room."""
    for path, files in opened.items():
        said = includes.closure(path)
        ours = {file for file in files if not os.path.isabs(file)}
        yield from (f"{path}: the compiler opened {file}, and no #include says so" for file in sorted(ours - said))
        allowed = set()
        for file in ours | {path}:
            room = table.room_of(file)
            for library in table.rows[room].libraries if room in table.rows else ():
                allowed |= {library} | BRINGS.get(library, set())
        libraries = {library_opened(file) for file in files - ours} - {None}
        yield from (f"{path}: the compiler opened headers of {library}, which none of its rooms may use"
                    for library in sorted(libraries - allowed))

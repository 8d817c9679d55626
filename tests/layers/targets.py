# SPDX-License-Identifier: LGPL-2.1-or-later
"""Meson's libraries against the rooms: each has the sources of its room, and is given what the table allows."""
import os
import re
from collections import Counter

from includes import BRINGS
from source import ROOMS, read

# From Meson's variable to the library.
LIBRARIES = {"glib_dep": "GLib", "gobject_dep": "GLib", "gio_dep": "GIO", "gio_unix_dep": "GIO",
             "crypto_dep": "OpenSSL", "ssl_dep": "OpenSSL", "soup_dep": "libsoup", "json_dep": "json-glib",
             "nice_dep": "libnice", "usrsctp_dep": "usrsctp", "gst_dep": "GStreamer", "gst_base_dep": "GStreamer",
             "gst_video_dep": "GStreamer", "gst_audio_dep": "GStreamer", "gst_sctp_dep": "GStreamer"}
CALL = re.compile(r"(?:^(\w+) = )?\b(static_library|shared_module|executable|declare_dependency|\w*library|library"
                  r"|build_target|jar)\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)", re.M)
GIVEN = re.compile(r"\bdependencies\s*:\s*\[([\w\s,]*)\]\s*(?:,|$)")


class Given:
    """What meson.build gives each target: Meson keeps no trace of it for a static library. `targets`: from a target's
    name to its dependencies; `rooms`: from a dependency's variable to the target that it links."""

    def __init__(self, root):
        self.targets = {}
        self.rooms = {}
        self.faults = []
        for top in ROOMS:
            for folder, _, names in sorted(os.walk(os.path.join(root, top))):
                if "meson.build" in names:
                    path = os.path.join(folder, "meson.build")
                    self.read_file(os.path.relpath(path, root), re.sub(r"#[^\n]*", "", read(path)))

    def read_file(self, path, text):
        libraries = {}
        for variable, function, arguments in CALL.findall(text):
            given = GIVEN.search(arguments)
            given = re.findall(r"\w+", given[1]) if given else None
            target = re.match(r"\s*'([^']+)'", arguments)
            if function == "declare_dependency":
                link = re.search(r"\blink_with\s*:\s*(\w+)\s*(?:,|$)", arguments)
                self.declare(path, variable, libraries.get(link[1]) if link else None, given)
            elif given is None or not target or re.search(r"\b(link_\w+|objects|sources)\s*:", arguments):
                self.faults.append(f"{path}: {variable or function} is not a name, sources and one list of "
                                   "dependencies")
            else:
                self.targets[target[1]] = given
                libraries[variable] = target[1]
        self.faults += [f"{path}: {variable} is made by hand" for variable
                        in re.findall(r"\b(\w+_dep)\s*\+?=(?!=)(?!\s*declare_dependency\b)", text)]

    def declare(self, path, variable, target, given):
        """A dependency that links a room hands on what the room itself was given."""
        if target:
            self.rooms[variable] = target
            if given != self.targets[target]:
                self.faults.append(f"{path}: {variable} hands on other dependencies than {target} has")

    def closure(self, target):
        """The dependencies of a target, with those that they hand on."""
        found, waiting = set(), [target]
        while waiting:
            for variable in self.targets.get(waiting.pop(), ()):
                if variable not in found:
                    found.add(variable)
                    waiting.append(self.rooms.get(variable))
        return found


def room_of(target, table):
    """The room of most of its sources, or None."""
    rooms = Counter(map(table.room_of, target.sources)).most_common(1)
    return rooms[0][0] if rooms else None


def name_rooms(targets, table):
    return {target.name: room_of(target, table) for target in targets}


def check_sources(tree, table, targets, left_out):
    """Each room is one target, of exactly its sources, declared in its folder."""
    wanted = {}
    for path in tree.rooms:
        if path.endswith(".c") and not path.startswith(left_out):
            wanted.setdefault(table.room_of(path), set()).add(path)
    for target in targets:
        room = room_of(target, table)
        sources = wanted.pop(room, None)
        folder = os.path.dirname(room or "") if room not in (target.folder, None) else room
        if sources is None:
            yield f"{target.folder}/meson.build: {target.name} is no room's, or its room's second target"
            continue
        if target.folder != folder or (room == folder and target.kind != "static library"):
            yield f"{target.folder}/meson.build: {target.name} is not the static library of its folder"
        yield from (f"{target.folder}/meson.build: {target.name} has {path}, which is not of {room}"
                    for path in sorted(set(target.sources) - sources))
        yield from (f"{target.folder}/meson.build: {target.name} lacks {path}"
                    for path in sorted(sources - set(target.sources)))
    yield from (f"{room}: no target is made of it" for room in sorted(wanted))


def check_given(table, targets, given):
    """What a target is given is what its row allows, and all that its row allows is within reach."""
    rooms = name_rooms(targets, table)
    yield from given.faults
    for target in targets:
        room = rooms.get(target.name)
        where = f"{target.folder}/meson.build: {target.name}"
        if target.name not in given.targets or room not in table.rows:
            yield f"{where} is declared in a way that tests/layers/targets.py does not read"
            continue
        for variable in given.targets[target.name]:
            other = rooms.get(given.rooms.get(variable))
            if not (other and table.may_include(room, other) or table.may_use(room, LIBRARIES.get(variable))):
                yield f"{where} is given {variable}, which {room} may not have"
        reached = {rooms.get(given.rooms.get(variable)) or LIBRARIES.get(variable)
                   for variable in given.closure(target.name)}
        reached |= {library for name in reached for library in BRINGS.get(name, ())}
        row = table.rows[room]
        yield from (f"{where} is not given {need}, which {room} may include or use"
                    for need in sorted((row.rooms | row.libraries) - reached - {"system"}))

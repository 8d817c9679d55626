# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/architecture.md as data: what each room may include, and which files have a line."""
import os
import re

from source import stem_of

HEAD = "| room | may include | libraries |"


class Row:
    def __init__(self, rooms, libraries):
        self.rooms = rooms
        self.libraries = libraries


class Table:
    """`rows` by room, and `described`: the path without extension of every file that has a line."""

    def __init__(self, text):
        self.rows = read_rows(text)
        self.described = read_lines(text)

    def room_of(self, path):
        """The most particular row: the file's own, or its folder's. A room without a row is named all the same."""
        stem = stem_of(path)
        return stem if stem in self.rows else os.path.dirname(path)

    def may_include(self, room, other):
        return room == other or room in self.rows and other in self.rows[room].rooms

    def may_use(self, room, library):
        return room in self.rows and library in self.rows[room].libraries

    def closure(self, room):
        """The rooms that a room stands on, itself among them."""
        found, waiting = set(), [room]
        while waiting:
            room = waiting.pop()
            if room not in found and room in self.rows:
                found.add(room)
                waiting += self.rows[room].rooms
        return found


def read_rows(text):
    rows = {}
    for line in text.split(HEAD, 1)[1].split("\n\n", 1)[0].splitlines()[2:]:
        room, rooms, libraries = [cell.strip() for cell in line.strip().strip("|").split("|")]
        rows[room.strip("`")] = Row(set(re.findall(r"`([^`]+)`", rooms)),
                                    {name.strip() for name in libraries.split(",")})
    return rows


def read_lines(text):
    described = set()
    for section in re.split(r"^### ", text, flags=re.M)[1:]:
        section = re.split(r"^## ", section, flags=re.M)[0]
        room = re.match(r"`([^`]+)`", section)
        for name in re.findall(r"^\| `([^`]+)` \|", section, flags=re.M) if room else []:
            described.add(room[1] + "/" + name)
    return described


def check_lines(tree, table):
    """Every file has its line, and every line and row its file."""
    stems = tree.stems()
    rooms = {table.room_of(path) for path in tree.rooms}
    yield from (f"{stem}: has no line in docs/architecture.md" for stem in sorted(stems - table.described))
    yield from (f"docs/architecture.md has a line for {stem}, which is not there"
                for stem in sorted(table.described - stems))
    yield from (f"{room}: has no row in the table" for room in sorted(rooms - set(table.rows)))
    yield from (f"the table has a row for {room}, which is not there" for room in sorted(set(table.rows) - rooms))

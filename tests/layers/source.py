# SPDX-License-Identifier: LGPL-2.1-or-later
"""The files of the tree, and C text as the compiler's first steps leave it."""
import os
import re

ROOMS = ("gst", "plugins", "signaling")
FOLDERS = ROOMS + ("examples", "tests")

TOKEN = re.compile(r'//[^\n]*|/\*.*?(?:\*/|\Z)|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
DIRECTIVE = re.compile(r"^[ \t\f\v]*(#|%:|\?\?=)[ \t\f\v]*(.*)$", re.M)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def stem_of(path):
    return os.path.splitext(path)[0]


def list_files(root, folders):
    """Every file below the folders; a link stands as a file, wherever it leads."""
    found = []
    for top in folders:
        for folder, names, files in os.walk(os.path.join(root, top)):
            names[:] = [name for name in names if name != "__pycache__"]
            links = [name for name in names if os.path.islink(os.path.join(folder, name))]
            found += [os.path.relpath(os.path.join(folder, name), root) for name in files + links]
    return sorted(found)


def splice(text):
    """Lines that end in a backslash are one (GCC allows blanks after it); the line ends follow it."""
    lines, joined = [""], 0
    for line in text.split("\n"):
        lines[-1] += line
        if line.rstrip().endswith("\\"):
            lines[-1] = lines[-1].rstrip()[:-1]
            joined += 1
        else:
            lines += [""] * (joined + 1)
            joined = 0
    return "\n".join(lines[:-1])


def without_comments(text):
    """A comment becomes a blank, and keeps its line ends, so that lines keep their numbers."""
    def replace(match):
        token = match[0]
        return token if token[0] in "\"'" else " " + "\n" * token.count("\n")
    return TOKEN.sub(replace, text)


def without_strings(text):
    """Quotes with nothing between them. The text has no comments any more."""
    return TOKEN.sub(lambda match: match[0][0] * 2, text)


class Source:
    """One C file: `code` is without comments, `bare` without what stands in quotes either, and
    `directives` are pairs of how a directive is opened and what it says. Lines keep their numbers."""

    def __init__(self, path, text):
        self.path = path
        self.stem = stem_of(path)
        self.lines = text.count("\n") + (not text.endswith("\n"))
        self.code = without_comments(splice(text))
        self.bare = without_strings(self.code)
        self.directives = [(match[1], match[2].strip()) for match in DIRECTIVE.finditer(self.code)]


class Tree:
    """Everything that is read of the project, once."""

    def __init__(self, root):
        self.root = root
        self.files = list_files(root, FOLDERS)
        self.known = set(self.files)
        self.sources = {path: Source(path, read(os.path.join(root, path))) for path in self.files
                        if path.endswith((".c", ".h"))}
        self.rooms = {path: source for path, source in self.sources.items()
                      if path.split("/", 1)[0] in ROOMS}

    def stems(self):
        return {source.stem for source in self.rooms.values()}


def find_stray_files(tree):
    """What is compiled under another name, or stands behind a link, would be read by nobody."""
    for path in tree.files:
        if os.path.islink(os.path.join(tree.root, path)):
            yield f"{path}: is a link"
        elif (path.split("/", 1)[0] in ROOMS and path not in tree.rooms
              and os.path.basename(path) != "meson.build"):
            yield f"{path}: is neither .c nor .h nor meson.build"

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a build folder knows: Meson's targets, the compiler's objects, the headers that it opened, and symbols."""
import json
import os
import re
import shutil
import subprocess

from source import ROOMS, read

# Of nm's types those that another object finds: strong definitions, and uses.
DEFINED = set("TDBRCGS")
USED = set("Uwv")


class Target:
    """What one declaration in a room's meson.build makes."""

    def __init__(self, name, kind, folder, sources):
        self.name = name
        self.kind = kind
        self.folder = folder
        self.sources = sources


class Object:
    """A file as it was compiled: the symbols that it defines and uses, and the files that it opened."""

    def __init__(self, path, source):
        self.path = path
        self.source = source
        self.defined = set()
        self.used = set()
        self.opened = None


def run(*command):
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", errors="replace", check=False)
    return result.stdout if result.returncode == 0 else ""


class Build:
    def __init__(self, root, folder):
        self.root = os.path.realpath(root)
        self.folder = os.path.realpath(folder)
        self.targets = self.read_targets()
        self.objects = self.read_objects()
        self.read_symbols()
        self.read_opened()

    def relative(self, path):
        """Below the root without it, the others absolute. What is in the build folder is nobody's."""
        path = os.path.normpath(os.path.join(self.folder, path))
        if path.startswith(self.root + os.sep) and not path.startswith(self.folder + os.sep):
            return os.path.relpath(path, self.root)
        return path

    def read_json(self, name):
        return json.loads(read(os.path.join(self.folder, name)))

    def read_targets(self):
        targets = []
        for entry in self.read_json("meson-info/intro-targets.json"):
            folder = os.path.dirname(self.relative(os.path.realpath(entry["defined_in"])))
            sources = [self.relative(os.path.realpath(source)) for part in entry["target_sources"]
                       for source in part.get("sources", []) + part.get("generated_sources", [])]
            if folder.split("/", 1)[0] in ROOMS:
                targets.append(Target(entry["name"], entry["type"], folder, sources))
        return targets

    def read_objects(self):
        """The objects of the rooms' targets, by path. Tests may compile a room's file once more, elsewhere."""
        objects = {}
        for entry in self.read_json("compile_commands.json"):
            path = os.path.normpath(entry["output"])
            if path.split("/", 1)[0] in ROOMS:
                source = os.path.realpath(os.path.join(entry["directory"], entry["file"]))
                objects[path] = Object(path, self.relative(source))
        return objects

    def read_symbols(self):
        there = [path for path in self.objects if os.path.exists(os.path.join(self.folder, path))]
        nm = shutil.which("nm") or shutil.which("llvm-nm")
        output = run(nm, "-P", "-A", *(os.path.join(self.folder, path) for path in there)) if nm and there else ""
        for path, name, kind in re.findall(r"^(.*?): (\S+) (\w)\b", output, flags=re.M):
            found = self.objects[os.path.relpath(path, self.folder)]
            if kind in DEFINED:
                found.defined.add(name)
            elif kind in USED:
                found.used.add(name)

    def read_opened(self):
        """From ninja, which keeps what the compiler's -MD said. -n: it shall write nothing."""
        ninja = shutil.which("ninja") or shutil.which("ninja-build") or shutil.which("samu")
        output = run(ninja, "-n", "-C", self.folder, "-t", "deps") if ninja else ""
        for block in output.split("\n\n"):
            head, *lines = block.strip("\n").split("\n")
            path = head.split(": #deps", 1)[0]
            if path in self.objects and head.endswith("(VALID)"):
                self.objects[path].opened = {self.relative(line.strip()) for line in lines}


def check_objects(build):
    """What was not compiled, or what nobody could read, would pass as faultless."""
    if not build.objects:
        yield "the build folder has no objects of any room"
    for item in build.objects.values():
        if not item.defined:
            yield f"{item.path}: nm finds no symbols in it"
        if item.opened is None:
            yield f"{item.path}: ninja does not know what it opened; is the build up to date?"

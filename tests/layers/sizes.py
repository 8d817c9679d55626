# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files of at most 800 lines, functions of at most 60: CONTRIBUTING.md."""
import ast
import itertools
import os
import re

from source import read

FILE_LINES = 800
FUNCTION_LINES = 60


class Branches:
    """The code under every choice of #if: braces need not fit together over two branches."""

    def __init__(self, code):
        self.lines = code.split("\n")
        self.depth = 0
        self.count = 1
        for _ in self.choose(None):
            pass

    def choose(self, wanted):
        """The lines of one choice, a branch's number per depth. Directives go, lines keep their numbers."""
        taken = []
        for line in self.lines:
            word = re.match(r"\s*#\s*(\w*)", line)
            if word and word[1] in ("if", "ifdef", "ifndef"):
                taken.append(0)
                self.depth = max(self.depth, len(taken))
            elif word and word[1] in ("elif", "else") and taken:
                taken[-1] += 1
                self.count = max(self.count, taken[-1] + 1)
            elif word and word[1] == "endif" and taken:
                taken.pop()
            hidden = word or wanted is not None and tuple(taken) != wanted[:len(taken)]
            yield "" if hidden else line

    def __iter__(self):
        for wanted in itertools.product(range(self.count), repeat=self.depth):
            yield "\n".join(self.choose(wanted))


def name_of(head):
    """Where a function's name begins in what stands before its brace, or None: it is no function."""
    head = re.sub(r"\)[\s\w]*$", ")", head)
    if not head.endswith(")"):
        return None
    depth = 0
    for place in range(len(head) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(head[place], 0)
        if depth == 0:
            name = re.search(r"(\w+)\s*$", head[:place])
            return name and name.start()
    return None


def find_functions(code):
    """(name, lines) of each function, from its name to its last brace."""
    depth, start, first = 0, 0, None
    for mark in re.finditer(r"[{};]", code):
        if mark[0] == "{":
            if depth == 0:
                name = name_of(code[start:mark.start()])
                first = None if name is None else start + name
            depth += 1
        elif mark[0] == "}":
            depth = max(depth - 1, 0)
            if depth == 0 and first is not None:
                yield re.match(r"\w+", code[first:])[0], code.count("\n", first, mark.end()) + 1
                first = None
        if depth == 0:
            start = mark.end()


def find_python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.end_lineno - node.lineno + 1


def check_size(path, lines, functions):
    if lines > FILE_LINES:
        yield f"{path}: has {lines} lines, more than {FILE_LINES}"
    yield from (f"{path}: {name} has {lines} lines, more than {FUNCTION_LINES}"
                for name, lines in sorted(set(functions)) if lines > FUNCTION_LINES)


def check_sizes(tree):
    for path, source in tree.sources.items():
        functions = (function for code in Branches(source.bare) for function in find_functions(code))
        yield from check_size(path, source.lines, functions)
    for path in tree.files:
        if path.endswith(".py"):
            text = read(os.path.join(tree.root, path))
            yield from check_size(path, text.count("\n"), find_python_functions(text))

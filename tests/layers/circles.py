# SPDX-License-Identifier: LGPL-2.1-or-later
"""Circles in a graph: from each node to those that it needs."""


def find_circle(graph):
    """A list of nodes that lead to each other in a circle, or None."""
    done, way = set(), []

    def visit(node):
        if node in way:
            return way[way.index(node):] + [node]
        if node in done:
            return None
        way.append(node)
        for other in sorted(graph.get(node, ())):
            circle = visit(other)
            if circle:
                return circle
        way.pop()
        done.add(node)
        return None

    for node in sorted(graph):
        circle = visit(node)
        if circle:
            return circle
    return None

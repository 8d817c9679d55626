# SPDX-License-Identifier: LGPL-2.1-or-later
"""chart: results as bars in an SVG file: throughput to the right, CPU time per GB beside it."""

from html import escape

COLORS = ["#4878a8", "#e08030", "#58a058", "#b05858", "#8868a8", "#907060", "#60a0a0"]
BAR, GAP, LABEL, WIDTH, PANEL = 16, 18, 130, 300, 480


def bars(results, key, x, title):
    """One panel: a group of bars for each message size."""
    names = list(dict.fromkeys(r["name"] for r in results))
    most = max(r[key] for r in results)
    y = 40
    parts = [f'<text x="{x}" y="24" font-size="14" font-weight="bold">{escape(title)}</text>']
    for size in dict.fromkeys(r["size"] for r in results):
        parts.append(f'<text x="{x}" y="{y + 12}" font-weight="bold">{size} B messages</text>')
        y += BAR
        for r in (r for r in results if r["size"] == size):
            width = max(1, r[key] / most * WIDTH)
            color = COLORS[names.index(r["name"]) % len(COLORS)]
            parts.append(f'<text x="{x + LABEL - 6}" y="{y + 12}" text-anchor="end">{escape(r["name"])}</text>'
                         f'<rect x="{x + LABEL}" y="{y + 1}" width="{width:.1f}" height="{BAR - 3}" fill="{color}"/>'
                         f'<text x="{x + LABEL + width + 4:.1f}" y="{y + 12}">{r[key]:.0f}</text>')
            y += BAR
        y += GAP
    return parts, y


def write_svg(path, results):
    left, height = bars(results, "mbit_s", 10, "Throughput, Mbit/s (more is better)")
    right, _ = bars(results, "cpu_s_per_gb", 10 + PANEL, "CPU seconds per GB, both processes (less is better)")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * PANEL + 20}" height="{height}" '
                   'font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>'
                   + "".join(left + right) + "</svg>\n")

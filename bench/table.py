"""What the bench says: a table, JSON, a plot of the growth and the history of runs."""

import json
import math
import os
import platform
import subprocess
import time
from pathlib import Path
from xml.sax.saxutils import escape

HEAD = ("", "ours", "ms", "p95", "Odoo", "ms", "p95", "queries", "time", "growth")
WIDTHS = (44, 5, 8, 8, 5, 8, 8, 8, 6, 7)


def render(rows):
    """Return the table as text, with what is broken below it."""
    lines, subject = [], None
    for row in rows:
        if row.subject != subject:
            subject = row.subject
            lines += ["", _line((subject, *HEAD[1:]))]
        lines.append(_line(_cells(row)))
        if row.limited_by:
            lines.append(f"    {row.limited_by}")
    broken = [(row, bound) for row in rows for bound in row.broken]
    for row, bound in broken:
        how = "BROKEN" if bound.is_hard else "slower than promised, on this clock"
        lines.append(
            f"{how}: {row.subject}, {row.name}: {bound.what}"
            f" {_number(bound.value)}, at most {_number(bound.most)}"
        )
    return "\n".join(lines)


def _cells(row):
    def cost(value):
        if not value:
            return ("", "", "")
        return (_number(value.queries), f"{value.median:.1f}", f"{value.p95:.1f}")

    return (
        row.name,
        *cost(row.ours),
        *cost(row.theirs),
        _number(row.queries_ratio),
        _number(row.time_ratio),
        _number(row.growth),
    )


def _number(value):
    if value is None:
        return ""
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _line(cells):
    return "".join(
        f"{cell:<{width}}" if not index else f"{cell:>{width}}"
        for index, (cell, width) in enumerate(zip(cells, WIDTHS, strict=True))
    ).rstrip()


def describe_machine():
    """Return what was measured, where and when, for the table's head."""
    return {
        "date": time.strftime("%Y-%m-%d"),
        "commit": subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=False,
        ).stdout.strip(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def _processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def to_json(rows, machine):
    """Return the run as JSON."""
    return json.dumps({**machine, "rows": [row.to_json() for row in rows]}, indent=1)


def remember(path, rows, machine):
    """Add one line to the history, which later runs are compared with."""
    costs = {
        f"{row.subject}: {row.name}": [row.ours.queries, round(row.ours.median, 2)]
        for row in rows
        if row.ours
    }
    with path.open("a") as history:
        history.write(json.dumps({**machine, "rows": costs}) + "\n")


# --- Plot -----------------------------------------------------------------------------

WIDTH, HEIGHT, LEFT, TOP, STEP = 900, 460, 60, 30, 18
COLOURS = (
    *("#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#ff8ab7"),
    *("#a463f2", "#97bbf5", "#9c6b4e", "#9498a0"),
)


def plot(rows):
    """Return an SVG with the time of each row by the number of sheets, both as logs."""
    rows = [row for row in rows if len(row.sizes) > 1]
    if not rows:
        return ""
    sizes = sorted({size for row in rows for size in row.sizes})
    times = [cost.median for row in rows for cost in row.sizes.values()]
    low, high = math.log10(min(times)), math.log10(max(times)) + 0.01
    plot_width, bottom = WIDTH - 380, HEIGHT - 40

    def x(size):
        span = math.log10(sizes[-1]) - math.log10(sizes[0])
        return LEFT + plot_width * (math.log10(size) - math.log10(sizes[0])) / span

    def y(value):
        return bottom - (bottom - TOP) * (math.log10(value) - low) / (high - low)

    height = max(HEIGHT, TOP + STEP * len(rows) + 20)
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif"',
        f' font-size="12" viewBox="0 0 {WIDTH} {height}">',
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for size in sizes:
        parts.append(
            f'<line x1="{x(size):.1f}" x2="{x(size):.1f}" y1="{TOP}" y2="{bottom}"'
            f' stroke="#ddd"/><text x="{x(size):.1f}" y="{bottom + 18}"'
            f' text-anchor="middle">{size:,} sheets</text>'
        )
    for power in range(math.ceil(low), math.floor(high) + 1):
        parts.append(
            f'<line x1="{LEFT}" x2="{LEFT + plot_width}" y1="{y(10**power):.1f}"'
            f' y2="{y(10**power):.1f}" stroke="#ddd"/><text x="{LEFT - 6}"'
            f' y="{y(10**power) + 4:.1f}" text-anchor="end">{10**power:g} ms</text>'
        )
    for index, row in enumerate(rows):
        colour, dash = COLOURS[index % len(COLOURS)], "4 3" * (index >= len(COLOURS))
        points = " ".join(
            f"{x(size):.1f},{y(cost.median):.1f}"
            for size, cost in sorted(row.sizes.items())
        )
        line = TOP + STEP * index + 6
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}"'
            f' stroke-width="2" stroke-dasharray="{dash}"/>'
            f'<line x1="{WIDTH - 290}" x2="{WIDTH - 265}" y1="{line}" y2="{line}"'
            f' stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
            f'<text x="{WIDTH - 258}" y="{line + 4}">{escape(row.name)}</text>'
        )
    return "\n".join([*parts, "</svg>\n"])

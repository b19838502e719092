"""What the bench says: a table, and the same as JSON."""

import json
import os
import platform
import subprocess
import time
from dataclasses import asdict
from pathlib import Path

LINE = "{:<9}{:<48}{:>9}{:>9}{:>7}{:>8}  {}"


def render(rows):
    """Return the table as text: a promise in each line."""
    lines = [LINE.format("", "", "ours", "beside", "ratio", "at most", "").rstrip()]
    for row in rows:
        numbers = [_number(row.ours), "", "", f"{row.most:g}"]
        if row.beside is not None:
            numbers[1:3] = _number(row.beside), f"{row.value:.2f}"
        end = "OVER" if row.is_over else ""
        lines.append(LINE.format(row.subject, row.name, *numbers, end).rstrip())
    over = sum(row.is_over for row in rows)
    return "\n".join([*lines, "", f"{len(rows)} promises, {over} not kept"])


def _number(value):
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"


def describe_machine():
    """Return what was measured, where and when, for the table's head."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return {
        "date": time.strftime("%Y-%m-%d"),
        "commit": commit,
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }


def to_json(rows, machine):
    """Return the run as JSON."""
    return json.dumps({**machine, "rows": [asdict(row) for row in rows]}, indent=1)

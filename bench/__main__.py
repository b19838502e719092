"""Runs the subjects that are asked for; started by scripts/bench."""

import argparse
import importlib
import sys
from pathlib import Path

from . import table
from .database import Bench, say

# In this order; a module of this package each, with ``run(bench)``, which returns rows.
SUBJECTS = ("job", "batch", "growth", "web", "pdf", "browser")


def main():
    options = parse()
    bench = Bench(options)
    machine, rows = table.describe_machine(), []
    try:
        for name in options.subjects or SUBJECTS:
            say(f"{name} …")
            rows += importlib.import_module(f"{__package__}.{name}").run(bench)
    finally:
        # What was measured before a subject failed is worth its time.
        head = " · ".join(f"{key} {value}" for key, value in machine.items())
        sys.stdout.write(f"{head}\n\n{table.render(rows)}\n")
    if options.json:
        options.json.write_text(table.to_json(rows, machine))
    return any(row.is_over for row in rows)


def parse():
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT")
    parser.add_argument("--json", type=Path)
    parser.add_argument(
        "--sizes",
        type=lambda text: sorted(int(size) for size in text.split(",")),
        default=[1_000, 10_000, 100_000],
    )
    for name in ("database", "chromium"):
        parser.add_argument(f"--{name}", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if unknown := set(options.subjects) - set(SUBJECTS):
        parser.error(f"no such subject: {', '.join(sorted(unknown))}")
    return options


sys.exit(main())

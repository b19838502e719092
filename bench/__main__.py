"""Runs the subjects that are asked for; started by scripts/bench."""

import argparse
import importlib
import importlib.util
import sys
from pathlib import Path

from . import table
from .database import Bench, say

# In this order; a module of this package each.
SUBJECTS = ("job", "batch", "growth", "web", "pdf", "weight")


def main():
    options = parse()
    bench = Bench(options)
    machine, rows = table.describe_machine(), []
    for name in options.subjects or filter(is_there, SUBJECTS):
        say(f"{name} …")
        rows += importlib.import_module(f"{__package__}.{name}").run(bench)
    text = table.render(rows)
    head = " · ".join(f"{value}" for value in machine.values())
    sys.stdout.write(f"{head}\n{text}\n")
    if options.json:
        options.json.write_text(table.to_json(rows, machine))
    table.remember(bench.folder / "history.jsonl", rows, machine)
    if image := table.plot(rows):
        (bench.folder / "growth.svg").write_text(image)
    say(f"history and plot are in {bench.folder}")
    return any(bound.is_hard for row in rows for bound in row.broken)


def is_there(name):
    """Whether the subject has its module."""
    return bool(importlib.util.find_spec(f"{__package__}.{name}"))


def parse():
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT")
    parser.add_argument("--json", type=Path)
    parser.add_argument(
        "--sizes",
        type=lambda text: [int(size) for size in text.split(",")],
        default=[1_000, 10_000, 100_000],
    )
    for name in ("database", "template", "base", "folder"):
        parser.add_argument(f"--{name}", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if unknown := set(options.subjects) - set(SUBJECTS):
        parser.error(f"no such subject: {', '.join(sorted(unknown))}")
    return options


sys.exit(main())

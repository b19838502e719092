"""The command: see scripts/check."""

# pylint: disable=print-used; it is a command, and prints its answer
import argparse
import os
import sys
from collections import Counter
from configparser import ConfigParser
from pathlib import Path

import psycopg2

from . import CHECKS, FILES, SERVICE, find_inconsistencies, get_installed

SHOWN = 10


def _get_filestore(database):
    """Return the folder of the database's files, where Odoo's configuration tells."""
    config = ConfigParser(interpolation=None)
    config.read(os.environ.get("ODOO_RC", ""))
    data = config.get("options", "data_dir", fallback=None)
    folder = Path(data) / "filestore" / database if data else None
    return folder if folder and folder.is_dir() else None


def _print_table(found):
    counts = Counter(finding.check for finding in found)
    width = max(len(check.claim) for check in (*CHECKS, FILES))
    for check in (*CHECKS, FILES):
        mark = f"{counts[check]:6} wrong" if counts[check] else "          ok"
        print(f"{check.subject:13} {check.claim:{width}} {mark}")
    for check, count in counts.items():
        print(f"\n{check.claim}:")
        for finding in [f for f in found if f.check == check][:SHOWN]:
            print(f"  {finding.document:20} {finding.detail}")
        if count > SHOWN:
            print(f"  … and {count - SHOWN} more")


def main():
    parser = argparse.ArgumentParser(prog="scripts/check")
    parser.add_argument("--db", default="workmanager_demo")
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    if arguments.list:
        for check in (*CHECKS, FILES):
            print(f"{check.subject:13} {check.claim}")
        return 0
    try:
        connection = psycopg2.connect(dbname=arguments.db)
    except psycopg2.OperationalError as error:
        print(f"scripts/check: {error}".strip(), file=sys.stderr)
        return 2
    with connection, connection.cursor() as cursor:
        # All checks see the same moment, and change nothing.
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        if SERVICE not in get_installed(cursor):
            print(f"scripts/check: {arguments.db} has no {SERVICE}", file=sys.stderr)
            return 2
        found = find_inconsistencies(cursor, _get_filestore(arguments.db))
    _print_table(found)
    print(
        f"\n{len(found)} disagreements in {arguments.db}" if found else "\nConsistent."
    )
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())

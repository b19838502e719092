"""How the bench measures, and what it promises."""

import statistics
import time
from dataclasses import dataclass
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tools import SQL


@dataclass
class Row:
    """A line of the table: ours by what it is measured beside, or ours alone.

    :param most: the bound of the ratio, or of ours where there is nothing beside
    """

    subject: str
    name: str
    ours: float
    beside: float | None
    most: float

    @property
    def value(self):
        return self.ours if self.beside is None else self.ours / self.beside

    @property
    def is_over(self):
        # As it is printed: no run fails over what nobody sees.
        return round(self.value, 2) > self.most


class Cost:
    """What calls cost: the medians of their queries and of their milliseconds."""

    def __init__(self, samples):
        queries, times = zip(*samples, strict=True)
        self.queries, self.ms = statistics.median(queries), statistics.median(times)

    def rows(self, subject, name, theirs, queries, ms):
        """Return the rows beside ``theirs``, with the bounds of queries and of time."""
        return [
            Row(subject, f"{name}, queries", self.queries, theirs.queries, queries),
            Row(subject, f"{name}, ms", self.ms, theirs.ms, ms),
        ]


def sample(env, call):
    """Return the queries and the milliseconds of a call with an empty cache."""
    settle(env)
    env.invalidate_all()
    with counting() as queries:
        started = time.perf_counter()
        call()
        settle(env)
        elapsed = (time.perf_counter() - started) * 1000
    return len(queries), elapsed


def settle(env):
    """Do what a commit does before it: write, and log what was tracked."""
    env.flush_all()
    env.cr.precommit.run()
    env.flush_all()


def take_turns(samples, repeat, warm=2):
    """Measure in turn, so that what slows the machine slows all of them alike.

    :param dict samples: by name, a callable that returns queries and milliseconds
    :param int warm: how many of each go before those that count
    :return: a :class:`Cost` by name
    """
    taken = {name: [] for name in samples}
    for turn in range(warm + repeat):
        for name, call in samples.items():
            cost = call()
            if turn >= warm:
                taken[name].append(cost)
    return {name: Cost(costs) for name, costs in taken.items()}


class counting:
    """Collects, as a context manager, the queries that all cursors send."""

    def __enter__(self):
        queries, execute = [], Cursor.execute

        def record(cursor, query, params=None, log_exceptions=True):
            queries.append((query, params))
            return execute(cursor, query, params, log_exceptions)

        self.patch = patch.object(Cursor, "execute", record)
        self.patch.start()
        return queries

    def __exit__(self, *_exception):
        self.patch.stop()


def get_scanned_tables(env, call):
    """Return the tables that the plans of a call's queries read from end to end.

    Not those of which the plan reads the first rows and stops, as the web client's
    count of at most 10,001 does.
    """
    env.invalidate_all()
    with counting() as queries:
        call()
    scanned = set()
    for query, params in queries:
        if not isinstance(query, SQL):
            query = SQL(query, *params) if params else SQL(query.replace("%", "%%"))
        if query.code.lstrip().split(" ")[0].upper() in ("SELECT", "WITH"):
            env.cr.execute(SQL("EXPLAIN (FORMAT JSON) %s", query))
            scanned.update(_get_scans(env.cr.fetchone()[0][0]["Plan"]))
    return scanned


def _get_scans(node):
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for child in node.get("Plans", []):
        stops_early = (
            node["Node Type"] == "Limit"
            and child["Node Type"] == "Seq Scan"
            and node["Total Cost"] < child["Total Cost"] / 2
        )
        if not stops_early:
            yield from _get_scans(child)

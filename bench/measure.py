"""How a subject of the bench measures, and how it plugs in.

A subject is a module of this package that is named in ``__main__.SUBJECTS`` and has::

    def run(bench):
        "Return the rows of this subject."

``bench`` is a :class:`bench.database.Bench`: it opens databases that already have
Odoo's Repairs beside our addons. A subject asks it for one, measures, and returns::

    with bench.throwaway("job") as env:          # a copy, gone afterwards
        ours = measure(env, our_job, repeat=20)
        theirs = measure(env, their_job, repeat=20)
    row = Row("job", "front half", ours, theirs, limited_by="Odoo's sale order")
    row.bound("queries ratio", row.queries_ratio, 0.75)
    row.bound("time ratio", row.time_ratio, 0.90, is_hard=False)
    return [row]

Bounds on queries and on plans are hard: a broken one makes the bench fail. Bounds on
the clock are not: they are shown, since no two machines agree on them.
"""

import statistics
import time
from dataclasses import asdict, dataclass, field
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tools import SQL


@dataclass
class Cost:
    """What one call costs: SQL queries (None where not counted) and milliseconds."""

    queries: int | None
    median: float
    p95: float

    @classmethod
    def of(cls, queries, times):
        """Sum up calls.

        :param list queries: how many each call sent, empty where nobody counted
        :param list times: the milliseconds of each call
        """
        ranked = sorted(times)
        return cls(
            queries=round(statistics.median(queries)) if queries else None,
            median=statistics.median(ranked),
            p95=ranked[min(len(ranked) - 1, int(len(ranked) * 0.95))],
        )


@dataclass
class Bound:
    """A promise: ``value`` is at most ``most``."""

    what: str
    value: float
    most: float
    is_hard: bool = True

    @property
    def is_kept(self):
        return self.value is None or self.value <= self.most


@dataclass
class Row:
    """A line of the table.

    :param ours: what Workmanager costs
    :param theirs: what Odoo costs for the same, None where it has no such thing
    :param limited_by: in a few words, what the time goes to
    :param sizes: our costs by the number of sheets, where growth is measured
    :param their_sizes: Odoo's costs by the number of repair orders
    """

    subject: str
    name: str
    ours: Cost | None = None
    theirs: Cost | None = None
    limited_by: str = ""
    bounds: list[Bound] = field(default_factory=list)
    sizes: dict[int, Cost] = field(default_factory=dict)
    their_sizes: dict[int, Cost] = field(default_factory=dict)

    @property
    def queries_ratio(self):
        """Our queries by theirs, None where one of them is not known."""
        if self.ours and self.theirs and self.ours.queries and self.theirs.queries:
            return self.ours.queries / self.theirs.queries
        return None

    @property
    def time_ratio(self):
        """Our median time by theirs, None where one of them is not known."""
        if self.ours and self.theirs:
            return self.ours.median / self.theirs.median
        return None

    @property
    def growth(self):
        """Our median time with the most sheets by the one with the fewest."""
        if len(self.sizes) < 2:
            return None
        return self.sizes[max(self.sizes)].median / self.sizes[min(self.sizes)].median

    @property
    def broken(self):
        """The bounds that are not kept."""
        return [bound for bound in self.bounds if not bound.is_kept]

    def bound(self, what, value, most, is_hard=True):
        """Promise that ``value`` is at most ``most``.

        :param what: the name of the bound, as the table has it
        :param bool is_hard: False for what a clock measured
        """
        self.bounds.append(Bound(what, value, most, is_hard))
        return self

    def to_json(self):
        """Return the row as plain values."""
        return asdict(self) | {
            "queries_ratio": self.queries_ratio,
            "time_ratio": self.time_ratio,
            "growth": self.growth,
        }


def measure(env, call, repeat=15, prepare=None, warm=1):
    """Call something again and again with nothing in the ORM's cache.

    Odoo's caches of a worker (views, rights, rules) are warm, as they are in a server
    that has been running for a minute.

    :param callable call: what is measured; gets what ``prepare`` returned, if given
    :param int repeat: how often
    :param callable prepare: makes what ``call`` needs, outside the measure
    :param int warm: how many calls go before those that count
    :rtype: Cost
    """

    def sample():
        return sample_call(env, call, *((prepare(),) if prepare else ()))

    return take_turns({"": sample}, repeat, warm)[""]


def sample_call(env, call, *args):
    """Return what one call costs, with nothing in the ORM's cache.

    :return: queries and milliseconds
    """
    env.flush_all()
    env.invalidate_all()
    before, started = env.cr.sql_log_count, time.perf_counter()
    call(*args)
    env.flush_all()
    elapsed = (time.perf_counter() - started) * 1000
    return env.cr.sql_log_count - before, elapsed


def take_turns(samples, repeat=15, warm=1):
    """Measure in turn, so that what slows the machine slows all of them alike.

    :param dict samples: by name, a callable that returns queries and milliseconds
    :param int repeat: how often each
    :param int warm: how many of each go before those that count
    :rtype: dict
    :return: a Cost by name
    """
    taken = {name: [] for name in samples}
    for turn in range(warm + repeat):
        for name, sample in samples.items():
            cost = sample()
            if turn >= warm:
                taken[name].append(cost)
    return {
        name: Cost.of(*map(list, zip(*costs, strict=True)))
        for name, costs in taken.items()
    }


def capture(env, call):
    """Return what ``call`` sends with nothing in the ORM's cache, as SQL."""
    queries, execute = [], Cursor.execute

    def record(cursor, query, params=None, log_exceptions=True):
        if not isinstance(query, SQL):
            query = SQL(query, *params) if params else SQL(query.replace("%", "%%"))
        queries.append(query)
        return execute(cursor, query, None, log_exceptions)

    env.flush_all()
    env.invalidate_all()
    with patch.object(Cursor, "execute", record):
        call()
        env.flush_all()
    return queries


def scanned_tables(env, queries):
    """Return the tables that the plans of these queries read from end to end.

    Not those of which the plan reads the first rows and stops, as the web client's
    count of at most 10,001 does.

    :param queries: what :func:`capture` returned; only what reads is explained
    :rtype: dict[str, str]
    :return: the query by the name of the table
    """
    scanned = {}
    for query in queries:
        if query.code.lstrip().split(" ")[0].upper() not in ("SELECT", "WITH"):
            continue
        env.cr.execute(SQL("EXPLAIN (FORMAT JSON) %s", query))
        nodes = [env.cr.fetchone()[0][0]["Plan"]]
        while nodes:
            node = nodes.pop()
            children = node.get("Plans", [])
            if node["Node Type"] == "Limit":
                cost = node["Total Cost"]
                children = [c for c in children if not _stops_early(c, cost)]
            nodes += children
            if node["Node Type"] == "Seq Scan":
                scanned[node["Relation Name"]] = env.cr.mogrify(query).decode()
    return scanned


def _stops_early(node, cost):
    """Whether a limit that costs ``cost`` leaves most of a table unread."""
    return node["Node Type"] == "Seq Scan" and cost < node["Total Cost"] / 2

"""What installing the addons costs a server and its visitors, beside Odoo's Repairs."""

import gc
import gzip
import re
import statistics
import subprocess
import sys
from typing import NamedTuple

from odoo.tools import SQL, config

from .measure import Cost, Row

# In the order in which Odoo installs them.
OURS = ("workmanager_service", "workmanager_portal", "workmanager_stock_link")
RIVAL = "repair"
EACH, ALL = 1.5, 2_000
MEMORY, RUNS = 10, 3
# What a browser loads of the back end, and of the web site and portal.
BUNDLES = {
    "backend": ((("web.assets_web", "js"), ("web.assets_web", "css")), 60),
    "portal": (
        (("web.assets_frontend_lazy", "js"), ("web.assets_frontend", "css")),
        15,
    ),
}
LOADED = re.compile(r"Module (\w+) loaded in ([\d.]+)s.*?, (\d+) queries")


def run(bench):
    """Return the rows of installs, memory and assets."""
    rival, *ours = (*install(bench, RIVAL), *install(bench, *OURS))
    rows = []
    for addon in ours:
        row = Row("weight", f"install {addon.name}", addon.cost, rival.cost)
        row.limited_by = f"{addon.parts}, made one by one (Repairs: {rival.parts})"
        rows.append(row.bound("queries ratio", row.queries_ratio, EACH))
    queries = sum(addon.cost.queries for addon in ours)
    ms = sum(addon.cost.median for addon in ours)
    row = Row("weight", "install all three", Cost(queries, ms, ms), rival.cost)
    rows.append(row.bound("queries", queries, ALL))
    return [*rows, weigh_memory(bench), *weigh_assets(bench)]


# --- Installs -------------------------------------------------------------------------


class Addon(NamedTuple):
    """An addon that was installed.

    :ivar parts: how much of what takes queries it brings, in words
    """

    name: str
    cost: Cost
    parts: str


def install(bench, *names):
    """Install addons beside Odoo's own, and return them as :class:`Addon`."""
    database = f"{bench.database}_weight"
    bench.drop_database(database)
    bench.create_database(database, bench.base)
    try:
        log = subprocess.run(
            [
                *("odoo", "-d", database, "-i", ",".join(names)),
                *("--stop-after-init", "--no-http", "--log-level=info"),
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stderr
        found = {name: values for name, *values in LOADED.findall(log)}
        with bench.open(database) as env:
            parts = {name: count_parts(env, name) for name in names}
    finally:
        bench.drop_database(database)
    addons = []
    for name in names:
        seconds, queries = found[name]
        ms = float(seconds) * 1000
        addons.append(Addon(name, Cost(int(queries), ms, ms), parts[name]))
    return addons


def count_parts(env, name):
    """Return in words how many tables, foreign keys and views an addon has."""
    module = env["ir.module.module"].search([("name", "=", name)])
    [counts] = env.execute_query(
        SQL(
            """
            SELECT (SELECT count(*) FROM ir_model_constraint
                     WHERE module = %(module)s AND type = 'f'),
                   (SELECT count(*) FROM ir_model_relation WHERE module = %(module)s),
                   (SELECT count(*) FROM ir_model_data
                     WHERE module = %(name)s AND model = 'ir.ui.view')
            """,
            module=module.id,
            name=name,
        )
    )
    return "{} foreign keys, {} relations, {} views".format(*counts)


# --- Memory ---------------------------------------------------------------------------


def weigh_memory(bench):
    """Return the row with what a worker needs more when our addons are there."""
    without, with_ours = (
        statistics.median(get_memory(database) for _run in range(RUNS))
        for database in (bench.base, bench.template)
    )
    more = round(with_ours - without, 1)
    row = Row("weight", f"memory of a worker: {more} of {without:.0f} MiB")
    row.limited_by = "the classes and fields of our models"
    return row.bound("MiB more", more, MEMORY)


def get_memory(database):
    """Return the MiB of a process that has just shown the web client's first page."""
    program = f"from {__name__} import load; load({database!r})"
    process = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return int(process.stdout) / 1024


def load(database):
    """Do what a worker does for its first page, and print its memory in KiB."""
    from .pages import Pages

    config.parse_config(["--log-level", "error"])
    Pages(database).get("/web/login")
    gc.collect()
    with open("/proc/self/status") as status:
        [size] = re.findall(r"^VmRSS:\s+(\d+)", status.read(), re.MULTILINE)
    sys.stdout.write(size)


# --- Assets ---------------------------------------------------------------------------


def weigh_assets(bench):
    """Return the rows with what a browser loads more for our addons, compressed."""
    without, with_ours = map(get_assets, (bench, bench), (bench.base, bench.template))
    rows = []
    for name, (_bundles, most) in BUNDLES.items():
        more = round((with_ours[name] - without[name]) / 1000, 1)
        row = Row(
            "weight", f"assets of the {name}: {more} of {without[name] // 1000} kB"
        )
        rows.append(row.bound("kB more", more, most))
    return rows


def get_assets(bench, database):
    """Return the compressed bytes of scripts and styles by the name in ``BUNDLES``."""
    with bench.open(database) as env:
        return {
            name: sum(get_size(env, *bundle) for bundle in bundles)
            for name, (bundles, _most) in BUNDLES.items()
        }


def get_size(env, name, kind):
    """Return how many bytes of a bundle go over the wire."""
    bundle = env["ir.qweb"]._get_asset_bundle(name, css=kind == "css", js=kind == "js")
    return len(gzip.compress(getattr(bundle, kind)().raw, 9))

"""Whether screens ask as little as those of Repairs, and stay quick while work grows.

A browser opens each screen once, of ours and of Repairs; what it asked the server for
is asked again in the databases with the fewest and with the most sheets.
"""

import contextlib
import functools

from odoo.service.model import call_kw

from .browser import CARDS, CLICK, CLICKS, PATHS, REST, browsing
from .database import as_user
from .history import prepare
from .measure import Row, get_scanned_tables, sample, take_turns

REPEAT = 9
GROWTH = 1.2
# A table with fewer rows than this in the biggest database does not grow with the work.
GROWN = 2_000
STATES = {
    **dict.fromkeys(("received", "evaluation", "quoted"), "draft"),
    "approved": "confirmed",
    "repair": "under_repair",
    **dict.fromkeys(("ready", "delivered"), "done"),
}
MODELS = {"ours": "workmanager.sheet", "theirs": "repair.order"}


def run(bench):
    """Return the rows of the growth."""
    sizes = [bench.sizes[0], bench.sizes[-1]]
    databases = [prepare(bench, size) for size in sizes]
    calls = record(bench, databases[0])
    with contextlib.ExitStack() as stack:
        few, many = (stack.enter_context(bench.open(name)) for name in databases)
        grown = get_grown_tables(many)
        screens = zip(get_screens(few, calls), get_screens(many, calls), strict=True)
        rows = []
        for (name, ours_of_few, _theirs), (_name, ours, theirs) in screens:
            costs = measure(few, many, ours_of_few, ours, theirs)
            if theirs:
                rows += costs["ours"].rows("screen", name, costs["theirs"], 1.0, 1.0)
            for what in ("queries", "ms"):
                pair = (getattr(costs[key], what) for key in ("ours", "few"))
                title = f"{name}, {what}, {sizes[1]} by {sizes[0]}"
                rows.append(Row("growth", title, *pair, GROWTH))
            read = sorted(grown & get_scanned_tables(many, ours(many)))
            title = f"{name}, tables read whole {' '.join(read)}"
            rows.append(Row("plans", title.strip(), len(read), None, 0))
    return rows


def measure(few, many, ours_of_few, ours, theirs):
    """Measure a screen of ours in both databases, and Odoo's in the bigger one."""
    sides = {"few": (few, ours_of_few), "ours": (many, ours)}
    if theirs:
        sides["theirs"] = (many, theirs)
    samples = {
        name: functools.partial(sample, env, call(env))
        for name, (env, call) in sides.items()
    }
    return take_turns(samples, REPEAT)


def record(bench, database):
    """Return {(screen, side): what the browser asks for}."""
    calls = {}
    with browsing(bench, database) as open_page:
        for side, path in PATHS.items():
            page = open_page(path)
            for screen in ("board", "list", "form"):
                page.calls.clear()
                page.evaluate(CLICK, CLICKS[screen][1:])
                page.wait_for_timeout(REST)
                calls[screen, side] = [
                    call
                    for call in page.calls
                    if call["model"] == MODELS[side]
                    and call["method"] not in ("get_views", "has_access")
                ]
        page = open_page("/odoo/my-service-work", "technician", CARDS, "kanban")
        calls["my work", "ours"] = page.calls
    return calls


def get_grown_tables(env):
    """Return the tables whose rows grow with the work."""
    env.cr.execute(
        """SELECT relname FROM pg_class
            WHERE relkind = 'r' AND relnamespace = current_schema::regnamespace
              AND reltuples >= %s AND relname !~ '^(ir|bus)_'
        """,
        [GROWN],
    )
    return {name for (name,) in env.cr.fetchall()}


class Screen:
    """What a browser asks for, with other arguments where the record is another one.

    :param calls: as they were recorded
    :param login: who asks
    :param args: in place of those of the calls
    :param kwargs: besides those of the calls
    """

    def __init__(self, calls, login="manager", args=None, **kwargs):
        self.calls, self.login, self.args, self.kwargs = calls, login, args, kwargs

    def __call__(self, env):
        """Return a callable that asks, each time with the arguments of a request."""
        env = as_user(env, self.login)

        def ask():
            for call in self.calls:
                kwargs = {**call["kwargs"], **self.kwargs}
                args = call["args"] if self.args is None else self.args
                env.invalidate_all()
                call_kw(env[call["model"]], call["method"], list(args), kwargs)

        return ask


def get_screens(env, calls):
    """Yield each screen as (name, ours, Odoo's), the latter None where it has none."""

    def both(name, ours, theirs):
        return tuple(
            Screen(calls[name, side], **changes)
            for side, changes in zip(PATHS, (ours, theirs), strict=True)
        )

    yield "board", Screen(calls["board", "ours"]), get_their_board(calls)
    yield "list", *both("list", {"domain": []}, {"domain": []})
    page = {"domain": [], "offset": 720}
    yield "list, page 10", *both("list", page, page)
    yield "list of open ones", *both("list", {}, {})
    mine = [
        ("user_id", "=", as_user(env, "technician").uid),
        ("state", "in", ("confirmed", "under_repair")),
    ]
    yield (
        "my work",
        Screen(calls["my work", "ours"][-1:], "technician"),
        Screen(calls["list", "theirs"], "technician", domain=mine),
    )
    for state, theirs in STATES.items():
        ids = (
            env[MODELS[side]].search([("state", "=", value)], order="id", limit=1).ids
            for side, value in (("ours", state), ("theirs", theirs))
        )
        yield f"form, {state}", *both("form", *({"args": [found]} for found in ids))
    sheet = env[MODELS["ours"]].search([("state", "=", "delivered")], limit=1)
    repair = env[MODELS["theirs"]].search([("state", "=", "done")], limit=1)
    serial, name = sheet.serial_number, sheet.partner_id.name
    for what, text, domain in (
        ("number", sheet.name, [("name", "ilike", repair.name)]),
        ("customer", name, [("partner_id", "child_of", name)]),
        ("phone", sheet.partner_id.phone, None),
        ("part of a serial", serial[3:9], [("lot_id.name", "ilike", serial[3:9])]),
    ):
        ours, theirs = both(
            *("list", {"domain": [("search_text", "ilike", text)]}, {"domain": domain})
        )
        yield f"search: {what}", ours, domain and theirs
    equipment = env["workmanager.equipment"].search([], order="id", limit=1)
    lot = env["stock.lot"].search([], order="id", limit=1)
    yield (
        "history of an equipment",
        get_call("workmanager.equipment", "get_history", equipment.ids),
        Screen(calls["list", "theirs"], domain=[("lot_id", "=", lot.id)]),
    )
    yield "dashboard", get_call(MODELS["ours"], "get_dashboard"), None
    yield "look-up", get_call("workmanager.equipment", "lookup", serial[3:9]), None


def get_call(model, method, *args):
    """Return the screen that is filled by one call."""
    return Screen([{"model": model, "method": method, "args": args, "kwargs": {}}])


def get_their_board(calls):
    """Return Repairs' cards in columns, asked for as ours are.

    Theirs come without columns: the browser's time is beside those.
    """
    ours = next(c for c in calls["board", "ours"] if c["method"] == "web_read_group")
    [theirs] = (c for c in calls["board", "theirs"] if c["method"] == "web_search_read")
    kwargs = {
        **ours["kwargs"],
        "domain": [],
        "groupby": ["state"],
        "aggregates": [],
        "unfold_read_specification": theirs["kwargs"]["specification"],
        "unfold_read_default_limit": theirs["kwargs"]["limit"],
    }
    group = {**ours, "model": MODELS["theirs"], "kwargs": kwargs}
    bar = next(c for c in calls["board", "ours"] if c["method"] == "read_progress_bar")
    bar_kwargs = {**bar["kwargs"], "domain": [], "group_by": "state"}
    return Screen([group, {**bar, "model": MODELS["theirs"], "kwargs": bar_kwargs}])

"""Whether the screens of a shop stay quick while its history grows.

The same screens are opened in databases with fewer and with more sheets, beside those
of Odoo's Repairs with as many repair orders.
"""

import contextlib
import logging

import psycopg2

from .client import Client
from .database import as_user, say
from .measure import Row, capture, sample_call, scanned_tables, take_turns
from .pages import Pages
from .shop import GROUPS, Shop

REPEAT = 25
# At most so much slower with the most sheets than with the fewest.
GROWTH = 1.2
# A table with fewer rows than this in the biggest database does not grow with the work.
GROWN = 2_000
STATES = (
    "received",
    "evaluation",
    "quoted",
    "approved",
    "repair",
    "ready",
    "delivered",
)
OPEN = [("state", "not in", ("delivered", "cancelled"))]
# The screens with a promise on their queries.
MOST = {
    "list": 14,
    "list, page 10": 14,
    "board": 13,
    **{f"form, {state}": 22 for state in STATES},
    "history of an equipment": 10,
    "look-up": 6,
    "portal list": 15,
}
LIMITS = {
    "list": "the names of the customers and of the equipment",
    "list, page 10": "skipping nine pages of the index",
    "board": "four hundred cards of eight columns",
    "my work": "forty cards",
    "dashboard": "the counts of the open sheets",
    "look-up": "a search by index for each kind of number",
    "status page": "Odoo's portal layout",
    "portal list": "Odoo's portal layout",
}


def run(bench):
    """Return the rows of the growth."""
    rows, sizes = [], sorted(bench.sizes)
    databases = {size: prepare(bench, size) for size in sizes}
    with contextlib.ExitStack() as stack:
        envs = {
            size: stack.enter_context(bench.open(database))
            for size, database in databases.items()
        }
        grown = get_grown_tables(envs[sizes[-1]])
        shops = [get_screens(envs[size], databases[size]) for size in sizes]
        for screens in zip(*shops, strict=True):
            row = Row("growth", screens[0][0])
            row.limited_by = LIMITS.get(row.name.partition(":")[0], "")
            measure_screen(row, dict(zip(envs.items(), screens, strict=True)))
            bound(envs[sizes[-1]], row, screens[-1][1], grown)
            rows.append(row)
    return rows


def prepare(bench, size):
    """Return the database with ``size`` sheets, made where there is none."""
    database = f"{bench.database}_{size}"
    if not bench.database_exists(database):
        say(f"  making the shop with {size} sheets")
        new = f"wm_new_{database}"
        bench.drop_database(new)
        bench.create_database(new, bench.database)
        with bench.open(new) as env:
            Shop(env).fill(size)
        vacuum(new)
        bench.rename_database(new, database)
    return database


def vacuum(database):
    """Do what autovacuum does in time."""
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    finally:
        connection.close()


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


def measure_screen(row, screens):
    """Measure a screen of ours in all databases, and Odoo's where it has one like it.

    :param dict screens: (name, ours, Odoo's) by (number of sheets, environment)
    """
    samples = {}
    for (size, env), (_name, ours, theirs) in screens.items():
        samples["ours", size] = get_sample(env, ours)
        if theirs:
            samples["theirs", size] = get_sample(env, theirs)
    for (whose, size), cost in take_turns(samples, REPEAT, warm=2).items():
        (row.sizes if whose == "ours" else row.their_sizes)[size] = cost
    row.ours = row.sizes[max(row.sizes)]
    if row.their_sizes:
        row.theirs = row.their_sizes[max(row.their_sizes)]


def get_sample(env, call):
    """Return what measures a screen once: a page, or what the web client asks for."""
    if isinstance(call, Request):
        return lambda: call.pages.sample(call)
    return lambda: sample_call(env, call)


def bound(env, row, ours, grown):
    """Write the promises into the row of the biggest database."""
    if most := MOST.get(row.name.partition(":")[0]):
        row.bound("queries", row.ours.queries, most)
    smallest = row.sizes[min(row.sizes)]
    row.bound("queries more than with few", row.ours.queries - smallest.queries, 1)
    row.bound("growth of the time", row.growth, GROWTH, is_hard=False)
    scanned = scanned_tables(env, capture(env, ours))
    read = sorted(grown & set(scanned))
    row.bound(f"tables read to their end ({', '.join(read)})", len(read), 0)
    for table in read:
        logging.getLogger(__name__).error("%s: %s", row.name, scanned[table])


class Request:
    """A page that is asked for."""

    def __init__(self, pages, path):
        self.pages, self.path = pages, path

    def __call__(self):
        return self.pages.get(self.path)


def get_screens(env, database):
    """Yield each screen as (name, ours, Odoo's)."""
    manager = as_user(env, "manager", *GROUPS["manager"])
    technician = as_user(env, "technician", *GROUPS["technician"])
    yield from get_lists(Client(manager), Client(technician))
    yield from get_forms(Client(manager))
    yield from get_searches(Client(manager))
    equipment = manager["workmanager.equipment"].search([], order="id", limit=1)
    lot = manager["stock.lot"].search([], order="id", limit=1)
    client = Client(manager)
    yield (
        "history of an equipment",
        equipment.get_history,
        client.open_list("repair.order", [("lot_id", "=", lot.id)]),
    )
    yield "dashboard", manager["workmanager.sheet"].get_dashboard, None
    yield from get_pages(env, database)


def get_lists(manager, technician):
    """Yield the screens with many sheets."""
    sheet, repair = "workmanager.sheet", "repair.order"
    yield (
        "board",
        manager.open_board(sheet, "stage_id", OPEN),
        manager.open_board(repair, "state"),
    )
    yield "list", manager.open_list(sheet), manager.open_list(repair)
    yield (
        "list, page 10",
        manager.open_list(sheet, offset=720),
        manager.open_list(repair, offset=720),
    )
    yield "list of open ones", manager.open_list(sheet, OPEN), None
    mine = [("user_id", "=", technician.env.uid)]
    view = "workmanager_service.workmanager_sheet_view_kanban_work"
    yield (
        "my work",
        technician.open_cards(sheet, [*OPEN, *mine], view),
        technician.open_list(
            repair, [*mine, ("state", "in", ("confirmed", "under_repair"))]
        ),
    )


def get_forms(client):
    """Yield the form in each state, and Odoo's in the nearest one."""
    theirs = {
        **dict.fromkeys(("received", "evaluation", "quoted"), "draft"),
        "approved": "confirmed",
        "repair": "under_repair",
        **dict.fromkeys(("ready", "delivered"), "done"),
    }
    for state in STATES:
        sheet, repair = (
            client.env[model].search([("state", "=", value)], order="id", limit=1)
            for model, value in (
                ("workmanager.sheet", state),
                ("repair.order", theirs[state]),
            )
        )
        yield f"form, {state}", client.open_form(sheet), client.open_form(repair)


def get_searches(client):
    """Yield what the search box of the list, and the one of the counter, find."""
    sheet, equipment = (
        client.env["workmanager.sheet"],
        client.env["workmanager.equipment"],
    )
    sample = sheet.search([("state", "=", "delivered")], limit=1)
    repair = client.env["repair.order"].search([("state", "=", "done")], limit=1)
    serial, phone = sample.equipment_id.serial_number, sample.partner_id.phone
    digits = phone.replace("+40 ", "0")
    number = [("name", "ilike", sample.name)]
    searches = {
        "number": (
            ["|", *number, ("serial_number", "ilike", sample.name)],
            ["|", ("name", "ilike", repair.name), ("product_id", "ilike", repair.name)],
        ),
        "customer": (
            [("partner_id", "child_of", sample.partner_id.name)],
            [("partner_id", "child_of", sample.partner_id.name)],
        ),
        "serial": (
            [
                "|",
                ("name", "ilike", serial),
                ("serial_number", "ilike", serial),
            ],
            [("lot_id.name", "=", serial)],
        ),
        "part of a serial": (
            [
                *("|", ("name", "ilike", serial[3:9])),
                ("serial_number", "ilike", serial[3:9]),
            ],
            [("lot_id.name", "ilike", serial[3:9])],
        ),
    }
    for name, (ours, theirs) in searches.items():
        yield (
            f"search: {name}",
            client.open_list("workmanager.sheet", ours),
            theirs and client.open_list("repair.order", theirs),
        )
    for name, text in {
        "number": sample.name,
        "customer": sample.partner_id.name,
        "phone": digits,
        "serial": serial,
        "part of a serial": serial[3:9],
    }.items():
        yield f"look-up: {name}", lambda text=text: equipment.lookup(text), None


def get_pages(env, database):
    """Yield the customers' pages."""
    sheet = env["workmanager.sheet"].search([("state", "=", "quoted")], limit=1)
    partner = sheet.partner_id
    user = as_user(env, "customer", "base.group_portal").user
    user.partner_id.parent_id = partner
    env.cr.commit()
    pages = Pages(database)
    yield "status page", Request(pages, f"/s/{sheet.tracking_code}"), None
    order = sheet.sale_order_ids
    yield (
        "personal link",
        Request(pages, sheet.get_portal_url()),
        Request(pages, order.get_portal_url()),
    )
    mine = Pages(database, "customer")
    yield "portal list", Request(mine, "/my/services"), Request(mine, "/my/orders")

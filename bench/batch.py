"""Fifty jobs at a time, beside fifty repair orders.

Batches of ten and of fifty are done: their difference is what one more record costs,
apart from what a batch costs once.
"""

import time

from odoo import Command

from .job import CHECKS, Shop, fresh, settle
from .measure import Cost, Row

SMALL, SIZE = 10, 50
# What one more sheet of a batch may cost, in queries.
STEP_BOUNDS = {"quotation": 16, "start": 2}
CHECKS_BOUND = 3
# What grows with the square would cost each of fifty five times what each of ten does.
GROWTH_BOUND = 1.05
LIMITS = {
    "create": "fifty sheets with checks are written by a statement for each table",
    "quotation": "Odoo's order lines",
    "accept": "Odoo's confirmation, which launches the stock rules line by line",
    "receive": "Odoo's validation of transfers",
    "invoice": "Odoo's invoices",
    "post": "Odoo's posting, with a number for each invoice",
}


def run(bench):
    """Return the rows: all that both do, then step by step, then the checks."""
    with bench.throwaway("batch") as env:
        shop = Shop(env)
        do_repairs(shop, SMALL)  # warms up
        do_sheets(shop, SMALL, CHECKS)
        theirs = Sizes(do_repairs, shop)
        ours = Sizes(do_sheets, shop, CHECKS)
        plain = Sizes(do_sheets, shop, 0)
    row = Row(
        "batch",
        f"a job in a batch of {SIZE}",
        ours.get_share(*theirs.names),
        theirs.get_share(*theirs.names),
        "purchase orders and transfers, which Odoo makes one by one",
    )
    rows = [row.bound("queries ratio", row.queries_ratio, 0.95)]
    for name in ours.names:
        shared = name in theirs.names
        row = Row(
            "batch",
            name,
            ours.get_share(name),
            theirs.get_share(name) if shared else None,
            LIMITS.get(name, ""),
        )
        row.bound("each of 50 by each of 10", ours.get_growth(name), GROWTH_BOUND)
        if name in STEP_BOUNDS:
            row.bound("one more sheet", ours.get_more(name), STEP_BOUNDS[name])
        rows.append(row)
    row = Row(
        "batch",
        f"create and evaluate, {CHECKS} checks",
        ours.get_share("create", "evaluate"),
        limited_by="bound beside sheets without checks, which are the floor",
    )
    more, floor = (sizes.get_more("create", "evaluate") for sizes in (ours, plain))
    return [*rows, row.bound("one more's checks", more - floor, CHECKS_BOUND)]


class Sizes:
    """What the steps of a small and of a large batch cost.

    :param do: does a batch of a shop, of a size, and returns its :class:`Batch`
    """

    def __init__(self, do, shop, *args):
        self.small, self.large = (do(shop, size, *args) for size in (SMALL, SIZE))

    @property
    def names(self):
        """The steps, in their order."""
        return list(self.large)

    def get_share(self, *names):
        """Return what these steps cost for each record of the large batch."""
        costs = [self.large[name] for name in names if name in self.large]
        return Cost.of(
            [sum(queries for queries, _ms in costs) / SIZE],
            [sum(ms for _queries, ms in costs) / SIZE],
        )

    def get_growth(self, name):
        """Return the queries of each record of the large batch by the small one's."""
        return self.large[name][0] / SIZE / (self.small[name][0] / SMALL)

    def get_more(self, *names):
        """Return the queries that one more record costs in these steps."""
        more = sum(self.large[name][0] - self.small[name][0] for name in names)
        return round(more / (SIZE - SMALL), 1)


class Batch(dict):
    """What the steps of a batch cost: ``{name: (queries, milliseconds)}``."""

    def __init__(self, env):
        super().__init__()
        self.env = env

    def do(self, name, call):
        """Do a step with nothing in the ORM's cache, and return its result."""
        settle(self.env)
        self.env.invalidate_all()
        before, started = self.env.cr.sql_log_count, time.perf_counter()
        result = call()
        settle(self.env)
        queries, ms = self.get(name, (0, 0.0))
        self[name] = (
            queries + self.env.cr.sql_log_count - before,
            ms + (time.perf_counter() - started) * 1000,
        )
        return result


def do_repairs(shop, size):
    """Do that many jobs with Odoo's Repairs, and return their steps."""
    env, batch = shop.env, Batch(shop.env)
    values = [shop.prepare_repair(lot) for lot in shop.create_lots(size)]
    repairs = fresh(batch.do("create", lambda: env["repair.order"].create(values)))
    # Odoo quotes and validates repairs one by one only.
    batch.do("quotation", lambda: [r.action_create_sale_order() for r in repairs])
    orders = fresh(repairs.sale_order_id)
    services = [Command.create({"product_id": work.id}) for work in shop.works]
    batch.do("quotation", lambda: [o.write({"order_line": services}) for o in orders])
    batch.do("accept", lambda: [repair.action_validate() for repair in repairs])
    batch.do("accept", orders.action_confirm)
    _receive(shop, batch, shop.ordered)
    batch.do("start", repairs.action_repair_start)
    batch.do("finish", repairs.action_repair_end)
    # Each job is invoiced on its own, as ours are.
    invoices = batch.do("invoice", lambda: orders._create_invoices(grouped=True))
    batch.do("post", fresh(invoices).action_post)
    _ensure_done(invoices, size)
    return batch


def do_sheets(shop, size, checks):
    """Do that many jobs with sheets, and return their steps."""
    env, batch = shop.env, Batch(shop.env)
    values = [shop.prepare_sheet(e) for e in shop.create_equipment(size, checks)]
    sheets = batch.do("create", lambda: env["workmanager.sheet"].create(values))
    sheets = fresh(sheets)
    batch.do("evaluate", sheets.action_start_evaluation)
    batch.do("evaluate", fresh(sheets.evaluation_id).action_set_rest_ok)
    batch.do("evaluate", sheets.action_complete_evaluation)
    batch.do("quotation", sheets.action_create_quotation)
    batch.do("accept", sheets.action_accept_quotation)
    _receive(shop, batch, shop.missing)
    batch.do("start", sheets.action_start_repair)
    batch.do("finish", sheets.action_finish_repair)
    batch.do("invoice", sheets.action_create_invoice)
    invoices = fresh(sheets.invoice_ids)
    batch.do("post", invoices.action_post)
    _ensure_done(invoices, size)
    return batch


def _receive(shop, batch, part):
    purchases = shop.get_purchases(part)
    batch.do("purchase", purchases.button_confirm)
    transfers = fresh(purchases.picking_ids)
    batch.do("receive", lambda: shop.receive(transfers))


def _ensure_done(invoices, size):
    """Refuse to compare batches of which one did less."""
    if len(invoices) != size or set(invoices.mapped("state")) != {"posted"}:
        message = "the batch was not done to its end"
        raise RuntimeError(message)

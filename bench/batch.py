"""Fifty jobs at a time, beside fifty repair orders."""

import time

from odoo import Command

from .job import CHECKS, Shop, fresh, settle
from .measure import Cost, Row

SIZE = 50
# A batch's own share is counted apart from what it costs once.
SMALL = 5
# What one more record of a batch may cost, in queries.
STEP_BOUNDS = {"checks": 3, "quotation": 16, "start": 2}


def run(bench):
    """Return the rows of batches: all that both do, and the steps with bounds."""
    with bench.throwaway("batch") as env:
        shop = Shop(env)
        do_repairs(shop, SMALL)  # warms up
        repairs = do_repairs(shop, SIZE)
        small, sheets = (do_sheets(shop, size, CHECKS) for size in (SMALL, SIZE))
        plain_small, plain = (do_sheets(shop, size, 0) for size in (SMALL, SIZE))
    each = {name: _per_record(small[name], sheets[name]) for name in sheets}
    each["checks"] = each["create"] - _per_record(
        plain_small["create"], plain["create"]
    )
    row = Row(
        "batch",
        f"a job in a batch of {SIZE}",
        _share(sheets, "evaluation"),
        _share(repairs),
        "purchase orders and transfers, which Odoo makes one by one",
    )
    rows = [row.bound("queries ratio", row.queries_ratio, 0.95)]
    for name, most in STEP_BOUNDS.items():
        row = Row("batch", f"one more in {name}", limited_by="what is logged for each")
        rows.append(row.bound("queries", each[name], most))
    return rows


def _per_record(small, large):
    """Return the queries that one more record costs."""
    return round((large[0] - small[0]) / (SIZE - SMALL), 1)


def _share(steps, *without):
    """Return what each record of a batch costs."""
    kept = [cost for name, cost in steps.items() if name not in without]
    return Cost.of(
        [sum(queries for queries, _time in kept) / SIZE],
        [sum(ms for _queries, ms in kept) / SIZE],
    )


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
    # Odoo quotes several in one go for one company only, and validates one by one.
    batch.do("quotation", lambda: [r.action_create_sale_order() for r in repairs])
    orders = fresh(repairs.sale_order_id)
    services = [Command.create({"product_id": work.id}) for work in shop.works]
    batch.do("services", lambda: [o.write({"order_line": services}) for o in orders])
    batch.do("accept", lambda: [repair.action_validate() for repair in repairs])
    batch.do("accept", orders.action_confirm)
    _receive(shop, batch, shop.ordered)
    batch.do("start", repairs.action_repair_start)
    batch.do("finish", repairs.action_repair_end)
    invoices = batch.do("invoice", lambda: orders._create_invoices(final=True))
    batch.do("post", fresh(invoices).action_post)
    return batch


def do_sheets(shop, size, checks):
    """Do that many jobs with sheets, and return their steps."""
    env, batch = shop.env, Batch(shop.env)
    values = [shop.prepare_sheet(e) for e in shop.create_equipment(size, checks)]
    sheets = batch.do("create", lambda: env["workmanager.sheet"].create(values))
    sheets = fresh(sheets)
    batch.do("evaluation", sheets.action_start_evaluation)
    batch.do("evaluation", sheets.action_set_rest_ok)
    batch.do("evaluation", sheets.action_complete_evaluation)
    batch.do("quotation", sheets.action_create_quotation)
    batch.do("accept", sheets.action_accept_quotation)
    _receive(shop, batch, shop.missing)
    batch.do("start", sheets.action_start_repair)
    batch.do("finish", sheets.action_finish_repair)
    batch.do("invoice", sheets.action_create_invoice)
    batch.do("post", fresh(sheets.invoice_ids).action_post)
    return batch


def _receive(shop, batch, part):
    purchases = shop.get_purchases(part)
    batch.do("purchase", purchases.button_confirm)
    transfers = fresh(purchases.picking_ids)
    batch.do("receive", lambda: shop.receive(transfers))

"""One job from the counter to the posted invoice, beside the same with Odoo's Repairs.

Both sell two parts, one of them missing, and two services. Each step starts with
nothing in the ORM's cache, as a request of its own does, and ends with what Odoo does
before a commit.
"""

import time
from dataclasses import dataclass, field

from odoo import Command

from .database import as_user
from .measure import Cost, Row

GROUPS = (
    "workmanager_service.group_manager",
    "sales_team.group_sale_manager",
    "stock.group_stock_manager",
    "purchase.group_purchase_manager",
    "account.group_account_manager",
)
PARTS, CHECKS = 2, 12
REPEAT = 5


def run(bench):
    """Return the rows of one job: what both have, its front half, and all of ours."""
    with bench.throwaway("job") as env:
        shop = Shop(env)
        theirs, ours, whole = (
            [job(shop, Steps(shop.env)) for _turn in range(REPEAT + 1)][1:]
            for job in (do_repair, do_sheet, do_checked_sheet)
        )
    rows = [
        Row(
            "job",
            "order to posted invoice",
            cost(ours, "front", "back"),
            cost(theirs, "front", "back"),
            "Odoo's order, transfers and invoice, which take as much alone",
        ),
        Row(
            "job",
            "its front half, to reserved and ordered",
            cost(ours, "front"),
            cost(theirs, "front"),
            "Odoo's confirmation with a purchase order",
        ),
        Row(
            "job",
            "with checks, work statement and hand-over",
            cost(whole, "front", "back", "ours"),
            cost(theirs, "front", "back"),
            "the checklist, which each tap shows anew",
        ),
    ]
    for row, most in zip(rows, (0.90, 0.75, 1.10), strict=True):
        row.bound("queries ratio", row.queries_ratio, most)
    return rows


def cost(jobs, *parts):
    """Return what those parts of the jobs cost."""
    return Cost.of(
        [sum(job.queries[part] for part in parts) for job in jobs],
        [sum(job.times[part] for part in parts) for job in jobs],
    )


@dataclass
class Steps:
    """What the steps of one job cost, by the part of the job that they belong to."""

    env: object
    queries: dict = field(default_factory=lambda: dict.fromkeys(PART_NAMES, 0))
    times: dict = field(default_factory=lambda: dict.fromkeys(PART_NAMES, 0.0))

    def do(self, part, call):
        """Do one step, which belongs to ``part``, and return its result."""
        settle(self.env)
        self.env.invalidate_all()
        before, started = self.env.cr.sql_log_count, time.perf_counter()
        result = call()
        settle(self.env)
        self.times[part] += (time.perf_counter() - started) * 1000
        self.queries[part] += self.env.cr.sql_log_count - before
        return result


PART_NAMES = ("front", "back", "ours")


def settle(env):
    """Do what a commit does before it: write, and log what was tracked."""
    env.flush_all()
    env.cr.precommit.run()
    env.flush_all()


def fresh(records):
    """Return the records as a request has them: read by nobody yet."""
    return records.browse(records.ids)


class Shop:
    """A shop with a customer, devices, parts and work, in the eyes of its manager."""

    def __init__(self, env):
        self.env, self.lot_count = env, 0
        self.warehouse = env["stock.warehouse"].search([], limit=1)
        self.vendor = env["res.partner"].create({"name": "Vendor"})
        self.customer = env["res.partner"].create({"name": "Customer"})
        mto = env.ref("stock.route_warehouse0_mto")
        mto.active = True
        self.stocked = self._create_part("On stock")
        # Repairs orders through routes of the product; sheets bring a route of theirs.
        self.ordered = self._create_part(
            "Ordered by Repairs",
            route_ids=[Command.set((mto | self.warehouse.buy_pull_id.route_id).ids)],
        )
        self.missing = self._create_part("Missing")
        self.works = env["product.product"].create(
            [
                {"name": name, "type": "service", "list_price": 50.0}
                for name in ("Work", "More work")
            ]
        )
        self.device = env["product.product"].create(
            {"name": "Device", "is_storable": True, "tracking": "serial"}
        )
        env["stock.quant"]._update_available_quantity(
            self.stocked, self.warehouse.lot_stock_id, 100_000
        )
        self.types = {
            count: env["workmanager.equipment.type"].create(
                {
                    "name": f"Type with {count} checks",
                    "checkpoint_ids": [
                        Command.create({"name": f"Check {number}"})
                        for number in range(count)
                    ],
                }
            )
            for count in (0, CHECKS)
        }
        settle(env)
        self._become(as_user(env, "bench_job", *GROUPS))

    def _become(self, env):
        for name, value in vars(self).items():
            if hasattr(value, "with_env"):
                setattr(self, name, value.with_env(env))
        self.types = {count: kind.with_env(env) for count, kind in self.types.items()}
        self.env = env

    def _create_part(self, name, **values):
        seller = {"partner_id": self.vendor.id, "price": 60.0, "delay": 5}
        return self.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "list_price": 100.0,
                "seller_ids": [Command.create(seller)],
                **values,
            }
        )

    def create_lots(self, count):
        """Return serial numbers of devices that stand in the workshop."""
        self.lot_count += count
        lots_sudo = (
            self.env["stock.lot"]
            .sudo()
            .create(
                [
                    {
                        "product_id": self.device.id,
                        "name": f"SN{self.lot_count - number}",
                    }
                    for number in range(count)
                ]
            )
        )
        for lot in lots_sudo:
            self.env["stock.quant"].sudo()._update_available_quantity(
                self.device, self.warehouse.lot_stock_id, 1, lot_id=lot
            )
        return lots_sudo.with_env(self.env)

    def create_equipment(self, count, checks):
        """Return devices of customers, of the type with that many checks."""
        return self.env["workmanager.equipment"].create(
            [
                {
                    "equipment_type_id": self.types[checks].id,
                    "partner_id": self.customer.id,
                }
                for _number in range(count)
            ]
        )

    def prepare_repair(self, lot):
        """Return the values of a repair order with its two parts."""
        return {
            "partner_id": self.customer.id,
            "product_id": self.device.id,
            "lot_id": lot.id,
            "move_ids": [
                Command.create(
                    {
                        "product_id": part.id,
                        "product_uom_qty": 1,
                        "repair_line_type": "add",
                    }
                )
                for part in (self.stocked, self.ordered)
            ],
        }

    def prepare_sheet(self, equipment):
        """Return the values of a sheet with its two parts and two services.

        Nobody is told of anything: Repairs has no messages to compare with.
        """
        products = self.stocked | self.missing | self.works
        return {
            "equipment_id": equipment.id,
            "user_id": self.env.uid,
            "is_customer_notified": False,
            "line_ids": [Command.create({"product_id": part.id}) for part in products],
        }

    def get_purchases(self, part):
        """Return the draft purchase orders of ``part``."""
        lines = self.env["purchase.order.line"].search(
            [("product_id", "=", part.id), ("state", "=", "draft")]
        )
        return fresh(lines.order_id)

    def receive(self, transfers):
        """Take in all that the transfers bring."""
        transfers.move_ids.picked = True
        transfers.button_validate()


def do_repair(shop, steps):
    """Do one job with Odoo's Repairs, and return its steps."""
    env, values = shop.env, shop.prepare_repair(shop.create_lots(1))
    repair = steps.do("front", lambda: env["repair.order"].create(values))
    steps.do("front", repair.action_create_sale_order)
    order = fresh(repair.sale_order_id)
    services = [Command.create({"product_id": work.id}) for work in shop.works]
    steps.do("front", lambda: order.write({"order_line": services}))
    steps.do("front", repair.action_validate)
    steps.do("front", order.action_confirm)
    _receive_missing(shop, steps, shop.ordered)
    steps.do("back", repair.action_repair_start)
    steps.do("back", repair.action_repair_end)
    invoice = steps.do("back", lambda: order._create_invoices(final=True))
    steps.do("back", fresh(invoice).action_post)
    _ensure_done(invoice, repair.state == "done")
    return steps


def do_sheet(shop, steps, checks=0):
    """Do the same job with a sheet, and return its steps."""
    values = shop.prepare_sheet(shop.create_equipment(1, checks))
    sheet = steps.do("front", lambda: shop.env["workmanager.sheet"].create(values))
    steps.do("ours", sheet.action_start_evaluation)
    if checks:
        _check(steps, fresh(sheet.evaluation_id))
    steps.do("ours", sheet.action_complete_evaluation)
    steps.do("front", sheet.action_create_quotation)
    steps.do("front", sheet.action_accept_quotation)
    _receive_missing(shop, steps, shop.missing)
    steps.do("back", sheet.action_start_repair)
    steps.do("back", sheet.action_finish_repair)
    if checks:
        steps.do("ours", sheet._get_work_statement_values)
    steps.do("back", sheet.action_create_invoice)
    invoice = fresh(sheet.invoice_ids)
    steps.do("back", invoice.action_post)
    _ensure_done(invoice, sheet.state == "ready")
    if checks:
        steps.do("ours", sheet.action_deliver)
    return steps


def do_checked_sheet(shop, steps):
    """Do the job with all that only ours has, and return its steps."""
    return do_sheet(shop, steps, CHECKS)


def _check(steps, evaluation):
    """Tap on the check that is bad, and then say that the rest is good."""
    bad = fresh(evaluation.check_ids[-1])
    steps.do("ours", lambda: bad.answer("not_ok"))
    steps.do(
        "ours",
        lambda: evaluation.action_set_rest_ok() and evaluation.get_checklist(),
    )


def _receive_missing(shop, steps, part):
    purchases = shop.get_purchases(part)
    steps.do("back", purchases.button_confirm)
    transfers = fresh(purchases.picking_ids)
    steps.do("back", lambda: shop.receive(transfers))


def _ensure_done(invoice, is_repaired):
    """Refuse to compare jobs of which one did less."""
    lines = invoice.invoice_line_ids.filtered("product_id")
    if not is_repaired or invoice.state != "posted" or len(lines) != PARTS + 2:
        message = "the job was not done to its end"
        raise RuntimeError(message)

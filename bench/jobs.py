"""Jobs from the counter to the posted invoice: with sheets, and with Odoo's Repairs.

Both sell two parts, one of them missing, and two services. Both do one job, or many at
a time; and whoever measures them gets each of their clicks.
"""

import time

from odoo import Command

from .measure import counting, settle


def call_it(_part, call):
    """Do a click without measuring it."""
    return call()


class Meter(dict):
    """What clicks cost, by the part of the job that they belong to."""

    def __init__(self, env):
        super().__init__(front=(0, 0.0), back=(0, 0.0), ours=(0, 0.0))
        self.env = env

    def __call__(self, part, call):
        """Do a click with nothing in the ORM's cache, and return its result."""
        settle(self.env)
        self.env.invalidate_all()
        with counting() as queries:
            started = time.perf_counter()
            result = call()
            settle(self.env)
            elapsed = (time.perf_counter() - started) * 1000
        before, ms = self[part]
        self[part] = before + len(queries), ms + elapsed
        return result


def fresh(records):
    """Return the records as a request has them: read by nobody yet."""
    return records.browse(records.ids)


class Jobs:
    """Jobs that are done step by step.

    :param shop: a :class:`bench.shop.Shop`
    :param things: what came in
    :param do: called with the part of the job and each click
    """

    STEPS = ()

    def __init__(self, shop, things, do=call_it):
        self.shop, self.env, self.things, self.do = shop, shop.env, things, do

    def run(self, end=None):
        """Do the steps until ``end``, the last one by default."""
        for step in self.STEPS:
            getattr(self, step)()
            if step == end:
                break

    def _receive(self, part):
        lines = self.env["purchase.order.line"].search(
            [("product_id", "=", part.id), ("state", "=", "draft")]
        )
        purchases = fresh(lines.order_id)
        self.do("back", purchases.button_confirm)
        transfers = fresh(purchases.picking_ids)
        self.do("back", lambda: self._validate(transfers))

    @staticmethod
    def _validate(transfers):
        transfers.move_ids.picked = True
        transfers.button_validate()

    def ensure_invoiced(self, invoices):
        """Refuse to compare jobs of which one did less."""
        lines = invoices.invoice_line_ids.filtered("product_id")
        done = set(invoices.mapped("state")) == {"posted"}
        if not done or len(lines) != 4 * len(self.things):
            message = f"{self.STEPS[0]}: the job was not done to its end"
            raise RuntimeError(message)


class Repairs(Jobs):
    """Repair orders of serial numbers."""

    STEPS = ("take_in", "quote", "accept", "receive", "start", "finish", "invoice")

    @staticmethod
    def create_things(shop, count, _checks):
        return shop.create_lots(count)

    def take_in(self):
        parts = [self.shop.stocked.id, self.shop.ordered.id]
        line = {"product_uom_qty": 1, "repair_line_type": "add"}
        values = [
            {
                "partner_id": self.shop.customer.id,
                "product_id": self.shop.device.id,
                "lot_id": lot.id,
                "user_id": self.shop.technician.id,
                "move_ids": [
                    Command.create({"product_id": part, **line}) for part in parts
                ],
            }
            for lot in self.things
        ]
        create = self.env["repair.order"].create
        self.repairs = fresh(self.do("front", lambda: create(values)))

    def quote(self):
        # Odoo quotes and validates repairs one by one only.
        self.do("front", lambda: [r.action_create_sale_order() for r in self.repairs])
        self.orders = fresh(self.repairs.sale_order_id)
        works = [Command.create({"product_id": work.id}) for work in self.shop.works]
        self.do("front", lambda: [o.write({"order_line": works}) for o in self.orders])

    def accept(self):
        self.do("front", lambda: [r.action_validate() for r in self.repairs])
        self.do("front", self.orders.action_confirm)

    def receive(self):
        self._receive(self.shop.ordered)

    def start(self):
        self.do("back", self.repairs.action_repair_start)

    def finish(self):
        self.do("back", self.repairs.action_repair_end)

    def invoice(self):
        # Each job is invoiced on its own, as ours are.
        make = self.orders._create_invoices
        invoices = fresh(self.do("back", lambda: make(grouped=True)))
        self.do("back", invoices.action_post)
        self.ensure_invoiced(invoices)


class Sheets(Jobs):
    """Sheets of equipment."""

    STEPS = (
        *("take_in", "evaluate", "quote", "accept", "receive", "start", "finish"),
        *("invoice", "hand_over"),
    )

    @staticmethod
    def create_things(shop, count, checks):
        return shop.create_equipment(count, checks)

    def take_in(self):
        """Nobody is told of anything: Repairs has no messages to compare with."""
        shop = self.shop
        products = shop.stocked | shop.missing | shop.works
        lines = [Command.create({"product_id": product.id}) for product in products]
        values = [
            {
                "equipment_id": equipment.id,
                "user_id": shop.technician.id,
                "claimed_fault": "Does not start",
                "is_customer_notified": False,
                "line_ids": lines,
            }
            for equipment in self.things
        ]
        create = self.env["workmanager.sheet"].create
        self.sheets = fresh(self.do("front", lambda: create(values)))

    def evaluate(self):
        self.do("ours", self.sheets.action_start_evaluation)
        evaluations = fresh(self.sheets.evaluation_id)
        if evaluations.check_ids:
            bad = fresh(evaluations[0].check_ids[-1])
            self.do("ours", lambda: bad.answer("not_ok"))
            self.do("ours", evaluations.action_set_rest_ok)
        self.do("ours", self.sheets.action_complete_evaluation)

    def quote(self):
        self.do("front", self.sheets.action_create_quotation)

    def accept(self):
        self.do("front", self.sheets.action_accept_quotation)

    def receive(self):
        self._receive(self.shop.missing)

    def start(self):
        self.do("back", self.sheets.action_start_repair)

    def finish(self):
        self.do("back", self.sheets.action_finish_repair)

    def invoice(self):
        self.do("back", self.sheets.action_create_invoice)
        invoices = fresh(self.sheets.invoice_ids)
        self.do("back", invoices.action_post)
        self.ensure_invoiced(invoices)

    def hand_over(self):
        statement = self.sheets[:1]._get_work_statement_values
        self.do("ours", statement)
        self.do("ours", self.sheets.action_deliver)

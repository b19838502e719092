"""A shop with its history: sheets beside as many repair orders of Odoo's own.

The same goods, parts, vendors, customers and states are in both. Ten sheets go their
whole way through the ORM, and are copied by SQL: nine of ten from the past, for eight
years, and two hundred open ones. A shop has as much on its benches in its eighth year
as in its first.
"""

# The database is made here, and nobody else is in it.
# pylint: disable=invalid-commit

from odoo import Command
from odoo.tools import SQL

from .clone import Cloner
from .database import as_user, say

OPEN = 200
YEARS = 8
BLOCK = 10
CHECKS = 12
RETURNS = 40

GROUPS = {
    "manager": [
        "workmanager_service.group_manager",
        "sales_team.group_sale_manager",
        "stock.group_stock_manager",
        "purchase.group_purchase_manager",
        "account.group_account_invoice",
    ],
    "technician": ["workmanager_service.group_technician", "stock.group_stock_user"],
    "reception": ["workmanager_service.group_reception"],
}

# What becomes of the ten: the last step of each.
PAST = ("deliver",) * 7 + ("refuse", "unrepairable", "cancel")
PRESENT = (
    *("receive", "receive", "evaluate", "evaluate", "quote"),
    *("send", "approve", "order", "start", "finish"),
)
WAY = (
    *("receive", "evaluate", "quote", "send", "approve", "order", "start"),
    *("finish", "deliver"),
)
# How far Odoo's repair goes for each.
REPAIRS = {
    **{step: "draft" for step in ("receive", "evaluate", "quote", "send")},
    **{step: "confirmed" for step in ("approve", "order")},
    "start": "under_repair",
    "finish": "done",
    "deliver": "done",
    **{step: "cancel" for step in ("refuse", "unrepairable", "cancel")},
}


class Shop:
    """Fills a database.

    :param env: the superuser's environment on an empty one
    """

    def __init__(self, env):
        self.env = env(context={**env.context, "tracking_disable": False})
        self.users = {
            name: as_user(self.env, name, *groups).user
            for name, groups in GROUPS.items()
        }

    def fill(self, size):
        """Make a history of ``size`` sheets, and commit."""
        self.load_catalogue()
        self.env.cr.commit()
        customers, equipment = size // 5, size // 2
        self.load_customers(customers)
        self.load_equipment(customers, equipment)
        self.env.cr.commit()
        pools = {
            table: f"CASE WHEN {{v}} BETWEEN {first} AND {first + count - 1}"
            f" THEN {first} + ((n * {BLOCK} + ({{v}}) - {first}) % {equipment})"
            f" % {count} ELSE {{v}} END"
            for table, first, count in (
                ("res_partner", self.customer.id, customers),
                ("workmanager_equipment", self.equipment.id, equipment),
                ("stock_lot", self.lot.id, equipment),
            )
        }
        blocks = max((size - OPEN) // BLOCK - 1, 0)
        hours = YEARS * 365 * 24
        age = f"{hours} * interval '1h' * (n / {blocks}.0)"
        self.load_sheets(PAST, 0, blocks, age, pools)
        self.env.cr.commit()
        age = "(n % 14) * interval '1d'"
        # Equipment whose last repair is under warranty no more.
        self.load_sheets(PRESENT, equipment // 2, OPEN // BLOCK - 1, age, pools)
        self.let_one_return()
        self.env.cr.commit()

    # -------------------------------------------------------------------- catalogue

    def load_catalogue(self):
        """Create the goods, and the type of equipment that is repaired."""
        env = self.env
        self.vendor = env["res.partner"].create({"name": "Spare Parts Ltd"})
        self.part = self._create_part("Battery", 240.0)
        self.missing = self._create_part("Display", 560.0)
        # Odoo's repairs would take what was ordered for ours.
        self.spare = self._create_part("Display of Another Make", 560.0)
        self.work = env["product.product"].create(
            {
                "name": "Laptop work",
                "type": "service",
                "list_price": 100.0,
                "invoice_policy": "order",
            }
        )
        self.goods = env["product.product"].create(
            {
                "name": "Laptop",
                "type": "consu",
                "is_storable": True,
                "tracking": "serial",
            }
        )
        self.fault = env["workmanager.fault"].create({"name": "Battery worn out"})
        self.kind = env["workmanager.equipment.type"].create(
            {
                "name": "Laptop",
                "turnaround_days": 5,
                "repair_warranty_months": 3,
                "user_id": self.users["technician"].id,
                "checkpoint_ids": [
                    Command.create({"name": f"Check {number}"})
                    for number in range(CHECKS)
                ],
            }
        )
        self.brand = env["workmanager.brand"].create({"name": "Acme"})
        self.warehouse = env["stock.warehouse"].search([], limit=1)
        for product in self.part | self.spare:
            env["stock.quant"]._update_available_quantity(
                product, self.warehouse.lot_stock_id, 100_000
            )

    def _create_part(self, name, price):
        return self.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "list_price": price,
                "standard_price": price / 2,
                "invoice_policy": "order",
                "seller_ids": [
                    Command.create(
                        {"partner_id": self.vendor.id, "price": price / 2, "delay": 3}
                    )
                ],
            }
        )

    def load_customers(self, count):
        """Create the customers, each with a phone and an e-mail of their own."""
        name = "'Client ' || initcap(substr(md5((n + 17)::text), 1, 9))"
        phone = "(700000000 + n * 7919 % 99999999)"
        email = "'client' || n || '@example.com'"
        cloner = Cloner(
            self.env,
            {
                "res_partner": {
                    "name": name,
                    "complete_name": name,
                    "phone": f"'+40 ' || {phone}",
                    "phone_sanitized": f"'+40' || {phone}",
                    "phone_key": f"'40' || {phone}",
                    "email": email,
                    "email_normalized": email,
                }
            },
        )
        with cloner:
            self.customer = self.env["res.partner"].create(
                {
                    "name": "Client Zero",
                    "phone": "+40 700 000 000",
                    "email": "client0@example.com",
                }
            )
            cloner.clone(count - 1)

    def load_equipment(self, customers, count):
        """Create the equipment, and the serial numbers that Odoo's repairs go by."""
        serial = "'SN' || upper(substr(md5(n::text), 1, 12))"
        owner = f"{self.customer.id} + n % {customers}"
        cloner = Cloner(
            self.env,
            {
                "workmanager_equipment": {
                    "ref": "'EQ' || lpad((n + 1000)::text, 7, '0')",
                    "serial_number": serial,
                    "serial_key": serial,
                    "partner_id": owner,
                },
                "workmanager_equipment_owner": {"partner_id": owner},
                "stock_lot": {"name": serial},
            },
        )
        with cloner:
            self.equipment = self.env["workmanager.equipment"].create(
                {
                    "equipment_type_id": self.kind.id,
                    "brand_id": self.brand.id,
                    "model_name": "Model 7",
                    "serial_number": "SN0",
                    "partner_id": self.customer.id,
                }
            )
            self.lot = self.env["stock.lot"].create(
                {"name": "SN0", "product_id": self.goods.id}
            )
            cloner.clone(count - 1)

    # ----------------------------------------------------------------------- sheets

    def load_sheets(self, ends, first, clones, age, pools):
        """Take ten sheets in and to their ends, and clone them.

        :param ends: the last step of each
        :param int first: the first of their equipment
        :param age: how old the clones are, as SQL
        """
        say(f"  {(clones + 1) * BLOCK} sheets and repair orders")
        number = "lpad(row_number() OVER (ORDER BY n, o.id)::text, 7, '0')"
        token = "md5(n::text || o.id::text)"
        equipment = pools["workmanager_equipment"].format(v="o.equipment_id")
        year = f"extract(year FROM now() - {age})"
        batch = ends[0][:1].upper()
        cloner = Cloner(
            self.env,
            {
                "workmanager_sheet": {
                    "name": f"'FS/' || {year} || '/{batch}' || {number}",
                    "tracking_code": f"upper(substr({token}, 1, 10))",
                    "access_token": token,
                    "claimed_fault": "o.claimed_fault || ' ' || n % 997",
                    "claimed_fault_key": "o.claimed_fault_key || ' ' || n % 997",
                    "serial_number": f"(SELECT serial_number FROM"
                    f" workmanager_equipment WHERE id = {equipment})",
                    "statement_number": "CASE WHEN o.statement_number IS NULL THEN"
                    f" NULL ELSE 'DL/{batch}' || {number} END",
                },
                "sale_order": {
                    "name": f"'S{batch}' || {number}",
                    "access_token": token,
                },
                "account_move": {
                    "name": f"'INV/{batch}/' || {number}",
                    "payment_reference": f"'INV/{batch}/' || {number}",
                    "access_token": token,
                },
                "purchase_order": {"name": f"'P{batch}' || {number}"},
                "stock_picking": {"name": f"'WH/{batch}/' || {number}"},
                "repair_order": {"name": f"'WH/RO/{batch}' || {number}"},
            },
        )
        with cloner:
            for index, end in enumerate(ends, first):
                self._take(self.equipment.browse(self.equipment.id + index), end)
                self._repair(index, REPAIRS[end], end)
            self.env.flush_all()
            cloner.clone(clones, age=age, pools=pools)

    def _take(self, equipment, end):
        """Take one sheet its way."""
        reception = self.env(user=self.users["reception"])
        sheet = reception["workmanager.sheet"].create(
            {"equipment_id": equipment.id, "claimed_fault": "Does not start"}
        )
        if end == "cancel":
            return sheet.action_cancel()
        steps = WAY[: WAY.index(end) + 1] if end in WAY else WAY[:4]
        for step in steps[1:]:
            getattr(self, f"_{step}")(sheet)
        if end == "refuse":
            sheet.action_refuse_quotation()
            sheet.action_deliver()
        elif end == "unrepairable":
            sheet.action_mark_unrepairable()
            sheet.action_deliver()

    def _evaluate(self, sheet):
        sheet = sheet.with_user(self.users["technician"])
        sheet.action_start_evaluation()
        sheet.check_ids[1:].write({"result": "ok"})
        sheet.check_ids[:1].write(
            {"result": "not_ok", "fault_ids": [Command.set(self.fault.ids)]}
        )
        sheet.conclusion = "The battery is worn out."
        sheet.action_complete_evaluation()
        sheet.env["workmanager.sheet.line"].create(
            [
                {"sheet_id": sheet.id, "product_id": product.id, "quantity": quantity}
                for product, quantity in (
                    (self.part, 1),
                    (self.missing, 1),
                    (self.work, 2),
                )
            ]
        )

    def _quote(self, sheet):
        sheet.action_create_quotation()

    def _send(self, sheet):
        sheet.sudo().sale_order_ids.action_quotation_sent()

    def _approve(self, sheet):
        sheet.action_accept_quotation()

    def _order(self, sheet):
        orders = sheet.sudo().purchase_order_ids
        orders.filtered(lambda order: order.state == "draft").button_confirm()

    def _receive(self, sheet):
        pickings = sheet.sudo().purchase_order_ids.picking_ids
        for picking in pickings.filtered(lambda p: p.state not in ("done", "cancel")):
            picking.move_ids.write({"picked": True})
            for move in picking.move_ids:
                move.quantity = move.product_uom_qty
            picking._action_done()

    def _start(self, sheet):
        self._receive(sheet)
        sheet = sheet.with_user(self.users["technician"])
        sheet.action_start_repair()
        line = sheet.line_ids.filtered(lambda l: l.product_id == self.work)
        now = sheet.env.cr.now()
        sheet.env["workmanager.work.log"].create(
            {
                "sheet_id": sheet.id,
                "line_id": line.id,
                "start": now.replace(minute=0, second=0, microsecond=0),
                "stop": now.replace(minute=30, second=0, microsecond=0),
            }
        )

    def _finish(self, sheet):
        sheet.with_user(self.users["technician"]).action_finish_repair()

    def _deliver(self, sheet):
        sheet.action_create_invoice()
        sheet.sudo().invoice_ids.action_post()
        sheet.action_deliver()

    def let_one_return(self):
        """Give the first equipment a long history, of Odoo's repairs too."""
        for table, column, first in (
            ("workmanager_sheet", "equipment_id", self.equipment.id),
            ("repair_order", "lot_id", self.lot.id),
        ):
            self.env.cr.execute(
                SQL(
                    """UPDATE %(table)s SET %(column)s = %(first)s,
                              partner_id = %(partner)s
                        WHERE id IN (SELECT id FROM %(table)s
                                      WHERE state IN ('delivered', 'done')
                                   ORDER BY id LIMIT %(limit)s)""",
                    table=SQL.identifier(table),
                    column=SQL.identifier(column),
                    first=first,
                    partner=self.customer.id,
                    limit=RETURNS,
                )
            )

    # --------------------------------------------------------------- Odoo's repairs

    def _repair(self, index, state, end):
        """Take one repair order of Odoo's own to ``state``, with the same parts."""
        lot = self.lot.browse(self.lot.id + index)
        equipment = self.equipment.browse(self.equipment.id + index)
        repair = self.env["repair.order"].create(
            {
                "partner_id": equipment.partner_id.id,
                "product_id": self.goods.id,
                "lot_id": lot.id,
                "user_id": self.users["technician"].id,
                "move_ids": [
                    Command.create(
                        {
                            "repair_line_type": "add",
                            "product_id": product.id,
                            "product_uom_qty": 1,
                        }
                    )
                    for product in self.part | self.spare
                ],
            }
        )
        if state == "cancel":
            return repair.action_repair_cancel()
        if end not in ("receive", "evaluate"):
            repair.action_create_sale_order()
        if state != "draft":
            repair._action_repair_confirm()
        if state in ("under_repair", "done"):
            repair.action_repair_start()
        if state == "done":
            for move in repair.move_ids:
                move.write({"quantity": 1, "picked": True})
            repair.action_repair_end()

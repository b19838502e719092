from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.workmanager_service.models.service.states import SETTLED_STATES

from ..quotation.sheet_line import AWAITED, PARTS_STATES

# What somebody has to do something about shows before all else.
URGENT = ("late", "to_confirm")


class Sheet(models.Model):
    """Where the parts of a sheet come from, whether they are there, what they cost."""

    _inherit = "workmanager.sheet"

    warehouse_id = fields.Many2one(
        "stock.warehouse",
        compute="_compute_warehouse_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        help="Where the parts come from.",
    )
    parts_state = fields.Selection(
        PARTS_STATES,
        string="Parts",
        compute="_compute_parts_state",
        store=True,
        index=True,
    )
    parts_expected_date = fields.Datetime(
        string="Parts Expected",
        compute="_compute_parts_state",
        store=True,
        help="When the last part that is on order arrives. Empty as long as a part is "
        "not ordered.",
    )
    is_supply_queued = fields.Boolean(
        string="Parts Being Reserved", compute="_compute_is_supply_queued"
    )
    is_parts_notice_sent = fields.Boolean(
        string="Technician Told about Parts", copy=False, readonly=True
    )
    removed_part_ids = fields.One2many(
        "workmanager.removed.part", "sheet_id", string="Removed Parts"
    )
    parts_cost = fields.Monetary(
        string="Cost of Parts",
        currency_field="company_currency_id",
        compute="_compute_parts_cost",
        compute_sudo=True,
        groups="workmanager_service.group_manager",
        help="The stock value of the parts that were used.",
    )
    picking_ids = fields.Many2many(
        "stock.picking",
        string="Transfers",
        compute="_compute_picking_ids",
        compute_sudo=True,
        groups="stock.group_stock_user",
    )
    picking_count = fields.Integer(
        compute="_compute_picking_ids",
        compute_sudo=True,
        groups="stock.group_stock_user",
    )
    purchase_order_ids = fields.Many2many(
        "purchase.order",
        string="Purchase Orders",
        compute="_compute_purchase_order_ids",
        compute_sudo=True,
        groups="purchase.group_purchase_user",
    )
    purchase_order_count = fields.Integer(
        compute="_compute_purchase_order_ids",
        compute_sudo=True,
        groups="purchase.group_purchase_user",
    )

    # ---------------------------------------------------------------- COMPUTE

    @api.depends("company_id", "received_by_id")
    def _compute_warehouse_id(self):
        def key(sheet):
            return sheet.received_by_id or self.env.user, sheet.company_id

        for (user, company), sheets in self.grouped(key).items():
            # Reception and technicians have no stock rights.
            user_sudo = user.sudo().with_company(company)
            warehouse = user_sudo._get_default_warehouse_id()
            for sheet in sheets:
                if sheet.warehouse_id.sudo().company_id != company:
                    sheet.warehouse_id = warehouse.company_id == company and warehouse

    @api.depends(
        "line_ids.parts_state",
        "line_ids.parts_expected_date",
        "line_ids.quantity_missing",
    )
    def _compute_parts_state(self):
        for sheet in self:
            parts = sheet.line_ids.filtered(lambda line: line.parts_state != "none")
            awaited = parts.filtered(lambda line: line.parts_state != "available")
            states = set(parts.mapped("parts_state"))
            if not states:
                sheet.parts_state = "none"
            elif urgent := [some for some in URGENT if some in states]:
                sheet.parts_state = urgent[0]
            else:
                sheet.parts_state = states.pop() if len(states) == 1 else "partial"
            dates = awaited.mapped("parts_expected_date")
            sheet.parts_expected_date = all(dates) and max(dates, default=False)

    @api.depends("line_ids.sale_line_id.move_ids.picking_id")
    def _compute_picking_ids(self):
        pickings = dict(
            self.env["stock.move"]._read_group(
                [("sale_line_id", "in", self.line_ids.sale_line_id.ids)],
                ["sale_line_id"],
                ["picking_id:recordset"],
            )
        )
        none = self.env["stock.picking"]
        for sheet in self:
            sheet.picking_ids = none.union(
                *(pickings.get(line, none) for line in sheet.line_ids.sale_line_id)
            )
            sheet.picking_count = len(sheet.picking_ids)

    @api.depends("line_ids.sale_line_id.move_ids.created_purchase_line_ids.order_id")
    def _compute_purchase_order_ids(self):
        orders = self.line_ids.sale_line_id._get_service_purchases()
        none = self.env["purchase.order"]
        for sheet in self:
            sheet.purchase_order_ids = none.union(
                *(orders.get(line, none) for line in sheet.line_ids.sale_line_id)
            )
            sheet.purchase_order_count = len(sheet.purchase_order_ids)

    @api.depends("line_ids.is_supply_queued")
    def _compute_is_supply_queued(self):
        for sheet in self:
            sheet.is_supply_queued = any(sheet.line_ids.mapped("is_supply_queued"))

    @api.depends(
        "line_ids.sale_line_id.move_ids.state", "line_ids.sale_line_id.move_ids.value"
    )
    def _compute_parts_cost(self):
        costs = defaultdict(float)
        for line, usage, value in self.env["stock.move"]._read_group(
            [
                ("sale_line_id", "in", self.line_ids.sale_line_id.ids),
                ("state", "=", "done"),
            ],
            ["sale_line_id", "location_id.usage"],
            ["value:sum"],
        ):
            costs[line] += -value if usage == "customer" else value
        for sheet in self:
            sheet.parts_cost = sum(costs[line] for line in sheet.line_ids.sale_line_id)

    @api.depends("parts_state")
    def _compute_work_rank(self):
        return super()._compute_work_rank()

    # ----------------------------------------------------------------- ACTION

    def action_check_parts(self):
        """Reserve what is free by now, and order what is missing and can be bought.

        It also replaces parts whose transfer was cancelled by hand, and frees what is
        reserved for nobody.
        """
        self._lock()
        self.line_ids._tidy_reservations()
        self.line_ids._supply_parts()
        return self.line_ids._get_supply_notification()

    def action_view_pickings(self):
        """Open the transfers that bring the parts to these sheets."""
        return self.picking_ids._get_records_action(name=self.env._("Transfers"))

    def action_view_purchase_orders(self):
        """Open the purchase orders with parts for these sheets."""
        return self.purchase_order_ids._get_records_action(
            name=self.env._("Purchase Orders")
        )

    def action_add_removed_parts(self):
        """Note one removed part for each part that was used and has none yet.

        Under the manufacturer's warranty they go to the manufacturer.
        """
        self._ensure_open()
        noted = self.removed_part_ids.line_id
        self.env["workmanager.removed.part"].create(
            [
                {
                    "sheet_id": line.sheet_id.id,
                    "line_id": line.id,
                    "quantity": line.quantity_done,
                    "destination": "manufacturer"
                    if line.coverage == "warranty"
                    else "customer",
                }
                for line in self.line_ids - noted
                if line.product_type == "consu"
                and line.is_accepted
                and line.product_uom_id.compare(line.quantity_done, 0.0) > 0
            ]
        )
        return True

    # ------------------------------------------------------------------- STEPS

    def _action_approve(self):
        """The technician learns at once when all is there."""
        res = super()._action_approve()
        self.sudo()._tell_parts_available()
        return res

    def _action_finish_repair(self):
        """What was done leaves the stock."""
        self._get_accepted_lines()._consume_parts()
        return super()._action_finish_repair()

    def _action_deliver(self):
        """The customer takes the removed parts along."""
        res = super()._action_deliver()
        self.removed_part_ids.filtered(
            lambda part: part.destination == "customer"
        ).action_done()
        return res

    def _set_state(self, state, **values):
        """Nobody buys parts any more for what waits for none."""
        res = super()._set_state(state, **values)
        if state in SETTLED_STATES:
            self.sudo()._sync_missing_parts_activity()
        return res

    # --------------------------------------------------------------- BUSINESS

    def _is_waiting(self):
        """A repair that could start waits for its parts, too."""
        return super()._is_waiting() or (
            self.state == "approved" and self.parts_state in AWAITED
        )

    def _prepare_sale_order_values(self, payer):
        values = super()._prepare_sale_order_values(payer)
        if self.warehouse_id:
            values["warehouse_id"] = self.warehouse_id.id
        return values

    def _get_action_add_from_catalog_extra_context(self):
        """Show what is in the sheet's warehouse in the product catalogue."""
        return {
            **super()._get_action_add_from_catalog_extra_context(),
            "display_stock": True,
            "warehouse_id": self.warehouse_id.id,
        }

    @api.model
    def _get_dashboard_cards_shop(self):
        """Add the sheets that wait for parts."""
        cards = super()._get_dashboard_cards_shop()
        waiting = Domain("parts_state", "in", AWAITED)
        unconfirmed = Domain("line_ids.quantity_unconfirmed", ">", 0)
        return [
            *cards,
            self._prepare_dashboard_card(
                "shop", "parts", self.env._("Waiting for Parts"), waiting, "warning"
            ),
            self._prepare_dashboard_card(
                "shop",
                "unconfirmed_parts",
                self.env._("Parts to Confirm"),
                unconfirmed,
                "warning",
            ),
        ]

from odoo import Command, api, fields, models

PARTS_STATES = [
    ("none", "No Parts"),
    ("available", "Available"),
    ("partial", "Partly Available"),
    ("waiting", "Waiting"),
    ("late", "Late"),
]

# States of a part that is not all there.
AWAITED = ("partial", "waiting", "late")

# States of a sheet in which it waits for no part any more.
SETTLED_STATES = ("ready", "delivered", "cancelled")


class SheetLine(models.Model):
    _inherit = "workmanager.sheet.line"

    parts_state = fields.Selection(
        PARTS_STATES, string="Parts", compute="_compute_parts", store=True, index=True
    )
    parts_expected_date = fields.Datetime(
        string="Expected",
        compute="_compute_parts",
        store=True,
        help="When the last piece that is on order arrives. Empty as long as a piece "
        "is not ordered.",
    )
    quantity_available = fields.Float(
        string="Available",
        compute="_compute_parts",
        store=True,
        digits="Product Unit",
        help="Reserved for this line, or taken already.",
    )
    quantity_missing = fields.Float(
        string="Missing",
        compute="_compute_parts",
        store=True,
        digits="Product Unit",
        help="Neither reserved nor on order.",
    )

    @api.depends(
        "quantity",
        "product_uom_id",
        "product_id.type",
        "sale_line_id.state",
        "sale_line_id.move_ids.state",
        "sale_line_id.move_ids.quantity",
        "sale_line_id.move_ids.product_uom_qty",
        "sale_line_id.move_ids.procure_method",
        "sale_line_id.move_ids.created_purchase_line_ids.state",
        "sale_line_id.move_ids.created_purchase_line_ids.date_planned",
        "sale_line_id.move_ids.move_orig_ids.state",
        "sale_line_id.move_ids.move_orig_ids.date",
        "sale_line_id.move_ids.move_orig_ids.purchase_line_id.date_planned",
    )
    def _compute_parts(self):
        """The state of the sheet counts too: see :meth:`~Sheet._set_state`."""
        today = fields.Datetime.today()
        for line in self:
            available, ordered, date = line._get_supply()
            missing = max(line.quantity - available - ordered, 0.0)
            uom = line.product_uom_id
            awaited = (
                line._is_accepted_part() and line.sheet_id.state not in SETTLED_STATES
            )
            line.quantity_available = available
            line.quantity_missing = missing if awaited else 0.0
            line.parts_expected_date = (
                date if awaited and uom.is_zero(missing) else False
            )
            if not awaited or uom.is_zero(line.quantity):
                line.parts_state = "none"
            elif uom.compare(available, line.quantity) >= 0:
                line.parts_state = "available"
            elif line.parts_expected_date and line.parts_expected_date < today:
                line.parts_state = "late"
            else:
                line.parts_state = "waiting" if uom.is_zero(available) else "partial"

    # --------------------------------------------------------------- BUSINESS

    def _is_accepted_part(self):
        self.ensure_one()
        return self.product_id.type == "consu" and self.sale_line_id.state == "sale"

    def _prepare_sale_order_line_values(self):
        values = super()._prepare_sale_order_line_values()
        # Technicians have no stock rights.
        route_sudo = self.sheet_id.sudo().warehouse_id.service_route_id
        if route_sudo and self.product_id.type == "consu":
            values["route_ids"] = [Command.set(route_sudo.ids)]
        return values

    def _get_part_moves(self):
        """Return the moves that hand the parts of these lines out, cancelled ones
        left out. To be called as superuser."""
        return self.sale_line_id.move_ids.filtered(
            lambda move: (
                move.state != "cancel" and move.location_dest_usage == "customer"
            )
        )

    def _get_supply(self):
        """Return what is reserved or taken, what is on order, in the line's unit, and
        when the last of it arrives."""
        self.ensure_one()
        moves = self._get_part_moves()
        kit_moves = moves.filtered(lambda m: m.product_id != self.product_id)
        if kit_moves:
            # A kit is as complete as its scarcest component.
            share = min(
                sum(components.mapped("quantity"))
                / (sum(components.mapped("product_uom_qty")) or 1.0)
                for components in kit_moves.grouped("product_id").values()
            )
            available = self.quantity * min(share, 1.0)
        else:
            available = sum(
                self._in_line_uom(move, move.quantity) for move in moves
            ) - sum(
                self._in_line_uom(move, move.quantity)
                for move in self.sale_line_id.move_ids
                if move.state == "done" and move.location_id.usage == "customer"
            )
        ordered, dates = 0.0, []
        for move in moves.filtered(lambda m: m.state != "done"):
            sources = move._get_expected_dates()
            missing = move.product_uom_qty - move.quantity
            if sources and move.product_uom.compare(missing, 0.0) > 0:
                ordered += self._in_line_uom(move, missing)
                dates += sources
        if kit_moves and dates:
            ordered = self.quantity - available
        return available, ordered, max(dates, default=False)

    def _in_line_uom(self, move, quantity):
        if move.product_id != self.product_id:
            return quantity
        return move.product_uom._compute_quantity(
            quantity, self.product_uom_id, rounding_method="HALF-UP"
        )

    @api.model
    def _cron_mark_late_parts(self):
        """Mark what a vendor promised for a day that has passed.

        What is reserved for nobody is free before Odoo's scheduler reserves again.
        """
        overdue = self.search(
            [
                ("parts_state", "in", ("waiting", "partial")),
                ("parts_expected_date", "<", fields.Datetime.today()),
            ]
        )
        overdue.parts_state = "late"
        self.search([("parts_state", "in", AWAITED)])._tidy_reservations()

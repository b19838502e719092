from odoo import Command, api, fields, models

from odoo.addons.workmanager_service.models.service.states import SETTLED_STATES

PARTS_STATES = [
    ("none", "No Parts"),
    ("available", "Available"),
    ("partial", "Partly Available"),
    ("waiting", "Waiting"),
    ("late", "Late"),
]

# States of a part that is not all there.
AWAITED = ("partial", "waiting", "late")


class SheetLine(models.Model):
    """Whether the part of a line is there, or when it comes."""

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
    is_supply_queued = fields.Boolean(
        string="Being Reserved",
        readonly=True,
        copy=False,
        help="Others took the same part at the same moment: it is reserved or ordered "
        "in a moment.",
    )

    _supply_queued_idx = models.Index("(id) WHERE is_supply_queued IS TRUE")

    @api.depends(
        "quantity",
        "product_uom_id",
        "product_id.type",
        "is_supply_queued",
        "sheet_id.state",
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
        for line in self:
            available, ordered, date = line._get_supply()
            awaited = (
                line._is_accepted_part() and line.sheet_id.state not in SETTLED_STATES
            )
            missing = max(line.quantity - available - ordered, 0.0)
            if not awaited or line.is_supply_queued:
                missing = 0.0
            complete = awaited and line.product_uom_id.is_zero(missing)
            line.quantity_available = available
            line.quantity_missing = missing
            line.parts_expected_date = date if complete else False
            line.parts_state = line._get_parts_state() if awaited else "none"

    # --------------------------------------------------------------- BUSINESS

    def _is_accepted_part(self):
        self.ensure_one()
        sale_line_sudo = self.sudo().sale_line_id  # technicians have no sales rights
        return self.product_id.type == "consu" and sale_line_sudo.state == "sale"

    def _get_parts_state(self):
        """Return the state of an awaited part, by what is known of its quantities."""
        self.ensure_one()
        unit, expected = self.product_uom_id, self.parts_expected_date
        if unit.is_zero(self.quantity):
            return "none"
        if unit.compare(self.quantity_available, self.quantity) >= 0:
            return "available"
        if expected and expected < fields.Datetime.today():
            return "late"
        return "waiting" if unit.is_zero(self.quantity_available) else "partial"

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

    def _get_return_moves(self):
        """Return the moves that brought parts of these lines back. To be called as
        superuser."""
        return self.sale_line_id.move_ids.filtered(
            lambda m: m.state == "done" and m.location_id.usage == "customer"
        )

    def _get_supply(self):
        """Return what is reserved or taken, what is on order, in the line's unit, and
        when the last of it arrives."""
        self.ensure_one()
        moves = self._get_part_moves()
        kit_moves = moves.filtered(lambda m: m.product_id != self.product_id)
        if kit_moves:
            available = self._get_available_kits(kit_moves)
        else:
            available = self._get_available_pieces(moves)
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

    def _get_available_kits(self, moves):
        """Return how many kits are reserved or taken: as many as of the scarcest
        component."""
        self.ensure_one()
        share = min(
            sum(components.mapped("quantity"))
            / (sum(components.mapped("product_uom_qty")) or 1.0)
            for components in moves.grouped("product_id").values()
        )
        return self.quantity * min(share, 1.0)

    def _get_available_pieces(self, moves):
        """Return what is reserved or taken with these moves and did not come back."""
        self.ensure_one()
        out, back = (
            sum(self._in_line_uom(move, move.quantity) for move in some)
            for some in (moves, self._get_return_moves())
        )
        return out - back

    def _in_line_uom(self, move, quantity):
        if move.product_id != self.product_id:
            return quantity
        return move.product_uom._compute_quantity(
            quantity, self.product_uom_id, rounding_method="HALF-UP"
        )

    def _get_history_lots(self):
        """Name the lots that left our stock for these lines and did not come back."""
        lots = super()._get_history_lots()
        lines_sudo = self.sudo()  # whoever reads the story needs no rights on stock
        move_lines_sudo = self.env["stock.move.line"].sudo()
        used = move_lines_sudo.search_fetch(
            [
                ("move_id.sale_line_id", "in", lines_sudo.sale_line_id.ids),
                ("state", "=", "done"),
                ("lot_id", "!=", False),
            ],
            ["move_id", "lot_id", "location_id"],
            order="id",
        )
        taken = {}
        for move_line in used:
            names = taken.setdefault(move_line.move_id.sale_line_id, {})
            if move_line.location_id.usage == "internal":
                names[move_line.lot_id.name] = True
            else:
                names.pop(move_line.lot_id.name, None)
        for line, line_sudo in zip(self, lines_sudo, strict=True):
            if names := taken.get(line_sudo.sale_line_id):
                lots[line] = [*lots.get(line, []), *names]
        return lots

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

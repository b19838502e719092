from collections import defaultdict
from itertools import pairwise

from odoo import Command, api, fields, models

from odoo.addons.workmanager_service.models.service.states import SETTLED_STATES

PARTS_STATES = [
    ("none", "No Parts"),
    ("available", "Available"),
    ("partial", "Partly Available"),
    ("waiting", "Waiting"),
    ("to_confirm", "To Confirm"),
    ("ordered", "Ordered"),
    ("late", "Late"),
]

# States of a part that is not all there.
AWAITED = ("partial", "waiting", "to_confirm", "ordered", "late")


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
    quantity_unconfirmed = fields.Float(
        string="To Confirm",
        compute="_compute_parts",
        store=True,
        digits="Product Unit",
        help="On a request to a vendor that no buyer has confirmed yet.",
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
        "sale_line_id.move_ids.created_purchase_line_ids.product_qty",
        "sale_line_id.move_ids.created_purchase_line_ids.move_dest_ids.state",
        "sale_line_id.move_ids.created_purchase_line_ids.move_ids.state",
        "sale_line_id.move_ids.created_purchase_line_ids.move_ids.product_uom_qty",
        "sale_line_id.move_ids.move_orig_ids.state",
        "sale_line_id.move_ids.move_orig_ids.date",
        "sale_line_id.move_ids.move_orig_ids.product_uom_qty",
        "sale_line_id.move_ids.move_orig_ids.purchase_line_id.date_planned",
    )
    def _compute_parts(self):
        """Compare in the unit in which the product is kept: 333 g of what is kept in kg
        are the 0.33 kg that stock can tell."""
        for line in self:
            here, ordered, unconfirmed, date = line._get_supply()
            awaited = (
                line._is_accepted_part() and line.sheet_id.state not in SETTLED_STATES
            )
            missing = max(line._get_needed() - here - ordered - unconfirmed, 0.0)
            if not awaited or line.is_supply_queued:
                missing = unconfirmed = 0.0
            complete = awaited and line.product_id.uom_id.is_zero(missing)
            line.quantity_available = line._in_line_unit(here)
            line.quantity_missing = line._in_line_unit(missing)
            line.quantity_unconfirmed = line._in_line_unit(unconfirmed)
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
        if not unit.is_zero(self.quantity_unconfirmed):
            return "to_confirm"
        if not unit.is_zero(self.quantity_available):
            return "partial"
        return "ordered" if expected else "waiting"

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

    def _get_needed(self):
        """Return the quantity of the line in the unit and the precision of the
        product: less than that Odoo's stock cannot tell apart."""
        self.ensure_one()
        return self._in_product_unit(self.quantity)

    def _in_product_unit(self, quantity):
        self.ensure_one()
        return self.product_uom_id._compute_quantity(
            quantity, self.product_id.uom_id, rounding_method="HALF-UP"
        )

    def _in_line_unit(self, quantity):
        """Return a quantity of the product's unit as the line says it: what makes the
        whole line is the line's own quantity."""
        self.ensure_one()
        unit = self.product_id.uom_id
        if unit.compare(quantity, self._get_needed()) == 0:
            return self.quantity
        return unit._compute_quantity(
            quantity, self.product_uom_id, rounding_method="HALF-UP"
        )

    def _get_supply(self):
        """Return what is reserved or taken, what is ordered, what is on requests that
        nobody confirmed, in the product's unit, and when the last of it arrives."""
        self.ensure_one()
        demand, here, ordered, drafts = (defaultdict(float) for _ in range(4))
        dates = []
        for move in self._get_part_moves():
            product, is_done = move.product_id, move.state == "done"
            quantity = move._in_product_unit(move.quantity)
            demand[product] += quantity if is_done else move.product_qty
            here[product] += quantity
            if not is_done:
                on_order, unconfirmed = move._get_awaited_quantities()
                ordered[product] += on_order
                drafts[product] += unconfirmed
                if on_order or unconfirmed:
                    dates += move._get_expected_dates()
        for move in self._get_return_moves():
            demand[move.product_id] -= move._in_product_unit(move.quantity)
            here[move.product_id] -= move._in_product_unit(move.quantity)
        date = max(dates, default=False)
        if demand.keys() - set(self.product_id):
            return *self._get_kits(demand, here, ordered, drafts), date
        return *(some[self.product_id] for some in (here, ordered, drafts)), date

    def _get_kits(self, demand, here, ordered, drafts):
        """Return how many kits are here, ordered and to be confirmed: as many as of the
        scarcest component."""
        self.ensure_one()
        totals = [0.0]
        for count in (1, 2, 3):
            share = min(
                sum(some[product] for some in (here, ordered, drafts)[:count])
                / (needed or 1.0)
                for product, needed in demand.items()
            )
            totals.append(self._get_needed() * min(share, 1.0))
        return [after - before for before, after in pairwise(totals)]

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
                ("parts_state", "in", ("partial", "to_confirm", "ordered")),
                ("parts_expected_date", "<", fields.Datetime.today()),
            ]
        )
        overdue.parts_state = "late"
        self.search([("parts_state", "in", AWAITED)])._tidy_reservations()

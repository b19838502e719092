from odoo import Command, api, fields, models
from odoo.exceptions import UserError

PARTS_STATES = [
    ("none", "No Parts"),
    ("available", "Available"),
    ("partial", "Partly Available"),
    ("waiting", "Waiting"),
    ("late", "Late"),
]

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

    def _consume_parts(self):
        """Take what was done out of stock, and give back what was reserved above it.

        :raises UserError: more is done than there is, or a lot has to be chosen
        """
        parts = self.filtered(lambda line: line.product_id.type == "consu")
        # Technicians consume parts without stock rights.
        parts_sudo = parts.sudo()
        taken = parts_sudo._plan_consumption()
        moves_sudo = parts_sudo._get_part_moves().filtered(lambda m: m.state != "done")
        used_sudo = moves_sudo.filtered(lambda move: move in taken)
        (moves_sudo - used_sudo)._action_cancel()
        not_needed = {
            move: move.product_uom._compute_quantity(
                move.product_uom_qty - move.quantity, move.product_id.uom_id
            )
            for move in used_sudo
            if move._is_on_order()
        }
        for move in used_sudo:
            move.quantity = taken[move]
        parts_sudo._ensure_lots(used_sudo)
        used_sudo.picked = True
        used_sudo._action_done(cancel_backorder=True)
        for move, quantity in not_needed.items():
            if move.product_id.uom_id.compare(quantity, 0.0) > 0:
                move._release_purchases(quantity)
        # Moves are done one sheet at a time; the transfer itself is never validated.
        used_sudo.picking_id.filtered(
            lambda p: p.state == "done" and not p.date_done
        ).date_done = fields.Datetime.now()

    def _plan_consumption(self):
        """Return how much to take with which move, in the unit of the move.

        What is not reserved is taken from free stock. To be called as superuser.
        """
        open_moves = self._get_part_moves().filtered(lambda m: m.state != "done")
        open_moves.filtered(
            lambda m: m.product_uom.compare(m.quantity, m.product_uom_qty) < 0
        )._action_assign()
        open_moves._lock_quants()
        free = self._get_free_quantities(open_moves)
        taken = {}
        for line in self:
            todo = line.quantity_done - line.sale_line_id.qty_delivered
            if line.product_uom_id.compare(todo, 0.0) < 0:
                raise UserError(line._over_delivered_message())
            if line._get_part_moves().product_id - line.product_id:
                line._take_kit(open_moves, todo, taken)
                continue
            todo -= line._take_reserved(open_moves, todo, taken)
            todo -= line._take_free(open_moves, todo, taken, free)
            if line.product_uom_id.compare(todo, 0.0) > 0:
                raise UserError(line._short_of_parts_message(todo))
        return taken

    def _take_reserved(self, open_moves, todo, taken):
        """Add to ``taken`` what the line's moves have reserved, up to ``todo``."""
        self.ensure_one()
        total = 0.0
        for move in self.sale_line_id.move_ids & open_moves:
            quantity = min(
                self.product_uom_id._compute_quantity(
                    todo - total, move.product_uom, round=False
                ),
                move.quantity,
            )
            if move.product_uom.compare(quantity, 0.0) > 0:
                taken[move] = quantity
                total += move.product_uom._compute_quantity(
                    quantity, self.product_uom_id, round=False
                )
        return total

    def _take_kit(self, open_moves, todo, taken):
        """Add to ``taken`` the components of ``todo`` kits."""
        self.ensure_one()
        moves = self.sale_line_id.move_ids & open_moves
        share = todo / ((self.quantity - self.sale_line_id.qty_delivered) or 1.0)
        for components in moves.grouped("product_id").values():
            needed = share * sum(components.mapped("product_uom_qty"))
            for move in components:
                quantity = min(needed, move.quantity)
                if move.product_uom.compare(quantity, 0.0) > 0:
                    taken[move] = quantity
                    needed -= quantity
            if components.product_uom[:1].compare(needed, 0.0) > 0:
                raise UserError(self._short_of_parts_message(todo))

    def _take_free(self, open_moves, todo, taken, free):
        """Add to ``taken`` what is free in stock, up to ``todo``; lower ``free``."""
        self.ensure_one()
        move = (self.sale_line_id.move_ids & open_moves)[:1]
        if not move or self.product_uom_id.compare(todo, 0.0) <= 0:
            return 0.0
        wanted = self.product_uom_id._compute_quantity(
            todo, move.product_id.uom_id, round=False
        )
        key = (move.product_id.id, move.location_id.id)
        quantity = min(wanted, max(free.get(key, wanted), 0.0))
        if move.product_id.uom_id.compare(quantity, 0.0) <= 0:
            return 0.0
        if key in free:
            free[key] -= quantity
        taken[move] = taken.get(move, 0.0) + move.product_id.uom_id._compute_quantity(
            quantity, move.product_uom, round=False
        )
        return move.product_id.uom_id._compute_quantity(
            quantity, self.product_uom_id, round=False
        )

    @api.model
    def _get_free_quantities(self, moves):
        """Return what is free of the storable products of ``moves`` where they are."""
        free = {}
        storable = moves.filtered("product_id.is_storable")
        for location, location_moves in storable.grouped("location_id").items():
            products = location_moves.product_id.with_context(location=location.id)
            for product in products:
                free[product.id, location.id] = product.free_qty
        return free

    def _ensure_lots(self, moves):
        for line in self:
            unnamed = (line.sale_line_id.move_ids & moves).move_line_ids.filtered(
                lambda ml: ml.product_id.tracking != "none" and not ml.lot_id
            )
            if unnamed:
                raise UserError(
                    self.env._(
                        "%(sheet)s: no lot or serial number of “%(part)s” is reserved. "
                        "Choose it in the transfer %(transfer)s first.",
                        sheet=line.sheet_id.name,
                        part=line.name,
                        transfer=unnamed.picking_id[:1].name,
                    )
                )

    def _over_delivered_message(self):
        self.ensure_one()
        return self.env._(
            "%(sheet)s: %(delivered)s of “%(part)s” left the stock already, more than "
            "is marked as done. Correct the quantity, or return the rest in Inventory.",
            sheet=self.sheet_id.name,
            delivered=f"{self.sale_line_id.qty_delivered:g}",
            part=self.name,
        )

    def _short_of_parts_message(self, lacking):
        self.ensure_one()
        return self.env._(
            "%(sheet)s: %(done)s of “%(part)s” are marked as done, but only "
            "%(available)s are in stock for it. Correct the quantity, or receive the "
            "part first.",
            sheet=self.sheet_id.name,
            done=f"{self.quantity_done:g}",
            available=f"{self.quantity_done - lacking:g}",
            part=self.name,
        )

    @api.model
    def _cron_mark_late_parts(self):
        """Mark what a vendor promised for a day that has passed."""
        overdue = self.search(
            [
                ("parts_state", "in", ("waiting", "partial")),
                ("parts_expected_date", "<", fields.Datetime.today()),
            ]
        )
        overdue.parts_state = "late"

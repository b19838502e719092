from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.workmanager_service.formats import format_quantity


class SheetLine(models.Model):
    """Parts that leave the stock: when the technician uses them, or at the finish."""

    _inherit = "workmanager.sheet.line"

    quantity_used = fields.Float(
        related="sale_line_id.qty_delivered",
        related_sudo=True,
        string="Used",
        help="Taken out of stock for this line.",
    )

    # ----------------------------------------------------------------- ACTION

    def action_use(self):
        """Take what is reserved for these lines out of stock now, with one tap.

        A serial number that is tracked has to be named: the screen for it opens.

        :raises UserError: the repair has not started, or nothing is there
        """
        self.sheet_id._ensure_uses_parts()
        parts = self.filtered(lambda line: line._is_accepted_part())
        if any(line.product_id.tracking != "none" for line in parts):
            return self.sheet_id.action_use_parts()
        quantities = {
            line: min(
                line.quantity_available - line.quantity_used,
                line.quantity - line.quantity_used,
            )
            for line in parts.sudo()
        }
        for line, quantity in quantities.items():
            if line.product_uom_id.compare(quantity, 0.0) <= 0:
                raise UserError(line._nothing_to_use_message())
        parts._use_parts(quantities)
        return True

    # --------------------------------------------------------------- BUSINESS

    def _use_parts(self, quantities, lots=None):
        """Take parts out of stock now; what is left of the plan stays reserved.

        From then on what was really taken is what is done.

        :param dict quantities: what to take of each line, in its unit
        :param dict lots: for tracked parts, ``{line: {lot: quantity}}``
        :raises UserError: there is not as much, or a lot is not there
        """
        # Technicians have no stock rights.
        parts_sudo = self.sudo()
        taken = parts_sudo._plan_consumption(
            {line.sudo(): quantity for line, quantity in quantities.items()}
        )
        chosen = {line.sudo(): numbers for line, numbers in (lots or {}).items()}
        parts_sudo._hand_out(taken, chosen, keep_rest=True)
        for line in parts_sudo:
            line.quantity_done = line.sale_line_id.qty_delivered

    def _consume_parts(self):
        """Take what was done out of stock, and give back what was reserved above it.

        :raises UserError: more is done than there is, or a lot has to be chosen
        """
        # Technicians consume parts without stock rights.
        parts_sudo = self.sudo().filtered(lambda line: line.product_id.type == "consu")
        self.sudo().sale_line_id.mapped("move_ids")  # of all lines at once
        # What was a part when it was reserved, and is a service by now.
        (self.sudo() - parts_sudo)._get_part_moves().filtered(
            lambda move: move.state != "done"
        )._action_cancel()
        taken = parts_sudo._plan_consumption(
            {
                line: line.quantity_done - line.sale_line_id.qty_delivered
                for line in parts_sudo
            }
        )
        moves_sudo = parts_sudo._get_part_moves().filtered(lambda m: m.state != "done")
        moves_sudo.filtered(lambda move: move not in taken)._action_cancel()
        parts_sudo._hand_out(taken)

    def _hand_out(self, taken, lots=None, keep_rest=False):
        """Do the moves of ``taken``. To be called as superuser.

        :param dict taken: how much of each move, in its unit
        :param dict lots: the lots to take in place of the reserved ones, by line
        :param bool keep_rest: whether the line goes on waiting for the rest of a move
        """
        moves = self.env["stock.move"].concat(*taken)
        not_needed = {
            move: move.product_uom._compute_quantity(
                (taken[move] if keep_rest else move.product_uom_qty) - move.quantity,
                move.product_id.uom_id,
            )
            for move in moves
            if move._is_on_order()
        }
        for line, chosen in (lots or {}).items():
            line._choose_lots(taken, chosen)
        for move in moves:
            if move.product_uom.compare(move.quantity, taken[move]) != 0:
                move.quantity = taken[move]
        self._ensure_lots(moves)
        if keep_rest:
            moves._split_off_rest()
        moves.picked = True
        moves._action_done(cancel_backorder=True)
        for move, quantity in not_needed.items():
            if move.product_id.uom_id.compare(quantity, 0.0) > 0:
                move._release_purchases(quantity)
        # Moves are done one sheet at a time; the transfer itself is never validated.
        moves.picking_id.filtered(
            lambda p: p.state == "done" and not p.date_done
        ).date_done = fields.Datetime.now()

    def _choose_lots(self, taken, lots):
        """Let the moves take these lots in place of those that were reserved.

        :param dict taken: how much of each move is taken, in its unit
        :param dict lots: how much of each lot, in the line's unit
        :raises UserError: a lot is of another part, or is not free
        """
        self.ensure_one()
        moves = self.sale_line_id.move_ids & self.env["stock.move"].concat(*taken)
        left = {
            lot: self.product_uom_id._compute_quantity(
                quantity, lot.product_id.uom_id, round=False
            )
            for lot, quantity in lots.items()
        }
        for move in moves:
            move.move_line_ids.unlink()
        for move in moves:
            needed = move.product_uom._compute_quantity(
                taken[move], move.product_id.uom_id, round=False
            )
            commands = []
            for lot, unused in left.items():
                quantity = min(needed, unused)
                if lot.product_id != move.product_id or quantity <= 0:
                    continue
                for location, part in self._locate_lot(move, lot, quantity):
                    commands.append(
                        Command.create(
                            {
                                **move._prepare_move_line_vals(),
                                "product_uom_id": lot.product_id.uom_id.id,
                                "lot_id": lot.id,
                                "location_id": location.id,
                                "quantity": part,
                            }
                        )
                    )
                left[lot] -= quantity
                needed -= quantity
            move.move_line_ids = commands
        for lot, quantity in left.items():
            if lot.product_id.uom_id.compare(quantity, 0.0) > 0:
                raise UserError(
                    self.env._(
                        "%(sheet)s: the number %(lot)s is of %(product)s, not of "
                        "“%(part)s”.",
                        sheet=self.sheet_id.name,
                        lot=lot.name,
                        product=lot.product_id.display_name,
                        part=self.name,
                    )
                )

    def _locate_lot(self, move, lot, quantity):
        """Return where ``quantity`` of ``lot`` is free, as ``(location, quantity)``.

        :raises UserError: it is not there, or another document has reserved it
        """
        quants = self.env["stock.quant"]._gather(
            lot.product_id, move.location_id, lot_id=lot, strict=False
        )
        found = []
        for quant in quants.filtered(lambda q: q.lot_id == lot):
            free = min(quant.quantity - quant.reserved_quantity, quantity)
            if lot.product_id.uom_id.compare(free, 0.0) > 0:
                found.append((quant.location_id, free))
                quantity -= free
        if lot.product_id.uom_id.compare(quantity, 0.0) > 0:
            raise UserError(
                self.env._(
                    "%(sheet)s: %(lot)s of “%(part)s” is not free in %(location)s. "
                    "Choose another number.",
                    sheet=self.sheet_id.name,
                    lot=lot.name,
                    part=self.name,
                    location=move.location_id.display_name,
                )
            )
        return found

    def _put_back(self, quantity, lot=None):
        """Return what was used by mistake to the stock, reserved for the line again.

        :param float quantity: in the line's unit
        :param lot: which lot, for tracked parts
        :raises UserError: not as much was used
        """
        self.ensure_one()
        line_sudo = self.sudo()  # technicians have no stock rights
        values = line_sudo._prepare_return_values(quantity, lot)
        moves_sudo = self.env["stock.move"].sudo().create(values)
        moves_sudo._action_confirm(merge=False)
        moves_sudo.picked = True
        moves_sudo._action_done()
        line_sudo.sale_line_id._action_launch_stock_rule()
        line_sudo.quantity_done = line_sudo.sale_line_id.qty_delivered

    def _prepare_return_values(self, quantity, lot):
        """Return the values of the moves that bring ``quantity`` back, the last used
        pieces first."""
        self.ensure_one()
        done = self._get_part_moves().move_line_ids.filtered(
            lambda ml: (
                ml.state == "done"
                and ml.product_id == self.product_id
                and (not lot or ml.lot_id == lot)
            )
        )
        returned = self.sale_line_id.move_ids.filtered(
            lambda m: m.state == "done" and m.location_id.usage == "customer"
        ).move_line_ids
        left = self.product_uom_id._compute_quantity(
            quantity, self.product_id.uom_id, round=False
        )
        values = []
        for move_line in done.sorted("id", reverse=True):
            back = sum(
                returned.filtered(
                    lambda ml, used=move_line: (
                        ml.move_id.origin_returned_move_id == used.move_id
                        and ml.lot_id == used.lot_id
                    )
                ).mapped("quantity_product_uom")
            )
            part = min(move_line.quantity_product_uom - back, left)
            if self.product_id.uom_id.compare(part, 0.0) > 0:
                values.append(move_line._prepare_service_return_values(part))
                left -= part
        if self.product_id.uom_id.compare(left, 0.0) > 0:
            raise UserError(
                self.env._(
                    "%(sheet)s: only %(used)s of “%(part)s” were used, no more can be "
                    "put back.",
                    sheet=self.sheet_id.name,
                    used=format_quantity(self.env, self.quantity_used),
                    part=self.name,
                )
            )
        return values

    def _prepare_use_values(self):
        """Return the rows of this part on the screen on which parts are used, one for
        each lot that is reserved. To be called as superuser."""
        self.ensure_one()
        values = {
            "line_id": self.id,
            "product_id": self.product_id.id,
            "product_uom_id": self.product_uom_id.id,
            "planned": self.quantity,
            "used": self.quantity_used,
        }
        reserved = self._get_part_moves().move_line_ids.filtered(
            lambda ml: ml.state != "done" and ml.product_id == self.product_id
        )
        if self.product_id.tracking != "none" and reserved:
            return [
                {
                    **values,
                    "lot_id": move_line.lot_id.id,
                    "available": move_line.product_uom_id._compute_quantity(
                        move_line.quantity, self.product_uom_id, round=False
                    ),
                }
                for move_line in reserved
            ]
        available = max(self.quantity_available - self.quantity_used, 0.0)
        return [{**values, "available": available}]

    def _prepare_exchange_values(self):
        """Return what a part has in common with the one that it is exchanged for."""
        self.ensure_one()
        return {
            "evaluation_id": self.evaluation_id.id,
            "fault_id": self.fault_id.id,
            "operation_id": self.operation_id.id,
            "coverage": self.coverage,
            "is_internal": self.is_internal,
            "discount": self.discount,
            "sequence": self.sequence,
        }

    def _nothing_to_use_message(self):
        self.ensure_one()
        if self.product_uom_id.compare(self.quantity_used, self.quantity) >= 0:
            return self.env._(
                "%(sheet)s: all of “%(part)s” that the customer accepted is used. Use "
                "“Use Parts” for more of it.",
                sheet=self.sheet_id.name,
                part=self.name,
            )
        return self.env._(
            "%(sheet)s: “%(part)s” is not in stock yet.",
            sheet=self.sheet_id.name,
            part=self.name,
        )

    def _plan_consumption(self, quantities):
        """Return how much to take with which move, in the unit of the move.

        What is not reserved is taken from free stock. To be called as superuser.

        :param dict quantities: what to take of each line, in its unit
        """
        open_moves = self._get_part_moves().filtered(lambda m: m.state != "done")
        open_moves._lock_quants()
        open_moves.filtered(
            lambda m: m.product_uom.compare(m.quantity, m.product_uom_qty) < 0
        )._action_assign()
        taken, free = {}, None
        for line in self:
            todo = quantities[line]
            if line.product_uom_id.compare(todo, 0.0) < 0:
                raise UserError(line._over_delivered_message())
            if line._get_part_moves().product_id - line.product_id:
                line._take_kit(open_moves, todo, taken)
                continue
            todo -= line._take_reserved(open_moves, todo, taken)
            if line.product_uom_id.compare(todo, 0.0) > 0:
                if free is None:
                    free = self._get_free_quantities(open_moves)
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
        every_unnamed = moves.move_line_ids.filtered(
            lambda ml: ml.product_id.tracking != "none" and not ml.lot_id
        )
        for line in self if every_unnamed else ():
            if unnamed := every_unnamed.filtered(
                lambda ml, line=line: ml.move_id.sale_line_id == line.sale_line_id
            ):
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
            delivered=format_quantity(self.env, self.sale_line_id.qty_delivered),
            part=self.name,
        )

    def _short_of_parts_message(self, lacking):
        self.ensure_one()
        return self.env._(
            "%(sheet)s: %(done)s of “%(part)s” are marked as done, but only "
            "%(available)s are in stock for it. Correct the quantity, or receive the "
            "part first.",
            sheet=self.sheet_id.name,
            done=format_quantity(self.env, self.quantity_done),
            available=format_quantity(self.env, self.quantity_done - lacking),
            part=self.name,
        )

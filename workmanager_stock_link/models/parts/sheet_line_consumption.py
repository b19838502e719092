from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.workmanager_service.formats import format_quantity


class SheetLine(models.Model):
    """How much leaves the stock with which transfer, when parts are used or the repair
    is finished."""

    _inherit = "workmanager.sheet.line"

    def _consume_parts(self):
        """Take what was done out of stock, and give back what was reserved above it.

        :raises UserError: more is done than there is, or a lot has to be chosen
        """
        # Technicians consume parts without stock rights.
        parts_sudo = self.sudo().filtered(lambda line: line.product_id.type == "consu")
        # What was a part when it was reserved, and is a service by now.
        (self.sudo() - parts_sudo)._get_open_part_moves()._action_cancel()
        taken = parts_sudo._plan_consumption(
            {
                line: line.quantity_done - line.sale_line_id.qty_delivered
                for line in parts_sudo
            }
        )
        (
            parts_sudo._get_open_part_moves() - self.env["stock.move"].concat(*taken)
        )._action_cancel()
        parts_sudo._issue(taken)

    def _issue(self, taken, lots=None, keep_rest=False):
        """Do the moves of ``taken``. To be called as superuser.

        :param dict taken: how much of each move, in its unit
        :param dict lots: the lots to take in place of the reserved ones, by line
        :param bool keep_rest: whether the line goes on waiting for the rest of a move
        """
        moves = self.env["stock.move"].concat(*taken)
        not_needed = self._get_quantities_not_needed(taken, keep_rest)
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
        moves.picking_id._complete_without_validation()

    @api.model
    def _get_quantities_not_needed(self, taken, keep_rest):
        """Return what was bought for each move and comes too late for it, in the
        product's unit. Parameters as of :meth:`_issue`."""
        return {
            move: move.product_uom._compute_quantity(
                (quantity if keep_rest else move.product_uom_qty) - move.quantity,
                move.product_id.uom_id,
            )
            for move, quantity in taken.items()
            if move._is_on_order()
        }

    def _get_open_part_moves(self):
        """Return the moves that have not handed the parts of these lines out yet."""
        return self._get_part_moves().filtered(lambda move: move.state != "done")

    def _plan_consumption(self, quantities):
        """Return how much to take with which move, in the unit of the move.

        What is not reserved is taken from free stock. To be called as superuser.

        :param dict quantities: what to take of each line, in its unit
        """
        if queued := self.filtered("is_supply_queued"):
            queued._supply_parts()
        open_moves = self._get_open_part_moves()
        open_moves._lock_quants()
        open_moves.filtered(
            lambda m: m.product_uom.compare(m.quantity, m.product_uom_qty) < 0
        )._action_assign()
        taken, free = {}, self._get_free_quantities(open_moves)
        for line in self:
            todo = quantities[line]
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

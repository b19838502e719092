from collections import defaultdict

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
        for line in parts_sudo.filtered("is_plan_waiting"):
            line.quantity_done = line.quantity  # nobody said that it was not needed
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
        # What a person names, the person has looked at.
        named = self.browse().concat(*(lots or {}))
        for line in named:
            line._choose_lots(taken, lots[line])
        for move in moves:
            move._take(taken[move])
        self._ensure_lots(moves)
        (self - named)._ensure_fresh(moves)
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
        wanted = {}
        for line in self:
            if line.product_uom_id.compare(quantities[line], 0.0) < 0:
                raise UserError(line._over_delivered_message())
        if queued := self.filtered("is_supply_queued"):
            queued._supply_parts()
        for line in self:
            wanted[line] = line._get_wanted(quantities[line])
        return self._plan_products(wanted)

    def _plan_products(self, wanted):
        """Return how much to take with which move, in the unit of the move. To be
        called as superuser.

        :param dict wanted: {line: {product: quantity in its unit}}
        :raises UserError: there is not as much
        """
        open_moves = self._get_open_part_moves()
        open_moves._lock_quants()
        open_moves.filtered(
            lambda m: m.product_uom.compare(m.quantity, m.product_uom_qty) < 0
        )._action_assign()
        taken, free = {}, self._get_free_quantities(open_moves)
        for line, quantities in wanted.items():
            for product, todo in quantities.items():
                moves = (line.sale_line_id.move_ids & open_moves).filtered(
                    lambda move, product=product: move.product_id == product
                )
                todo -= moves._take_reserved(todo, taken)
                todo -= moves._take_free(todo, taken, free)
                if product.uom_id.compare(todo, 0.0) > 0:
                    raise UserError(line._short_of_parts_message(product, todo))
        return taken

    def _get_wanted(self, quantity):
        """Return {product: how much of it} makes ``quantity`` of this line, beyond what
        was used, in the unit of the product: of a kit, what its components still lack.

        :param float quantity: in the line's unit
        """
        self.ensure_one()
        used = self.sale_line_id.qty_delivered
        if components := self._get_components():
            share = (used + quantity) / (self.quantity or 1.0)
            return {
                product: max(share * needed - taken, 0.0)
                for product, (needed, taken) in components.items()
            }
        total, before = (
            self._in_product_unit(some) for some in (used + quantity, used)
        )
        return {self.product_id: total - before}

    def _get_components(self):
        """Return {product: (needed, used)} of a kit in the products' units, nothing
        for a part that is none. To be called as superuser."""
        self.ensure_one()
        moves = self._get_part_moves()
        if not moves.product_id - self.product_id:
            return {}
        needed, used = defaultdict(float), defaultdict(float)
        for move in moves:
            done = move._in_product_unit(move.quantity) if move.state == "done" else 0.0
            used[move.product_id] += done
            needed[move.product_id] += done or move.product_qty
        for move in self._get_return_moves():
            back = move._in_product_unit(move.quantity)
            used[move.product_id] -= back
            needed[move.product_id] -= back
        return {product: (needed[product], used[product]) for product in needed}

    @api.model
    def _get_free_quantities(self, moves):
        """Return what Odoo would reserve now of the products of ``moves`` where they
        are; what is not kept in stock is always there."""
        free = {}
        for move in moves:
            key = move._get_free_key()
            if key not in free and not move._should_bypass_reservation():
                free[key] = move._get_available_quantity(move.location_id)
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

    def _short_of_parts_message(self, product, lacking):
        """Return that ``lacking`` of ``product`` is not there, in its unit."""
        self.ensure_one()
        if product == self.product_id:
            lacking = self._in_line_unit(lacking)
        else:
            lacking = self._get_lacking_kits(product, lacking)
        return self.env._(
            "%(sheet)s: %(done)s of “%(part)s” are marked as done, but only "
            "%(available)s are in stock for it. Correct the quantity, or receive the "
            "part first.",
            sheet=self.sheet_id.name,
            done=format_quantity(self.env, self.quantity_done),
            available=format_quantity(self.env, max(self.quantity_done - lacking, 0.0)),
            part=self.name,
        )

    def _get_lacking_kits(self, product, lacking):
        """Return how many kits cannot be made for want of a component."""
        self.ensure_one()
        needed, _used = self._get_components()[product]
        return self.quantity * lacking / (needed or 1.0)

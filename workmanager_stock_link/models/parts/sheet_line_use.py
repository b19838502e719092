from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.workmanager_service.formats import format_quantity


class SheetLine(models.Model):
    """Parts that the technician uses during the repair, and returns."""

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
            line: min(line.quantity_available, line.quantity) - line.quantity_used
            for line in parts
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
        parts_sudo._issue(taken, chosen, keep_rest=True)
        parts_sudo._note_used()

    def _note_used(self):
        """Take it that what was used is done. To be called as superuser."""
        for line in self:
            used = line._in_product_unit(line.sale_line_id.qty_delivered)
            line.quantity_done = line._in_line_unit(used)

    def _use_components(self, quantities, lots):
        """Take single components of a kit out of stock now; the kit is done as soon as
        the last of them is.

        :param dict quantities: {component: how much, in its unit}
        :param dict lots: for tracked components, ``{lot: quantity}``
        :raises UserError: there is not as much, or a lot is not there
        """
        self.ensure_one()
        line_sudo = self.sudo()  # technicians have no stock rights
        done = line_sudo.quantity_done
        taken = line_sudo._plan_products({line_sudo: quantities})
        line_sudo._issue(taken, {line_sudo: lots} if lots else None, keep_rest=True)
        line_sudo.quantity_done = max(done, line_sudo.sale_line_id.qty_delivered)

    def _return_to_stock(self, quantity, lot=None, product=None):
        """Return what was used by mistake to the stock, reserved for the line again.

        :param float quantity: in the line's unit, or in that of a component
        :param lot: which lot, for tracked parts
        :param product: a single component of a kit
        :raises UserError: not as much was used
        """
        self.ensure_one()
        line_sudo = self.sudo()  # technicians have no stock rights
        if product and product != self.product_id:
            quantities = {product.sudo(): quantity}
        else:
            quantities = line_sudo._get_returned(quantity)
        values = [
            move_values
            for part, some in quantities.items()
            for move_values in line_sudo._prepare_return_values(part, some, lot)
        ]
        moves_sudo = self.env["stock.move"].sudo().create(values)
        moves_sudo._action_confirm(merge=False)
        moves_sudo.picked = True
        moves_sudo._action_done()
        line_sudo._launch_supply()
        line_sudo._note_used()

    def _get_returned(self, quantity):
        """Return {product: how much of it} comes back with ``quantity`` of the line, in
        the unit of the product: of a kit, a share of what was used of each component.

        :raises UserError: not as much was used
        """
        self.ensure_one()
        used = self.quantity_used
        if components := self._get_components():
            if self.product_uom_id.compare(quantity, used) > 0:
                raise UserError(self._more_returned_than_used_message())
            share = quantity / used
            return {part: share * taken for part, (_all, taken) in components.items()}
        left = self._in_product_unit(used) - self._in_product_unit(used - quantity)
        return {self.product_id: left}

    def _prepare_return_values(self, product, quantity, lot):
        """Return the values of the moves that bring ``quantity`` of ``product`` back,
        in its unit, the last used pieces first.

        :raises UserError: not as much was used
        """
        self.ensure_one()
        unit, left = product.uom_id, quantity
        values = []
        for move_line, out in self._get_used_quantities(product, lot):
            part = min(out, left)
            if unit.compare(part, 0.0) > 0:
                values.append(move_line._prepare_service_return_values(part))
                left -= part
        if unit.compare(left, 0.0) > 0:
            raise UserError(self._more_returned_than_used_message())
        return values

    def _get_used_quantities(self, product, lot):
        """Return what was used of ``product`` and did not come back, as
        ``(stock.move.line, quantity in the product's unit)``, the last first.

        :param lot: of which lot, for tracked parts
        """
        self.ensure_one()
        done = self._get_part_moves().move_line_ids.filtered(
            lambda ml: (
                ml.state == "done"
                and ml.product_id == product
                and (not lot or ml.lot_id == lot)
            )
        )
        returned = defaultdict(float)
        for back in self._get_return_moves().move_line_ids:
            key = (back.move_id.origin_returned_move_id, back.lot_id)
            returned[key] += back.quantity_product_uom
        quantities = []
        for used in done.sorted("id", reverse=True):
            # Pieces of one lot came from several packages, owners or places.
            key = (used.move_id, used.lot_id)
            back = min(returned[key], used.quantity_product_uom)
            returned[key] -= back
            quantities.append((used, used.quantity_product_uom - back))
        return quantities

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

    def _prepare_component_values(self, product):
        """Return the row of one component of this kit on that screen. To be called as
        superuser."""
        self.ensure_one()
        needed, used = self._get_components()[product]
        open_moves = self._get_open_part_moves().filtered(
            lambda move: move.product_id == product
        )
        return {
            "line_id": self.id,
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "planned": needed,
            "used": used,
            "available": sum(
                move._in_product_unit(move.quantity) for move in open_moves
            ),
            "is_extra": False,
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

    def _more_returned_than_used_message(self):
        self.ensure_one()
        return self.env._(
            "%(sheet)s: only %(used)s of “%(part)s” were used, no more can be put "
            "back.",
            sheet=self.sheet_id.name,
            used=format_quantity(self.env, self.quantity_used),
            part=self.name,
        )

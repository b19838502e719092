from odoo import Command, models
from odoo.exceptions import UserError


class SheetLine(models.Model):
    """Which lots and serial numbers of tracked parts are used."""

    _inherit = "workmanager.sheet.line"

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
        moves.move_line_ids.unlink()
        for move in moves:
            move.move_line_ids = [
                Command.create(values)
                for values in self._prepare_lot_values(move, taken[move], left)
            ]
        for lot, quantity in left.items():
            if lot.product_id.uom_id.compare(quantity, 0.0) > 0:
                raise UserError(self._lot_of_another_part_message(lot))

    def _prepare_lot_values(self, move, quantity, left):
        """Return the values of the lines with which ``move`` takes ``quantity``.

        :param dict left: how much of each lot is still to be taken, in the product's
            unit; it is lowered by what the move takes
        """
        unit = move.product_id.uom_id
        needed = move.product_uom._compute_quantity(quantity, unit, round=False)
        values = []
        for lot in left:
            part = min(needed, left[lot])
            if lot.product_id == move.product_id and part > 0:
                values += [
                    {
                        **move._prepare_move_line_vals(),
                        "product_uom_id": unit.id,
                        "lot_id": lot.id,
                        "location_id": location.id,
                        "quantity": there,
                    }
                    for location, there in self._locate_lot(move, lot, part)
                ]
                left[lot] -= part
                needed -= part
        return values

    def _locate_lot(self, move, lot, quantity):
        """Return where ``quantity`` of ``lot`` is free, as ``(location, quantity)``.

        :raises UserError: it is not there, or another document has reserved it
        """
        unit = lot.product_id.uom_id
        quants = self.env["stock.quant"]._gather(
            lot.product_id, move.location_id, lot_id=lot, strict=False
        )
        found = []
        for quant in quants.filtered(lambda q: q.lot_id == lot):
            free = min(quant.quantity - quant.reserved_quantity, quantity)
            if unit.compare(free, 0.0) > 0:
                found.append((quant.location_id, free))
                quantity -= free
        if unit.compare(quantity, 0.0) > 0:
            raise UserError(self._lot_not_free_message(lot, move.location_id))
        return found

    def _ensure_lots(self, moves):
        """Refuse to take tracked parts of which no lot is named.

        :raises UserError: naming the transfer in which it is chosen
        """
        every_unnamed = moves.move_line_ids.filtered(
            lambda ml: ml.product_id.tracking != "none" and not ml.lot_id
        )
        for line in self if every_unnamed else ():
            if unnamed := every_unnamed.filtered(
                lambda ml, line=line: ml.move_id.sale_line_id == line.sale_line_id
            ):
                raise UserError(line._lot_not_chosen_message(unnamed.picking_id[:1]))

    def _lot_of_another_part_message(self, lot):
        return self.env._(
            "%(sheet)s: the number %(lot)s is of %(product)s, not of “%(part)s”.",
            sheet=self.sheet_id.name,
            lot=lot.name,
            product=lot.product_id.display_name,
            part=self.name,
        )

    def _lot_not_free_message(self, lot, location):
        return self.env._(
            "%(sheet)s: %(lot)s of “%(part)s” is not free in %(location)s. Choose "
            "another number.",
            sheet=self.sheet_id.name,
            lot=lot.name,
            part=self.name,
            location=location.display_name,
        )

    def _lot_not_chosen_message(self, transfer):
        return self.env._(
            "%(sheet)s: no lot or serial number of “%(part)s” is reserved. Choose it "
            "in the transfer %(transfer)s first.",
            sheet=self.sheet_id.name,
            part=self.name,
            transfer=transfer.name,
        )

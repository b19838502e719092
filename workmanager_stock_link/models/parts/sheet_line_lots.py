from odoo import models
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
            self._reserve_lots(move, taken[move], left)
        for lot, quantity in left.items():
            if lot.product_id.uom_id.compare(quantity, 0.0) > 0:
                raise UserError(self._lot_of_another_part_message(lot))

    def _reserve_lots(self, move, quantity, left):
        """Let ``move`` take ``quantity`` of these lots, in its unit.

        :param dict left: how much of each lot is still to be taken, in the product's
            unit; it is lowered by what the move takes
        :raises UserError: a lot is not there, or another document has reserved it
        """
        unit = move.product_id.uom_id
        needed = move.product_uom._compute_quantity(quantity, unit, round=False)
        for lot in left:
            part = min(needed, left[lot])
            if lot.product_id != move.product_id or unit.compare(part, 0.0) <= 0:
                continue
            if not move._reserve_lot(lot, part):
                raise UserError(self._lot_not_free_message(lot, move.location_id))
            left[lot] -= part
            needed -= part

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

    def _ensure_fresh(self, moves):
        """Refuse to take lots that expired since they were reserved without a word.

        :raises UserError: naming the lot and where somebody decides on it
        """
        for line in self:
            own = line.sale_line_id.move_ids & moves
            if expired := own.move_line_ids.lot_id._filter_expired():
                raise UserError(line._lot_expired_message(expired))

    def _lot_expired_message(self, lots):
        return self.env._(
            "%(sheet)s: %(lots)s of “%(part)s” has expired. Name another lot in “Use "
            "Parts”, or use it there all the same.",
            sheet=self.sheet_id.name,
            lots=", ".join(lots.mapped("name")),
            part=self.name,
        )

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

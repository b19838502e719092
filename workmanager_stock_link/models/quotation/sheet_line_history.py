from odoo import models


class SheetLine(models.Model):
    _inherit = "workmanager.sheet.line"

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

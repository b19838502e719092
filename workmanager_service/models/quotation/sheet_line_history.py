from odoo import models

from ...formats import format_quantity


class SheetLine(models.Model):
    """What a part or a piece of work adds to the equipment's story."""

    _inherit = "workmanager.sheet.line"

    def _prepare_history_rows(self):
        """Return {line: what the story shows of it}."""
        lots = self._get_history_lots()
        return {line: line._prepare_history(lots.get(line, [])) for line in self}

    def _prepare_history(self, lots):
        self.ensure_one()
        coverage = self._fields["coverage"]._description_selection(self.env)
        return {
            "key": self.id,
            "name": self.name.split("\n")[0],
            "quantity": format_quantity(
                self.env, self.quantity_done, self.product_uom_id
            ),
            "coverage": ""
            if self.coverage == "customer"
            else dict(coverage)[self.coverage],
            "lots": ", ".join(lots),
        }

    def _get_history_lots(self):
        """Hook: return {line: [lot or serial number]} of the parts that were used."""
        return {}

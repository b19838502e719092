from odoo import models
from odoo.tools import float_is_zero, formatLang


class SheetLine(models.Model):
    """What a part or a piece of work adds to the equipment's story."""

    _inherit = "workmanager.sheet.line"

    def _prepare_history(self, lots):
        self.ensure_one()
        unit = self.product_uom_id
        digits = 0 if float_is_zero(self.quantity_done % 1, precision_digits=6) else 2
        quantity = formatLang(self.env, self.quantity_done, digits=digits)
        coverage = self._fields["coverage"]._description_selection(self.env)
        return {
            "key": self.id,
            "name": self.name.split("\n")[0],
            "quantity": f"{quantity} {unit.name}",
            "coverage": ""
            if self.coverage == "customer"
            else dict(coverage)[self.coverage],
            "lots": ", ".join(lots),
        }

    def _get_history_lots(self):
        """Hook: return {line: [lot or serial number]} of the parts that were used."""
        return {}

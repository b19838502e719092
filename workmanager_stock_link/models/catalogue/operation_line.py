from odoo import models
from odoo.tools import format_date

from odoo.addons.workmanager_service.formats import format_quantity


class OperationLine(models.Model):
    """The parts of a predefined repair, with what is free of them in stock."""

    _inherit = "workmanager.operation.line"

    def _get_checklist_rows(self, sheet):
        rows = super()._get_checklist_rows(sheet)
        supply = self.product_id._get_service_supply(sheet.warehouse_id)
        for line in self.filtered(lambda line: line.product_id in supply):
            free, expected = supply[line.product_id]
            needed = line._in_product_unit()
            is_enough = line.product_id.uom_id.compare(free, needed) >= 0
            text = self.env._("%s in stock", format_quantity(self.env, free))
            if not is_enough:
                text += " · " + (
                    self.env._("expected %s", format_date(self.env, expected))
                    if expected
                    else self.env._("no vendor")
                )
            rows[line].update(
                availability=text,
                availability_level="success"
                if is_enough
                else ("warning" if expected else "danger"),
            )
        return rows

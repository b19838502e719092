from odoo import api, models


class SheetLine(models.Model):
    _inherit = "workmanager.sheet.line"

    @api.depends("sheet_id.is_own_goods", "coverage", "is_optional")
    def _compute_is_internal(self):
        """On our own goods all is internal that no manufacturer pays."""
        res = super()._compute_is_internal()
        for line in self:
            if line.sheet_id.is_own_goods and not line.sale_line_id:
                line.is_internal = not line.is_optional and line.coverage != "warranty"
        return res

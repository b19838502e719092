from odoo import api, fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    sheet_line_ids = fields.One2many(
        "workmanager.sheet.line", "sale_line_id", string="Service Lines"
    )

    @api.depends("sheet_line_ids")
    def _compute_qty_to_invoice(self):
        """Invoice what the work statement says was done, whatever was ordered."""
        res = super()._compute_qty_to_invoice()
        for line in self:
            if line.state == "sale" and line.sudo().sheet_line_ids:
                line.qty_to_invoice = line.qty_delivered - line.qty_invoiced
        return res

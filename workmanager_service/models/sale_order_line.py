from odoo import api, fields, models

# From these states on it stands what was done.
DONE_STATES = ("ready", "delivered")


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    sheet_line_ids = fields.One2many(
        "workmanager.sheet.line", "sale_line_id", string="Service Lines"
    )

    @api.depends("sheet_line_ids.quantity_done", "sheet_line_ids.sheet_id.state")
    def _compute_qty_to_invoice(self):
        """Invoice what the work statement says was done, whatever was ordered."""
        res = super()._compute_qty_to_invoice()
        for line in self:
            # As superuser: who invoices need have no rights on sheets.
            sheet_lines_sudo = line.sudo().sheet_line_ids
            if line.state == "sale" and sheet_lines_sudo:
                done = sheet_lines_sudo.filtered(
                    lambda sheet_line: sheet_line.sheet_id.state in DONE_STATES
                )
                quantity = sum(done.mapped("quantity_done"))
                line.qty_to_invoice = quantity - line.qty_invoiced
        return res

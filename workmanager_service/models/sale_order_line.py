from odoo import api, fields, models
from odoo.exceptions import ValidationError

# From these states on it stands what was done.
DONE_STATES = ("ready", "delivered")


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    sheet_line_ids = fields.One2many(
        "workmanager.sheet.line", "sale_line_id", string="Service Lines"
    )
    is_internal = fields.Boolean(
        string="Internal",
        help="Needed for the repair, but neither shown to the customer nor charged.",
    )

    @api.depends("is_internal")
    def _compute_price_unit(self):
        """What the customer does not see costs nothing."""
        internal = self.filtered("is_internal")
        internal.update({"price_unit": 0.0, "technical_price_unit": 0.0})
        return super(SaleOrderLine, self - internal)._compute_price_unit()

    @api.depends(
        "is_internal", "sheet_line_ids.quantity_done", "sheet_line_ids.sheet_id.state"
    )
    def _compute_qty_to_invoice(self):
        """Invoice what the work statement says was done, whatever was ordered."""
        res = super()._compute_qty_to_invoice()
        for line in self:
            if line.is_internal:
                line.qty_to_invoice = 0.0
                continue
            # As superuser: who invoices need have no rights on sheets.
            sheet_lines_sudo = line.sudo().sheet_line_ids
            if line.state == "sale" and sheet_lines_sudo:
                done = sheet_lines_sudo.filtered(
                    lambda sheet_line: sheet_line.sheet_id.state in DONE_STATES
                )
                quantity = sum(done.mapped("quantity_done"))
                line.qty_to_invoice = quantity - line.qty_invoiced
        return res

    @api.depends("is_internal")
    def _compute_invoice_status(self):
        """Wait for no invoice of what is never invoiced."""
        res = super()._compute_invoice_status()
        self.filtered(
            lambda line: line.is_internal and line.state == "sale"
        ).invoice_status = "invoiced"
        return res

    @api.constrains("is_internal", "price_unit")
    def _check_internal_price(self):
        for line in self:
            if line.is_internal and line.currency_id.compare_amounts(
                line.price_unit, 0.0
            ):
                raise ValidationError(
                    self.env._(
                        "“%(line)s” is internal: the customer does not see it, and "
                        "cannot be charged for it. Leave its price at zero, or untick "
                        "“Internal”.",
                        line=line.name,
                    )
                )

    def _is_shown_to_customer(self):
        """Whether the line has a place in the customer's documents.

        A section has none when all that it holds is internal.
        """
        self.ensure_one()
        if self.display_type in ("line_section", "line_subsection"):
            inside = self._get_section_lines()
            return not inside or not all(inside.mapped("is_internal"))
        return not self.is_internal

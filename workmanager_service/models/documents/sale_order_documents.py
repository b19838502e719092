from odoo import models

from ...joined import fetch_joined

# What the document of an order says: of whom, and of what. Who is named is not repeated
# for each line of a long order.
PRINTED = (
    "order.company_id",
    "order.company_id.partner_id",
    "order.company_id.partner_id.country_id",
    "order.partner_id",
    "order.user_id",
    "order.user_id.partner_id",
)
PRINTED_LINES = (
    "order.order_line",
    "order.order_line.product_id",
    "order.order_line.product_id.product_tmpl_id",
    "order.order_line.sheet_line_ids",
    "order.order_line.sheet_line_ids.evaluation_id",
    "order.order_line.sheet_line_ids.sheet_id",
    "order.order_line.sheet_line_ids.sheet_id.equipment_id",
)
# What an order was invoiced by, for the work statements of its sheets.
INVOICED = (
    "order.order_line",
    "order.order_line.sheet_line_ids",
    "order.order_line.invoice_lines",
    "order.order_line.invoice_lines.move_id",
)


class SaleOrder(models.Model):
    """What the printed documents of an order say."""

    _inherit = "sale.order"

    def _fetch_printed(self):
        """Read in two queries what the document of an order says.

        :raises AccessError: the user may not see the order
        """
        self.ensure_one()
        fetch_joined({"order": self}, PRINTED)
        fetch_joined({"order": self}, PRINTED_LINES)
        self.check_access("read")

    def _fetch_invoiced(self):
        """Read in one query what these orders were invoiced by."""
        fetch_joined({"order": self}, INVOICED)

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import escape_psql


class Sheet(models.Model):
    """What the search box of the sheets finds."""

    _inherit = "workmanager.sheet"

    search_text = fields.Char(
        string="Sheet, Customer, Serial or Phone",
        store=False,
        search="_search_search_text",
    )

    def _search_search_text(self, operator, value):
        if operator != "ilike":
            return NotImplemented
        text = (value or "").strip()
        # The IDs, and not the query: what is found by several indexes has no join.
        customers = self.env["workmanager.equipment"]._get_lookup_customers(text)
        return Domain.OR(
            [
                Domain("name", "ilike", escape_psql(text)),
                Domain("serial_number", "ilike", escape_psql(text)),
                Domain("partner_id", "in", customers.get_result_ids()),
            ]
        )

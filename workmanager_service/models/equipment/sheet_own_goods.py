from odoo import api, fields, models


class Sheet(models.Model):
    """Repairs of the company's own goods: no customer decides, nobody pays."""

    _inherit = "workmanager.sheet"

    is_own_goods = fields.Boolean(
        string="Own Goods",
        compute="_compute_is_own_goods",
        store=True,
        help="The equipment is the company's own: the customer is the company itself. "
        "Parts and work count at their cost, and nothing is invoiced.",
    )

    @api.depends("partner_id.commercial_partner_id", "company_id.partner_id")
    def _compute_is_own_goods(self):
        for sheet in self:
            owner = sheet.partner_id.commercial_partner_id
            sheet.is_own_goods = bool(owner) and owner == sheet.company_id.partner_id

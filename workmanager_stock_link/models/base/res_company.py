from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    service_buyer_id = fields.Many2one(
        "res.users",
        string="Buyer of Service Parts",
        help="Gets the activity when a part of a sheet can neither be reserved nor "
        "ordered. Whoever took the equipment in, when empty.",
    )

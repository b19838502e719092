from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    service_buyer_id = fields.Many2one(
        related="company_id.service_buyer_id", readonly=False
    )

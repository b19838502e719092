from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    service_delivery_policy = fields.Selection(
        related="company_id.service_delivery_policy", readonly=False
    )
    service_intake_terms = fields.Html(
        related="company_id.service_intake_terms", readonly=False
    )

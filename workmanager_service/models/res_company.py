from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    service_delivery_policy = fields.Selection(
        [
            ("always", "At any time"),
            ("invoiced", "When it is invoiced"),
            ("paid", "When it is paid"),
        ],
        string="Hand-over Allowed",
        required=True,
        default="always",
    )
    service_intake_terms = fields.Html(
        string="Intake Terms",
        translate=True,
        help="Printed on the intake protocol where the equipment type has no terms.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._create_sheet_sequence()
        return companies

    def _create_sheet_sequence(self):
        """Give each company its own numbering of sheets: FS/2026/00001."""
        self.env["ir.sequence"].sudo().create(
            [
                {
                    "name": self.env._("Service Sheets (%s)", company.name),
                    "code": "workmanager.sheet",
                    "prefix": "FS/%(range_year)s/",
                    "padding": 5,
                    "use_date_range": True,
                    "company_id": company.id,
                }
                for company in self
            ]
        )

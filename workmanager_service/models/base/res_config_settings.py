from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_service_all_sheets = fields.Boolean(
        string="Technicians See All Sheets",
        group="workmanager_service.group_technician",
        implied_group="workmanager_service.group_all_sheets",
        help="Otherwise a technician sees own sheets, those that nobody has yet, and "
        "those with a check for them.",
    )
    service_reminder_days = fields.Integer(
        related="company_id.service_reminder_days", readonly=False
    )
    service_delivery_policy = fields.Selection(
        related="company_id.service_delivery_policy", readonly=False
    )
    service_claim_invoicing = fields.Selection(
        related="company_id.service_claim_invoicing", readonly=False, required=True
    )
    service_claim_auto = fields.Boolean(
        related="company_id.service_claim_auto", readonly=False
    )
    service_warranty_days = fields.Integer(
        related="company_id.service_warranty_days", readonly=False
    )
    service_warranty_days_unit = fields.Selection(
        related="company_id.service_warranty_days_unit", readonly=False
    )
    service_warranty_extension = fields.Boolean(
        related="company_id.service_warranty_extension", readonly=False
    )
    service_share_equipment = fields.Boolean(
        related="company_id.service_share_equipment", readonly=False
    )
    service_unclaimed_days = fields.Integer(
        related="company_id.service_unclaimed_days", readonly=False
    )
    service_intake_document = fields.Selection(
        related="company_id.service_intake_document", readonly=False, required=True
    )
    service_print_labels = fields.Boolean(
        related="company_id.service_print_labels", readonly=False
    )
    service_label_format = fields.Selection(
        related="company_id.service_label_format", readonly=False, required=True
    )

    service_timer_limit = fields.Float(
        related="company_id.service_timer_limit", readonly=False
    )
    service_hourly_cost = fields.Monetary(
        related="company_id.service_hourly_cost",
        readonly=False,
        currency_field="company_currency_id",
        groups="workmanager_service.group_manager",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    service_analytic_account_id = fields.Many2one(
        related="company_id.service_analytic_account_id", readonly=False
    )
    service_map_url = fields.Char(related="company_id.service_map_url", readonly=False)

from odoo import fields, models


class AnalyticLine(models.Model):
    _inherit = "account.analytic.line"

    work_log_id = fields.Many2one(
        "workmanager.work.log",
        index="btree_not_null",
        readonly=True,
        ondelete="cascade",
    )
    category = fields.Selection(selection_add=[("service_work", "Service Work")])

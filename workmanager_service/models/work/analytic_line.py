from odoo import fields, models


class AnalyticLine(models.Model):
    _name = "account.analytic.line"
    _inherit = ["account.analytic.line", "workmanager.sealed.mixin"]

    work_log_id = fields.Many2one(
        "workmanager.work.log",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="cascade",
    )
    category = fields.Selection(selection_add=[("service_work", "Service Work")])

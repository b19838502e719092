from odoo import models


class Currency(models.Model):
    _name = "res.currency"
    _inherit = ["res.currency", "workmanager.memory.mixin"]
    _kept_computed = ("decimal_places",)

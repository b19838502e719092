from odoo import models


class Stage(models.Model):
    _inherit = "workmanager.stage"

    def _get_portal_label(self):
        """Return what the customer reads of a sheet in this stage."""
        self.ensure_one()
        return self.customer_label or self.name

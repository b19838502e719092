from odoo import models


class Sheet(models.Model):
    """The product catalogue of a sheet shows what is in its warehouse."""

    _inherit = "workmanager.sheet"

    def _get_action_add_from_catalog_extra_context(self):
        return {
            **super()._get_action_add_from_catalog_extra_context(),
            "display_stock": True,
            "warehouse_id": self.warehouse_id.id,
        }

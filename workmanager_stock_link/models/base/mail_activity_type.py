from odoo import api, models


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    @api.model
    def _get_model_info_by_xmlid(self):
        """Keep the type by which sheets find the activity of their missing parts."""
        info = super()._get_model_info_by_xmlid()
        info["workmanager_stock_link.mail_activity_type_missing_parts"] = {
            "res_model": "workmanager.sheet",
            "unlink": False,
        }
        return info

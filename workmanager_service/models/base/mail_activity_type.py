from odoo import api, models


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    @api.model
    def _get_model_info_by_xmlid(self):
        """Keep the type by which sheets find the activities of their checks."""
        info = super()._get_model_info_by_xmlid()
        info["workmanager_service.mail_activity_type_checks"] = {
            "res_model": "workmanager.sheet",
            "unlink": False,
        }
        return info

from odoo import api, models


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    @api.model
    def _get_model_info_by_xmlid(self):
        """Keep the types by which the activities of parts are found."""
        info = super()._get_model_info_by_xmlid()
        for name, model in (
            ("missing_parts", "workmanager.sheet"),
            ("confirm_parts", "purchase.order"),
        ):
            info[f"workmanager_stock_link.mail_activity_type_{name}"] = {
                "res_model": model,
                "unlink": False,
            }
        return info

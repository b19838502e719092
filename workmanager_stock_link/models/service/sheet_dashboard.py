from odoo import api, models
from odoo.fields import Domain


class Sheet(models.Model):
    _inherit = "workmanager.sheet"

    @api.model
    def _get_dashboard_cards_shop(self):
        """Add the sheets that wait for parts."""
        cards = super()._get_dashboard_cards_shop()
        waiting = Domain("parts_state", "in", ("partial", "waiting", "late"))
        cards.append(
            self._prepare_dashboard_card(
                "shop", "parts", self.env._("Waiting for Parts"), waiting, "warning"
            )
        )
        return cards

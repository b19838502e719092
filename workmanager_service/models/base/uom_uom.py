from odoo import api, models


class Uom(models.Model):
    _inherit = "uom.uom"

    def _is_time(self):
        """Whether this unit measures time: it converts to hours."""
        self.ensure_one()
        return self._has_common_reference(self._get_hour())

    def _to_hours(self, quantity):
        """Return how many hours ``quantity`` of this unit of time are."""
        return self._compute_quantity(quantity, self._get_hour(), round=False)

    def _from_hours(self, hours):
        """Return ``hours`` in this unit of time, rounded as its quantities are."""
        return self._get_hour()._compute_quantity(
            hours, self, rounding_method="HALF-UP"
        )

    @api.model
    def _get_hour(self):
        return self.env.ref("uom.product_uom_hour")

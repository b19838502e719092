from odoo import models


class Uom(models.Model):
    _name = "uom.uom"
    _inherit = ["uom.uom", "workmanager.memory.mixin"]

    def _is_time(self):
        """Whether this unit measures time: it converts to hours."""
        self.ensure_one()
        return self._has_common_reference(self.env.ref("uom.product_uom_hour"))

    def _to_hours(self, quantity):
        """Return how many hours ``quantity`` of this unit of time are."""
        hour = self.env.ref("uom.product_uom_hour")
        return self._compute_quantity(quantity, hour, round=False)

    def _from_hours(self, hours):
        """Return ``hours`` in this unit of time, rounded as its quantities are."""
        hour = self.env.ref("uom.product_uom_hour")
        return hour._compute_quantity(hours, self, rounding_method="HALF-UP")

from odoo import api, models


class Uom(models.Model):
    _name = "uom.uom"
    _inherit = ["uom.uom", "workmanager.memory.mixin"]

    def _is_time(self):
        """Whether this unit measures time: it converts to hours."""
        self.ensure_one()
        unit, hour = self + self._get_hour()  # read together
        return unit._has_common_reference(hour)

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
        return self.browse(
            self.env["ir.model.data"]._xmlid_to_res_id(
                "uom.product_uom_hour", raise_if_not_found=True
            )
        )

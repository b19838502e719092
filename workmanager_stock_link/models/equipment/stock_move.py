from odoo import models


class StockMove(models.Model):
    """Equipment that a delivery registers, and a return takes back."""

    _inherit = "stock.move"

    def _update_equipment(self):
        """Register what these done moves bring to customers, and take back what
        customers return."""
        # Who delivers goods has no rights on equipment.
        sold_sudo = self.sudo().filtered(lambda move: move._registers_equipment())
        if sold_sudo:
            delivered = sold_sudo.filtered(
                lambda m: m.location_dest_usage == "customer"
            )
            delivered.move_line_ids._register_equipment()
            (sold_sudo - delivered).move_line_ids._take_back_equipment()

    def _registers_equipment(self):
        """Whether the move brings sold equipment to a customer, or back."""
        self.ensure_one()
        return (
            self.state == "done"
            and bool(self.sale_line_id)
            and bool(self.product_id.equipment_type_id)
            and (self.location_usage == "customer")
            != (self.location_dest_usage == "customer")
            and not self._is_service_part()
        )

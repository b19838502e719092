from datetime import timedelta

from odoo import fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _compute_quantities(self):
        """Show them in the catalogue of a sheet to technicians, who see no moves."""
        model = self.env.context.get("product_catalog_order_model")
        is_for_sheet = model == "workmanager.sheet" and self.env.user.has_group(
            "workmanager_service.group_technician"
        )
        products_sudo = self.sudo() if is_for_sheet else self
        return super(ProductProduct, products_sudo)._compute_quantities()

    def _get_service_supply(self, warehouse):
        """Return what a technician, who has no stock rights, is told of these parts.

        :return: {product: (free quantity, when more can be there or None)} for those
            that are kept in stock, the product's unit
        """
        parts_sudo = (
            self.sudo().filtered("is_storable").with_context(warehouse_id=warehouse.id)
        )
        incoming = parts_sudo._get_arrivals(warehouse)
        today = fields.Date.context_today(self)
        supply = {}
        for part in parts_sudo:
            seller = part._select_seller(quantity=None)
            expected = None
            if arrival := incoming.get(part):
                arrival = fields.Datetime.context_timestamp(part, arrival)
                expected = max(arrival.date(), today)
            elif seller:
                expected = today + timedelta(days=seller.delay)
            supply[part.with_env(self.env)] = (part.free_qty, expected)
        return supply

    def _get_arrivals(self, warehouse):
        """Return {product: when the next of it arrives}. To be called as superuser."""
        return dict(
            self.env["stock.move"]._read_group(
                [
                    ("product_id", "in", self.ids),
                    ("state", "not in", ("draft", "done", "cancel")),
                    ("picking_id.picking_type_id.code", "=", "incoming"),
                    ("location_dest_id.warehouse_id", "=", warehouse.id),
                ],
                ["product_id"],
                ["date:min"],
            )
        )

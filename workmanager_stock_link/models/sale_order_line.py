from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _prepare_procurement_values(self):
        """Send the parts of sheets through the service route, unless a person chose
        another one for the line."""
        values = super()._prepare_procurement_values()
        if not values["route_ids"] and self.sudo().sheet_line_ids:
            values["route_ids"] = self.warehouse_id.sudo().service_route_id
        return values

    def _create_procurements(self, product_qty, procurement_uom, values):
        """Name the sheet on the transfer."""
        procurements = super()._create_procurements(
            product_qty, procurement_uom, values
        )
        sheets_sudo = self.sudo().sheet_line_ids.sheet_id
        if not sheets_sudo:
            return procurements
        return [
            procurement._replace(origin=f"{sheets_sudo[0].name} - {procurement.origin}")
            for procurement in procurements
        ]

    def _action_launch_stock_rule(self, *, previous_product_uom_qty=False):
        res = super()._action_launch_stock_rule(
            previous_product_uom_qty=previous_product_uom_qty
        )
        # The customer who accepts online has no rights on sheets.
        self.sudo().sheet_line_ids.sheet_id._sync_missing_parts_activity()
        return res

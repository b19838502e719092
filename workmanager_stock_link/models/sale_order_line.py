from odoo import models
from odoo.exceptions import UserError


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

    def _get_location_final(self):
        """Use parts at the bench, also for a customer who is one of our companies:
        what Odoo delivers to those goes to a transit location."""
        location = super()._get_location_final()
        if location.usage == "transit" and self.sudo().sheet_line_ids:
            warehouse_sudo = self.warehouse_id.sudo()
            location = warehouse_sudo._get_partner_locations()[0].with_env(self.env)
        return location

    def _action_launch_stock_rule(self, *, previous_product_uom_qty=False):
        """Let a part that no rule can bring stay missing: it stops no acceptance."""
        try:
            res = super()._action_launch_stock_rule(
                previous_product_uom_qty=previous_product_uom_qty
            )
        except UserError:
            ruled = self.filtered(lambda line: not line._is_part_without_rule())
            if ruled == self:
                raise
            res = super(SaleOrderLine, ruled)._action_launch_stock_rule(
                previous_product_uom_qty=previous_product_uom_qty
            )
        # The customer who accepts online has no rights on sheets.
        self.sudo().sheet_line_ids.sheet_id._sync_missing_parts_activity()
        return res

    def _is_part_without_rule(self):
        """Whether the line is a sheet's part and no stock rule takes it out."""
        self.ensure_one()
        line_sudo = self.sudo().with_company(self.company_id)
        if not line_sudo.sheet_line_ids or self.product_id.type != "consu":
            return False
        values = {
            **line_sudo._prepare_procurement_values(),
            "company_id": self.company_id,
        }
        return not line_sudo.env["stock.rule"]._get_rule(
            self.product_id, line_sudo._get_location_final(), values
        )

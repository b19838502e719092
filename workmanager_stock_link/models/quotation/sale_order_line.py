from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _compute_warehouse_id(self):
        """The service route of a warehouse takes from that warehouse: no rule has to
        be read to know it."""
        served = self.filtered(
            lambda line: (
                line.route_ids
                and line.route_ids == line.order_id.warehouse_id.sudo().service_route_id
            )
        )
        for line in served:
            line.warehouse_id = line.order_id.warehouse_id
        return super(SaleOrderLine, self - served)._compute_warehouse_id()

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

    def _get_service_purchases(self):
        """Return {order line: purchase orders} of what was bought for these lines."""
        if not self.ids:
            return {}
        moves = self.env["stock.move"]
        moves.flush_model(["sale_line_id", "purchase_line_id"])
        self.env["purchase.order.line"].flush_model(["order_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT move.sale_line_id, bought.order_id
                     FROM stock_move move
                     JOIN stock_move_created_purchase_line_rel created
                       ON created.move_id = move.id
                     JOIN purchase_order_line bought
                       ON bought.id = created.created_purchase_line_id
                    WHERE move.sale_line_id IN %(ids)s
                    UNION
                   SELECT move.sale_line_id, bought.order_id
                     FROM stock_move move
                     JOIN stock_move_move_rel chain ON chain.move_dest_id = move.id
                     JOIN stock_move receipt ON receipt.id = chain.move_orig_id
                     JOIN purchase_order_line bought
                       ON bought.id = receipt.purchase_line_id
                    WHERE move.sale_line_id IN %(ids)s
                 ORDER BY 2""",
                ids=tuple(self.ids),
            )
        )
        orders = self.env["purchase.order"].browse(order_id for _line, order_id in rows)
        purchases = defaultdict(orders.browse)
        for line_id, order_id in rows:
            purchases[self.browse(line_id)] |= orders.browse(order_id)
        return purchases

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

from odoo import api, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

CONCURRENCY_ERRORS = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)


class SaleOrderLine(models.Model):
    """The parts of sheets, which a warehouse hands to its own workshop."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Supply what is added to an accepted order once it is on the sheet: before
        that, an ordinary delivery would take it."""
        orders = self.env["sale.order"].browse(
            {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        )
        # Who sells need have no rights on sheets.
        accepted = orders.filtered(
            lambda order: order.state == "sale" and order.sudo().sheet_ids
        )
        if not accepted or self.env.context.get("skip_procurement"):
            return super().create(vals_list)
        unsupplied = self.with_context(skip_procurement=True)
        lines = super(SaleOrderLine, unsupplied).create(vals_list).with_env(self.env)
        lines.filtered(lambda line: line.state == "sale")._action_launch_stock_rule()
        return lines

    def _prepare_procurement_values(self):
        """Send the parts of sheets through the service route, unless a person chose
        another one for the line."""
        values = super()._prepare_procurement_values()
        if not values["route_ids"] and self.sudo().sheet_line_ids:
            values["route_ids"] = self.warehouse_id.sudo().service_route_id
        return values

    def _get_location_final(self):
        """Use parts at the bench, also for a customer who is one of our companies:
        what Odoo delivers to those goes to a transit location."""
        location = super()._get_location_final()
        if location.usage == "transit" and self.sudo().sheet_line_ids:
            warehouse_sudo = self.warehouse_id.sudo()
            location = warehouse_sudo._get_partner_locations()[0].with_env(self.env)
        return location

    def _action_launch_stock_rule(self, *, previous_product_uom_qty=False):
        """Let a customer accept whoever else takes the same parts at this moment, and
        let a part that no rule can bring stay missing."""
        # Whoever accepts online has no rights on sheets.
        parts_sudo = self.sudo().sheet_line_ids
        is_at_once = previous_product_uom_qty or self.env.context.get("supply_at_once")
        if parts_sudo and not is_at_once:
            return self._launch_or_queue_supply()
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
        if previous_product_uom_qty:
            parts_sudo.sheet_id._sync_missing_parts_activity()
        return res

    def _launch_or_queue_supply(self):
        """Reserve and order what these lines need; a moment later where others have
        just changed what is there: this transaction sees the stock as it was before."""
        parts_sudo = self.sudo().sheet_line_ids
        savepoint = self.env.cr.savepoint()  # what fails before is another matter
        try:
            with savepoint:
                self._launch_at_once()
        except CONCURRENCY_ERRORS:
            parts_sudo._queue_supply()
        parts_sudo.sheet_id._sync_missing_parts_activity()
        return True

    def _launch_at_once(self):
        """Reserve and order what these lines need, now or never."""
        # The sheet tells of its transfers and purchases: nobody has to follow them.
        quiet = {"mail_create_nolog": True, "mail_create_nosubscribe": True}
        lines = self.with_context(supply_at_once=True, **quiet)
        with self.order_id._unlock_for_service():
            return lines._action_launch_stock_rule()

    def _get_service_purchases(self):
        """Return {order line: purchase orders} of what was bought for these lines."""
        return {
            line: (
                line.move_ids.created_purchase_line_ids
                | line.move_ids.move_orig_ids.purchase_line_id
            ).order_id
            for line in self
        }

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

from odoo import api, models


class PurchaseOrder(models.Model):
    _name = "purchase.order"
    _inherit = ["purchase.order", "workmanager.sheets.mixin"]

    @api.depends("order_line.move_dest_ids.sale_line_id.sheet_line_ids.sheet_id")
    def _compute_sheet_ids(self):
        for order in self:
            sale_lines = order.order_line.move_dest_ids.sale_line_id
            order.sheet_ids = sale_lines.sheet_line_ids.sheet_id
            order.sheet_count = len(order.sheet_ids)

    def _search_sheet_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        path = "order_line.move_dest_ids.sale_line_id.sheet_line_ids.sheet_id"
        return [(path, "in", value)]

    def button_cancel(self):
        """Take what is free for the parts that do not come, and tell who buys them."""
        # A buyer has no rights on sheets and on transfers.
        parts_sudo = (
            self.filtered(lambda order: order.state != "cancel")
            .sudo()
            .order_line.move_dest_ids.filtered(lambda move: move._is_service_part())
        )
        res = super().button_cancel()
        parts_sudo._reset_supply()
        return res

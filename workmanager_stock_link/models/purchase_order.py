from odoo import api, fields, models


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    sheet_ids = fields.Many2many(
        "workmanager.sheet",
        string="Service Sheets",
        compute="_compute_sheet_ids",
        search="_search_sheet_ids",
        compute_sudo=True,
    )
    sheet_count = fields.Integer(compute="_compute_sheet_ids", compute_sudo=True)

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

    def action_view_sheets(self):
        """Open the service sheets that wait for this order."""
        self.ensure_one()
        self.env["workmanager.sheet"].check_access("read")
        return self.sheet_ids._get_records_action(name=self.env._("Service Sheets"))

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

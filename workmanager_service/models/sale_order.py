from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    sheet_ids = fields.Many2many(
        "workmanager.sheet",
        string="Service Sheets",
        compute="_compute_sheet_ids",
        search="_search_sheet_ids",
        compute_sudo=True,
    )
    sheet_count = fields.Integer(compute="_compute_sheet_ids", compute_sudo=True)

    @api.depends("order_line.sheet_line_ids.sheet_id")
    def _compute_sheet_ids(self):
        for order in self:
            order.sheet_ids = order.order_line.sheet_line_ids.sheet_id
            order.sheet_count = len(order.sheet_ids)

    def _search_sheet_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("order_line.sheet_line_ids.sheet_id", "in", value)]

    def action_view_sheets(self):
        """Open the service sheets that this order serves."""
        self.ensure_one()
        return self.sheet_ids._get_records_action(name=self.env._("Service Sheets"))

    def _action_confirm(self):
        res = super()._action_confirm()
        # The customer who accepts online has no rights on sheets.
        if sheets_sudo := self.sudo().sheet_ids:
            sheets_sudo._on_order_confirmed()
        return res

    def _action_cancel(self):
        res = super()._action_cancel()
        if sheets_sudo := self.sudo().sheet_ids:
            sheets_sudo._on_order_cancelled()
        return res

    def _has_service_to_decide(self):
        """Whether the order asks the customer for a decision on service work.

        What the manufacturer's warranty or goodwill covers needs none.
        """
        self.ensure_one()
        return "customer" in self.order_line.sheet_line_ids.mapped("coverage")

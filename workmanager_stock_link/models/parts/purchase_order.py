from odoo import api, models

from .purchase_order_line import UNCONFIRMED_STATES

CONFIRM_PARTS = "workmanager_stock_link.mail_activity_type_confirm_parts"


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

    def write(self, vals):
        """Ask for no confirmation of what is confirmed, or given up."""
        res = super().write(vals)
        if "state" in vals:
            # A buyer has no rights on sheets.
            self.sudo()._sync_confirmation_activity()
        return res

    def button_cancel(self):
        """Take what is free for the parts that do not come, and tell who buys them.

        Those that another request brings, with which this one was merged or that is its
        alternative, go on waiting for that.
        """
        # A buyer has no rights on sheets and on transfers.
        orders_sudo = self.filtered(lambda order: order.state != "cancel").sudo()
        parts_sudo = orders_sudo.order_line._get_service_moves()
        res = super().button_cancel()
        parts_sudo._reset_supply()
        return res

    def _sync_confirmation_activity(self):
        """Keep one activity for the buyer on each request that sheets wait for and
        nobody confirmed. To be called as superuser."""
        for order in self:
            moves = order.order_line._get_service_moves()
            waits = order.state in UNCONFIRMED_STATES and any(
                move.state not in ("done", "cancel") for move in moves
            )
            activities = order.activity_ids.filtered(
                lambda activity: (
                    activity.activity_type_id == self.env.ref(CONFIRM_PARTS)
                )
            )
            if not waits:
                activities.unlink()
            elif not activities:
                buyer = order._get_service_buyer(moves.sheet_ids)
                reader = order.with_context(lang=buyer.lang or self.env.lang)
                reader.activity_schedule(CONFIRM_PARTS, user_id=buyer.id)

    def _get_service_buyer(self, sheets):
        """Return who buys on this order for ``sheets``: the likeliest who has rights on
        purchases, or else who asks for the parts. To be called as superuser."""
        self.ensure_one()
        likely = self.user_id | self.company_id.service_buyer_id | sheets.received_by_id
        for user in likely:
            if (
                user.active
                and self.company_id in user.company_ids
                and user.has_group("purchase.group_purchase_user")
            ):
                return user
        return self.user_id or sheets[:1]._get_parts_buyer()

from markupsafe import Markup

from odoo import Command, models

# The vendor has not been given the order yet.
UNCONFIRMED_STATES = ("draft", "sent", "to approve")


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    # ------------------------------------------------------------------- CRUD

    def write(self, vals):
        """Tell who buys for the sheets what a buyer takes off their parts."""
        res = super().write(vals)
        if "product_qty" in vals:
            # A buyer has no rights on sheets and on transfers.
            self.sudo()._get_service_moves().sheet_ids._sync_missing_parts_activity()
        return res

    def unlink(self):
        """Let the sheets keep their parts on the list when the buyer deletes a line."""
        # Deleting a line would cancel the parts' own moves.
        parts_sudo = self.sudo()._get_service_moves()
        if parts_sudo:
            for line in self.sudo():
                line.move_dest_ids -= parts_sudo
        res = super().unlink()
        parts_sudo._reset_supply()
        return res

    # --------------------------------------------------------------- BUSINESS

    def _get_service_moves(self):
        """Return the moves of sheets' parts that wait for these lines. To be called as
        superuser."""
        return self.move_dest_ids.filtered(lambda move: move._is_service_part())

    def _get_incoming_quantity(self):
        """Return what is still to arrive of this confirmed line, in the product's
        unit."""
        self.ensure_one()
        incoming = self.move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and move.location_id.usage == "supplier"
            )
        )
        return sum(incoming.mapped("product_qty"))

    def _reduce_quantity(self, quantity, move):
        """Order less of this draft line, because ``move`` needs it no more.

        Others who wait for the line lose nothing by it. A line, and then an order, with
        nothing left goes away; what a buyer had added is told.

        :param float quantity: in the product's unit
        """
        self.ensure_one()
        order, product_uom = self.order_id, self.product_id.uom_id
        if move.state in ("done", "cancel"):
            self.move_dest_ids = [Command.unlink(move.id)]
        # Rounded as Odoo does when it buys: a piece is 0.09 of a box of twelve.
        released, needed = (
            product_uom._compute_quantity(some, self.product_uom_id)
            for some in (quantity, self._get_awaited_quantity())
        )
        left = max(self.product_qty - released, min(self.product_qty, needed))
        if self.product_uom_id.compare(left, 0.0) > 0:
            self.product_qty = left
            if self.product_uom_id.is_zero(needed) and not self.orderpoint_id:
                self._tell_for_nobody(move.sheet_ids)
        else:
            self.unlink()
        if not order.order_line.filtered(lambda line: not line.display_type):
            order.button_cancel()
        order._sync_confirmation_activity()

    def _get_awaited_quantity(self):
        """Return what those who wait for this line still need, in the product's
        unit."""
        self.ensure_one()
        waiting = self.move_dest_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        return sum(max(move._get_missing_quantity(), 0.0) for move in waiting)

    def _tell_for_nobody(self, sheets):
        """Tell the buyer that a draft line has more than anybody waits for."""
        self.ensure_one()
        order = self._with_buyer(sheets)
        self._tell_buyer(
            order,
            sheets,
            order.env._(
                "%(sheets)s no longer needs %(product)s, and no other sheet waits for "
                "what is left of it on this request.",
                sheets=", ".join(sheets.mapped("name")),
                product=self.product_id.with_env(order.env).display_name,
            ),
        )

    def _tell_not_needed(self, sheets):
        """Tell the buyer that the sheets of this confirmed line need it no more."""
        self.ensure_one()
        order = self._with_buyer(sheets)
        self._tell_buyer(
            order,
            sheets,
            order.env._(
                "%(sheets)s no longer needs %(product)s. It stays on this confirmed "
                "order and goes to stock when it arrives, unless you agree otherwise "
                "with the vendor.",
                sheets=", ".join(sheets.mapped("name")),
                product=self.product_id.with_env(order.env).display_name,
            ),
        )

    def _with_buyer(self, sheets):
        """Return the order in the language of its buyer."""
        buyer = self.order_id._get_service_buyer(sheets)
        return self.order_id.with_context(lang=buyer.lang or self.env.lang)

    def _tell_buyer(self, order, sheets, note):
        order.activity_schedule(
            "mail.mail_activity_data_warning",
            note=Markup("<p>%s</p>") % note,
            user_id=order._get_service_buyer(sheets).id,
        )

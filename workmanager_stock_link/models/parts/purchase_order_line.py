from markupsafe import Markup

from odoo import Command, models

# The vendor has not been given the order yet.
UNCONFIRMED_STATES = ("draft", "sent", "to approve")


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    def unlink(self):
        """Let the sheets keep their parts on the list when the buyer deletes a line."""
        # Deleting a line would cancel the parts' own moves.
        parts_sudo = self.sudo().move_dest_ids.filtered(lambda m: m._is_service_part())
        if parts_sudo:
            for line in self.sudo():
                line.move_dest_ids -= parts_sudo
        orphans_sudo = parts_sudo.filtered(
            lambda move: not move.created_purchase_line_ids
        )
        res = super().unlink()
        orphans_sudo._reset_supply()
        return res

    def _reduce_quantity(self, quantity, move):
        """Order less of this draft line, because ``move`` needs it no more.

        A line, and then an order, with nothing left goes away.

        :param float quantity: in the product's unit
        :return: what the line did not have
        """
        self.ensure_one()
        order, product_uom = self.order_id, self.product_id.uom_id
        had = self.product_uom_id._compute_quantity(self.product_qty, product_uom)
        if move.state in ("done", "cancel"):
            self.move_dest_ids = [Command.unlink(move.id)]
        if product_uom.compare(had, quantity) > 0:
            self.product_qty -= product_uom._compute_quantity(
                quantity, self.product_uom_id, rounding_method="HALF-UP"
            )
            return 0.0
        self.unlink()
        if not order.order_line.filtered(lambda line: not line.display_type):
            order.button_cancel()
        return quantity - had

    def _tell_not_needed(self, sheets):
        """Tell the buyer that the sheets of this confirmed line need it no more."""
        self.ensure_one()
        buyer = self.order_id.user_id or sheets[:1]._get_parts_buyer()
        order = self.order_id.with_context(lang=buyer.lang or self.env.lang)
        note = order.env._(
            "%(sheets)s no longer needs %(product)s. It stays on this confirmed order "
            "and goes to stock when it arrives, unless you agree otherwise with the "
            "vendor.",
            sheets=", ".join(sheets.mapped("name")),
            product=self.product_id.with_env(order.env).display_name,
        )
        order.activity_schedule(
            "mail.mail_activity_data_warning",
            note=Markup("<p>%s</p>") % note,
            user_id=buyer.id,
        )

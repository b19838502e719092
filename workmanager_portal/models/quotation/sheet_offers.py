from odoo import models


class Sheet(models.Model):
    """What the customer is asked to decide on, to pay, and what costs nothing."""

    _inherit = "workmanager.sheet"

    def _get_portal_offers(self):
        """Return, as superuser, the offers that wait for the customer's decision."""
        self.ensure_one()
        return self._get_customer_orders().filtered(
            lambda order: order.state == "sent" and not order.is_expired
        )

    def _is_offer_prepared(self):
        """Whether the customer has nothing to decide on yet: no offer was sent."""
        self.ensure_one()
        return (
            self.state == "quoted"
            and not self._get_portal_offers()
            and not self._has_expired_offer()
        )

    def _has_expired_offer(self):
        self.ensure_one()
        return any(
            order.state == "sent" and order.is_expired
            for order in self._get_customer_orders()
        )

    def _get_portal_orders(self):
        """Return, as superuser, the quotations and orders that the customer sees."""
        self.ensure_one()
        partner_sudo = self.sudo().partner_id
        return (
            self.sudo()
            .sale_order_ids.filtered(
                lambda order: (
                    order.partner_id == partner_sudo
                    or order.partner_id.commercial_partner_id
                    == partner_sudo.commercial_partner_id
                )
            )
            .sorted("id")
        )

    def _get_portal_covered_lines(self):
        """Return the quoted work that costs the customer nothing."""
        self.ensure_one()
        return self.line_ids.filtered(
            lambda line: (
                line.coverage != "customer"
                and not line.is_internal
                and line.order_state in ("sent", "sale")
            )
        )

    def _get_portal_invoices(self):
        """Return, as superuser, the posted invoices that the customer sees."""
        self.ensure_one()
        sheet_sudo = self.sudo()
        if all(order.state in ("draft", "sent") for order in sheet_sudo.sale_order_ids):
            # Nothing was ever confirmed: there is nothing to look for.
            return sheet_sudo.env["account.move"]
        return sheet_sudo.invoice_ids.filtered(
            lambda move: move.state == "posted" and self._is_customer_invoice(move)
        ).sorted("id")

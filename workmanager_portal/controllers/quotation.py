from odoo import http
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal


class ServiceQuotationPortal(CustomerPortal):
    """The page of a quotation, where it is for service work."""

    @http.route()
    def portal_quote_decline(
        self, order_id, access_token=None, decline_message=None, **kwargs
    ):
        """Give the reason of a refusal to the workshop, which reads no orders."""
        order_sudo = request.env["sale.order"].sudo().browse(order_id).exists()
        was_open = order_sudo.state in ("draft", "sent")
        response = super().portal_quote_decline(
            order_id, access_token, decline_message, **kwargs
        )
        if was_open and order_sudo.state == "cancel":
            order_sudo._post_refusal_reason(decline_message)
        return response

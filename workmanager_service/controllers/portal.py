from odoo.http import request, route

from odoo.addons.sale_management.controllers.portal import CustomerPortal


class ServicePortal(CustomerPortal):
    @route()
    def portal_quote_option_update(self, order_id, line_id, **kwargs):
        """Take an option of a repair as it is offered, or not at all.

        What belongs together, parts and their work, is one choice.
        """
        line_sudo = request.env["sale.order.line"].sudo().browse(int(line_id)).exists()
        options = line_sudo._get_service_options()
        if not options:
            return super().portal_quote_option_update(order_id, line_id, **kwargs)
        is_removed = kwargs.pop("remove", False)
        typed = kwargs.pop("input_quantity", False)
        is_taken = not is_removed if typed is False else bool(float(typed or 0))
        # Odoo checks for each line who asks and whether the line may be changed.
        for option, quantity in options.items():
            res = super().portal_quote_option_update(
                order_id,
                option.id,
                input_quantity=quantity if is_taken else 0.0,
                **kwargs,
            )
        return res

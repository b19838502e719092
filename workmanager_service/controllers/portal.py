from odoo.http import request, route

from odoo.addons.sale_management.controllers.portal import CustomerPortal


class ServicePortal(CustomerPortal):
    @route()
    def portal_quote_option_update(
        self,
        order_id,
        line_id,
        access_token=None,
        remove=False,
        input_quantity=False,
        **kwargs,
    ):
        """Take an option of a repair as it is offered, or not at all.

        What belongs together, parts and their work, is one choice.
        """
        line_sudo = request.env["sale.order.line"].sudo().browse(int(line_id)).exists()
        is_taken = bool(float(input_quantity or 0)) or not (
            remove or input_quantity is not False
        )
        options = line_sudo._get_service_options()
        if not options:
            return super().portal_quote_option_update(
                order_id,
                line_id,
                access_token=access_token,
                remove=remove,
                input_quantity=input_quantity,
                **kwargs,
            )
        # Odoo checks for each line who asks and whether the line may be changed.
        for option, quantity in options.items():
            res = super().portal_quote_option_update(
                order_id,
                option.id,
                access_token=access_token,
                input_quantity=quantity if is_taken else 0.0,
                **kwargs,
            )
        return res

from odoo import Command, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.workmanager_service.formats import format_quantity


class Sheet(models.Model):
    """Parts that a repair uses otherwise than planned."""

    _inherit = "workmanager.sheet"

    # ----------------------------------------------------------------- ACTION

    def action_use_parts(self):
        """Open the screen on which parts are scanned or ticked as they are used.

        :raises UserError: the repair has not started
        """
        self.ensure_one()
        self._ensure_uses_parts()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Use Parts"),
            "res_model": "workmanager.parts.use",
            "view_mode": "form",
            "target": "new",
            "context": {"default_sheet_id": self.id},
        }

    # --------------------------------------------------------------- BUSINESS

    def _ensure_uses_parts(self):
        """Refuse to use parts on sheets that are not under repair."""
        self._lock()
        for sheet in self:
            if sheet.state != "repair":
                raise UserError(sheet._next_step_message())

    def _ensure_gives_away(self):
        """Refuse users who may not use more than the customer accepted.

        :raises AccessError: the user is no manager
        """
        if not self.env.user.has_group("workmanager_service.group_manager"):
            raise AccessError(
                self.env._(
                    "%s: only a manager gives parts away. Ask for a supplementary "
                    "quotation instead.",
                    self.name,
                )
            )

    def _ask_for_parts(self, requests):
        """Put what is needed beyond the plan on the sheet, and ask for its quotation.

        :param list requests: values of sheet lines: product, unit, quantity
        :return: the ``workmanager.sheet.line`` records that wait to be quoted
        """
        self.ensure_one()
        lines = self.env["workmanager.sheet.line"]
        for request in requests:
            waiting = self.line_ids.filtered(
                lambda line, r=request: (
                    line._is_to_quote()
                    and line.product_id.id == r["product_id"]
                    and line.is_internal == r.get("is_internal", self.is_own_goods)
                )
            )[:1]
            if waiting:
                waiting.quantity += request["quantity"]
                lines |= waiting
            else:
                lines |= lines.create({**request, "sheet_id": self.id})
        user = self.received_by_id or self.user_id or self.env.user
        sheet = self.with_context(lang=user.lang)
        sheet.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=sheet.env._("Quote what the repair needs more"),
            note=sheet._format_parts(
                sheet.env._("Found during the repair:"),
                [(line.quantity, line) for line in lines.with_env(sheet.env)],
            ),
            user_id=user.id,
        )
        return lines

    def _use_at_own_cost(self, requests, lots):
        """Use more than the customer accepted, at no price.

        :param list requests: values of sheet lines: product, unit, quantity
        :param list lots: for each request the chosen lots, ``{lot: quantity}``
        :raises AccessError: the user is no manager
        """
        self.ensure_one()
        self._ensure_gives_away()
        lines = self.env["workmanager.sheet.line"].create(
            [
                {**request, "sheet_id": self.id, "coverage": "goodwill"}
                for request in requests
            ]
        )
        self._create_sale_orders(lines).action_confirm()
        lines._use_parts(
            {line: line.quantity for line in lines},
            {line: chosen for line, chosen in zip(lines, lots, strict=True) if chosen},
        )
        self.message_post(
            body=self._format_parts(
                self.env._("Used at our cost, beyond what the customer accepted:"),
                [(line.quantity, line) for line in lines],
            )
        )

    def _exchange_part(self, planned, request, lots):
        """Use another part in exchange for a planned one, at the accepted price.

        :param planned: the ``workmanager.sheet.line`` that needs as much less
        :param dict request: values of the other part's line: product, unit, quantity
        :param dict lots: the chosen lots of the other part, ``{lot: quantity}``
        :raises UserError: not as much of the planned part is left to exchange
        """
        self.ensure_one()
        planned_sudo = planned.sudo()  # technicians have no sales rights
        sale_line = planned_sudo.sale_line_id
        unit = self.env["uom.uom"].browse(request["product_uom_id"])
        if not unit._has_common_reference(planned.product_uom_id):
            unit = planned.product_uom_id  # a metre in place of a piece: one for one
        exchanged = unit._compute_quantity(
            request["quantity"], planned.product_uom_id, round=False
        )
        left = planned_sudo.quantity - planned_sudo.quantity_used
        if planned.product_uom_id.compare(exchanged, left) > 0:
            raise UserError(
                self.env._(
                    "%(sheet)s: only %(left)s of “%(part)s” are left to exchange.",
                    sheet=self.name,
                    left=format_quantity(self.env, left, planned.product_uom_id),
                    part=planned.name,
                )
            )
        price = planned.product_uom_id._compute_price(sale_line.price_unit, unit)
        line = self.env["workmanager.sheet.line"].create(
            {
                **request,
                **planned._prepare_exchange_values(),
                "sheet_id": self.id,
                "price_unit": price,
            }
        )
        sale_line.product_uom_qty -= exchanged
        planned_sudo.quantity_done = min(
            planned_sudo.quantity_done, planned_sudo.quantity
        )
        values = {
            **line._prepare_sale_order_line_values(),
            "order_id": sale_line.order_id.id,
            "sequence": sale_line.sequence,
            "price_unit": price,
            "discount": sale_line.discount,
            "tax_ids": [Command.set(sale_line.tax_ids.ids)],
        }
        # The line's transfer has to know its sheet.
        new_line = sale_line.with_context(
            skip_procurement=True, sheet_adoption=False
        ).create(values)
        line.sudo().sale_line_id = new_line
        new_line.with_context(skip_procurement=False)._action_launch_stock_rule()
        line._use_parts({line: line.quantity}, {line: lots} if lots else None)
        self.message_post(
            body=self.env._(
                "%(used)s was used in exchange for %(planned)s, at the price that was "
                "accepted.",
                used=f"{format_quantity(self.env, request['quantity'])} × "
                f"{line.product_id.display_name}",
                planned=planned.product_id.display_name,
            )
        )

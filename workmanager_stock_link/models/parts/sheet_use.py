from odoo import models
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
            if waiting := self._get_line_to_quote(request):
                waiting.quantity += request["quantity"]
                lines |= waiting
            else:
                lines |= lines.create({**request, "sheet_id": self.id})
        user = self._get_quotation_responsible()
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

    def _get_line_to_quote(self, request):
        """Return the line that already waits to be quoted for the same part."""
        self.ensure_one()
        is_internal = request.get("is_internal", self.is_own_goods)
        return self.line_ids.filtered(
            lambda line: (
                line._is_to_quote()
                and line.product_id.id == request["product_id"]
                and line.is_internal == is_internal
            )
        )[:1]

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
        unit = planned._get_exchange_unit(request)
        exchanged = unit._compute_quantity(
            request["quantity"], planned.product_uom_id, round=False
        )
        planned._ensure_left_to_exchange(exchanged)
        line = self.env["workmanager.sheet.line"].create(
            {**request, **planned._prepare_exchange_values(unit), "sheet_id": self.id}
        )
        planned._plan_less(exchanged)
        line._order_in_exchange(planned)
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

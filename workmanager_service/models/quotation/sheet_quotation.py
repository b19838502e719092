from odoo import models
from odoo.exceptions import UserError


class Sheet(models.Model):
    """What a quotation tells the customer about a sheet."""

    _inherit = "workmanager.sheet"

    def action_send_quotation(self):
        """Send the quotation that waits for the customer.

        Whoever has sales rights sees the e-mail first; the others send it as it is. A
        quotation that was sent is not sent once more, unless the context says
        ``send_again``.

        :raises UserError: no quotation waits, or the customer has no e-mail address
        """
        self.ensure_one()
        open_sudo = self._get_open_orders("send")
        order_sudo = (open_sudo.filtered(lambda o: o.state == "draft") or open_sudo)[:1]
        order = order_sudo.with_env(self.env)
        if order.has_access("write"):
            return order.action_quotation_send()
        self._lock()
        order_sudo._lock_service_orders()
        if order_sudo.state == "draft" or self.env.context.get("send_again"):
            self._send_quotation(order_sudo)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(order)s was sent to %(address)s.",
                    order=order_sudo.name,
                    address=order_sudo.partner_id.email,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_show_quotation(self):
        """Open the page on which the customer reads, signs and pays the quotation,
        for a customer who stands beside the user.

        :raises UserError: no quotation waits
        """
        self.ensure_one()
        order_sudo = self._get_open_orders("send")[:1]
        return {
            "type": "ir.actions.act_url",
            "url": order_sudo.get_portal_url(),
            "target": "new",
        }

    def _send_quotation(self, order_sudo):
        """Send ``order_sudo`` with the usual message, in the name of the user."""
        self.ensure_one()
        if not order_sudo.partner_id.email:
            raise UserError(
                self.env._(
                    "%(customer)s has no e-mail address. Add one to the customer, or "
                    "let them read and sign it here with “Show and Sign”.",
                    customer=order_sudo.partner_id.name,
                )
            )
        order_sudo.with_context(mark_so_as_sent=True).message_post_with_source(
            order_sudo._find_mail_template(),
            email_layout_xmlid="mail.mail_notification_layout_with_responsible_signature",
            subtype_xmlid="mail.mt_comment",
            author_id=self.env.user.partner_id.id,
        )

    def _get_evaluation_behind(self, order):
        """Return the evaluation whose findings ``order`` quotes, once it is done."""
        self.ensure_one()
        lines = order.sudo().order_line.sheet_line_ids & self.line_ids
        done = lines.evaluation_id.filtered(lambda e: e.state == "done")
        return done.sorted("id")[-1:]

    def _get_lines_covered_beside(self, order):
        """Return what the manufacturer pays of the work that ``order`` is a part of.

        Only the customer is told.
        """
        self.ensure_one()
        if order.partner_id != self.partner_id:
            return self.line_ids.browse()
        return self.line_ids.filtered(
            lambda line: (
                line.coverage == "warranty"
                and not line.is_internal
                and line.sudo().order_state in ("draft", "sent", "sale")
            )
        )

from collections import defaultdict

from markupsafe import Markup

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError

from ...locking import lock_records
from ..service.states import CLOSED_STATES, STEPS

EXPIRED_ACTIVITY = "workmanager_service.mail_activity_type_quotation_expired"

DECISION_CHANNELS = [
    ("online", "Online"),
    ("counter", "At the Counter"),
    ("phone", "By Phone"),
    ("email", "By E-mail"),
    ("other", "Otherwise"),
]


class SaleOrder(models.Model):
    """The customer's decision on a quotation of service work: whose, how and when."""

    _inherit = "sale.order"

    service_decision = fields.Selection(
        [("accepted", "Accepted"), ("refused", "Refused")],
        string="Customer's Decision",
        readonly=True,
        copy=False,
    )
    service_decided_by = fields.Char(
        string="Decided By", readonly=True, copy=False, help="Who said so."
    )
    service_decision_channel = fields.Selection(
        DECISION_CHANNELS, string="Decided", readonly=True, copy=False
    )
    service_decision_date = fields.Datetime(
        string="Decided On", readonly=True, copy=False
    )
    service_decision_user_id = fields.Many2one(
        "res.users", string="Recorded By", readonly=True, copy=False
    )
    superseded_by_id = fields.Many2one(
        "sale.order",
        string="Replaced By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The quotation that was made in place of this one.",
    )

    def action_confirm(self):
        """Confirm once, whoever else does the same at the same moment.

        :raises UserError: saying what became of a quotation that no longer waits
        """
        self._lock_service_orders()
        return super().action_confirm()

    def action_cancel(self):
        """Cancel by hand what no repair is under way for.

        :raises UserError: the work on a sheet goes on, or is done, under the order
        """
        for order in self:
            if error := order._service_cancellation_error_message():
                raise UserError(error)
        return super().action_cancel()

    def action_draft(self):
        """Take cancelled quotations up again.

        :raises UserError: another one took its place
        """
        for order in self:
            if order.superseded_by_id:
                raise UserError(order._superseded_message())
        res = super().action_draft()
        self.filtered("service_decision")._clear_decision()
        return res

    def _confirmation_error_message(self):
        return (
            self._service_confirmation_error_message()
            or super()._confirmation_error_message()
        )

    def _lock_service_orders(self):
        """Wait for whoever decides on these orders or edits them.

        A transaction that waited is then repeated by Odoo on what the other one left.
        """
        # Who decides online, or at the bench, has no rights on orders.
        lock_records(self.sudo().filtered("sheet_ids"))

    def _service_confirmation_error_message(self):
        """Return why a quotation of service work cannot be accepted now, or False."""
        self.ensure_one()
        if self.superseded_by_id:
            return self._superseded_message()
        sheets_sudo = self.sudo().sheet_ids
        if not sheets_sudo:
            return False
        if self.state == "sale":
            return self.env._("%s is accepted already.", self.name)
        if self.state == "cancel":
            return self.env._(
                "%(order)s is cancelled and can no longer be accepted. Quote "
                "%(sheets)s again, or set %(order)s back to a quotation first.",
                order=self.name,
                sheets=", ".join(sheets_sudo.mapped("name")),
            )
        return self._work_over_message()

    def _work_over_message(self):
        """Return that the work on a sheet of this order is over, or False."""
        self.ensure_one()
        over_sudo = self.sudo().sheet_ids.filtered(
            lambda sheet: (
                sheet.state in CLOSED_STATES
                or (sheet.state == "ready" and sheet.outcome != "refused")
            )
        )
        if not over_sudo or self._is_diagnosis_fee():
            return False
        return self.env._(
            "%(order)s can no longer be accepted: %(sheet)s is %(state)s. Open a new "
            "sheet for the equipment.",
            order=self.name,
            sheet=over_sudo[0].name,
            state=over_sudo[0]._get_state_label().lower(),
        )

    def _service_cancellation_error_message(self):
        """Return why an accepted order of service work is not cancelled, or False."""
        self.ensure_one()
        if self.state != "sale" or self._is_diagnosis_fee():
            return False
        sheets = self.sudo().sheet_ids.filtered(
            lambda sheet: (
                sheet.state == "repair"
                or (sheet.state == "ready" and sheet.outcome == "repaired")
            )
        )
        if not sheets:
            return False
        return self.env._(
            "%(sheet)s is repaired under %(order)s, which was accepted. Cancel the "
            "sheet or mark it as unrepairable, or set what is not wanted on the order "
            "to 0.",
            sheet=sheets[0].name,
            order=self.name,
        )

    def _superseded_message(self):
        self.ensure_one()
        return self.env._(
            "%(order)s was replaced by %(successor)s: the customer decides on that "
            "one.",
            order=self.name,
            successor=self.superseded_by_id.name,
        )

    def _record_decision(self, decision, decided_by=None, channel=None, date=None):
        """Keep who decided on these quotations, how and when, and tell the sheets.

        :param str decision: ``accepted`` or ``refused``
        :param str decided_by: a person's name; the signature's, or the customer's
        :param str channel: one of ``DECISION_CHANNELS``; a user who says nothing has
            the customer before them
        """
        user = self.env.user
        is_ours = user._is_internal() and user.id != SUPERUSER_ID
        for order in self:
            order.write(
                {
                    "service_decision": decision,
                    "service_decided_by": decided_by
                    or order.signed_by
                    or order.partner_id.name,
                    "service_decision_channel": channel
                    or ("counter" if is_ours else "online"),
                    "service_decision_date": date or fields.Datetime.now(),
                    "service_decision_user_id": user.id if is_ours else False,
                }
            )
        if self:
            self._post_decision()
            expired = self.filtered("service_expired_validity")
            if expired:
                expired.sheet_ids.activity_unlink([EXPIRED_ACTIVITY])

    def _post_decision(self):
        """Say on these orders and on their sheets who decided, in one go."""
        messages = {order: order._decision_message() for order in self}
        self._message_log_batch(
            bodies={order.id: body for order, body in messages.items()}
        )
        by_sheet = defaultdict(list)
        for order, body in messages.items():
            for sheet in order.sheet_ids:
                by_sheet[sheet.id].append(body)
        self.sheet_ids._message_log_batch(
            bodies={
                sheet_id: Markup("<br/>").join(bodies)
                for sheet_id, bodies in by_sheet.items()
            }
        )

    def _record_refusal(self):
        """Record for these orders, which are being cancelled, what it means.

        Cancelled while its sheet waits for it, a quotation is refused; during the
        repair that is only what was not accepted yet.
        """
        waiting = set(STEPS["refuse"].sources)
        self.filtered(
            lambda order: (
                order.state != "cancel"
                and set(order.sheet_ids.mapped("state"))
                & (waiting if order.state == "sale" else waiting | {"repair"})
            )
        )._complete_decision("refused")

    def _complete_decision(self, decision):
        """Record ``decision`` for the orders on which nobody recorded it before."""
        self.filtered(
            lambda order: (
                order.service_decision != decision and order._has_service_to_decide()
            )
        )._record_decision(decision)

    def _get_refusal_fee(self):
        """Return what refusing this quotation costs its customer, as text."""
        self.ensure_one()
        # The customer who reads it online has no rights on sheets.
        order_sudo = self.sudo()
        if not order_sudo._has_service_to_decide():
            return ""
        return order_sudo.sheet_ids._get_refusal_fee()

    def _clear_decision(self):
        self._write_by_step(
            {
                "service_decision": False,
                "service_decided_by": False,
                "service_decision_channel": False,
                "service_decision_date": False,
                "service_decision_user_id": False,
            }
        )

    def _decision_message(self):
        """Return the sentence about the customer's decision, for the chatter."""
        self.ensure_one()
        if self.service_decision == "accepted":
            sentence = self.env._("%(order)s accepted by %(person)s (%(channel)s).")
        else:
            sentence = self.env._("%(order)s refused by %(person)s (%(channel)s).")
        channels = self._fields["service_decision_channel"]
        labels = dict(channels._description_selection(self.env))
        return sentence % {
            "order": self.name,
            "person": self.service_decided_by,
            "channel": labels[self.service_decision_channel].lower(),
        }

    def _get_superseded_by(self, successor):
        """Return which of these orders ``successor``, with the same lines, replaces."""
        return self.filtered(
            lambda order: (
                order.partner_id == successor.partner_id
                and order.service_decision != "refused"
                and not order.superseded_by_id
            )
        )

    def _supersede(self, successor):
        """Say on these withdrawn quotations, and on ``successor``, what took whose
        place."""
        for order in self:
            order.superseded_by_id = successor
            order.message_post(body=order._superseded_message())
            successor.message_post(
                body=self.env._("Replaces %(order)s.", order=order.name)
            )

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ..models.quotation.sale_order_decision import DECISION_CHANNELS


class Decision(models.TransientModel):
    """Records what a customer decided at the counter, by phone or by mail."""

    _name = "workmanager.decision"
    _description = "Customer's Decision"

    sheet_ids = fields.Many2many("workmanager.sheet", string="Service Sheets")
    decision = fields.Selection(
        [("accepted", "Accepted"), ("refused", "Refused")], required=True
    )
    decided_by = fields.Char(
        string="Who Decided",
        compute="_compute_decided_by",
        store=True,
        readonly=False,
        required=True,
    )
    channel = fields.Selection(
        [channel for channel in DECISION_CHANNELS if channel[0] != "online"],
        string="How",
        required=True,
        default="counter",
    )
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    note = fields.Text(help="Goes into the history of the sheet.")
    offer = fields.Char(string="Quotation", compute="_compute_offer")
    fee = fields.Char(string="Diagnosis Fee", compute="_compute_fee")
    is_expired = fields.Boolean(compute="_compute_is_expired")
    with_expired = fields.Boolean(
        string="We stand by the expired offer",
        help="Accept the quotation at its prices although its validity has ended.",
    )

    @api.depends("sheet_ids")
    def _compute_decided_by(self):
        for wizard in self:
            wizard.decided_by = wizard.sheet_ids.partner_id[:1].name

    @api.depends("sheet_ids")
    def _compute_offer(self):
        """Name what is decided on, with its total: the customer may ask once more."""
        for wizard in self:
            orders_sudo = wizard.sheet_ids._get_undecided_orders()
            wizard.offer = "; ".join(
                f"{order.name}, "
                + formatLang(
                    self.env, order.amount_total, currency_obj=order.currency_id
                )
                for order in orders_sudo
            )

    @api.depends("sheet_ids", "decision")
    def _compute_fee(self):
        for wizard in self:
            refused = wizard.decision == "refused"
            wizard.fee = refused and wizard.sheet_ids._get_refusal_fee()

    @api.depends("sheet_ids")
    def _compute_is_expired(self):
        for wizard in self:
            wizard.is_expired = any(wizard.sheet_ids.mapped("is_quotation_expired"))

    def action_apply(self):
        """Record the decision, and do what follows from it.

        :raises UserError: it lies in the future, or somebody else recorded one in the
            meantime
        """
        self.ensure_one()
        # The clock of a counter may run a little ahead of the server's.
        if self.date > fields.Datetime.now() + timedelta(minutes=5):
            raise UserError(
                self.env._("Say when the customer decided: it cannot be in the future.")
            )
        sheets = self.sheet_ids._lock()
        record = {
            "decided_by": self.decided_by,
            "channel": self.channel,
            "date": self.date,
        }
        if self.decision == "accepted":
            sheets._accept_quotations(with_expired=self.with_expired, **record)
        else:
            sheets._refuse_quotations(**record)
        if self.note:
            for sheet in sheets:
                sheet.message_post(body=self.note)
        return {"type": "ir.actions.act_window_close"}

from odoo import api, fields, models
from odoo.tools import formatLang


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = [
        "account.move",
        "workmanager.sheets.mixin",
        "workmanager.sealed.mixin",
    ]

    service_reference = fields.Char(
        string="Service Sheet",
        readonly=True,
        copy=False,
        help="The sheets whose work is invoiced, or the month of the claims.",
    )

    @api.depends("invoice_line_ids.sale_line_ids.order_id.sheet_ids")
    def _compute_sheet_ids(self):
        for move in self:
            lines = move.invoice_line_ids.sale_line_ids
            advances = lines.filtered("is_downpayment").order_id
            move.sheet_ids = (lines | advances.order_line).sheet_line_ids.sheet_id
            move.sheet_count = len(move.sheet_ids)

    def _search_sheet_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        lines = "invoice_line_ids.sale_line_ids"
        return [
            "|",
            (f"{lines}.sheet_line_ids.sheet_id", "in", value),
            (f"{lines}.order_id.order_line.sheet_line_ids.sheet_id", "in", value),
        ]

    def _is_negative_invoice(self):
        """Whether this is an invoice of work that came out negative, and is a credit
        note therefore: a larger down payment, or less was done than was invoiced.

        What a person credits reverses an invoice, and takes back no work.
        """
        self.ensure_one()
        return self.move_type == "out_refund" and not self.reversed_entry_id

    def _get_amount_due_message(self):
        """Return the number, and what is left to pay where a part is paid."""
        self.ensure_one()
        if self.payment_state != "partial":
            return self.name
        return self.env._(
            "%(invoice)s, %(amount)s left to pay",
            invoice=self.name,
            amount=formatLang(
                self.env, self.amount_residual, currency_obj=self.currency_id
            ),
        )

    def _get_service_reference(self):
        """Return the sheets and work statements that the printed invoice names."""
        self.ensure_one()
        sheets_sudo = self.sudo().sheet_ids.sorted("id")  # the customer prints it too
        if len(sheets_sudo) > 3:
            return self.service_reference
        return ", ".join(
            f"{sheet.name} ({sheet.statement_number})"
            if sheet.statement_number
            else sheet.name
            for sheet in sheets_sudo
        )

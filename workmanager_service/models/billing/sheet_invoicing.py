from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..service.states import DONE_STATES

CLAIM_STATES = [
    ("open", "Work Not Finished"),
    ("to_invoice", "To Invoice"),
    ("invoiced", "Invoiced"),
    ("paid", "Paid"),
    ("refused", "Cancelled or Credited"),
]


class Sheet(models.Model):
    """The invoices of a sheet: what is billed once, what is claimed from the
    manufacturer, and what is paid."""

    _inherit = "workmanager.sheet"

    invoice_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        compute="_compute_invoice_ids",
        compute_sudo=True,
    )
    invoice_count = fields.Integer(compute="_compute_invoice_ids", compute_sudo=True)
    is_to_invoice = fields.Boolean(compute="_compute_is_to_invoice", compute_sudo=True)
    is_credited = fields.Boolean(
        compute="_compute_is_credited",
        compute_sudo=True,
        help="What was credited is not invoiced again by itself.",
    )

    claim_order_ids = fields.Many2many(
        "sale.order",
        string="Claims",
        compute="_compute_claim_order_ids",
        compute_sudo=True,
    )
    claim_state = fields.Selection(
        CLAIM_STATES,
        string="Claim",
        compute="_compute_claim_state",
        search="_search_claim_state",
        compute_sudo=True,
    )

    # ---------------------------------------------------------------- COMPUTE

    @api.depends("line_ids.sale_line_id.order_id.order_line.invoice_lines.move_id")
    def _compute_invoice_ids(self):
        for sheet in self:
            owners = sheet.sale_order_ids._get_line_sheets()
            billed = sheet.line_ids.sale_line_id.union(
                *(
                    line
                    for line, owner in owners.items()
                    if owner == sheet or line.is_downpayment
                )
            )
            sheet.invoice_ids = billed.invoice_lines.move_id
            sheet.invoice_count = len(sheet.invoice_ids)

    @api.depends("state", "line_ids.sale_line_id.order_id.order_line.qty_to_invoice")
    def _compute_is_to_invoice(self):
        for sheet in self:
            is_over = sheet.state in DONE_STATES
            sheet.is_to_invoice = is_over and bool(sheet._get_orders_to_invoice())

    @api.depends(
        "state",
        "line_ids.sale_line_id.invoice_lines.move_id.state",
        "line_ids.sale_line_id.qty_reinvoiced",
    )
    def _compute_is_credited(self):
        for sheet in self:
            is_over = sheet.state in DONE_STATES
            sheet.is_credited = is_over and bool(sheet._get_credited_order_lines())

    # Not by any state: records that depend on the state of orders and invoices make
    # Odoo look at all that depends on them twice for each change of it.
    @api.depends("line_ids.sale_line_id.order_id.is_service_claim")
    def _compute_claim_order_ids(self):
        for sheet in self:
            sheet.claim_order_ids = sheet.sale_order_ids.filtered("is_service_claim")

    @api.depends(
        "claim_order_ids",
        "state",
        "line_ids.sale_line_id.order_id.invoice_status",
        "line_ids.sale_line_id.order_id.state",
        "line_ids.sale_line_id.invoice_lines.move_id.payment_state",
    )
    def _compute_claim_state(self):
        for sheet in self:
            sheet.claim_state = sheet._get_claim_state(sheet.claim_order_ids)

    def _search_claim_state(self, operator, value):
        """Find sheets by how far their claims are: only they are computed."""
        if operator != "in":
            return NotImplemented
        with_claim = [("line_ids.sale_line_id.order_id.is_service_claim", "=", True)]
        claimed_sudo = self.sudo().search(with_claim)
        found = claimed_sudo.filtered(lambda sheet: sheet.claim_state in value)
        domain = Domain("id", "in", found.ids)
        if False in value:
            domain |= Domain("id", "not in", claimed_sudo.ids)
        return domain

    @api.model
    def _get_claim_state(self, claims):
        """Return how far the claims of a sheet are, False where there is none."""
        if not claims:
            return False
        live = claims.filtered(lambda order: order.state != "cancel")
        moves = live.order_line.invoice_lines.move_id.filtered(
            lambda move: move.move_type == "out_invoice" and move.state != "cancel"
        )
        if "to invoice" in live.mapped("invoice_status"):
            return "to_invoice"
        if not live or (moves and set(moves.mapped("payment_state")) == {"reversed"}):
            return "refused"
        if not moves:
            return "open"
        paid = all(
            move.payment_state in ("paid", "in_payment", "reversed") for move in moves
        )
        return "paid" if paid else "invoiced"

    # ----------------------------------------------------------------- ACTION

    def action_create_invoice(self):
        """Create the invoices of what was done, one for each sheet, and open them.

        With ``service_one_invoice`` in the context, each customer gets one invoice.
        What is invoiced already is not invoiced again: the invoices open instead.
        Claims that the company gathers by month wait for that.

        :raises UserError: the work is not finished, or there is nothing to invoice
        """
        self._lock()
        self.env["sale.order"].check_access("write")
        self._ensure_step("invoice")
        orders_sudo = self._get_orders_to_invoice()
        if orders_sudo:
            if self.env.context.get("service_one_invoice"):
                orders_sudo._create_invoices(final=True)
            else:
                orders_sudo._create_service_invoices()
            self.invalidate_recordset(["invoice_ids"])
        elif not self.invoice_ids:
            raise UserError(
                self.env._(
                    "%(sheet)s has nothing to invoice: no accepted part or work is "
                    "marked as done, or nobody has to pay for it.",
                    sheet=self[:1].name,
                )
            )
        return self.action_view_invoices()

    def action_invoice_again(self):
        """Invoice what was invoiced and then credited.

        :raises UserError: nothing was credited
        """
        self._lock()
        self.env["sale.order"].check_access("write")
        lines_sudo = self._get_credited_order_lines()
        if not lines_sudo:
            raise UserError(
                self.env._(
                    "Nothing of %(sheet)s was credited: there is nothing to invoice "
                    "again.",
                    sheet=self[:1].name,
                )
            )
        for line in lines_sudo:
            line.qty_reinvoiced = line._get_invoiced_and_credited()[1]
        return self.action_create_invoice()

    def action_view_invoices(self):
        """Open the invoices of these sheets."""
        self.check_access("read")
        return self.invoice_ids._get_records_action(name=self.env._("Invoices"))

    def action_view_claims(self):
        """Open the claims to the manufacturers of these sheets."""
        self.check_access("read")
        orders = self.claim_order_ids._filtered_access("read")
        return orders._get_records_action(name=self.env._("Claims"))

    # --------------------------------------------------------------- BUSINESS

    def _get_orders_to_invoice(self):
        """Return, as superuser, the orders that :meth:`action_create_invoice` takes."""
        return self.sudo().sale_order_ids.filtered(
            lambda order: (
                order._has_more_to_bill()
                and not (
                    order.is_service_claim
                    and order.company_id.service_claim_invoicing == "monthly"
                )
            )
        )

    def _get_credited_order_lines(self):
        """Return, as superuser, what was credited and is not invoiced again."""
        return self.sudo().sale_order_ids.order_line.filtered(
            lambda line: line._is_credited()
        )

    def _get_customer_invoices(self):
        """Return, as superuser, the customer's invoices that count."""
        claims_sudo = self.sudo().sale_order_ids.filtered("is_service_claim")
        return self.sudo().invoice_ids.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.state != "cancel"
                and not move.invoice_line_ids.sale_line_ids.order_id <= claims_sudo
            )
        )

    def _is_invoiced(self):
        """Whether all that the customer pays is on posted invoices."""
        self.ensure_one()
        return not any(
            move.state == "draft" for move in self._get_customer_invoices()
        ) and not any(
            order._has_more_to_bill()
            for order in self.sudo().sale_order_ids
            if not order.is_service_claim
        )

    def _is_paid(self):
        """Whether the customer paid every posted invoice of the sheet."""
        self.ensure_one()
        invoices_sudo = self._get_customer_invoices() - self._get_idle_down_payments()
        return all(
            move.payment_state in ("paid", "in_payment", "reversed")
            for move in invoices_sudo
            if move.state == "posted"
        )

    def _get_idle_down_payments(self):
        """Return, as superuser, the down payments whose order was cancelled since."""
        return self._get_customer_invoices().filtered(
            lambda move: (
                move._is_downpayment()
                and move.state == "posted"
                and move.payment_state != "reversed"
                and set(move.line_ids.sale_line_ids.mapped("state")) == {"cancel"}
            )
        )

    def _get_handover_warning(self):
        """Return what the counter should know before it gives something away.

        :return: text, or False
        """
        self.ensure_one()
        warnings = (self._get_bad_checks_warning(), self._get_money_warning())
        return "\n".join(filter(None, warnings)) or False

    def _get_bad_checks_warning(self):
        self.ensure_one()
        if self.outcome == "repaired" and self.bad_final_check_count:
            return self.env._(
                "%(sheet)s: %(count)s of the final checks failed.",
                sheet=self.name,
                count=self.bad_final_check_count,
            )
        return False

    def _get_money_warning(self):
        self.ensure_one()
        if idle_sudo := self._get_idle_down_payments():
            return self.env._(
                "%(sheet)s: the down payment %(invoice)s has to be given back, as its "
                "order is cancelled.",
                sheet=self.name,
                invoice=", ".join(idle_sudo.mapped("name")),
            )
        if not self._is_invoiced():
            return self.env._("%s is not invoiced yet.", self.name)
        unpaid_sudo = self._get_customer_invoices().filtered(
            lambda move: (
                move.state == "posted" and move.payment_state in ("not_paid", "partial")
            )
        )
        if unpaid_sudo:
            return self.env._(
                "%(sheet)s is not paid yet: %(invoice)s.",
                sheet=self.name,
                invoice=", ".join(
                    move._get_amount_due_message() for move in unpaid_sudo
                ),
            )
        return False

    def _is_customer_invoice(self, move):
        self.ensure_one()
        return move.commercial_partner_id == self.partner_id.commercial_partner_id

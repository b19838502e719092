from collections import defaultdict

from markupsafe import escape

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..service.states import DONE_STATES


class SaleOrder(models.Model):
    """How orders of service work are invoiced: each sheet, and each month's claims."""

    _inherit = "sale.order"

    def action_invoice_claims(self):
        """Create the claim invoices of these orders, and open them.

        They are gathered by manufacturer and month where the company wants it.

        :raises UserError: none of the orders is a claim that waits for its invoice
        """
        self.check_access("write")  # a manufacturer may read its claims, on the portal
        self.sudo().sheet_ids._lock()
        claims = self.filtered(lambda o: o.is_service_claim and o._has_more_to_bill())
        if not claims:
            raise UserError(
                self.env._(
                    "There is no claim to invoice here: a claim is invoiced once its "
                    "repair is finished, and only once."
                )
            )
        moves = claims._create_service_invoices()
        return moves._get_records_action(name=self.env._("Claim Invoices"))

    @api.model
    def _cron_invoice_claims(self):
        """Create the claim invoices of the months that are over, as drafts."""
        today = fields.Date.context_today(self)
        companies = self.env["res.company"].search(
            [
                ("service_claim_invoicing", "=", "monthly"),
                ("service_claim_auto", "=", True),
            ]
        )
        claims = self.search(
            [
                ("company_id", "in", companies.ids),
                ("is_service_claim", "=", True),
                ("invoice_status", "=", "to invoice"),
                ("service_date", "<", today.replace(day=1)),
            ]
        ).filtered(lambda order: order._has_more_to_bill())
        for group in claims._group_for_invoices():
            group._create_claim_invoice_or_report()

    def _create_claim_invoice_or_report(self):
        """Invoice these claims together; what stops that waits for its salesperson and
        holds no other claim back."""
        try:
            with self.env.cr.savepoint():
                self._create_service_invoices()
        except (UserError, ValidationError) as error:
            self._report_claim_failure(error)

    def _report_claim_failure(self, error):
        """Tell whoever sells, once, why these claims could not be invoiced."""
        claim, summary = self[0], self.env._("Claim Not Invoiced")
        if summary in claim.activity_ids.mapped("summary"):
            return
        seller = claim.company_id._get_responsible(
            claim.user_id | claim.sheet_ids.received_by_id
        )
        note = self.env._(
            "No invoice could be made of this claim: %s Mend that, and create the "
            "invoice yourself or wait for the next night.",
            error.args[0],
        )
        claim.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=summary,
            note=escape(note),
            user_id=seller.id,
        )

    def _prepare_invoice(self):
        return {
            **super()._prepare_invoice(),
            "service_reference": self._get_service_reference(),
        }

    def _get_invoice_grouping_keys(self):
        """Invoice each sheet, and each month's claims, on an invoice of its own, where
        that is asked for: people who gather orders in Sales get what they chose."""
        keys = super()._get_invoice_grouping_keys()
        if self.env.context.get("invoice_each_sheet"):
            keys = [*keys, "service_reference"]
        return keys

    def _get_invoiceable_lines(self, final=False):
        """Leave out what the customer does not see, whoever invoices: Odoo itself does,
        after an online payment."""
        lines = super()._get_invoiceable_lines(final=final)
        return lines.filtered(lambda line: not line.is_internal)

    def _create_account_invoices(self, invoice_vals_list, final):
        """Name on each invoice all that was gathered on it."""
        for values in invoice_vals_list:
            lines = self.env["sale.order.line"].browse(
                command[1]
                for _code, _id, line in values["invoice_line_ids"]
                for command in line.get("sale_line_ids", [])
            )
            references = [order._get_service_reference() for order in lines.order_id]
            names = dict.fromkeys(filter(None, references))
            values["service_reference"] = ", ".join(names) or False
        return super()._create_account_invoices(invoice_vals_list, final)

    def _get_service_reference(self):
        """Return what the invoice is for: the sheets, or the claims of a month."""
        self.ensure_one()
        sheets_sudo = self.sudo().sheet_ids  # who invoices needs no rights on sheets
        if (
            self.is_service_claim
            and self.company_id.sudo().service_claim_invoicing == "monthly"
        ):
            day = self.service_date or fields.Date.context_today(self)
            return self.env._("Claims %s", f"{day:%Y-%m}")
        return ", ".join(sheets_sudo.sorted("id").mapped("name"))

    def _has_more_to_bill(self):
        """Whether an invoice would have anything on it that is not free.

        That is also a down payment of which nothing was used in the end.
        """
        self.ensure_one()
        if self.state != "sale":
            return False
        lines = self.order_line.filtered(
            lambda line: (
                not line.display_type and not line._is_nothing(line.qty_to_invoice)
            )
        )
        advances = lines.filtered("is_downpayment")
        sheets_sudo = self.sudo().sheet_ids
        return any(
            not line.currency_id.is_zero(line.price_total) for line in lines - advances
        ) or (
            bool(advances) and all(sheet.state in DONE_STATES for sheet in sheets_sudo)
        )

    def _create_service_invoices(self):
        """Create an invoice for each sheet, or each month's claims, of these orders."""
        return self.with_context(invoice_each_sheet=True)._create_invoices(final=True)

    def _group_for_invoices(self):
        """Return these orders as :meth:`_create_service_invoices` groups them."""
        keys = self.with_context(invoice_each_sheet=True)._get_invoice_grouping_keys()

        def get_key(order):
            values = order._prepare_invoice()
            return tuple(values.get(key) for key in keys)

        return list(self.grouped(get_key).values())

    def _get_line_sheets(self):
        """Return {order line: sheet}.

        What people added to an order is for the sheet of the line above it.
        """
        owners = {}
        for order in self:
            above = order.sheet_ids[:1]
            for line in order.order_line:
                above = line.sheet_line_ids[:1].sheet_id or above
                owners[line] = above
        return owners

    def _get_work_invoices(self):
        """Return the invoices of what was done, without those that were credited and
        replaced by another one."""
        moves = self.order_line.invoice_lines.move_id.filtered(
            lambda move: (
                move.state != "cancel"
                and not move._is_downpayment()
                and (move.move_type == "out_invoice" or move._is_negative_invoice())
            )
        )
        lines = {
            move: move.invoice_line_ids.sale_line_ids.filtered(
                lambda line: not line.is_downpayment
            )
            for move in moves
        }
        replaced = moves.filtered(
            lambda move: (
                any(credit.state != "cancel" for credit in move.reversal_move_ids)
                and any(
                    other.id > move.id and lines[other] & lines[move] for other in moves
                )
            )
        )
        return (moves - replaced).sorted("id")

    def _prepare_early_discount_lines(self, base_lines):
        """Return what Odoo adds to an invoice for the taxes of an early payment.

        :param list base_lines: what is invoiced, with unrounded tax details
        """
        term = self[:1].payment_term_id
        if not (
            term.early_discount
            and term.early_pay_discount_computation == "mixed"
            and term.discount_percentage
        ):
            return []
        amounts = self._get_early_discounts(base_lines, term.discount_percentage)
        return [
            self.env["account.tax"]._prepare_base_line_for_taxes_computation(
                self[:1],
                price_unit=amount,
                quantity=1.0,
                tax_ids=taxes,
                currency_id=self.currency_id,
                special_mode="total_excluded",
                special_type="early_payment",
                rate=self[:1].currency_rate,
            )
            for (_account, taxes), amount in amounts.items()
        ]

    def _get_early_discounts(self, base_lines, percentage):
        """Return {(income account, taxes): amount} of a discount for early payment."""
        amounts = defaultdict(float)
        for line in base_lines:
            if not line["tax_ids"]:
                continue
            taxes = line["tax_ids"].filtered(lambda tax: tax.amount_type != "fixed")
            product = line["product_id"].with_company(self.company_id)
            account = product.product_tmpl_id.get_product_accounts()["income"]
            details = line["tax_details"]
            total = self.currency_id.round(details["raw_total_excluded_currency"])
            amount = self.currency_id.round(total * percentage / 100)
            amounts[account, taxes] -= amount
            amounts[account, taxes.browse()] += amount
        return amounts

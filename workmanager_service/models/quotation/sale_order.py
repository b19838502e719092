from collections import defaultdict

from markupsafe import escape

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..service.states import DONE_STATES

USUAL_TEMPLATE = "sale.email_template_edi_sale"
SERVICE_TEMPLATE = "workmanager_service.mail_template_quotation"


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = [
        "sale.order",
        "workmanager.sheets.mixin",
        "workmanager.sealed.mixin",
    ]

    is_service_claim = fields.Boolean(
        string="Claim to a Manufacturer",
        compute="_compute_is_service_claim",
        store=True,
        compute_sudo=True,
    )
    service_date = fields.Date(
        string="Work Finished On",
        compute="_compute_service_date",
        store=True,
        compute_sudo=True,
        help="When the last of the sheets that the order serves was finished.",
    )
    service_equipment = fields.Char(
        string="Equipment", compute="_compute_service_equipment", compute_sudo=True
    )

    @api.depends("order_line.sheet_line_ids.sheet_id")
    def _compute_sheet_ids(self):
        for order in self:
            order.sheet_ids = order.order_line.sheet_line_ids.sheet_id
            order.sheet_count = len(order.sheet_ids)

    @api.depends(
        "order_line.sheet_line_ids.coverage", "order_line.sheet_line_ids.is_internal"
    )
    def _compute_is_service_claim(self):
        """What is internal is claimed from nobody, whatever covers it."""
        for order in self:
            lines = order.order_line.sheet_line_ids
            billed = lines.filtered(lambda line: not line.is_internal)
            order.is_service_claim = set(billed.mapped("coverage")) == {"warranty"}

    @api.depends("order_line.sheet_line_ids.sheet_id.ready_date")
    def _compute_service_date(self):
        for order in self:
            dates = order.sheet_ids.filtered("ready_date").mapped("ready_date")
            order.service_date = dates and fields.Date.context_today(order, max(dates))

    @api.depends("sheet_ids.equipment_id")
    def _compute_service_equipment(self):
        for order in self:
            order.service_equipment = ", ".join(
                equipment.display_name for equipment in order.sheet_ids.equipment_id
            )

    def _search_sheet_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("order_line.sheet_line_ids.sheet_id", "in", value)]

    def _find_mail_template(self):
        """A quotation of service work says for which equipment it is."""
        template = super()._find_mail_template()
        usual = self.env.ref(USUAL_TEMPLATE, raise_if_not_found=False)
        # Who sends a quotation need not have rights on sheets.
        if template == usual and self.sudo()._has_service_to_decide():
            ours = self.env.ref(SERVICE_TEMPLATE, raise_if_not_found=False)
            return ours or template
        return template

    def action_quotation_sent(self):
        """Tell the customer of a service that the offer is there: no e-mail did."""
        res = super().action_quotation_sent()
        # Who sends a quotation need not have rights on sheets.
        if sheets_sudo := self.sudo().sheet_ids:
            sheets_sudo._on_offer_released(self.sudo())
        return res

    def _action_confirm(self):
        res = super()._action_confirm()
        # The customer who accepts online has no rights on sheets.
        orders_sudo = self.sudo().filtered(lambda o: not o._is_diagnosis_fee())
        if sheets_sudo := orders_sudo.sheet_ids:
            sheets_sudo._on_order_confirmed()
        return res

    def _action_cancel(self):
        res = super()._action_cancel()
        if sheets_sudo := self.sudo().sheet_ids:
            sheets_sudo._on_order_cancelled()
        return res

    # ---------------------------------------------------------------- BILLING

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
        seller = claim.user_id or claim.sheet_ids[:1]._get_quotation_responsible()
        note = self.env._(
            "No invoice could be made of this claim: %s Mend that, and create the "
            "invoice yourself or wait for the next night.",
            error.args[0],
        )
        claim.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=summary,
            note=escape(note),
            user_id=(seller or self.env.user).id,
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

    def _get_billed_orders(self):
        """Return the orders of which something is on an invoice."""
        if not self.ids:
            return self.browse()
        self.env["account.move.line"].flush_model(["sale_line_ids"])
        self.env["sale.order.line"].flush_model(["order_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT line.order_id FROM sale_order_line line
                     JOIN sale_order_line_invoice_rel billed
                       ON billed.order_line_id = line.id
                    WHERE line.order_id IN %s""",
                tuple(self.ids),
            )
        )
        return self.browse(order_id for (order_id,) in rows)

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
        tax_model, currency = self.env["account.tax"], self.currency_id
        amounts = defaultdict(float)
        for line in base_lines:
            if not line["tax_ids"]:
                continue
            taxes = line["tax_ids"].filtered(lambda tax: tax.amount_type != "fixed")
            product = line["product_id"].with_company(self.company_id)
            account = product.product_tmpl_id.get_product_accounts()["income"]
            total = currency.round(line["tax_details"]["raw_total_excluded_currency"])
            amount = currency.round(total * term.discount_percentage / 100)
            amounts[account, taxes] -= amount
            amounts[account, taxes.browse()] += amount
        return [
            tax_model._prepare_base_line_for_taxes_computation(
                self[:1],
                price_unit=amount,
                quantity=1.0,
                tax_ids=taxes,
                currency_id=currency,
                special_mode="total_excluded",
                special_type="early_payment",
                rate=self[:1].currency_rate,
            )
            for (_account, taxes), amount in amounts.items()
        ]

    def _has_service_to_decide(self):
        """Whether the order asks the customer for a decision on service work.

        What the manufacturer's warranty or goodwill covers needs none, and neither
        does what the customer is not charged for.
        """
        self.ensure_one()
        return any(line._needs_decision() for line in self.order_line.sheet_line_ids)

    def _is_diagnosis_fee(self):
        """Whether the order does nothing but charge the fee for a diagnosis, or take
        it back."""
        self.ensure_one()
        lines = self.order_line.sheet_line_ids
        return bool(lines) and all(lines.mapped("fee"))

    def _is_charged_fee(self):
        """Whether the order does nothing but charge the fee for a diagnosis."""
        self.ensure_one()
        return set(self.order_line.sheet_line_ids.mapped("fee")) == {"charged"}

    # -------------------------------------------------------------- DOCUMENTS

    def _get_order_lines_to_report(self):
        """Leave internal lines out of the PDF and of the portal page."""
        lines = super()._get_order_lines_to_report()
        if not any(lines.mapped("is_internal")):
            return lines
        return lines.filtered(lambda line: line._is_shown_to_customer())

    def _filter_product_documents(self, documents):
        """Leave out the documents of products that the customer does not see."""
        shown = self.order_line.filtered(lambda line: not line.is_internal).product_id
        hidden = self.order_line.product_id - shown
        return super()._filter_product_documents(
            documents.filtered(
                lambda document: (
                    not (
                        (
                            document.res_model == "product.product"
                            and document.res_id in hidden.ids
                        )
                        or (
                            document.res_model == "product.template"
                            and document.res_id
                            in (hidden.product_tmpl_id - shown.product_tmpl_id).ids
                        )
                    )
                )
            )
        )

    def _get_service_reports(self):
        """Return what the order's document says about each equipment, as superuser:
        who prints or receives the order need have no rights on sheets.

        :return: a list of dicts with ``sheet``, ``findings`` (see
            ``workmanager.evaluation._get_findings``), ``conclusion`` and
            ``covered`` (sheet lines that somebody else pays for)
        """
        self.ensure_one()
        lang = self.partner_id.lang or self.env.lang
        sheets_sudo = self.sudo().with_context(lang=lang).sheet_ids
        return [
            {
                "sheet": sheet,
                "findings": evaluation._get_findings() if evaluation else [],
                "conclusion": evaluation.conclusion,
                "covered": sheet._get_lines_covered_beside(self),
            }
            for sheet in sheets_sudo.sorted("id")
            for evaluation in [sheet._get_evaluation_behind(self)]
        ]

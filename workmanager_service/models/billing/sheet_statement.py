from collections import defaultdict
from dataclasses import dataclass, field

from odoo import api, fields, models

from ..service.states import DONE_STATES


@dataclass
class Bill:
    """What one invoice bills, be it there already or still to come.

    ``lines`` are base lines of Odoo's tax engine, with their details rounded as the
    invoice has them; ``sheets`` holds the sheet of each, which can be none.
    """

    currency: models.BaseModel
    lines: list = field(default_factory=list)
    sheets: list = field(default_factory=list)


class Sheet(models.Model):
    """The work statement: what was used and done, in the amounts of the invoice."""

    _inherit = "workmanager.sheet"

    statement_number = fields.Char(
        string="Work Statement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Given once, when the work ends.",
    )
    statement_user_id = fields.Many2one(
        "res.users", string="Finished By", readonly=True, copy=False
    )

    _statement_number_uniq = models.UniqueIndex(
        "(company_id, statement_number) WHERE statement_number IS NOT NULL",
        "This number of a work statement is already in use.",
    )

    def _number_statements(self):
        """Date, sign and number the statements; one without any work has no number.

        The number is given once, whatever happens to the sheet later.
        """
        user = self.env.user
        # A customer who refuses online draws up nothing, nor does OdooBot.
        is_ours = user._is_internal() and not user._is_superuser()
        for sheet in self:
            values = {"statement_user_id": (user if is_ours else sheet.user_id).id}
            if not sheet.statement_number and sheet._get_lines_done():
                values["statement_number"] = (
                    self.env["ir.sequence"]
                    .sudo()  # technicians finish repairs
                    .with_company(sheet.company_id)
                    .next_by_code(
                        "workmanager.statement",
                        sequence_date=sheet.company_id._get_day(),
                    )
                )
            sheet._write_by_step(values)

    # ------------------------------------------------------------------ PRINT

    def _get_work_statement_values(self):
        """Return what the work statement prints: what was done, and what it costs.

        What is invoiced already is shown as the invoice has it, the rest as Odoo
        will invoice it: the totals thus equal those of the invoices to the cent.
        What the manufacturer's warranty pays costs the customer nothing and has no
        price here.

        :return: a list with a dict for each currency, one as a rule:

            * ``currency``: ``res.currency``
            * ``groups``: dicts with ``name`` (parts, work), ``lines`` and ``amount``
              (without taxes); a line has ``name``, ``quantity``, ``uom``,
              ``price_unit`` (None when the manufacturer pays), ``discount``,
              ``taxes`` (labels), ``amount`` (without taxes) and ``covered`` (who
              pays instead of the customer, or False)
            * ``has_discount``, ``has_taxes``: whether the columns have any content
            * ``tax_totals``: what ``sale.document_tax_totals`` renders
            * ``down_payment``, ``due``: what was invoiced before, and what is left
        """
        # Technicians print the statement and have no rights on sales and invoices.
        return self.sudo()._prepare_statement_tables()

    def _prepare_statement_tables(self):
        """Return the tables of :meth:`_get_work_statement_values`, as superuser."""
        self.ensure_one()
        covered = self._get_lines_done().filtered(
            lambda line: line.coverage == "warranty"
        )
        bills = defaultdict(list)
        for bill in self._get_bills():
            if self in bill.sheets:
                bills[bill.currency].append(bill)
        if covered and not bills:
            bills[self.currency_id] = []
        return [
            self._prepare_statement_table(
                currency, bills[currency], covered if not index else ()
            )
            for index, currency in enumerate(bills)
        ]

    def _prepare_statement_table(self, currency, bills, covered):
        """Return the work statement in one currency.

        :param list bills: the bills that the sheet is on
        :param covered: the lines that the manufacturer pays
        :return: see :meth:`_get_work_statement_values`
        """
        self.ensure_one()
        own = [
            line
            for bill in bills
            for line, sheet in zip(bill.lines, bill.sheets, strict=True)
            if sheet == self and not self._is_advance(line)
        ]
        shown = self._leave_out_taken_back(own)
        rows = [self._prepare_statement_row(x) for x in shown if self._is_item(x)]
        rows += [self._prepare_covered_row(line) for line in covered]
        totals = self._get_bill_totals(own, currency)
        due = currency.round(sum(self._get_bill_due(bill) for bill in bills))
        return {
            "currency": currency,
            "groups": self._group_statement_rows(rows),
            "has_discount": any(row["discount"] for row in rows),
            "has_taxes": "taxes" in self._get_document_setup("statement").blocks
            and any(row["taxes"] for row in rows),
            "tax_totals": totals,
            "down_payment": currency.round(totals["total_amount_currency"] - due),
            "due": due,
        }

    @api.model
    def _leave_out_taken_back(self, base_lines):
        """Return the lines of the bills without those of work that was billed and taken
        back again, as it was not done."""
        quantities = defaultdict(float)
        for line in base_lines:
            quantities[self._get_billed_sale_line(line)] += line["quantity"]
        return [
            line
            for line in base_lines
            if not (sale_line := self._get_billed_sale_line(line))
            or not sale_line._is_nothing(quantities[sale_line])
        ]

    @api.model
    def _group_statement_rows(self, rows):
        """Return the rows of parts and of work, each group with its amount."""
        names = {False: self.env._("Parts"), True: self.env._("Work")}
        groups = (
            (name, [row for row in rows if row["is_work"] is is_work])
            for is_work, name in names.items()
        )
        return [
            {"name": name, "lines": own, "amount": sum(row["amount"] for row in own)}
            for name, own in groups
            if own
        ]

    @api.model
    def _prepare_statement_row(self, base_line):
        """Return the row of the work statement for what a bill has."""
        record = base_line["record"]
        sale_line = self._get_billed_sale_line(base_line)
        coverage = sale_line.sheet_line_ids[:1].coverage
        product = base_line["product_id"]
        return {
            "name": (sale_line or record).name,
            "is_work": not product or product.type == "service",
            "quantity": base_line["quantity"],
            "uom": base_line["product_uom_id"],
            "price_unit": base_line["price_unit"],
            "discount": base_line["discount"],
            "taxes": ", ".join(filter(None, base_line["tax_ids"].mapped("tax_label"))),
            "amount": base_line["tax_details"]["total_excluded_currency"],
            "covered": coverage == "goodwill" and self._get_coverage_label(coverage),
        }

    @api.model
    def _prepare_covered_row(self, line):
        """Return the row of the work statement for what the manufacturer pays."""
        return {
            "name": line.sale_line_id.name,
            "is_work": line.product_id.type == "service",
            "quantity": line.quantity_done,
            "uom": line.product_uom_id,
            "price_unit": None,
            "discount": 0.0,
            "taxes": "",
            "amount": 0.0,
            "covered": self._get_coverage_label("warranty"),
        }

    @api.model
    def _get_coverage_label(self, coverage):
        field_ = self.env["workmanager.sheet.line"]._fields["coverage"]
        return dict(field_._description_selection(self.env))[coverage]

    # ------------------------------------------------------------------ BILLS

    def _get_bills(self):
        """Return the invoices of what was done, and those that are still to come.

        To be called as superuser.

        :rtype: list[Bill]
        """
        self.ensure_one()
        orders = self.sale_order_ids.filtered(
            lambda order: order.state == "sale" and not order.is_service_claim
        )
        return [
            *(self._prepare_bill_of_move(move) for move in orders._get_work_invoices()),
            *self._prepare_coming_bills(orders),
        ]

    def _prepare_bill_of_move(self, move):
        """Return what an invoice bills, as it stands."""
        base_lines, _tax_lines = move._get_rounded_base_and_tax_lines()
        base_lines = self.env["account.tax"]._turn_base_lines_is_refund_flag_off(
            base_lines
        )
        base_lines.sort(key=lambda line: (line["record"].sequence, line["record"].id))
        owners = move.line_ids.sale_line_ids.order_id._get_line_sheets()
        bill = Bill(move.currency_id, base_lines)
        above = next(iter(owners.values()), self.browse())
        for line in base_lines:
            # What was added by hand is for the sheet of the line above it.
            above = owners.get(self._get_billed_sale_line(line), above)
            bill.sheets.append(above)
        return bill

    def _prepare_coming_bills(self, orders):
        """Return what the invoices of ``orders`` that are not there yet will bill."""
        open_orders = orders.filtered(self._get_lines_to_bill)
        return [
            self._prepare_coming_bill(group, self._get_lines_to_bill(group))
            for group in open_orders._group_for_invoices()
        ]

    def _get_lines_to_bill(self, orders):
        """Return (order line, quantity) for all that is still to be invoiced."""
        return [
            (line, quantity)
            for line in orders.order_line.filtered(lambda x: not x.display_type)
            if not line._is_nothing(quantity := self._get_quantity_to_bill(line))
        ]

    def _prepare_coming_bill(self, orders, lines):
        """Return what one invoice for ``orders`` will bill.

        :param list lines: (order line, quantity)
        """
        tax_model, company = self.env["account.tax"], self.company_id
        base_lines = [
            self._prepare_coming_line(line, quantity) for line, quantity in lines
        ]
        tax_model._add_tax_details_in_base_lines(base_lines, company)
        early_lines = orders._prepare_early_discount_lines(base_lines)
        tax_model._add_tax_details_in_base_lines(early_lines, company)
        tax_model._round_base_lines_tax_details(base_lines + early_lines, company)
        owners = orders._get_line_sheets()
        sheets = [owners[line] for line, _quantity in lines]
        return Bill(
            orders.currency_id,
            base_lines + early_lines,
            sheets + sheets[:1] * len(early_lines),
        )

    @api.model
    def _prepare_coming_line(self, line, quantity):
        if not line.is_downpayment:
            return line._prepare_base_line_for_taxes_computation(quantity=quantity)
        # As Odoo's final invoice takes the down payment off.
        return line._prepare_base_line_for_taxes_computation(
            quantity=-1.0,
            extra_tax_data=self.env[
                "account.tax"
            ]._reverse_quantity_base_line_extra_tax_data(line.extra_tax_data),
        )

    def _get_quantity_to_bill(self, line):
        """Return how much of an order line is still to invoice, with what this sheet
        has done taken for finished."""
        self.ensure_one()
        sheet_lines = line.sheet_line_ids
        if line.is_internal or not sheet_lines:
            return line.qty_to_invoice
        return line._get_quantity_left(
            sum(
                sheet_line.quantity_done
                for sheet_line in sheet_lines
                if sheet_line.sheet_id == self
                or sheet_line.sheet_id.state in DONE_STATES
            )
        )

    def _get_bill_due(self, bill):
        """Return the sheet's share of what is left to pay of a bill.

        Down payments, which belong to an order, are shared by its sheets as the rest.
        """
        self.ensure_one()
        lines = defaultdict(list)
        for line, sheet in zip(bill.lines, bill.sheets, strict=True):
            lines[self.browse() if self._is_advance(line) else sheet].append(line)
        totals = {
            sheet: self._get_bill_totals(part, bill.currency)["total_amount_currency"]
            for sheet, part in lines.items()
        }
        advance = totals.pop(self.browse(), 0.0)
        gross, whole = totals.get(self, 0.0), sum(totals.values())
        if bill.currency.is_zero(whole):
            is_first = self == bill.sheets[0]
            return gross + (advance if is_first else 0.0)
        before = sum(total for sheet, total in totals.items() if sheet.id < self.id)
        share = bill.currency.round(advance * (before + gross) / whole)
        return gross + share - bill.currency.round(advance * before / whole)

    @api.model
    def _get_bill_totals(self, base_lines, currency):
        return self.env["account.tax"]._get_tax_totals_summary(
            base_lines, currency, self.company_id
        )

    @api.model
    def _get_billed_sale_line(self, base_line):
        """Return the order line that a bill's line stands for, if any."""
        record = base_line["record"]
        if record._name == "account.move.line":
            return record.sale_line_ids[:1]
        return record if record._name == "sale.order.line" else record.order_line[:0]

    @api.model
    def _is_advance(self, base_line):
        record = base_line["record"]
        return record._name != "sale.order" and record.is_downpayment

    @api.model
    def _is_item(self, base_line):
        """Whether a bill's line is a part or work, and no discount for an early
        payment and the like."""
        return not self._is_advance(base_line) and (
            base_line["special_type"] in (False, "global_discount")
        )

from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class Sheet(models.Model):
    """What a sheet has to do with quotations, orders and invoices."""

    _inherit = "workmanager.sheet"

    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, precompute=True
    )
    sale_order_ids = fields.Many2many(
        "sale.order",
        string="Quotations",
        compute="_compute_sale_order_ids",
        search="_search_sale_order_ids",
        compute_sudo=True,
    )
    sale_order_count = fields.Integer(
        compute="_compute_sale_order_ids", compute_sudo=True
    )
    invoice_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        compute="_compute_invoice_ids",
        compute_sudo=True,
    )
    invoice_count = fields.Integer(compute="_compute_invoice_ids", compute_sudo=True)
    amount_total = fields.Monetary(
        string="Total",
        compute="_compute_amount_total",
        store=True,
        help="What the customer pays, taxes included: the total of the quotations.",
    )
    is_to_invoice = fields.Boolean(compute="_compute_is_to_invoice", compute_sudo=True)
    is_credited = fields.Boolean(
        compute="_compute_is_credited",
        compute_sudo=True,
        help="What was credited is not invoiced again by itself.",
    )
    has_lines_to_quote = fields.Boolean(compute="_compute_has_lines_to_quote")

    @api.depends("partner_id", "company_id")
    def _compute_currency_id(self):
        for sheet in self:
            company = sheet.company_id or self.env.company
            partner_sudo = sheet.partner_id.sudo().with_company(company)
            sheet.currency_id = (
                partner_sudo.property_product_pricelist.currency_id
                or company.currency_id
            )

    @api.depends("line_ids.sale_line_id.order_id")
    def _compute_sale_order_ids(self):
        for sheet in self:
            sheet.sale_order_ids = sheet.line_ids.sale_line_id.order_id
            sheet.sale_order_count = len(sheet.sale_order_ids)

    def _search_sale_order_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("line_ids.sale_line_id.order_id", "in", value)]

    @api.depends("line_ids.sale_line_id.order_id.order_line.invoice_lines.move_id")
    def _compute_invoice_ids(self):
        for sheet in self:
            owners = sheet.sale_order_ids._get_line_sheets()
            lines = sheet.line_ids.sale_line_id.union(
                *(
                    x
                    for x, owner in owners.items()
                    if owner == sheet or x.is_downpayment
                )
            )
            sheet.invoice_ids = lines.invoice_lines.move_id
            sheet.invoice_count = len(sheet.invoice_ids)

    @api.depends(
        "line_ids.coverage",
        "line_ids.sale_line_id.price_total",
        "line_ids.sale_line_id.state",
    )
    def _compute_amount_total(self):
        for sheet in self:
            sheet.amount_total = sum(
                line.sale_line_id._convert_to_currency(
                    line.sale_line_id.price_total, sheet.currency_id
                )
                for line in sheet.line_ids
                if line.coverage != "warranty" and line.sale_line_id.state != "cancel"
            )

    @api.depends("line_ids.sale_line_id.order_id.invoice_status")
    def _compute_is_to_invoice(self):
        for sheet in self:
            sheet.is_to_invoice = bool(sheet._get_orders_to_invoice())

    @api.depends("line_ids.sale_line_id.qty_to_invoice")
    def _compute_is_credited(self):
        for sheet in self:
            sheet.is_credited = bool(sheet._get_credited_order_lines())

    @api.depends("line_ids.sale_line_id.state", "state")
    def _compute_has_lines_to_quote(self):
        for sheet in self:
            sheet.has_lines_to_quote = bool(sheet._get_lines_to_quote())

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
        early = self.filtered(lambda s: s.state not in ("ready", "delivered"))
        if early:
            raise UserError(early[0]._next_step_message())
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
            line.qty_reinvoiced += line._get_quantity_credited()
        return self.action_create_invoice()

    def action_view_sale_orders(self):
        """Open the quotations and orders of these sheets."""
        return self.sale_order_ids._get_records_action(name=self.env._("Quotations"))

    def action_view_invoices(self):
        """Open the invoices of these sheets."""
        return self.invoice_ids._get_records_action(name=self.env._("Invoices"))

    # --------------------------------------------------------------- BUSINESS

    def _get_lines_to_quote(self):
        """Return the lines that are on no quotation that still counts.

        What the customer refused of a repair that goes on is not offered once more.
        """
        return self.line_ids.filtered(
            lambda line: (
                line._is_to_quote()
                and not (
                    line.sheet_id.state in ("approved", "repair")
                    and line.sudo().sale_order_id.service_decision == "refused"
                )
            )
        )

    def _get_accepted_lines(self):
        """Return the lines that the customer or the manufacturer pays us to do."""
        return self.line_ids.filtered("is_accepted")

    def _prepare_sale_order_values(self, payer):
        """Return the values of the order on which ``payer`` is billed."""
        self.ensure_one()
        return {
            "partner_id": payer.id,
            "company_id": self.company_id.id,
            "user_id": self.received_by_id.id,
            "origin": self.name,
        }

    def _create_sale_orders(self, lines=None):
        """Create one order for each sheet and payer.

        :param lines: the lines to quote; by default all that are not quoted yet
        :return: the orders, as superuser: technicians quote without sales rights
        """
        lines = self._get_lines_to_quote() if lines is None else lines
        plan = [
            (sheet, payer, payer_lines)
            for sheet in self
            for payer, payer_lines in (lines & sheet.line_ids)
            .grouped(lambda line: line._get_payer())
            .items()
        ]
        for sheet in self:
            (lines & sheet.line_ids).evaluation_id = sheet.evaluation_id
        lines._offer_options()
        lines._freeze_unit_cost()
        values, order_of_lines = [], []
        for sheet, payer, payer_lines in plan:
            commands, ordered = sheet._prepare_order_line_commands(payer, payer_lines)
            values.append(
                {**sheet._prepare_sale_order_values(payer), "order_line": commands}
            )
            order_of_lines.append(ordered)
        orders_sudo = self.env["sale.order"].sudo().create(values)
        for order_sudo, ordered in zip(orders_sudo, order_of_lines, strict=True):
            former_sudo = ordered.sudo().sale_line_id.order_id.filtered(
                lambda order: (
                    order.service_decision != "refused" and not order.superseded_by_id
                )
            )
            former_sudo._supersede(order_sudo)
            products = order_sudo.order_line.filtered("product_id")
            for line, sale_line in zip(ordered, products, strict=True):
                line.sudo().sale_line_id = sale_line
        return orders_sudo

    def _prepare_order_line_commands(self, payer, lines):
        """Return the order lines, a section for each fault, and the sheet's lines
        in the same sequence."""
        self.ensure_one()
        commands = []
        ordered = self.env["workmanager.sheet.line"]
        parts = lines.sorted().grouped("is_optional")
        for is_optional in sorted(parts):
            groups = parts[is_optional].grouped("fault_id")
            for fault in sorted(groups, key=lambda f: not f):
                if fault or commands:
                    commands.append(
                        self._prepare_section_command(payer, fault, is_optional)
                    )
                for line in groups[fault]:
                    commands.append(
                        Command.create(line._prepare_sale_order_line_values())
                    )
                    ordered |= line
        for sequence, command in enumerate(commands, start=10):
            command[2]["sequence"] = sequence
        return commands, ordered

    def _prepare_section_command(self, payer, fault, is_optional):
        """Return the command for the order's section of ``fault``, or of what belongs
        to none, in the language of ``payer``."""
        env = self.with_context(lang=payer.lang or self.env.lang).env
        name = fault.with_env(env).name
        if is_optional:
            name = env._("Optional: %s", name) if name else env._("Optional")
        return Command.create(
            {
                "display_type": "line_section",
                "name": name or env._("Other parts and work"),
                "is_optional": is_optional,
            }
        )

    def _get_customer_orders(self):
        """Return, as superuser, the orders whose decision is the customer's."""
        return self.sudo().sale_order_ids.filtered(lambda o: o._has_service_to_decide())

    def _has_open_decision(self):
        """Whether a quotation still waits for the customer."""
        self.ensure_one()
        return bool(self._get_undecided_orders())

    def _has_live_order(self):
        """Whether an order is left that gives us work to do.

        The customer's orders decide; the manufacturer's only where there are none.
        """
        self.ensure_one()
        orders = self._get_customer_orders() or self.sudo().sale_order_ids.filtered(
            lambda order: not order._is_diagnosis_fee()
        )
        return any(order.state != "cancel" for order in orders)

    def _get_open_orders(self, decision):
        """Return the quotations that wait for the customer's decision.

        :param str decision: ``accept``, ``refuse`` or ``send``, for the message
        :raises UserError: a sheet has none
        """
        messages = {
            "accept": self.env._("%s has no open quotation to accept."),
            "refuse": self.env._("%s has no open quotation to refuse."),
            "send": self.env._("%s has no open quotation to send."),
        }
        orders_sudo = self.env["sale.order"].sudo()
        for sheet in self:
            open_sudo = sheet._get_undecided_orders()
            if not open_sudo:
                raise UserError(messages[decision] % sheet.name)
            orders_sudo |= open_sudo
        return orders_sudo

    def _get_undecided_orders(self):
        """Return, as superuser, the quotations that wait for the customer, if any."""
        return self._get_customer_orders().filtered(
            lambda order: order.state in ("draft", "sent")
        )

    def _confirm_covered_orders(self):
        """Confirm what the manufacturer pays, once the customer agreed to the rest."""
        covered_sudo = self.sudo().sale_order_ids.filtered(
            lambda o: o.state in ("draft", "sent") and not o._has_service_to_decide()
        )
        if covered_sudo:
            covered_sudo.action_confirm()

    def _release_orders(self, with_fees=False):
        """Cancel the orders of these sheets, or their part in a shared order.

        :param bool with_fees: also what was charged for the diagnosis
        """
        orders_sudo = self.sudo().sale_order_ids.filtered(
            lambda order: (
                order.state != "cancel" and (with_fees or not order._is_diagnosis_fee())
            )
        )
        own_sudo = orders_sudo.filtered(lambda order: order.sheet_ids <= self)
        if own_sudo:
            own_sudo._action_cancel()
        for line in self.sudo().line_ids.sale_line_id:
            if line.order_id in orders_sudo - own_sudo:
                line.product_uom_qty = 0.0

    # -------------------------------------------------------------- INVOICING

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
            lambda line: (
                not line.display_type
                and not line.is_downpayment
                and not line._is_nothing(line._get_quantity_credited())
            )
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
        """Return what the counter should know about the money, or False."""
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
            lambda move: move.state == "posted" and move.payment_state == "not_paid"
        )
        if unpaid_sudo:
            return self.env._(
                "%(sheet)s is not paid yet: %(invoice)s.",
                sheet=self.name,
                invoice=", ".join(unpaid_sudo.mapped("name")),
            )
        return False

    def _is_customer_invoice(self, move):
        self.ensure_one()
        return move.commercial_partner_id == self.partner_id.commercial_partner_id

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..service.states import ACCEPTED_STATES


class Sheet(models.Model):
    """The quotations of a sheet: how they are made, sent and taken back."""

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
    amount_total = fields.Monetary(
        string="Total",
        compute="_compute_amount_total",
        store=True,
        help="What the customer pays, taxes included: the total of the quotations.",
    )
    has_lines_to_quote = fields.Boolean(compute="_compute_has_lines_to_quote")

    # ---------------------------------------------------------------- COMPUTE

    @api.depends("partner_id", "company_id")
    def _compute_currency_id(self):
        for sheet in self:
            sheet.currency_id = sheet._get_currency_of(sheet.partner_id)

    @api.depends("line_ids.sale_line_id.order_id")
    def _compute_sale_order_ids(self):
        for sheet in self:
            sheet.sale_order_ids = sheet.line_ids.sale_line_id.order_id
            sheet.sale_order_count = len(sheet.sale_order_ids)

    def _search_sale_order_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("line_ids.sale_line_id.order_id", "in", value)]

    @api.depends(
        "line_ids.sale_line_id.order_id.amount_total",
        "line_ids.sale_line_id.order_id.is_service_claim",
        "line_ids.sale_line_id.order_id.state",
        "line_ids.sale_line_id.price_total",
    )
    def _compute_amount_total(self):
        """Sum the totals of the orders: the rounded lines may be a cent off."""
        for sheet in self:
            orders = sheet.line_ids.sale_line_id.order_id.filtered(
                lambda order: order.state != "cancel" and not order.is_service_claim
            )
            sheet.amount_total = sum(
                order._get_share_of_sheet(sheet) for order in orders
            )

    @api.depends("line_ids.sale_line_id.state", "state")
    def _compute_has_lines_to_quote(self):
        for sheet in self:
            sheet.has_lines_to_quote = bool(sheet._get_lines_to_quote())

    # ----------------------------------------------------------------- ACTION

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
        return self._get_sent_notification(order_sudo)

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

    def action_view_sale_orders(self):
        """Open the quotations and orders of these sheets."""
        self.check_access("read")
        orders = self.sale_order_ids._filtered_access("read")
        return orders._get_records_action(name=self.env._("Quotations"))

    # --------------------------------------------------------------- BUSINESS

    def _get_currency_of(self, payer):
        """Return the currency in which ``payer`` is quoted."""
        self.ensure_one()
        company = self.company_id or self.env.company
        payer_sudo = payer.sudo().with_company(company)
        pricelist_sudo = payer_sudo.property_product_pricelist
        return pricelist_sudo.currency_id or company.currency_id

    def _get_lines_to_quote(self):
        """Return the lines that are on no quotation that still counts.

        What the customer refused of a repair that goes on is not offered once more.
        """
        return self.line_ids.filtered(
            lambda line: (
                line._is_to_quote()
                and not (
                    line.sheet_id.state in ACCEPTED_STATES
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
        by_payer = lines.grouped(lambda line: (line.sheet_id, line._get_payer()))
        for line in lines:
            line.evaluation_id = line.sheet_id.evaluation_id
        lines._offer_options()
        lines._freeze_unit_cost()
        values, order_of_lines = [], []
        for (sheet, payer), payer_lines in by_payer.items():
            commands, ordered = sheet._prepare_order_line_commands(payer, payer_lines)
            values.append(
                {**sheet._prepare_sale_order_values(payer), "order_line": commands}
            )
            order_of_lines.append(ordered)
        orders_sudo = self._create_linked_orders(values)
        for order_sudo, ordered in zip(orders_sudo, order_of_lines, strict=True):
            ordered._move_to_order(order_sudo)
        return orders_sudo

    def _create_linked_orders(self, vals_list):
        """Create orders whose lines the caller links to the sheets, as superuser."""
        order_model = self.env["sale.order"].sudo()
        orders = order_model.with_context(
            sheet_adoption=False, mail_create_nolog=True
        ).create(vals_list)
        return orders.with_env(order_model.env)

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
        if set(lines.mapped("coverage")) == {"warranty"}:
            self._add_claim_title(commands, payer)
        return commands, ordered

    def _add_claim_title(self, commands, payer):
        """Tell the manufacturer on a claim which equipment it is for, and its fault.

        The section goes to the invoice too, which may gather several claims.
        """
        for command in commands:
            if command[2].get("display_type") == "line_section":
                command[2]["display_type"] = "line_subsection"
        title = {
            "display_type": "line_section",
            "name": self._get_claim_title(payer),
            "sequence": 9,
        }
        commands.insert(0, Command.create(title))

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
        sheets_sudo = self.sudo()
        # Mostly their own lines tell, and those of the other sheets need not be read.
        asked = sheets_sudo.line_ids.filtered(lambda line: line._needs_decision())
        orders = asked.sale_line_id.order_id
        return sheets_sudo.sale_order_ids.filtered(
            lambda order: order in orders or order._has_service_to_decide()
        )

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
                order.state != "cancel" and (with_fees or not order._is_charged_fee())
            )
        )
        own_sudo = orders_sudo.filtered(lambda order: order.sheet_ids <= self)
        if own_sudo:
            own_sudo._action_cancel()
        for line in self.sudo().line_ids.sale_line_id:
            if line.order_id in orders_sudo - own_sudo:
                line.product_uom_qty = 0.0

    def _get_sent_notification(self, order_sudo):
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

    def _get_claim_title(self, payer):
        """Return the sheet, the equipment, its serial number and its fault, for the
        manufacturer to read."""
        self.ensure_one()
        sheet = self.with_context(lang=payer.lang or self.env.lang)
        equipment = sheet.equipment_id
        faults = sheet.evaluation_id.fault_ids or sheet.claimed_fault_ids
        fault = ", ".join(faults.mapped("name")) or sheet.claimed_fault
        parts = [sheet.name, equipment._get_short_name()]
        if equipment.serial_number:
            parts.append(sheet.env._("Serial number: %s", equipment.serial_number))
        if fault:
            parts.append(sheet.env._("Fault: %s", " ".join(fault.split())))
        return " · ".join(parts)

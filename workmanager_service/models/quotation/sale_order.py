from odoo import api, fields, models
from odoo.exceptions import UserError

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
            order.service_date = dates and order.company_id._get_day(max(dates))

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

    def load_sale_order_from_pos(self, config_id):
        """Refuse to settle service work at a till of Odoo's Point of Sale.

        It asks for what was ordered and is not delivered: used parts would be free.

        :param int config_id: the till
        :raises UserError: an order is service work
        """
        # A till is an employee's; a customer reads an order, and never writes one.
        self.check_access("write" if self.env.user.share else "read")
        for order in self:
            if order.sudo().sheet_ids:
                raise UserError(
                    self.env._(
                        "%(order)s is service work, which a till would count wrongly: "
                        "invoice it from its service sheet, and register the payment "
                        "on the invoice.",
                        order=order.name,
                    )
                )
        settle = getattr(super(), "load_sale_order_from_pos", None)
        return settle(config_id) if settle else {}

    def _action_confirm(self):
        """Let the sheets go on that the order quotes."""
        self.sudo()._complete_decision("accepted")
        res = super()._action_confirm()
        # The customer who accepts online has no rights on sheets.
        orders_sudo = self.sudo().filtered(lambda o: not o._is_diagnosis_fee())
        if sheets_sudo := orders_sudo.sheet_ids:
            sheets_sudo._on_order_confirmed()
        return res

    def _action_cancel(self):
        """Let the sheets know that their customer does not want it."""
        self._lock_service_orders()
        self.sudo()._record_refusal()
        res = super()._action_cancel()
        if sheets_sudo := self.sudo().sheet_ids:
            sheets_sudo._on_order_cancelled()
        return res

    # --------------------------------------------------------------- BUSINESS

    def _get_share_of_sheet(self, sheet):
        """Return what of the total is for ``sheet``, in its currency.

        Of an order of several sheets each has its own lines, and the first one what
        belongs to none and the cents of rounding.
        """
        self.ensure_one()
        amount = self.amount_total
        others = self.sheet_ids.sorted("id")
        if len(others) > 1:
            shares = {
                other: sum(
                    line.price_total
                    for line in self.order_line
                    if other in line.sheet_line_ids.sheet_id
                )
                for other in others
            }
            first = others[0]
            shares[first] = amount - sum(shares[other] for other in others - first)
            amount = shares[sheet]
        day = self.date_order or fields.Date.context_today(self)
        return self.currency_id._convert(
            amount, sheet.currency_id, self.company_id, day
        )

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

from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    sheet_ids = fields.Many2many(
        "workmanager.sheet",
        string="Service Sheets",
        compute="_compute_sheet_ids",
        search="_search_sheet_ids",
        compute_sudo=True,
    )
    sheet_count = fields.Integer(compute="_compute_sheet_ids", compute_sudo=True)

    @api.depends("order_line.sheet_line_ids.sheet_id")
    def _compute_sheet_ids(self):
        for order in self:
            order.sheet_ids = order.order_line.sheet_line_ids.sheet_id
            order.sheet_count = len(order.sheet_ids)

    def _search_sheet_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("order_line.sheet_line_ids.sheet_id", "in", value)]

    def action_view_sheets(self):
        """Open the service sheets that this order serves."""
        self.ensure_one()
        return self.sheet_ids._get_records_action(name=self.env._("Service Sheets"))

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
        if sheets_sudo := self.sudo().sheet_ids:
            sheets_sudo._on_order_confirmed()
        return res

    def _action_cancel(self):
        res = super()._action_cancel()
        if sheets_sudo := self.sudo().sheet_ids:
            sheets_sudo._on_order_cancelled()
        return res

    def _has_service_to_decide(self):
        """Whether the order asks the customer for a decision on service work.

        What the manufacturer's warranty or goodwill covers needs none, and neither
        does what the customer is not charged for.
        """
        self.ensure_one()
        return any(
            line.coverage == "customer" and not line.is_internal
            for line in self.order_line.sheet_line_ids
        )

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

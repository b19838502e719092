from datetime import timedelta

from odoo import api, fields, models

REMINDER_TEMPLATE = "workmanager_service.mail_template_quotation_reminder"


class SaleOrder(models.Model):
    """Quotations of service work that nobody decides on: the customer is reminded,
    and then somebody of ours."""

    _inherit = "sale.order"

    # For which validity it happened: one that is prolonged runs out once more.
    service_reminded_validity = fields.Date(readonly=True, copy=False)
    service_expired_validity = fields.Date(readonly=True, copy=False)

    @api.model
    def _cron_watch_service_quotations(self):
        """Remind customers before a quotation runs out, and us when it has."""
        self._remind_of_service_quotations()
        self._report_expired_service_quotations()

    @api.model
    def _remind_of_service_quotations(self):
        """Send each customer one reminder for each validity of a quotation."""
        today = fields.Date.context_today(self)
        companies = self.env["res.company"].search([("service_reminder_days", ">", 0)])
        template = self.env.ref(REMINDER_TEMPLATE, raise_if_not_found=False)
        if not template:
            return
        for company in companies:
            last = today + timedelta(days=company.service_reminder_days)
            orders = self._search_undecided(
                company,
                [
                    ("state", "=", "sent"),
                    ("validity_date", ">=", today),
                    ("validity_date", "<=", last),
                    ("partner_id.email", "not in", [False, ""]),
                ],
                "service_reminded_validity",
            )
            self.env["ir.cron"]._commit_progress(remaining=len(orders))
            for order in orders:
                order.service_reminded_validity = order.validity_date
                order.message_post_with_source(
                    template,
                    email_layout_xmlid="mail.mail_notification_layout_with_responsible_signature",
                    subtype_xmlid="mail.mt_comment",
                )
                if not self.env["ir.cron"]._commit_progress(1):
                    return

    @api.model
    def _report_expired_service_quotations(self):
        """Give whoever is responsible for a sheet something to do about a quotation
        that ran out."""
        today = fields.Date.context_today(self)
        for company in self.env["res.company"].search([]):
            orders = self._search_undecided(
                company,
                [("state", "in", ("draft", "sent")), ("validity_date", "<", today)],
                "service_expired_validity",
            )
            for order in orders:
                order.service_expired_validity = order.validity_date
                for sheet in order.sheet_ids:
                    sheet._schedule_expired_quotation(order)
            self.env["ir.cron"]._commit_progress(len(orders))

    @api.model
    def _search_undecided(self, company, domain, marker):
        """Return quotations of service work in ``company`` that wait for a decision,
        without those whose ``marker`` names their validity already."""
        orders = self.search(
            [
                ("company_id", "=", company.id),
                ("order_line.sheet_line_ids", "!=", False),
                *domain,
            ]
        )
        return orders.filtered(
            lambda order: (
                order[marker] != order.validity_date and order._has_service_to_decide()
            )
        )

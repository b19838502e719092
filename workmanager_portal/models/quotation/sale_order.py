from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_portal_sheets(self):
        """Return, as superuser, the sheets that the order's portal page links to.

        The manufacturer who pays for a repair gets no key to the customer's sheet.
        """
        self.ensure_one()
        payer_sudo = self.sudo().partner_id.commercial_partner_id
        return self.sudo().sheet_ids.filtered(
            lambda sheet: sheet.partner_id.commercial_partner_id == payer_sudo
        )

    def _post_refusal_reason(self, reason):
        """Note on the sheets why the customer refused this order online."""
        self.ensure_one()
        for sheet in self._get_portal_sheets():
            sheet.message_post(
                author_id=self.partner_id.id,
                body=reason,
                subtype_xmlid="mail.mt_note",
            )

    def _get_portal_reports(self):
        """Return, as superuser, what was found on the equipment that the order is for.

        :return: see ``_get_service_reports``; the manufacturer gets none
        """
        self.ensure_one()
        own = self._get_portal_sheets()
        if not own:
            return []
        return [
            report for report in self._get_service_reports() if report["sheet"] in own
        ]

    def _get_portal_photos(self):
        """Return, as superuser, the photos that the order's portal page shows."""
        self.ensure_one()
        return (
            self.env["workmanager.photo"]
            .sudo()
            .union(
                *(
                    finding["photos"]
                    for report in self._get_portal_reports()
                    for finding in report["findings"]
                )
            )
        )

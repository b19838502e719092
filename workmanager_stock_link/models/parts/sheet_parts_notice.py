from markupsafe import Markup

from odoo import fields, models


class Sheet(models.Model):
    """Tells the technician, once, that all parts are there."""

    _inherit = "workmanager.sheet"

    is_parts_notice_sent = fields.Boolean(
        string="Technician Told about Parts", copy=False, readonly=True
    )

    def _action_approve(self):
        res = super()._action_approve()
        self.sudo()._tell_parts_available()
        return res

    def _tell_parts_available(self):
        """Tell the technician of each sheet whose last part has come; after another
        part was found missing, once more.

        To be called as superuser: whoever causes it may be the customer.
        """
        sheets = self.filtered(
            lambda s: s.state in ("approved", "repair") and s.parts_state != "none"
        )
        there = sheets.filtered(lambda sheet: sheet.parts_state == "available")
        told = sheets.filtered("is_parts_notice_sent")
        for technician, news in (there - told).grouped("user_id").items():
            if technician.active:
                news._notify_parts(technician)
        (there - told).is_parts_notice_sent = True
        (told - there).is_parts_notice_sent = False

    def _notify_parts(self, technician):
        """Tell ``technician`` that the parts of these sheets are there: on the sheet,
        or in one message for several."""
        translated = self.with_context(lang=technician.lang)
        body = translated.env._("All parts are there: the repair can go on.")
        message = {
            "author_id": self.env["ir.model.data"]._xmlid_to_res_id(
                "base.partner_root", raise_if_not_found=True
            ),
            "partner_ids": technician.partner_id.ids,
        }
        if len(self) == 1:
            translated.message_post(body=body, subtype_xmlid="mail.mt_note", **message)
            return
        translated._message_log_batch(
            bodies=dict.fromkeys(self.ids, body), author_id=message["author_id"]
        )
        translated.env["mail.thread"].message_notify(
            subject=translated.env._("Parts are there"),
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (
                body,
                Markup().join(
                    Markup("<li>%s</li>") % sheet._get_html_link() for sheet in self
                ),
            ),
            **message,
        )

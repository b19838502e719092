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
        for sheet in self.filtered(lambda s: s.state in ("approved", "repair")):
            is_there = sheet.parts_state == "available"
            if is_there and not sheet.is_parts_notice_sent:
                sheet._post_parts_notice()
            if sheet.parts_state != "none" and sheet.is_parts_notice_sent != is_there:
                sheet.is_parts_notice_sent = is_there

    def _post_parts_notice(self):
        self.ensure_one()
        technician = self.user_id
        if not technician.active:
            return
        translated = self.with_context(lang=technician.lang)
        translated.message_post(
            body=translated.env._("All parts are there: the repair can go on.")
            if self.state == "repair"
            else translated.env._("All parts are there: the repair can start."),
            author_id=self.env.ref("base.partner_root").id,
            partner_ids=technician.partner_id.ids,
            subtype_xmlid="mail.mt_note",
        )

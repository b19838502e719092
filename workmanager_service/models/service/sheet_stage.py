from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import clean_context


class Sheet(models.Model):
    """What a stage brings: the time that a sheet stands in it, and its message to the
    customer."""

    _inherit = "workmanager.sheet"

    stage_time_ids = fields.One2many(
        "workmanager.stage.time",
        "sheet_id",
        string="Time in Stages",
        groups="workmanager_service.group_manager",
    )
    stage_date = fields.Datetime(
        string="In This Stage Since", compute="_compute_stage_date", compute_sudo=True
    )
    is_stuck = fields.Boolean(
        string="Too Long in Its Stage",
        compute="_compute_is_stuck",
        search="_search_is_stuck",
        help="Longer than the time limit of the stage.",
    )
    is_customer_notified = fields.Boolean(
        string="Messages to the Customer",
        default=True,
        copy=False,
        help="The customer gets the messages of the stages. Switch it off to spare "
        "them: what you write yourself is sent all the same.",
    )

    # ---------------------------------------------------------------- COMPUTE

    @api.depends("stage_time_ids.start", "stage_time_ids.stop")
    def _compute_stage_date(self):
        since = dict(
            self.env["workmanager.stage.time"]._read_group(
                [("sheet_id", "in", self.ids), ("stop", "=", False)],
                ["sheet_id"],
                ["start:max"],
            )
        )
        for sheet in self:
            sheet.stage_date = since.get(sheet._origin, False)

    @api.depends("stage_date", "stage_id.time_limit_hours")
    def _compute_is_stuck(self):
        now = fields.Datetime.now()
        for sheet in self:
            limit = sheet.stage_id.time_limit_hours
            since = sheet.stage_date
            sheet.is_stuck = bool(
                limit and since and since + timedelta(hours=limit) < now
            )

    def _search_is_stuck(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        limited = self.env["workmanager.stage"].search([("time_limit_hours", ">", 0)])
        too_long = Domain.OR(
            Domain("stage_id", "=", stage.id)
            & Domain("start", "<", now - timedelta(hours=stage.time_limit_hours))
            for stage in limited
        )
        # Who sees a sheet need not see the times of all.
        times_sudo = self.env["workmanager.stage.time"].sudo()
        running = times_sudo._search(Domain("stop", "=", False) & too_long)
        return Domain("id", "in", running.subselect("sheet_id"))

    # ------------------------------------------------------------------- TIME

    def _record_stage(self):
        """Note that these sheets left one stage for another."""
        if self:
            # Superuser: the record of the times is nobody's to write.
            self.env["workmanager.stage.time"].sudo()._stop(self)
            self._start_stage_time()

    def _start_stage_time(self):
        """Note that these sheets entered their stage now."""
        now = fields.Datetime.now()
        self.env["workmanager.stage.time"].sudo().create(
            [
                {"sheet_id": sheet.id, "stage_id": sheet.stage_id.id, "start": now}
                for sheet in self
            ]
        )

    # ---------------------------------------------------------------- MESSAGE

    def _message_track_post_template(self, changes):
        """Send the message of the stage that the sheet has just entered.

        Odoo asks once at the end of a transaction, whatever way the sheet went in it,
        and sends the e-mails after the commit.
        """
        res = super()._message_track_post_template(changes)
        if changes and "stage_id" in changes and not self._is_offer_awaited():
            self._send_stage_message()
        return res

    def _on_offer_released(self, orders):
        """Send the message that waited for ``orders``: they were marked as sent.

        Odoo's own e-mail with a quotation is that message already and comes not here;
        nor does a second offer say again what the first one said.
        """
        for sheet in self.filtered(lambda s: s._is_offer_awaited()):
            sent = sheet._get_customer_orders().filtered(lambda o: o.state == "sent")
            if sent and sent <= orders:
                sheet._send_stage_message()

    def _is_offer_awaited(self):
        """Whether the message of the stage waits until the customer can read the offer.

        The sheet is quoted before the offer is sent. A later stage of the shop's own,
        to which people move the sheet, waits for nothing.
        """
        self.ensure_one()
        return self.state == "quoted" and self.stage_id == self.stage_id._get_first(
            "quoted"
        )

    def _send_stage_message(self):
        """Send the e-mail and the text message of the stage, where it has any."""
        self.ensure_one()
        if not self.is_customer_notified:
            return
        sheet = self.with_context(clean_context(self.env.context))._fallback_lang()
        template_sudo = sheet.stage_id.sudo().mail_template_id
        if template_sudo and sheet.partner_id.email_normalized:
            sheet.message_post_with_source(
                template_sudo, **sheet._prepare_stage_message_values()
            )
        text = sheet._get_stage_text()
        if text and sheet.partner_id.phone:
            sheet._message_sms(
                text, partner_ids=sheet.partner_id.ids, put_in_queue=True
            )

    def _prepare_stage_message_values(self):
        """Return the values with which the e-mail of the stage is posted."""
        self.ensure_one()
        values = {
            "message_type": "auto_comment",
            # Staff follows the stages on the board: no message for them.
            "subtype_xmlid": "mail.mt_note",
            "notify_author_mention": True,
            "email_layout_xmlid": "mail.mail_notification_light",
            "auto_delete_keep_log": False,
        }
        if self.env.user.share:
            # A customer who accepts online does not write to themselves.
            values["author_id"] = self.company_id.sudo().partner_id.id
        return values

    def _get_stage_text(self):
        """Return the stage's text message in the customer's language, or False."""
        self.ensure_one()
        if "sms.sms" not in self.env:
            return False
        sheet = self.with_context(lang=self._get_document_lang())
        text = sheet.stage_id._get_written_text()
        return text and sheet.stage_id._fill_text(
            text, sheet._get_placeholder_getter("message")
        )

    def _get_customer_url(self):
        """Return the address at which the customer follows the sheet, or False."""
        self.ensure_one()
        return False

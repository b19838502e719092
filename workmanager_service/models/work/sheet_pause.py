from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from .pause import PAUSE_REASONS


class Sheet(models.Model):
    """A repair that waits, and one that goes to another technician."""

    _inherit = "workmanager.sheet"

    pause_ids = fields.One2many("workmanager.pause", "sheet_id", string="Pauses")
    pause_reason = fields.Selection(
        PAUSE_REASONS,
        string="Paused",
        compute="_compute_pause",
        store=True,
        index="btree_not_null",
    )
    pause_note = fields.Char(
        string="Pause Details", compute="_compute_pause", store=True
    )
    pause_start = fields.Datetime(
        string="Paused Since", compute="_compute_pause", store=True
    )
    paused_days = fields.Float(
        string="Days Paused",
        compute="_compute_pause",
        store=True,
        help="Days of the pauses that are over.",
    )

    @api.depends(
        "pause_ids.start", "pause_ids.stop", "pause_ids.reason", "pause_ids.note"
    )
    def _compute_pause(self):
        for sheet in self:
            current = sheet.pause_ids.filtered(lambda pause: not pause.stop)[:1]
            sheet.pause_reason = current.reason
            sheet.pause_note = current.note
            sheet.pause_start = current.start
            sheet.paused_days = sum(sheet.pause_ids.mapped("days"))

    # ----------------------------------------------------------------- ACTION

    def action_pause(self):
        """Open the form that asks why the repair is paused."""
        self.ensure_one()
        self._ensure_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pause the Repair"),
            "res_model": "workmanager.pause.ask",
            "view_mode": "form",
            "target": "new",
            "context": {"default_sheet_ids": self.ids},
        }

    def action_resume(self):
        """Let paused repairs go on; one that is not paused stays as it is."""
        self._lock()
        self._end_pauses()
        return True

    def action_hand_on(self):
        """Open the form that hands the sheet to another technician."""
        self.ensure_one()
        self._ensure_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand to a Colleague"),
            "res_model": "workmanager.hand.on",
            "view_mode": "form",
            "target": "new",
            "context": {"default_sheet_ids": self.ids},
        }

    # --------------------------------------------------------------- BUSINESS

    def _pause(self, reason, note):
        """Let these repairs wait, for ``reason``; their timers stop.

        Those that wait for the same already go on waiting.

        :param str reason: one of ``PAUSE_REASONS``
        :param str note: details; may be empty unless the reason is ``other``
        :raises UserError: a sheet is not under repair, or the details are missing
        """
        others = self.filtered(
            lambda sheet: (
                (sheet.pause_reason, sheet.pause_note or "") != (reason, note or "")
            )
        )
        others._end_pauses()
        self.env["workmanager.pause"].create(
            [{"sheet_id": sheet.id, "reason": reason, "note": note} for sheet in others]
        )

    def _end_pauses(self):
        """End the pauses of these sheets that are not over."""
        paused = self.filtered("pause_reason")  # stored: the others read no pauses
        paused.pause_ids.filtered(lambda pause: not pause.stop)._end()

    def _hand_on(self, user, note):
        """Give these sheets to ``user``: who had them stops working on them.

        :param user: the technician who takes over
        :param str note: what they should know; may be empty
        """
        self._ensure_open()
        self._ensure_colleague(user)
        for sheet in self.filtered(lambda sheet: sheet.user_id != user):
            previous = sheet.user_id
            sheet.user_id = user
            # Technicians may see their own sheets only, hence this one no more.
            sheet_sudo = sheet.sudo()
            sheet_sudo.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=sheet_sudo.with_context(lang=user.lang).env._(
                    "Take over %s", sheet_sudo.name
                ),
                note=plaintext2html(note or ""),
            )
            sheet_sudo.message_post(
                body=sheet_sudo._get_hand_on_message(previous, note)
            )

    def _ensure_colleague(self, user):
        """Refuse to give these sheets to who does not work for their companies."""
        for company in self.company_id:
            if user.share or company not in user.company_ids:
                raise UserError(
                    self.env._(
                        "%(user)s does not work for %(company)s.",
                        user=user.name,
                        company=company.name,
                    )
                )

    def _get_hand_on_message(self, previous, note):
        self.ensure_one()
        details = {
            "previous": previous.name or self.env._("nobody"),
            "user": self.user_id.name,
            "note": note,
        }
        if note:
            return self.env._(
                "Handed from %(previous)s to %(user)s: %(note)s", **details
            )
        return self.env._("Handed from %(previous)s to %(user)s.", **details)

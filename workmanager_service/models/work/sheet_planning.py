from urllib.parse import quote

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import plaintext2html

from ..service.states import CLOSED_STATES
from .pause import PAUSE_REASONS

VISIT_LENGTH = relativedelta(hours=1)


class Sheet(models.Model):
    """When the work on a sheet is done, and by whom: pauses, another technician, and
    planned visits in the field."""

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
    visit_start = fields.Datetime(
        string="Planned Visit", copy=False, index="btree_not_null", tracking=True
    )
    visit_stop = fields.Datetime(
        string="Visit Ends",
        compute="_compute_visit_stop",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
    )
    visit_address_id = fields.Many2one(
        "res.partner",
        string="Visit at",
        compute="_compute_visit_address_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        domain="[('commercial_partner_id.child_ids', 'parent_of', partner_id)]",
    )
    visit_address = fields.Char(string="Address", compute="_compute_visit_address")
    visit_phone = fields.Char(string="Call", compute="_compute_visit_address")
    visit_map_url = fields.Char(compute="_compute_visit_address")
    calendar_title = fields.Char(compute="_compute_calendar_title")
    visit_conflict_id = fields.Many2one(
        "workmanager.sheet",
        string="At the Same Time",
        compute="_compute_visit_conflict_id",
        help="Another visit of the technician that overlaps this one.",
    )

    # ---------------------------------------------------------------- COMPUTE

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

    @api.depends("visit_start")
    def _compute_visit_stop(self):
        """Keep the length of a visit that is moved."""
        for sheet in self:
            start, old = sheet.visit_start, sheet._origin
            if not start:
                sheet.visit_stop = False
            elif not sheet.visit_stop or sheet.visit_stop <= start:
                length = VISIT_LENGTH
                if old.visit_start and old.visit_stop:
                    length = old.visit_stop - old.visit_start
                sheet.visit_stop = start + length

    @api.depends("partner_id")
    def _compute_visit_address_id(self):
        for sheet in self:
            address = sheet.partner_id.address_get(["delivery"])["delivery"]
            sheet.visit_address_id = address

    @api.depends("visit_address_id", "partner_phone", "intake_mode")
    def _compute_visit_address(self):
        for sheet in self:
            partner = sheet.visit_address_id
            is_visit = sheet.intake_mode == "on_site"
            address = is_visit and partner.contact_address_inline or ""
            sheet.visit_address = address
            sheet.visit_phone = partner.phone or sheet.partner_phone
            pattern = address and sheet.company_id.service_map_url or ""
            sheet.visit_map_url = pattern.replace("{address}", quote(address))

    @api.depends(
        "partner_id.name",
        "equipment_id",
        "visit_address_id.city",
        "visit_address_id.street",
        "intake_mode",
    )
    def _compute_calendar_title(self):
        """Tell who and what a sheet is for and, for a visit, where."""
        for sheet in self:
            parts = [sheet.partner_id.name, sheet.equipment_id._get_short_name()]
            if sheet.intake_mode == "on_site":
                place = sheet.visit_address_id
                parts.append(place.city or place.street)
            sheet.calendar_title = " · ".join(filter(None, parts))

    @api.depends("visit_start", "visit_stop", "user_id")
    def _compute_visit_conflict_id(self):
        planned = self.filtered(lambda s: s.visit_start and s.visit_stop and s.user_id)
        others = self.search(
            [
                ("user_id", "in", planned.user_id.ids),
                ("state", "not in", CLOSED_STATES),
                ("visit_stop", ">", min(planned.mapped("visit_start"), default=False)),
                ("visit_start", "<", max(planned.mapped("visit_stop"), default=False)),
            ]
            if planned
            else [(0, "=", 1)]
        )
        for sheet in self:
            sheet.visit_conflict_id = (
                sheet in planned
                and others.filtered(
                    lambda other, sheet=sheet: (
                        other != sheet._origin
                        and other.user_id == sheet.user_id
                        and other.visit_start < sheet.visit_stop
                        and other.visit_stop > sheet.visit_start
                    )
                )[:1]
            )

    @api.constrains("visit_start", "visit_stop")
    def _check_visit(self):
        for sheet in self:
            if sheet.visit_start and (
                not sheet.visit_stop or sheet.visit_stop <= sheet.visit_start
            ):
                raise ValidationError(
                    self.env._(
                        "The visit of %s has to end after it starts.", sheet.name
                    )
                )

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

    def action_open_map(self):
        """Open the address of the visit in the map of the person's device.

        :raises UserError: no address is known
        """
        self.ensure_one()
        if not self.visit_map_url:
            raise UserError(
                self.env._(
                    "No address is known for %s: fill in the customer's.", self.name
                )
            )
        return {
            "type": "ir.actions.act_url",
            "url": self.visit_map_url,
            "target": "self",
        }

    def action_sign(self):
        """Open the form on which the customer signs at the end of a visit.

        :raises UserError: the repair is not under way, or it is handed over
        """
        self.ensure_one()
        self._ensure_step("sign")
        form = self.env.ref("workmanager_service.workmanager_sheet_view_form_sign")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Signature of the Customer"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(form.id, "form")],
            "target": "new",
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
        companies_sudo = user.sudo().company_ids  # of which one may not be ours
        for company in self.company_id:
            if user.share or company not in companies_sudo:
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

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...formats import format_moment, format_number

# A single entry that is longer than this is a mistake in a date.
MAX_HOURS = 24

FORGOTTEN_ACTIVITY = "workmanager_service.mail_activity_type_forgotten_timer"

# What the analytic lines are made of.
COST_FIELDS = {
    "sheet_id",
    "line_id",
    "user_id",
    "start",
    "stop",
    "hours",
    "hourly_cost",
}


class WorkLog(models.Model):
    _name = "workmanager.work.log"
    _inherit = ["workmanager.sealed.mixin"]
    _description = "Work Log"
    _order = "start desc, id desc"

    sheet_id = fields.Many2one(
        "workmanager.sheet",
        string="Service Sheet",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="sheet_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    equipment_type_id = fields.Many2one(
        related="sheet_id.equipment_type_id", store=True, index="btree_not_null"
    )
    line_id = fields.Many2one(
        "workmanager.sheet.line",
        string="Work",
        compute="_compute_line_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        domain="[('sheet_id', '=', sheet_id), ('product_type', '=', 'service')]",
        ondelete="set null",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Technician",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    start = fields.Datetime(required=True, default=fields.Datetime.now)
    stop = fields.Datetime()
    hours = fields.Float(
        compute="_compute_hours",
        store=True,
        readonly=False,
        precompute=True,
        aggregator="sum",
    )
    planned_hours = fields.Float(
        compute="_compute_planned_hours",
        store=True,
        help="The share of this entry in the hours that were planned for its work.",
    )
    note = fields.Char()
    is_forgotten = fields.Boolean(
        readonly=True,
        copy=False,
        help="The timer ran longer than the company allows: its hours count only once "
        "a person says when the work ended.",
    )
    state = fields.Selection(
        [
            ("running", "Running"),
            ("forgotten", "To Correct"),
            ("done", "Done"),
        ],
        compute="_compute_state",
        store=True,
        precompute=True,
        index=True,
    )

    _running_uniq = models.UniqueIndex(
        "(user_id) WHERE state = 'running'",
        "A timer of this technician is running already: stop it first.",
    )
    _hours_positive = models.Constraint(
        "CHECK(hours >= 0)", "Hours of work cannot be negative."
    )

    # ---------------------------------------------------------------- COMPUTE

    @api.depends("sheet_id")
    def _compute_line_id(self):
        """Propose the work that is paid for on the sheet, billed by the hour first."""
        for log in self:
            if log.line_id.sheet_id != log.sheet_id:
                log.line_id = log.sheet_id._get_current_work()

    @api.depends("start", "stop")
    def _compute_hours(self):
        for log in self:
            if log.start and log.stop:
                worked = max(log.stop - log.start, timedelta())
                log.hours = worked.total_seconds() / 3600

    @api.depends("stop", "hours", "is_forgotten")
    def _compute_state(self):
        for log in self:
            if log.is_forgotten:
                log.state = "forgotten"
            else:
                log.state = "done" if log.stop or log.hours else "running"

    @api.depends("hours", "line_id.hours", "line_id.planned_hours")
    def _compute_planned_hours(self):
        for log in self:
            line = log.line_id
            share = log.hours / line.hours if line.hours else 0.0
            log.planned_hours = line.planned_hours * share

    @api.depends("state", "sheet_id.name", "user_id.name")
    def _compute_display_name(self):
        for log in self:
            log.display_name = f"{log.sheet_id.name} · {log.user_id.name}"

    @api.constrains("start", "stop", "hours")
    def _check_dates(self):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        for log in self:
            if log.stop and log.stop < log.start:
                raise ValidationError(
                    self.env._(
                        "Work on %(sheet)s stops before it starts.",
                        sheet=log.sheet_id.name,
                    )
                )
            if max(log.start, log.stop or log.start) > tomorrow:
                raise ValidationError(
                    self.env._(
                        "Work on %(sheet)s lies in the future: check its dates.",
                        sheet=log.sheet_id.name,
                    )
                )
            if log.hours > MAX_HOURS:
                raise ValidationError(
                    self.env._(
                        "Work on %(sheet)s takes %(hours)s hours in one entry: check "
                        "its dates, or enter each day on its own.",
                        sheet=log.sheet_id.name,
                        hours=format_number(self.env, log.hours, digits=2),
                    )
                )

    @api.constrains("sheet_id", "line_id")
    def _check_line(self):
        for log in self:
            if log.line_id and log.line_id.sheet_id != log.sheet_id:
                raise ValidationError(
                    self.env._(
                        "“%(line)s” is work of another sheet than %(sheet)s.",
                        line=log.line_id.name,
                        sheet=log.sheet_id.name,
                    )
                )

    # ------------------------------------------------------------------- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        logs = super().create(vals_list)
        if self.env.context.get("hours_entered") and "running" in logs.mapped("state"):
            raise UserError(
                self.env._("Enter how many hours the work took, or when it ended.")
            )
        # Hours that were forgotten may follow; nobody is at work on a closed sheet.
        logs.filtered(lambda log: log.state == "running").sheet_id._ensure_open()
        logs._sync_analytic()
        return logs

    def write(self, vals):
        corrected = self.browse()
        if vals.get("stop") or vals.get("hours"):
            corrected = self.filtered("is_forgotten")
            if corrected:
                corrected._write_by_step({"is_forgotten": False})
        res = super().write(vals)
        corrected._close_activities()
        if vals.keys() & COST_FIELDS:
            self._sync_analytic()
        return res

    # ----------------------------------------------------------------- ACTION

    def action_stop(self):
        """Stop these timers; one that was stopped stays as it is.

        One that ran longer than the company allows is not counted: the form to
        correct it opens.
        """
        forgotten = self._stop()
        return forgotten.action_correct() if len(forgotten) == 1 else True

    def action_correct(self):
        """Open this entry to say when the work really ended."""
        self.ensure_one()
        self.check_access("read")
        form = self.env.ref("workmanager_service.workmanager_work_log_view_form")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct the Time"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(form.id, "form")],
            "target": "new",
        }

    # --------------------------------------------------------------- BUSINESS

    @api.model
    def _get_running(self, user):
        """Return the timer of ``user`` that runs now, if any."""
        return self.search(
            [("user_id", "=", user.id), ("state", "=", "running")], limit=1
        )

    def _stop(self):
        """Stop the timers among these.

        :return: those that ran too long, and wait to be corrected
        """
        running = self.filtered(lambda log: log.state == "running")
        forgotten = running.filtered(lambda log: log._is_overdue())
        forgotten._mark_forgotten()
        (running - forgotten).stop = fields.Datetime.now()
        # The index on running timers must see it before another one starts.
        running.flush_recordset(["stop", "hours", "is_forgotten", "state"])
        return forgotten

    def _is_overdue(self):
        """Whether the timer runs longer than the company allows."""
        self.ensure_one()
        limit = self.company_id.service_timer_limit
        age = fields.Datetime.now() - self.start
        return bool(limit) and age > timedelta(hours=limit)

    def _mark_forgotten(self):
        """Take these timers as forgotten, and ask their technicians to correct them."""
        self._write_by_step({"is_forgotten": True})
        for log in self:
            user = log.company_id._get_responsible(log.user_id)
            reader = log.with_context(lang=user.lang, tz=user.tz)
            log.sheet_id.activity_schedule(
                FORGOTTEN_ACTIVITY,
                user_id=user.id,
                note=reader.env._(
                    "The timer that started on %s was not stopped, and its time does "
                    "not count yet. Open the sheet's page “Time” and say when the "
                    "work ended.",
                    format_moment(reader.env, log.start),
                ),
            )

    def _close_activities(self):
        """Take the activities of corrected timers as done."""
        for log in self:
            others = log.sheet_id.work_log_ids - log
            if not others.filtered(
                lambda other, user=log.user_id: (
                    other.is_forgotten and other.user_id == user
                )
            ):
                # A manager, too, closes the activity of whose time was corrected.
                user = log.company_id._get_responsible(log.user_id)
                log.sheet_id.sudo().activity_feedback(
                    [FORGOTTEN_ACTIVITY], user_id=user.id
                )

    @api.model
    def _cron_mark_forgotten(self):
        """Find the timers that run longer than their company allows."""
        running = self.search([("state", "=", "running")])
        running.filtered(lambda log: log._is_overdue())._mark_forgotten()

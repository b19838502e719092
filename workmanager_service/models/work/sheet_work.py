from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...formats import format_quantity

# What waits for the technician first, in the list of their work.
WORK_RANKS = {
    "approved": 1,
    "repair": 1,
    "received": 2,
    "evaluation": 2,
    "quoted": 4,
    "ready": 5,
}
WAITING_RANK = 3
CLOSED_RANK = 9


class Sheet(models.Model):
    """The work on a sheet: timers, hours, costs, and who does it."""

    _name = "workmanager.sheet"
    _inherit = ["workmanager.sheet", "analytic.mixin"]

    work_log_ids = fields.One2many(
        "workmanager.work.log", "sheet_id", string="Work Logs"
    )
    planned_hours = fields.Float(compute="_compute_planned_hours", store=True)
    hours = fields.Float(string="Real Hours", compute="_compute_hours", store=True)
    hours_deviation = fields.Float(
        string="Hours over Plan",
        compute="_compute_hours_deviation",
        store=True,
        help="Real hours less planned hours.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id",
        string="Company Currency",
        store=True,
        precompute=True,
    )
    work_cost = fields.Monetary(
        string="Cost of Work",
        compute="_compute_work_cost",
        store=True,
        currency_field="company_currency_id",
        groups="workmanager_service.group_manager",
    )
    has_running_timer = fields.Boolean(
        compute="_compute_has_running_timer",
        store=True,
        help="Somebody is at work on the sheet now.",
    )
    is_timer_running = fields.Boolean(compute="_compute_timer")
    timer_start = fields.Datetime(compute="_compute_timer")
    timer_line_id = fields.Many2one(
        "workmanager.sheet.line", string="Timed Work", compute="_compute_timer"
    )
    worker_ids = fields.Many2many(
        "res.users", string="At Work Now", compute="_compute_worker_ids"
    )
    has_overrun = fields.Boolean(compute="_compute_overrun")
    has_overrun_by_time = fields.Boolean(compute="_compute_overrun")
    has_forgotten_time = fields.Boolean(compute="_compute_has_forgotten_time")
    work_rank = fields.Integer(
        compute="_compute_work_rank",
        store=True,
        aggregator=None,
        help="Orders a technician's work: what can be repaired comes first.",
    )

    # ---------------------------------------------------------------- COMPUTE

    @api.depends("line_ids.planned_hours", "line_ids.sale_line_id.state")
    def _compute_planned_hours(self):
        for sheet in self:
            lines = sheet.line_ids.filtered(lambda line: line.order_state != "cancel")
            sheet.planned_hours = sum(lines.mapped("planned_hours"))

    @api.depends("work_log_ids.hours")
    def _compute_hours(self):
        for sheet in self:
            sheet.hours = sum(sheet.work_log_ids.mapped("hours"))

    @api.depends("hours", "planned_hours")
    def _compute_hours_deviation(self):
        for sheet in self:
            sheet.hours_deviation = sheet.hours - sheet.planned_hours

    @api.depends("work_log_ids.cost")
    def _compute_work_cost(self):
        for sheet in self:
            sheet.work_cost = sum(sheet.work_log_ids.mapped("cost"))

    @api.depends("company_id")
    def _compute_analytic_distribution(self):
        for sheet in self:
            # Who takes in need not see analytic accounts.
            account_sudo = sheet.company_id.sudo().service_analytic_account_id
            if not sheet.analytic_distribution and account_sudo:
                sheet.analytic_distribution = {str(account_sudo.id): 100}
            else:
                sheet.analytic_distribution = sheet.analytic_distribution

    @api.depends("work_log_ids.state")
    def _compute_has_running_timer(self):
        for sheet in self:
            sheet.has_running_timer = "running" in sheet.work_log_ids.mapped("state")

    @api.depends("work_log_ids.state")
    @api.depends_context("uid")
    def _compute_timer(self):
        if len(self) == 1:
            running = self.work_log_ids.filtered(
                lambda log: log.state == "running" and log.user_id == self.env.user
            )[:1]
        else:
            running = self.env["workmanager.work.log"]._get_running(self.env.user)
        for sheet in self:
            sheet.is_timer_running = running.sheet_id == sheet._origin and bool(running)
            sheet.timer_start = sheet.is_timer_running and running.start
            sheet.timer_line_id = sheet.is_timer_running and running.line_id

    @api.depends("work_log_ids.state", "work_log_ids.user_id")
    def _compute_worker_ids(self):
        if len(self) == 1:
            logs = self.work_log_ids.filtered(lambda log: log.state == "running")
            self.worker_ids = logs.user_id
            return
        running = dict(
            self.env["workmanager.work.log"]._read_group(
                [("sheet_id", "in", self.ids), ("state", "=", "running")],
                ["sheet_id"],
                ["user_id:recordset"],
            )
        )
        for sheet in self:
            sheet.worker_ids = running.get(sheet._origin, False)

    @api.depends("state", "line_ids.quantity_done", "line_ids.quantity")
    def _compute_overrun(self):
        for sheet in self:
            over = sheet.state == "repair" and sheet.line_ids.filtered(
                lambda line: line._get_overrun()
            )
            sheet.has_overrun = bool(over)
            sheet.has_overrun_by_time = bool(over and over.filtered("is_by_time"))

    @api.depends("work_log_ids.state", "work_log_ids.user_id")
    @api.depends_context("uid")
    def _compute_has_forgotten_time(self):
        for sheet in self:
            sheet.has_forgotten_time = any(
                log.state == "forgotten" for log in sheet.work_log_ids
            )

    @api.depends("state", "pause_reason")
    def _compute_work_rank(self):
        for sheet in self:
            rank = WORK_RANKS.get(sheet.state, CLOSED_RANK)
            if rank < WAITING_RANK and sheet._is_waiting():
                rank = WAITING_RANK
            sheet.work_rank = rank

    # ----------------------------------------------------------------- ACTION

    def action_start_timer(self):
        """Start the user's timer on this sheet; a running one of theirs stops."""
        self.ensure_one()
        return self._start_timer(self.env["workmanager.sheet.line"])

    def action_stop_timer(self):
        """Stop the user's timer on this sheet, if it runs."""
        running = self.env["workmanager.work.log"]._get_running(self.env.user)
        return running.filtered(lambda log: log.sheet_id in self).action_stop()

    def action_enter_hours(self):
        """Open the form to enter hours that no timer has counted."""
        self.ensure_one()
        self.check_access("read")
        form = self.env.ref("workmanager_service.workmanager_work_log_view_form")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Enter Hours"),
            "res_model": "workmanager.work.log",
            "views": [(form.id, "form")],
            "target": "new",
            "context": {"default_sheet_id": self.id, "hours_entered": True},
        }

    def action_correct_time(self):
        """Open the forgotten timer of this sheet to correct it, or list several."""
        self.ensure_one()
        logs = self.work_log_ids.filtered(lambda log: log.state == "forgotten")
        own = logs.filtered(lambda log: log.user_id == self.env.user)
        if len(own or logs) == 1:
            return (own or logs).action_correct()
        return logs._get_records_action(name=self.env._("Correct the Time"))

    def action_quote_overrun(self):
        """Quote what was done beyond what the customer accepted.

        :raises UserError: there is nothing of the kind, or it is quoted already
        """
        self.ensure_one()
        self._lock()
        over = self.line_ids.filtered(lambda line: line._get_overrun())
        values = [
            line._prepare_overrun_values()
            for line in over
            if line._get_overrun_to_quote()
        ]
        if error := self._quote_overrun_error_message(over, values):
            raise UserError(error)
        self.env["workmanager.sheet.line"].create(values)
        for line in over.filtered(lambda line: not line.is_by_time):
            line.quantity_done = line.quantity if line.is_accepted else 0.0
        return self.action_create_quotation()

    def action_bill_accepted(self):
        """Decide that time beyond the accepted quantity is not billed.

        :raises AccessError: the user is no manager
        """
        return self._decide_overrun("accepted")

    def action_bill_all(self):
        """Decide that all logged time is billed, though it is more than was accepted.

        :raises AccessError: the user is no manager
        """
        return self._decide_overrun("all")

    # --------------------------------------------------------------- BUSINESS

    def _start_timer(self, line):
        """Start the user's timer on ``line``, or on the sheet's current work."""
        self.ensure_one()
        self.check_access("write")
        self._ensure_open()
        logs = self.env["workmanager.work.log"]
        running = logs._get_running(self.env.user)
        if running.sheet_id == self and (not line or running.line_id == line):
            return True
        running._stop()
        self._end_pauses()
        values = {"sheet_id": self.id}
        if line:
            values["line_id"] = line.id
        logs.create(values)
        return True

    def _stop_timers(self):
        """Stop whoever works on these sheets."""
        # A technician who ends the repair ends a colleague's timer with it.
        self.sudo().work_log_ids._stop()

    def _stop_former_technicians(self, user_id):
        """Stop the timers of who had these sheets, where another one gets them."""
        # Whoever hands the sheet on may not be the one whose timer runs.
        self.sudo().work_log_ids.filtered(
            lambda log: (
                log.user_id == log.sheet_id.user_id and log.user_id.id != user_id
            )
        )._stop()

    def _is_waiting(self):
        """Whether nothing can be done on the sheet now, although its state says so."""
        self.ensure_one()
        return bool(self.pause_reason)

    def _get_agreed_work(self):
        """Return the accepted work, without the options that nobody took."""
        return self._get_accepted_lines().filtered(
            lambda line: (
                line.product_id.type == "service"
                and not line.product_uom_id.is_zero(line.quantity)
            )
        )

    def _get_current_work(self):
        """Return the paid work that a timer of this sheet counts for, if any."""
        work = self._get_agreed_work()
        by_time = work.filtered("is_by_time")
        unfinished = by_time.filtered(
            lambda line: (
                line.product_uom_id.compare(line.quantity_done, line.quantity) < 0
            )
        )
        return (unfinished or by_time or work)[:1]

    def _decide_overrun(self, policy):
        """Settle what is billed of the time beyond what the customer accepted."""
        if not self.env.user.has_group("workmanager_service.group_manager"):
            raise AccessError(
                self.env._(
                    "Only a manager decides what is billed beyond the quotation."
                )
            )
        self._lock()
        lines = self.line_ids.filtered(
            lambda line: line.is_by_time and line._get_overrun()
        )
        for line in lines:
            line.sheet_id.message_post(body=line._get_overrun_message(policy))
        lines.overrun_policy = policy
        return True

    def _quote_overrun_error_message(self, over, values):
        """Return why there is nothing to quote beyond what was accepted, or False."""
        self.ensure_one()
        if not over:
            return self.env._(
                "Nothing on %(sheet)s is more than the customer accepted.",
                sheet=self.name,
            )
        if not values and not self._get_lines_to_quote():
            return self.env._(
                "The difference on %(sheet)s is quoted already: the customer has to "
                "decide on it.",
                sheet=self.name,
            )
        return False

    def _time_error_message(self):
        """Return what is wrong with the time of work by the hour, or False."""
        self.ensure_one()
        by_time = self._get_agreed_work().filtered("is_by_time")
        if not by_time:
            return False
        for log in self.work_log_ids.filtered(lambda log: log.state == "forgotten"):
            return self.env._(
                "%(sheet)s: the timer of %(user)s was not stopped in time, and its "
                "hours are to be billed. Correct it on the page “Time”.",
                sheet=self.name,
                user=log.user_id.name,
            )
        if not sum(self.line_ids.mapped("hours")):
            return self.env._(
                "%(sheet)s: “%(line)s” is billed by the hour, and no time is logged on "
                "it. Enter the hours first.",
                sheet=self.name,
                line=by_time[0].name,
            )
        return False

    def _overrun_error_message(self):
        """Return what was done without the customer's consent, or False."""
        self.ensure_one()
        for line in self.line_ids.filtered(lambda line: line._get_overrun()):
            details = {
                "sheet": self.name,
                "line": line.name,
                "done": format_quantity(self.env, line.quantity_done),
                "accepted": format_quantity(self.env, line._get_allowed_quantity()),
                "unit": line.product_uom_id.name,
            }
            if line.is_by_time:
                return self.env._(
                    "%(sheet)s: %(done)s %(unit)s of “%(line)s” are logged, and the "
                    "customer accepted %(accepted)s. Quote the difference, or ask a "
                    "manager to decide what is billed.",
                    **details,
                )
            return self.env._(
                "%(sheet)s: more of “%(line)s” is done than the customer accepted. "
                "Quote the difference, or correct the quantity.",
                **details,
            )
        return False

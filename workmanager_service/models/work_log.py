from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WorkLog(models.Model):
    _name = "workmanager.work.log"
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
    line_id = fields.Many2one(
        "workmanager.sheet.line",
        string="Work",
        index="btree_not_null",
        domain="[('sheet_id', '=', sheet_id)]",
        ondelete="set null",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Technician",
        required=True,
        index=True,
        default=lambda self: self.env.user,
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
    note = fields.Char()

    _running_uniq = models.UniqueIndex(
        "(user_id) WHERE stop IS NULL AND hours = 0",
        "A timer of this technician is running already: stop it first.",
    )
    _hours_positive = models.Constraint(
        "CHECK(hours >= 0)", "Hours of work cannot be negative."
    )

    @api.depends("start", "stop")
    def _compute_hours(self):
        for log in self:
            if log.start and log.stop:
                log.hours = (log.stop - log.start).total_seconds() / 3600

    @api.constrains("start", "stop")
    def _check_dates(self):
        for log in self:
            if log.stop and log.stop < log.start:
                raise ValidationError(
                    self.env._(
                        "Work on %(sheet)s stops before it starts.",
                        sheet=log.sheet_id.name,
                    )
                )

    @api.model
    def _get_running(self, user):
        """Return the timer of ``user`` that runs now, if any."""
        return self.search(
            [("user_id", "=", user.id), ("stop", "=", False), ("hours", "=", 0)],
            limit=1,
        )

    def action_stop(self):
        """Stop these timers; one that was stopped stays as it is."""
        running = self.filtered(lambda log: not log.stop and not log.hours)
        running.stop = fields.Datetime.now()
        # The index on running timers must see it before another one starts.
        running.flush_recordset(["stop", "hours"])
        return True

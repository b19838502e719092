from odoo import api, fields, models


class StageTime(models.Model):
    """How long a sheet stood in a stage, from one change to the next.

    The chatter tells the same to a reader; figures need it as a measure.
    """

    _name = "workmanager.stage.time"
    _description = "Time in a Stage"
    _order = "start desc, id desc"

    sheet_id = fields.Many2one(
        "workmanager.sheet",
        string="Service Sheet",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="sheet_id.company_id", store=True, precompute=True, index=True
    )
    equipment_type_id = fields.Many2one(
        related="sheet_id.equipment_type_id", store=True, precompute=True, index=True
    )
    stage_id = fields.Many2one(
        "workmanager.stage", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(
        related="stage_id.state", string="Status", store=True, precompute=True
    )
    start = fields.Datetime(string="Since", required=True)
    stop = fields.Datetime(string="Until")
    hours = fields.Float(
        compute="_compute_hours", store=True, precompute=True, aggregator="avg"
    )

    _running_uniq = models.UniqueIndex(
        "(sheet_id) WHERE stop IS NULL", "A sheet stands in one stage at a time."
    )

    @api.depends("start", "stop")
    def _compute_hours(self):
        for time in self:
            if time.start and time.stop:
                time.hours = (time.stop - time.start).total_seconds() / 3600
            else:
                time.hours = 0.0

    @api.model
    def _stop(self, sheets):
        """End the running times of ``sheets`` now."""
        running = self.search_fetch(
            [("sheet_id", "in", sheets.ids), ("stop", "=", False)], ["start", "stop"]
        )
        running.stop = fields.Datetime.now()
        # The index on running times must see it before another one starts.
        running.flush_recordset(["stop", "hours"])

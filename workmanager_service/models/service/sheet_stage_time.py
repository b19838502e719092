from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain


class Sheet(models.Model):
    """Since when a sheet stands where it stands, and whether that is too long."""

    _inherit = "workmanager.sheet"

    stage_date = fields.Datetime(
        string="In This Stage Since",
        compute="_compute_stage_date",
        store=True,
        copy=False,
    )
    stage_time_ids = fields.One2many(
        "workmanager.stage.time", "sheet_id", string="Time in Stages"
    )
    is_stuck = fields.Boolean(
        string="Too Long in Its Stage",
        compute="_compute_is_stuck",
        search="_search_is_stuck",
        help="Longer than the time limit of the stage.",
    )

    @api.depends("stage_id")
    def _compute_stage_date(self):
        self.stage_date = fields.Datetime.now()

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
        return Domain.OR(
            Domain("stage_id", "=", stage.id)
            & Domain("stage_date", "<", now - timedelta(hours=stage.time_limit_hours))
            for stage in self.env["workmanager.stage"].search(
                [("time_limit_hours", ">", 0)]
            )
        )

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

from odoo import fields, models

from ..models.work.pause import PAUSE_REASONS


class PauseAsk(models.TransientModel):
    """Asks why repairs are paused."""

    _name = "workmanager.pause.ask"
    _description = "Pause Repairs"

    sheet_ids = fields.Many2many(
        "workmanager.sheet", string="Service Sheets", required=True
    )
    reason = fields.Selection(PAUSE_REASONS, required=True, default="customer")
    note = fields.Char(string="Details")

    def action_pause(self):
        """Pause the repairs; those that are paused already take the new reason.

        :raises UserError: a sheet is not under repair, or the reason is missing
        """
        self.ensure_one()
        self.sheet_ids._lock()._pause(self.reason, self.note)
        return {"type": "ir.actions.act_window_close"}

from odoo import fields, models


class SheetBatchRefusal(models.TransientModel):
    """Why a step was not done for a sheet."""

    _name = "workmanager.sheet.batch.refusal"
    _description = "Refused Step"

    batch_id = fields.Many2one(
        "workmanager.sheet.batch", required=True, index=True, ondelete="cascade"
    )
    sheet_id = fields.Many2one(
        "workmanager.sheet",
        string="Service Sheet",
        required=True,
        index=True,
        ondelete="cascade",
    )
    reason = fields.Text(required=True)

from odoo import fields, models


class HandoverLine(models.TransientModel):
    """An accessory that goes back, or does not."""

    _name = "workmanager.handover.line"
    _description = "Accessory at Hand-over"

    handover_id = fields.Many2one(
        "workmanager.handover", required=True, index=True, ondelete="cascade"
    )
    sheet_id = fields.Many2one("workmanager.sheet", required=True, ondelete="cascade")
    accessory_id = fields.Many2one(
        "workmanager.accessory", required=True, ondelete="cascade"
    )
    is_returned = fields.Boolean(string="Goes Back")
    note = fields.Char(string="Why It Does Not Go Back")

from odoo import fields, models


class IntakeCheck(models.TransientModel):
    _name = "workmanager.intake.check"
    _description = "Intake: Check"
    _order = "sequence, id"

    intake_id = fields.Many2one("workmanager.intake", required=True, ondelete="cascade")
    checkpoint_id = fields.Many2one("workmanager.checkpoint", required=True)
    sequence = fields.Integer(related="checkpoint_id.sequence", store=True)
    user_id = fields.Many2one(
        "res.users", string="Responsible", domain=[("share", "=", False)]
    )

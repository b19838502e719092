from odoo import fields, models

CHECK_PHASES = [("before", "Diagnosis"), ("after", "Final Check")]


class Checkpoint(models.Model):
    _name = "workmanager.checkpoint"
    _inherit = ["workmanager.limits.mixin"]
    _description = "Checkpoint"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    equipment_type_id = fields.Many2one(
        "workmanager.equipment.type",
        required=True,
        index=True,
        ondelete="cascade",
    )
    phase = fields.Selection(
        [
            ("before", "Before the Repair"),
            ("after", "After the Repair"),
            ("both", "Before and After"),
        ],
        string="When",
        required=True,
        default="before",
        help="What is checked after the repair holds back the end of the repair.",
    )
    is_required = fields.Boolean(
        string="Required",
        default=True,
        help="The evaluation cannot be completed, or the repair not finished, while "
        "this check has no result.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        help="Checks it on every sheet, unless somebody else is named there.",
    )
    fault_ids = fields.Many2many(
        "workmanager.fault",
        string="Possible Faults",
        help="What a bad result can mean.",
    )
    instruction = fields.Text(translate=True)

from odoo import api, fields, models
from odoo.exceptions import ValidationError

CHECK_KINDS = [("pass_fail", "Good / Bad"), ("measure", "Measured value")]


class Checkpoint(models.Model):
    _name = "workmanager.checkpoint"
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
    kind = fields.Selection(CHECK_KINDS, required=True, default="pass_fail")
    unit = fields.Char(help="Unit of the measured value, for example V or mm.")
    minimum = fields.Float(digits=(16, 3))
    maximum = fields.Float(digits=(16, 3))
    is_required = fields.Boolean(
        string="Required",
        default=True,
        help="The evaluation cannot be completed while this check has no result.",
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

    @api.constrains("kind", "minimum", "maximum")
    def _check_limits(self):
        for checkpoint in self:
            if (
                checkpoint.kind == "measure"
                and checkpoint.maximum
                and checkpoint.minimum > checkpoint.maximum
            ):
                raise ValidationError(
                    self.env._(
                        "Checkpoint %(name)s: the minimum is above the maximum.",
                        name=checkpoint.name,
                    )
                )

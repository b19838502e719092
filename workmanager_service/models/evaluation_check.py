from odoo import api, fields, models

from .checkpoint import CHECK_KINDS


class EvaluationCheck(models.Model):
    """One question of a checklist and its answer.

    The question is copied from the checkpoint, so that a catalogue that changes
    later never rewrites a finished evaluation.
    """

    _name = "workmanager.evaluation.check"
    _description = "Evaluation Check"
    _order = "evaluation_id desc, sequence, id"

    evaluation_id = fields.Many2one(
        "workmanager.evaluation", required=True, index=True, ondelete="cascade"
    )
    sheet_id = fields.Many2one(related="evaluation_id.sheet_id", store=True, index=True)
    company_id = fields.Many2one(related="evaluation_id.company_id")
    evaluation_state = fields.Selection(
        related="evaluation_id.state", string="Evaluation Status"
    )
    checkpoint_id = fields.Many2one(
        "workmanager.checkpoint", index="btree_not_null", ondelete="set null"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Check", required=True)
    kind = fields.Selection(CHECK_KINDS, required=True, default="pass_fail")
    unit = fields.Char()
    minimum = fields.Float(digits=(16, 3))
    maximum = fields.Float(digits=(16, 3))
    is_required = fields.Boolean(string="Required")
    instruction = fields.Text()
    user_id = fields.Many2one("res.users", string="Responsible", index="btree_not_null")
    value = fields.Float(digits=(16, 3))
    result = fields.Selection(
        [("ok", "Good"), ("not_ok", "Bad"), ("not_applicable", "Not Applicable")],
        compute="_compute_result",
        store=True,
        readonly=False,
    )
    note = fields.Char()
    possible_fault_ids = fields.Many2many(related="checkpoint_id.fault_ids")
    fault_ids = fields.Many2many("workmanager.fault", string="Faults")
    photo_ids = fields.One2many("workmanager.photo", "check_id", string="Photos")

    @api.depends("value")
    def _compute_result(self):
        """A measured value outside its limits is bad by itself."""
        for check in self:
            if check.kind == "measure" and check.value:
                check.result = "ok" if check._is_within_limits() else "not_ok"

    @api.model_create_multi
    def create(self, vals_list):
        checks = super().create(vals_list)
        checks.evaluation_id._ensure_draft()
        return checks

    def write(self, vals):
        self.evaluation_id._ensure_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self.evaluation_id._ensure_draft()

    def action_ok(self):
        """Answer these checks with "good"."""
        return self.write({"result": "ok"})

    def action_not_ok(self):
        """Answer these checks with "bad"."""
        return self.write({"result": "not_ok"})

    def action_not_applicable(self):
        """Answer these checks with "not applicable"."""
        return self.write({"result": "not_applicable"})

    def _is_within_limits(self):
        """Whether the measured value lies between the limits; 0 means no limit."""
        self.ensure_one()
        return not (
            (self.minimum and self.value < self.minimum)
            or (self.maximum and self.value > self.maximum)
        )

    def _prepare_finding(self):
        """Return what the customer is told about this check, which is bad."""
        self.ensure_one()
        detail = [*self.fault_ids.mapped("name"), self.note]
        if self.kind == "measure":
            measure = self.sheet_id._format_measure(self.value)
            detail.insert(0, f"{measure} {self.unit or ''}".strip())
        return {
            "name": self.name,
            "detail": " · ".join(filter(None, detail)),
            "photos": self.photo_ids.filtered("is_for_customer"),
        }

    @api.model
    def _prepare(self, checkpoint):
        """Return the values of the check that asks what ``checkpoint`` asks."""
        return {
            "checkpoint_id": checkpoint.id,
            "sequence": checkpoint.sequence,
            "name": checkpoint.name,
            "kind": checkpoint.kind,
            "unit": checkpoint.unit,
            "minimum": checkpoint.minimum,
            "maximum": checkpoint.maximum,
            "is_required": checkpoint.is_required,
            "instruction": checkpoint.instruction,
            "user_id": checkpoint.user_id.id,
        }

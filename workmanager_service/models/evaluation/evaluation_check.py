from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...formats import format_number
from ..catalogue.limits_mixin import VALUE_DIGITS
from ..service.states import CHECK_STATES

# What is an answer, and thus tells who checked.
ANSWER_FIELDS = {"result", "value", "is_measured", "note", "fault_ids"}


class EvaluationCheck(models.Model):
    """One question of a checklist and its answer.

    The question is copied from the checkpoint, so that a catalogue that changes
    later never rewrites a finished evaluation.
    """

    _name = "workmanager.evaluation.check"
    _inherit = ["workmanager.limits.mixin", "workmanager.sealed.mixin"]
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
    is_required = fields.Boolean(string="Required")
    instruction = fields.Text()
    user_id = fields.Many2one("res.users", string="Responsible", index="btree_not_null")
    value = fields.Float(digits=(16, VALUE_DIGITS))
    # A value of 0 is a value: whether there is one is said apart.
    is_measured = fields.Boolean(
        string="Measured",
        compute="_compute_is_measured",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
    )
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
    is_to_do = fields.Boolean(
        string="To Do", compute="_compute_is_to_do", search="_search_is_to_do"
    )
    checked_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    checked_date = fields.Datetime(string="Checked On", readonly=True, copy=False)
    phase = fields.Selection(related="evaluation_id.phase")
    equipment_id = fields.Many2one(related="sheet_id.equipment_id")
    deadline_date = fields.Datetime(related="sheet_id.deadline_date", store=True)

    # ---------------------------------------------------------------- COMPUTE

    @api.depends("value")
    def _compute_is_measured(self):
        for check in self:
            check.is_measured = check.is_measured or bool(check.value)

    @api.depends("value", "is_measured")
    def _compute_result(self):
        """A measured value outside its limits is bad by itself."""
        for check in self:
            if check.kind == "measure" and check.is_measured:
                is_good = check._is_within_limits(check.value)
                check.result = "ok" if is_good else "not_ok"

    @api.depends("result", "evaluation_id.state", "phase", "sheet_id.state")
    def _compute_is_to_do(self):
        for check in self:
            check.is_to_do = (
                not check.result
                and check.evaluation_id.state == "draft"
                and check.sheet_id.state in CHECK_STATES[check.phase or "before"]
            )

    def _search_is_to_do(self, operator, value):
        if operator != "in":
            return NotImplemented
        phases = Domain.OR(
            Domain("phase", "=", phase) & Domain("sheet_id.state", "in", states)
            for phase, states in CHECK_STATES.items()
        )
        # Joined rather than searched on their own: few checks have no answer, and who
        # sees a check sees its evaluation.
        drafts = Domain("state", "=", "draft") & phases
        return Domain("result", "=", False) & Domain("evaluation_id", "any!", drafts)

    # ------------------------------------------------------------- CONSTRAINT

    @api.constrains("result", "value", "is_measured")
    def _check_result(self):
        for check in self:
            if (
                check.kind == "measure"
                and check.is_measured
                and check.result == "ok"
                and not check._is_within_limits(check.value)
            ):
                raise ValidationError(
                    self.env._(
                        "“%(check)s” was measured outside its limits (%(limits)s): it "
                        "is bad, or measure it again.",
                        check=check.name,
                        limits=check._get_limits_text(),
                    )
                )

    # ------------------------------------------------------------------- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        checks = super().create(vals_list)
        checks.evaluation_id._ensure_editable()
        checks.filtered("result")._sign()
        checks.filtered("user_id")._sync_activities()
        return checks

    def write(self, vals):
        self.evaluation_id._ensure_editable()
        if "value" in vals and "is_measured" not in vals:
            vals = {**vals, "is_measured": True}
        answers = {check: (check.result, check.value) for check in self}
        faults = {check: check.fault_ids for check in self}
        res = super().write(vals)
        if set(vals) & ANSWER_FIELDS:
            self.filtered(
                lambda check: (check.result, check.value) != answers[check]
            )._sign()
            self._drop_faults(faults)
        if "user_id" in vals:
            self._sync_activities()
        elif set(vals) & ANSWER_FIELDS:
            self.filtered("user_id")._sync_activities()
        return res

    def unlink(self):
        sheets = self.filtered("user_id").sheet_id
        res = super().unlink()
        sheets._sync_check_activities()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self.evaluation_id._ensure_editable()

    def _sign(self):
        """Note who answered these checks, and when; without an answer, nobody did."""
        for checks in self.grouped(lambda check: bool(check.result)).values():
            is_answered = bool(checks[0].result)
            checks._write_by_step(
                {
                    "checked_by_id": is_answered and self.env.uid,
                    "checked_date": is_answered and fields.Datetime.now(),
                }
            )

    def _drop_faults(self, before):
        """Take back the faults that these checks no longer found.

        :param dict before: {check: the faults that it had found}
        """
        good = self.filtered(lambda check: check.result != "not_ok" and check.fault_ids)
        if good:
            good.write({"fault_ids": [fields.Command.clear()]})
        for evaluation, checks in self.grouped("evaluation_id").items():
            gone = self.env["workmanager.fault"].union(
                *(before[check] - check.fault_ids for check in checks)
            )
            if gone := gone - evaluation.check_ids.fault_ids:
                evaluation.fault_ids -= gone

    def _sync_activities(self):
        self.sheet_id._sync_check_activities()

    # ----------------------------------------------------------------- ACTION

    def action_ok(self):
        """Answer these checks with "good"."""
        return self.write({"result": "ok"})

    def action_not_ok(self):
        """Answer these checks with "bad"."""
        return self.write({"result": "not_ok"})

    def action_not_applicable(self):
        """Answer these checks with "not applicable"."""
        return self.write({"result": "not_applicable"})

    # --------------------------------------------------------------- BUSINESS

    def _get_limits_text(self):
        """Return the limits of a measured value as text, or an empty one."""
        self.ensure_one()
        if self.kind != "measure":
            return ""
        low, high = (
            format_number(self.env, limit, VALUE_DIGITS) if is_set else ""
            for limit, is_set in (
                (self.minimum, self.has_minimum),
                (self.maximum, self.has_maximum),
            )
        )
        if low and high:
            return f"{low} – {high}"
        return (low and f"≥ {low}") or (high and f"≤ {high}") or ""

    def _get_value_text(self):
        """Return the measured value with its unit, or an empty text."""
        self.ensure_one()
        if self.kind != "measure" or not self.is_measured:
            return ""
        value = format_number(self.env, self.value, VALUE_DIGITS)
        return f"{value} {self.unit or ''}".strip()

    def _prepare_finding(self, photos):
        """Return what the customer is told about this check, which is bad.

        :param photos: those of the sheet that the customer may see
        """
        self.ensure_one()
        faults = self.fault_ids.mapped("name")
        detail = [self._get_value_text(), *faults, self.note]
        return {
            "name": self.name,
            "detail": " · ".join(filter(None, detail)),
            "photos": photos.filtered(lambda photo: photo.check_id == self),
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
            "has_minimum": checkpoint.has_minimum,
            "has_maximum": checkpoint.has_maximum,
            "is_required": checkpoint.is_required,
            "instruction": checkpoint.instruction,
            "user_id": checkpoint.user_id.id,
        }

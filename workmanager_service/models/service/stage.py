from odoo import api, fields, models
from odoo.exceptions import UserError

from .states import SHEET_STATES


class Stage(models.Model):
    _name = "workmanager.stage"
    _description = "Service Stage"
    _inherit = ["workmanager.placeholder.mixin"]
    _order = "sequence, id"
    _text_field = "sms_text"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    state = fields.Selection(
        SHEET_STATES,
        required=True,
        copy=True,
        index=True,
        help="What the stage means to the system. Several stages can share a state; "
        "a sheet that reaches the state enters the first of them.",
    )
    customer_label = fields.Char(
        translate=True, help="What the customer reads. The stage's name when empty."
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="E-mail Template",
        domain=[("model", "=", "workmanager.sheet")],
        help="Sent to the customer when a sheet reaches this stage; for a quotation, "
        "once it is marked as sent. Odoo's e-mail with a quotation takes its place.",
    )
    sms_text = fields.Text(
        string="Text Message",
        translate=True,
        help="Sent to the customer's phone together with the e-mail. What stands in "
        "braces is replaced: {customer}, {equipment}, {serial}, {number} (of the "
        "sheet), {date} (of the intake), {deadline}, {company}, {diagnosis_fee}, "
        "{link} (where the customer follows it).",
    )
    time_limit_hours = fields.Float(
        string="Time Limit (hours)",
        help="A sheet that stays longer in this stage stands out. Zero: no limit.",
    )
    fold = fields.Boolean(string="Folded in Kanban")

    @api.constrains("sms_text")
    def _check_sms_text(self):
        self._check_placeholders()

    def _get_text_kind(self):
        return "message"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Leave the text message out where Odoo can send none."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if "sms.sms" not in self.env:
            for node in arch.xpath("//field[@name='sms_text']"):
                node.getparent().remove(node)
        return arch, view

    def copy_data(self, default=None):
        return [
            {**vals, "name": self.env._("%s (copy)", stage.name)}
            for stage, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def write(self, vals):
        if "state" in vals:
            self.filtered(lambda stage: stage.state != vals["state"])._ensure_unused(
                self.env._("change its state")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._ensure_unused(self.env._("delete it"))

    def _ensure_unused(self, deed):
        """Refuse ``deed`` (a translated verb) for stages that sheets stand in."""
        used = (
            self.env["workmanager.sheet"]
            .sudo()
            ._read_group([("stage_id", "in", self.ids)], ["stage_id"])
        )
        if used:
            raise UserError(
                self.env._(
                    "Sheets are in the stage %(stage)s: move them to another stage "
                    "before you %(deed)s.",
                    stage=used[0][0].name,
                    deed=deed,
                )
            )

    @api.model
    def _get_first(self, state):
        """Return the stage that a sheet enters when it reaches ``state``."""
        stage = self.search_fetch([("state", "=", state)], ["name", "state"], limit=1)
        if not stage:
            label = dict(self._fields["state"]._description_selection(self.env))[state]
            raise UserError(
                self.env._(
                    "No stage stands for the state %(state)s. Ask a manager to add "
                    "one under Configuration ▸ Stages.",
                    state=label,
                )
            )
        return stage

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...formats import format_number

PAUSE_REASONS = [
    ("customer", "Waiting for the customer"),
    ("part", "Waiting for a part"),
    ("other", "Other reason"),
]


class Pause(models.Model):
    """A time in which a repair stands still."""

    _name = "workmanager.pause"
    _inherit = ["workmanager.sealed.mixin"]
    _description = "Pause of a Repair"
    _order = "start desc, id desc"
    _rec_name = "sheet_id"

    sheet_id = fields.Many2one(
        "workmanager.sheet",
        string="Service Sheet",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="sheet_id.company_id", store=True, index=True)
    reason = fields.Selection(PAUSE_REASONS, required=True, default="customer")
    note = fields.Char(string="Details")
    user_id = fields.Many2one(
        "res.users",
        string="Paused By",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
    )
    start = fields.Datetime(
        string="Paused On",
        required=True,
        readonly=True,
        copy=False,
        default=fields.Datetime.now,
    )
    stop = fields.Datetime(string="Resumed On", readonly=True, copy=False)
    days = fields.Float(
        compute="_compute_days",
        store=True,
        help="How long the pause was; it counts once the repair goes on.",
    )

    _open_uniq = models.UniqueIndex(
        "(sheet_id) WHERE stop IS NULL", "This repair is paused already."
    )

    @api.depends("start", "stop")
    def _compute_days(self):
        for pause in self:
            length = pause.stop and pause.stop - pause.start
            pause.days = length.total_seconds() / 86400 if length else 0.0

    @api.model_create_multi
    def create(self, vals_list):
        pauses = super().create(vals_list)
        for pause in pauses:
            pause._ensure_allowed()
        pauses.sheet_id._stop_timers()
        for pause in pauses:
            pause.sheet_id.message_post(body=pause._get_message())
        return pauses

    def _ensure_allowed(self):
        """Refuse a pause of what is no repair, and one without a reason.

        :raises UserError: saying what to do instead
        """
        self.ensure_one()
        sheet = self.sheet_id
        if not sheet._is_step_source("pause"):
            raise UserError(
                self.env._(
                    "%(sheet)s is in the state “%(state)s”: only a repair can be "
                    "paused.",
                    sheet=sheet.name,
                    state=sheet._get_state_label(),
                )
            )
        if self.reason == "other" and not (self.note or "").strip():
            raise UserError(
                self.env._("Say in the details why %s is paused.", sheet.name)
            )

    def _get_reason_label(self):
        self.ensure_one()
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        return reasons[self.reason]

    def _get_message(self):
        self.ensure_one()
        details = {"reason": self._get_reason_label(), "note": self.note}
        if self.note:
            return self.env._("Paused. %(reason)s: %(note)s", **details)
        return self.env._("Paused. %(reason)s.", **details)

    def _end(self):
        """Let the repairs of these pauses go on."""
        # Nobody changes a pause by hand; who ends it may change the sheet.
        self.sudo().stop = fields.Datetime.now()
        # The index on open pauses must see it before another one starts.
        self.flush_recordset(["stop"])
        for pause in self:
            pause.sheet_id.message_post(
                body=self.env._(
                    "Goes on after a pause of %(days)s days.",
                    days=format_number(self.env, pause.days, digits=1),
                )
            )

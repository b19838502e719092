from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class Evaluation(models.Model):
    _name = "workmanager.evaluation"
    _description = "Evaluation"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    sheet_id = fields.Many2one(
        "workmanager.sheet",
        string="Service Sheet",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(related="sheet_id.company_id")
    partner_id = fields.Many2one(related="sheet_id.partner_id")
    equipment_id = fields.Many2one(related="sheet_id.equipment_id")
    user_id = fields.Many2one(
        "res.users", string="Technician", index="btree_not_null", tracking=True
    )
    state = fields.Selection(
        [("draft", "To Do"), ("done", "Done")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    date_done = fields.Datetime(string="Completed", readonly=True, copy=False)
    check_ids = fields.One2many(
        "workmanager.evaluation.check", "evaluation_id", string="Checks", copy=True
    )
    fault_ids = fields.Many2many(
        "workmanager.fault",
        string="Faults Found",
        compute="_compute_fault_ids",
        store=True,
        readonly=False,
    )
    conclusion = fields.Text(help="Printed on the evaluation report.")

    @api.depends("sheet_id.name")
    def _compute_display_name(self):
        for evaluation in self:
            evaluation.display_name = self.env._(
                "Evaluation of %(sheet)s", sheet=evaluation.sheet_id.name or ""
            )

    @api.depends("check_ids.fault_ids")
    def _compute_fault_ids(self):
        """Add what the checks found; a fault added by hand stays."""
        for evaluation in self:
            evaluation.fault_ids |= evaluation.check_ids.fault_ids

    def write(self, vals):
        if set(vals) & {"check_ids", "fault_ids", "conclusion", "sheet_id"}:
            self._ensure_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self._ensure_draft()

    def action_complete(self):
        """Close the evaluation, and with it the list of what was found.

        :raises UserError: naming the required checks without a result
        """
        todo = self.filtered(lambda evaluation: evaluation.state == "draft")
        for evaluation in todo:
            if error := evaluation._completion_error_message():
                raise UserError(error)
        todo._action_complete()
        return True

    def _action_complete(self):
        """Hook: mark these evaluations, which were checked, as done."""
        self.write({"state": "done", "date_done": fields.Datetime.now()})

    def action_reopen(self):
        """Take a completed evaluation back, while nothing was quoted from it."""
        for evaluation in self.filtered(lambda evaluation: evaluation.state == "done"):
            if evaluation.sheet_id.state != "evaluation":
                raise UserError(
                    self.env._(
                        "%(sheet)s is no longer under evaluation: what was found "
                        "stands as it is.",
                        sheet=evaluation.sheet_id.name,
                    )
                )
            evaluation.write({"state": "draft", "date_done": False})
        return True

    def action_set_rest_ok(self):
        """Mark every check that has no result yet as good."""
        self._ensure_draft()
        self.check_ids.filtered(
            lambda check: not check.result and check.kind == "pass_fail"
        ).result = "ok"
        return True

    def _completion_error_message(self):
        """Return why this evaluation cannot be completed, or False."""
        self.ensure_one()
        if self.sheet_id.state not in ("evaluation", "approved", "repair"):
            return self.env._(
                "%(sheet)s is not under evaluation: start its evaluation first.",
                sheet=self.sheet_id.name,
            )
        missing = self.check_ids.filtered(
            lambda check: check.is_required and not check.result
        )
        if missing:
            return self.env._(
                "These required checks have no result yet: %(checks)s.",
                checks=", ".join(missing.mapped("name")),
            )
        return False

    def _ensure_draft(self):
        done = self.filtered(lambda evaluation: evaluation.state == "done")
        if done:
            raise UserError(
                self.env._(
                    "%(evaluation)s is completed and cannot be changed. Reopen it, "
                    "or start another evaluation.",
                    evaluation=done[0].display_name,
                )
            )

    def _prepare_checks_values(self, checkpoints):
        """Return commands that copy ``checkpoints`` into checks."""
        return [
            Command.create(self.env["workmanager.evaluation.check"]._prepare(point))
            for point in checkpoints
        ]

    def _get_findings(self):
        """Return what this evaluation found wrong, as the customer is told it.

        :return: a list of dicts with ``name``, ``detail`` (or an empty text) and
            ``photos`` (``workmanager.photo``, those marked for the customer)
        """
        self.ensure_one()
        return [
            check._prepare_finding()
            for check in self.check_ids
            if check.result == "not_ok"
        ]

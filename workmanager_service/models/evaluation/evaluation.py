from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..catalogue.checkpoint import CHECK_PHASES
from ..service.states import ACCEPTED_STATES, CHECK_STATES


class Evaluation(models.Model):
    _name = "workmanager.evaluation"
    _description = "Evaluation"
    _inherit = ["mail.thread", "workmanager.sealed.mixin"]
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
    phase = fields.Selection(
        CHECK_PHASES, required=True, default="before", readonly=True, index=True
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

    @api.depends("sheet_id.name", "phase")
    def _compute_display_name(self):
        for evaluation in self:
            name = evaluation.sheet_id.name or ""
            evaluation.display_name = (
                self.env._("Final checks of %(sheet)s", sheet=name)
                if evaluation.phase == "after"
                else self.env._("Evaluation of %(sheet)s", sheet=name)
            )

    @api.depends("check_ids.fault_ids")
    def _compute_fault_ids(self):
        """Add what the checks found; a fault added by hand stays."""
        for evaluation in self:
            evaluation.fault_ids |= evaluation.check_ids.fault_ids

    @api.model_create_multi
    def create(self, vals_list):
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        evaluations = super(Evaluation, quiet).create(vals_list).with_env(self.env)
        evaluations.sheet_id._ensure_open()
        return evaluations

    def write(self, vals):
        if set(vals) & {"check_ids", "fault_ids", "conclusion", "sheet_id", "phase"}:
            self._ensure_editable()
        res = super().write(vals)
        if "state" in vals:
            self.sheet_id._with_allocated_checks()._sync_check_activities()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self._ensure_editable()

    def _message_auto_subscribe_followers(self, updated_values, default_subtype_ids):
        """The technician follows the sheet, which tells what there is to do."""
        return []

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
        self._write_by_step({"state": "done", "date_done": fields.Datetime.now()})

    def action_reopen(self):
        """Take a completed evaluation back, while nothing was quoted from it.

        :raises UserError: the sheet went on since
        """
        for evaluation in self.filtered(lambda evaluation: evaluation.state == "done"):
            if not evaluation._can_be_reopened():
                raise UserError(
                    self.env._(
                        "%(sheet)s is no longer under evaluation: what was found "
                        "stands as it is.",
                        sheet=evaluation.sheet_id.name,
                    )
                )
            evaluation._write_by_step({"state": "draft", "date_done": False})
        return True

    def action_set_rest_ok(self):
        """Mark every check that has no result yet as good; values are measured."""
        self._ensure_editable()
        self.check_ids.filtered(
            lambda check: not check.result and check.kind == "pass_fail"
        ).result = "ok"
        return True

    def _can_be_reopened(self):
        self.ensure_one()
        state = self.sheet_id.state
        if self.phase == "after":
            return state == "repair"
        return state == "evaluation" or (
            state in ACCEPTED_STATES
            and not any(
                line.evaluation_id == self and not line._is_to_quote()
                for line in self.sheet_id.line_ids
            )
        )

    def _completion_error_message(self):
        """Return why this evaluation cannot be completed, or False."""
        self.ensure_one()
        if not self.sheet_id._is_step_source("complete_evaluation"):
            return self.env._(
                "%(sheet)s is not under evaluation: start its evaluation first.",
                sheet=self.sheet_id.name,
            )
        if missing := self._get_missing_checks():
            return self.env._(
                "These required checks have no result yet: %(checks)s.",
                checks=", ".join(missing.mapped("name")),
            )
        return False

    def _get_missing_checks(self):
        """Return the required checks without a result."""
        return self.check_ids.filtered(
            lambda check: check.is_required and not check.result
        )

    def _ensure_editable(self):
        """Refuse evaluations that are completed, and those of closed sheets."""
        self.sheet_id._ensure_open()
        self._ensure_draft()

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

    def _prepare_checks_values(self, checkpoints, allocated=None):
        """Return commands that copy ``checkpoints`` into checks.

        :param dict allocated: {checkpoint: user} where this is decided already
        """
        check_model = self.env["workmanager.evaluation.check"]
        commands = []
        for point in checkpoints:
            values = check_model._prepare(point)
            if user := (allocated or {}).get(point):
                values["user_id"] = user.id
            commands.append(Command.create(values))
        return commands

    def get_checklist(self):
        """Return what the checklist on the screen shows, for its component.

        :return: a dict with ``is_editable``, ``can_set_rest`` and ``checks``, a list
            of what :meth:`~EvaluationCheck._prepare_checklist_row` returns
        """
        self.ensure_one()
        sheet, checks = self.sheet_id, self.check_ids.sorted()
        offers = checks._get_fault_offers()
        is_editable = self.state == "draft" and sheet.state in CHECK_STATES[self.phase]
        return {
            "is_editable": is_editable,
            "can_set_rest": is_editable
            and any(not check.result and check.kind == "pass_fail" for check in checks),
            "checks": [
                check._prepare_checklist_row(offers.get(check, [])) for check in checks
            ],
        }

    def _get_printed_photos(self):
        """Return what the report shows of the photos marked for the customer.

        :return: a list of (caption, bytes: small and encoded)
        """
        self.ensure_one()
        photos = self.sheet_id._get_customer_photos().filtered(
            lambda photo: photo.check_id in self.check_ids
        )
        return [(photo.display_name, image) for photo, image in photos._get_printed()]

    def _get_findings(self, photos=None):
        """Return what this evaluation found wrong, as the customer is told it.

        :param photos: those of the sheet that the customer may see, where they were
            read already
        :return: a list of dicts with ``name``, ``detail`` (or an empty text) and
            ``photos`` (``workmanager.photo``, those marked for the customer)
        """
        self.ensure_one()
        bad = self.env["workmanager.evaluation.check"].search_fetch(
            [("evaluation_id", "=", self.id), ("result", "=", "not_ok")]
        )
        if photos is None:
            photos = self.sheet_id._get_customer_photos()
        return [check._prepare_finding(photos) for check in bad]

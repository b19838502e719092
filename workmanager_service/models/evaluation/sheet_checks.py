from collections import defaultdict

from odoo import api, fields, models

CHECK_ACTIVITY = "workmanager_service.mail_activity_type_checks"


class Sheet(models.Model):
    """The checks of a sheet: before the repair, after it, and whose they are."""

    _inherit = "workmanager.sheet"

    evaluation_id = fields.Many2one(
        "workmanager.evaluation",
        compute="_compute_evaluation_id",
        store=True,
        index="btree_not_null",
        ondelete="set null",
        help="The current diagnosis: the newest.",
    )
    check_ids = fields.One2many(
        related="evaluation_id.check_ids", string="Checks", readonly=False
    )
    conclusion = fields.Text(related="evaluation_id.conclusion", readonly=False)
    evaluation_state = fields.Selection(
        related="evaluation_id.state",
        string="Evaluation Status",
        store=True,
        tracking=False,
    )
    final_evaluation_id = fields.Many2one(
        "workmanager.evaluation",
        string="Final Checks",
        compute="_compute_evaluation_id",
        store=True,
        index="btree_not_null",
        ondelete="set null",
        help="What is checked after the repair, where the type wants it.",
    )
    final_check_ids = fields.One2many(
        related="final_evaluation_id.check_ids",
        string="Checks after the Repair",
        readonly=False,
    )
    final_evaluation_state = fields.Selection(
        related="final_evaluation_id.state",
        string="Final Checks Status",
        tracking=False,
    )
    bad_final_check_count = fields.Integer(compute="_compute_bad_final_check_count")

    # ---------------------------------------------------------------- COMPUTE

    @api.depends("evaluation_ids.phase")
    def _compute_evaluation_id(self):
        for sheet in self:
            evaluations = sheet.evaluation_ids.sorted("id").grouped("phase")
            none = sheet.evaluation_ids.browse()
            sheet.evaluation_id = evaluations.get("before", none)[-1:]
            sheet.final_evaluation_id = evaluations.get("after", none)[-1:]

    @api.depends("final_check_ids.result")
    def _compute_bad_final_check_count(self):
        for sheet in self:
            results = sheet.final_check_ids.mapped("result")
            sheet.bad_final_check_count = results.count("not_ok")

    # ----------------------------------------------------------------- ACTION

    def action_view_evaluation(self):
        """Open the current diagnosis on a page of its own."""
        self.ensure_one()
        return self.evaluation_id._get_records_action()

    def action_view_final_evaluation(self):
        """Open the final checks on a page of their own."""
        self.ensure_one()
        return self.final_evaluation_id._get_records_action()

    def action_set_rest_ok(self):
        """Mark the checks that have no result yet as good."""
        return self.evaluation_id.action_set_rest_ok()

    # --------------------------------------------------------------- BUSINESS

    def _create_evaluations(self, phase="before"):
        """Give each sheet a draft evaluation with the checks of its type.

        A check that was allocated before stays with the same person.

        :param str phase: ``before`` or ``after`` the repair; final checks are for
            types that want some
        """
        checkpoints = self.equipment_type_id._get_checkpoints(phase)
        evaluations = self.env["workmanager.evaluation"]
        values = []
        for sheet in self:
            translated = checkpoints[sheet.equipment_type_id]
            if translated:
                translated = translated.with_context(
                    lang=sheet.company_id.partner_id.lang
                )
            if phase == "before" or translated:
                allocated = {
                    check.checkpoint_id: check.user_id for check in sheet.check_ids
                }
                values.append(
                    {
                        "sheet_id": sheet.id,
                        "phase": phase,
                        "user_id": sheet.user_id.id,
                        "check_ids": evaluations._prepare_checks_values(
                            translated, allocated
                        ),
                    }
                )
        return evaluations._create_by_step(values)

    def _create_final_evaluations(self):
        """Bring back what is to be checked after the repair, once for each repair."""
        open_sheets = self.filtered(lambda s: s.final_evaluation_state != "draft")
        return open_sheets._create_evaluations("after")

    def _final_checks_error_message(self):
        """Return which final checks hold back the end of the repair, or False."""
        self.ensure_one()
        missing = (
            self.final_evaluation_state == "draft"
            and self.final_evaluation_id._get_missing_checks()
        )
        if not missing:
            return False
        return self.env._(
            "%(sheet)s: answer the final checks before you finish the repair. These "
            "have no result yet: %(checks)s.",
            sheet=self.name,
            checks=", ".join(missing.mapped("name")),
        )

    def _complete_final_evaluations(self):
        """Close the final checks; their required ones were answered."""
        drafts = self.final_evaluation_id.filtered(lambda e: e.state == "draft")
        if drafts:
            drafts._action_complete()

    def _assign_checks(self, responsibles):
        """Leave the checks of ``responsibles`` and allocate them; others go.

        :param dict responsibles: {checkpoint: user} as decided at intake
        """
        for check in self.evaluation_id.check_ids:
            if check.checkpoint_id not in responsibles:
                check.unlink()
            elif responsibles[check.checkpoint_id] != check.user_id:
                check.user_id = responsibles[check.checkpoint_id]

    # ------------------------------------------------------------- ACTIVITIES

    def _with_allocated_checks(self):
        """Return those of these sheets that have checks of certain people.

        Only on these there can be activities: taking a check from its person settles
        theirs at once.
        """
        if not self:
            return self
        checks_sudo = self.env["workmanager.evaluation.check"].sudo()
        allocated = checks_sudo._read_group(
            [("sheet_id", "in", self.ids), ("user_id", "!=", False)], ["sheet_id"]
        )
        return self & self.browse(sheet.id for (sheet,) in allocated)

    def _follow_check_activities(self):
        """Keep the activities of checks up to a new stage or technician."""
        # The end of an evaluation settled its activities.
        self.filtered(
            lambda s: "draft" in (s.evaluation_state, s.final_evaluation_state)
        )._with_allocated_checks()._sync_check_activities()

    def _sync_check_activities(self):
        """Keep one activity for each person who has checks to do on a sheet.

        The sheet's technician has the sheet itself. An activity is done by itself
        when its person has answered, and goes when the checks go to somebody else.
        """
        if self.env.context.get("check_activities_later") or not self.ids:
            return
        # Who allocates a check needs no rights on other people's activities.
        waiting = self.sudo()._get_waiting_people()
        kind = self.env["mail.activity.type"].browse(
            self.env["ir.model.data"]._xmlid_to_res_id(
                CHECK_ACTIVITY, raise_if_not_found=True
            )
        )
        activities_sudo = (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "=", kind.id),
                ]
            )
        )
        done_sudo = gone_sudo = activities_sudo.browse()
        for activity in activities_sudo:
            sheet = self.browse(activity.res_id)
            if waiting[sheet].pop(activity.user_id, None):
                continue
            if sheet._has_answers_of(activity.user_id):
                done_sudo |= activity
            else:
                gone_sudo |= activity
        gone_sudo.unlink()
        if done_sudo:
            done_sudo.action_feedback()
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True  # a place in the list, and no e-mail
        ).create(
            [
                sheet._prepare_check_activity_values(kind, user, names)
                for sheet, people in waiting.items()
                for user, names in people.items()
            ]
        )

    def _get_waiting_people(self):
        """Return {sheet: {user: names of the checks that wait for this user}}."""
        waiting = defaultdict(dict)
        todo = self.env["workmanager.evaluation.check"].search(
            [
                ("sheet_id", "in", self.ids),
                ("is_to_do", "=", True),
                ("user_id.active", "=", True),
            ],
            order="sequence, id",
        )
        for (sheet, user), checks in todo.grouped(
            lambda check: (check.sheet_id, check.user_id)
        ).items():
            if (
                user != sheet.user_id
                and sheet.company_id in user.company_ids
                and user.has_group("workmanager_service.group_technician")
            ):
                waiting[sheet.with_env(self.env)][user] = checks.mapped("name")
        return waiting

    def _has_answers_of(self, user):
        """Whether ``user`` has answered what was allocated to them on this sheet."""
        self.ensure_one()
        checks_sudo = self.sudo().evaluation_ids.check_ids
        return any(check.user_id == user and check.result for check in checks_sudo)

    def _prepare_check_activity_values(self, kind, user, names):
        """Return the values of the activity that asks ``user`` for these checks."""
        self.ensure_one()
        deadline = self.deadline_date or fields.Datetime.now()
        return {
            "activity_type_id": kind.id,
            "automated": True,
            "date_deadline": fields.Datetime.context_timestamp(self, deadline).date(),
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "summary": ", ".join(names)[:256],
            "user_id": user.id,
        }

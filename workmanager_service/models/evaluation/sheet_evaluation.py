from odoo import api, fields, models
from odoo.exceptions import UserError

CHECK_ACTIVITY = "workmanager_service.mail_activity_type_checks"


class Sheet(models.Model):
    """What is claimed, checked and photographed of the equipment on a sheet."""

    _inherit = "workmanager.sheet"

    claimed_fault_key = fields.Char(
        compute="_compute_claimed_fault_key",
        store=True,
        index="btree_not_null",
        help="The typed fault without case and spaces, to find it typed again.",
    )
    is_fault_repeated = fields.Boolean(
        compute="_compute_is_fault_repeated",
        help="The same fault was typed on another sheet of this type.",
    )
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
    photo_ids = fields.One2many("workmanager.photo", "sheet_id", string="Photos")

    # ---------------------------------------------------------------- COMPUTE

    @api.depends("claimed_fault")
    def _compute_claimed_fault_key(self):
        for sheet in self:
            words = (sheet.claimed_fault or "").casefold().split()
            sheet.claimed_fault_key = " ".join(words)[:128] or False

    @api.depends("company_id", "claimed_fault_key", "equipment_type_id")
    def _compute_is_fault_repeated(self):
        counts = self._count_others_with_same("equipment_type_id", "claimed_fault_key")
        for sheet in self:
            sheet.is_fault_repeated = counts[sheet] > 0

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

    # ------------------------------------------------------------------- CRUD

    def unlink(self):
        # The database deletes the photos with the sheet, and knows nothing of files.
        photos_sudo = self.sudo().photo_ids
        res = super().unlink()
        if photos_sudo:
            self.env["ir.attachment"].sudo().search(
                [
                    ("res_model", "=", photos_sudo._name),
                    ("res_id", "in", photos_sudo.ids),
                    ("res_field", "!=", False),
                ]
            ).unlink()
        return res

    # ----------------------------------------------------------------- ACTION

    def action_add_fault_to_catalogue(self):
        """Make the typed fault one of the type's common faults, on all its sheets.

        :raises UserError: no fault was typed
        """
        self.ensure_one()
        if not self.claimed_fault_key:
            raise UserError(self.env._("No fault was typed on %s.", self.name))
        name = " ".join(self.claimed_fault.split())
        fault = self.env["workmanager.fault"].create(
            {"name": name, "equipment_type_ids": self.equipment_type_id.ids}
        )
        same = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("claimed_fault_key", "=", self.claimed_fault_key),
                ("equipment_type_id", "=", self.equipment_type_id.id),
            ]
        )
        same.write({"claimed_fault_ids": [fields.Command.link(fault.id)]})
        return True

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

    # ----------------------------------------------------------------- CHECKS

    def _create_evaluations(self, phase="before"):
        """Give each sheet a draft evaluation with the checks of its type.

        :param str phase: ``before`` or ``after`` the repair; final checks are for
            types that want some
        """
        checkpoints = self.equipment_type_id._get_checkpoints(phase)
        return self.env["workmanager.evaluation"]._create_by_step(
            [
                sheet._prepare_evaluation_values(phase, wanted)
                for sheet in self
                if (wanted := checkpoints[sheet.equipment_type_id]) or phase == "before"
            ]
        )

    def _prepare_evaluation_values(self, phase, checkpoints):
        """Return the values of a draft evaluation, in the company's language.

        A check that was allocated before stays with the same person.
        """
        self.ensure_one()
        allocated = {check.checkpoint_id: check.user_id for check in self.check_ids}
        language = self.company_id.partner_id.lang
        return {
            "sheet_id": self.id,
            "phase": phase,
            "user_id": self.user_id.id,
            "check_ids": self.evaluation_ids._prepare_checks_values(
                checkpoints.with_context(lang=language), allocated
            ),
        }

    def _renew_checks(self):
        """Give sheets whose equipment has another type now the checks of that type,
        where nobody answered one yet."""
        untouched = self.filtered(
            lambda sheet: (
                sheet.evaluation_state == "draft"
                and not any(check.result for check in sheet.check_ids)
            )
        )
        checkpoints = untouched.equipment_type_id._get_checkpoints("before")
        for sheet in untouched:
            values = sheet._prepare_evaluation_values(
                "before", checkpoints[sheet.equipment_type_id]
            )
            sheet.check_ids.unlink()
            sheet.evaluation_id.check_ids = values["check_ids"]

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
        # As superuser: who allocates a check has no rights on others' activities.
        sheets_sudo = self.sudo()
        waiting = sheets_sudo._get_waiting_people()
        asked = sheets_sudo._get_check_activities()
        sheets_sudo._close_check_activities(
            [
                # One activity is enough for what there still is to do.
                activities[1:] if pair in waiting else activities
                for pair, activities in asked.items()
            ]
        )
        sheets_sudo._create_check_activities(
            {pair: names for pair, names in waiting.items() if pair not in asked}
        )

    def _get_waiting_people(self):
        """Return {(sheet, user): names of the checks that wait for this user}."""
        todo = self.env["workmanager.evaluation.check"].search(
            [
                ("sheet_id", "in", self.ids),
                ("is_to_do", "=", True),
                ("user_id.active", "=", True),
            ],
            order="sequence, id",
        )
        by_person = todo.grouped(lambda check: (check.sheet_id, check.user_id))
        return {
            (sheet, user): checks.mapped("name")
            for (sheet, user), checks in by_person.items()
            if user != sheet.user_id
            and sheet.company_id in user.company_ids
            and user.has_group("workmanager_service.group_technician")
        }

    def _get_check_activities(self):
        """Return {(sheet, user): the activities that ask this user for checks}."""
        sheets = {sheet.id: sheet for sheet in self}
        activities = self.env["mail.activity"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", self.env.ref(CHECK_ACTIVITY).id),
            ]
        )
        return activities.grouped(
            lambda activity: (sheets[activity.res_id], activity.user_id)
        )

    def _close_check_activities(self, groups):
        """Mark as done what its person has answered; the other activities go.

        :param groups: a list of ``mail.activity``, each of one person on one sheet
        """
        sheets = {sheet.id: sheet for sheet in self}
        activities = self.env["mail.activity"].union(*groups)
        done = activities.filtered(
            lambda activity: sheets[activity.res_id]._has_answers_of(activity.user_id)
        )
        (activities - done).unlink()
        if done:
            done.action_feedback()

    def _create_check_activities(self, waiting):
        """Ask people for their checks.

        :param dict waiting: what :meth:`_get_waiting_people` returns
        """
        self.env["mail.activity"].with_context(
            mail_activity_quick_update=True  # a place in the list, and no e-mail
        ).create(
            [
                sheet._prepare_check_activity_values(user, names)
                for (sheet, user), names in waiting.items()
            ]
        )

    def _has_answers_of(self, user):
        """Whether ``user`` has answered what was allocated to them on this sheet."""
        self.ensure_one()
        checks = self.evaluation_ids.check_ids
        return any(check.user_id == user and check.result for check in checks)

    def _prepare_check_activity_values(self, user, names):
        """Return the values of the activity that asks ``user`` for these checks."""
        self.ensure_one()
        deadline = self.deadline_date or fields.Datetime.now()
        return {
            "activity_type_id": self.env.ref(CHECK_ACTIVITY).id,
            "automated": True,
            "date_deadline": fields.Datetime.context_timestamp(self, deadline).date(),
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "summary": ", ".join(names)[:256],
            "user_id": user.id,
        }

    # ----------------------------------------------------------------- PHOTOS

    def _add_photos(self, attachments):
        """Make photos of the sheet from ``attachments``, which go."""
        self.ensure_one()
        self.env["workmanager.photo"].create(
            [
                {"sheet_id": self.id, "image_1920": attachment.datas}
                for attachment in attachments
            ]
        )
        attachments.unlink()

    def _get_customer_photos(self):
        """Return the photos that the customer may see."""
        return self.env["workmanager.photo"].search_fetch(
            [("sheet_id", "in", self.ids), ("is_for_customer", "=", True)]
        )

    def _get_intake_photos(self):
        """Return the first photos of the sheet, small and encoded for the document.

        :rtype: list[bytes]; empty when the company prints no photos
        """
        self.ensure_one()
        if "photos" not in self._get_document_setup("intake").blocks:
            return []
        taken_in = self.photo_ids.filtered(lambda photo: not photo.check_id)
        return [image for _photo, image in taken_in._get_printed()]

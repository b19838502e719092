from odoo.tests import Form, new_test_user, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestCheckActivities(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env.ref("workmanager_service.mail_activity_type_checks")
        cls.expert = new_test_user(
            cls.env,
            "wm_expert",
            groups="workmanager_service.group_technician",
            notification_type="email",
            email="expert@example.com",
        )
        cls.laptop.checkpoint_ids[1:].user_id = cls.expert

    def _activities(self, sheet):
        return (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search(
                [
                    ("res_model", "=", sheet._name),
                    ("res_id", "=", sheet.id),
                    ("activity_type_id", "=", self.kind.id),
                ]
            )
        )

    def test_one_activity_for_each_person_and_no_mail(self):
        before = self.env["mail.mail"].search_count([])
        sheet = self._create_sheet(deadline_date="2031-02-03 10:00:00")
        activity = self._activities(sheet)
        self.assertRecordValues(
            activity,
            [{"user_id": self.expert.id, "summary": "Battery voltage, Hinges"}],
        )
        self.assertEqual(str(activity.date_deadline), "2031-02-03")
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        self.assertIn(sheet, sheet.search([("activity_user_id", "=", self.expert.id)]))

    def test_it_is_done_when_all_is_answered(self):
        sheet = self._create_sheet().with_user(self.technician)
        sheet.action_start_evaluation()
        _starts, voltage, hinges = sheet.check_ids.with_user(self.expert)
        voltage.answer(value=11)
        self.assertTrue(self._activities(sheet).active)
        hinges.answer(result="ok")
        self.assertFalse(self._activities(sheet).active)
        self.assertEqual(
            sheet.message_ids.filtered("mail_activity_type_id").author_id,
            self.expert.partner_id,
        )
        # An answer that is taken back asks again.
        voltage.answer(value=False)
        self.assertEqual(self._activities(sheet).mapped("active"), [False, True])

    def test_it_follows_the_check(self):
        sheet = self._create_sheet().with_user(self.technician)
        sheet.check_ids[1:].user_id = self.manager
        self.assertEqual(self._activities(sheet).user_id, self.manager)
        sheet.check_ids[1:].user_id = self.technician
        self.assertFalse(self._activities(sheet))
        sheet.user_id = self.expert
        self.assertEqual(self._activities(sheet).user_id, self.technician)

    def test_it_goes_with_the_sheet(self):
        sheet = self._create_sheet()
        self.assertTrue(self._activities(sheet))
        sheet.action_cancel()
        self.assertFalse(self._activities(sheet))

    def test_completing_ends_what_was_not_required(self):
        sheet = self._create_sheet().with_user(self.technician)
        sheet.action_start_evaluation()
        sheet.check_ids[0].answer(result="ok")
        sheet.check_ids[1].answer(value=11)
        self.assertTrue(self._activities(sheet).active)
        sheet.action_complete_evaluation()
        self.assertFalse(self._activities(sheet).active)

    def test_nobody_is_asked_who_cannot_open_the_sheet(self):
        employee = new_test_user(self.env, "wm_employee", groups="base.group_user")
        self.laptop.checkpoint_ids[1].user_id = employee
        self.laptop.checkpoint_ids[2].user_id = self.expert
        self.expert.active = False
        self.assertFalse(self._activities(self._create_sheet()))

    def test_intake_decides_before_anybody_is_told(self):
        intake = self.env["workmanager.intake"].with_user(self.reception)
        with Form(intake) as form:
            form.equipment_id = self.equipment
            form.claimed_fault = "Nu mai pornește"
            with form.check_ids.edit(1) as line:
                line.user_id = self.manager
            form.check_ids.remove(2)
        sheet = form.save()._take_in()
        self.assertEqual(self._activities(sheet).user_id, self.manager)
        self.assertNotIn(self.expert.partner_id, sheet.message_partner_ids)

    def test_my_checks_are_the_ones_to_do_by_deadline(self):
        late = self._create_sheet(deadline_date="2031-01-01 10:00:00")
        self._create_sheet(deadline_date="2031-03-01 10:00:00")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "workmanager_service.workmanager_evaluation_check_action"
        )
        self.assertIn("search_default_mine", action["context"])
        checks = self.env["workmanager.evaluation.check"].with_user(self.expert)
        mine = checks.search(
            [("is_to_do", "=", True), ("user_id", "=", self.expert.id)]
        )
        self.assertEqual(len(mine), 4)
        late.check_ids[1].answer(result="not_applicable")
        late.with_user(self.reception).action_cancel()
        mine = checks.search(
            [("is_to_do", "=", True), ("user_id", "=", self.expert.id)]
        )
        self.assertEqual(len(mine), 2)

from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestPause(ServiceCommon):
    """A repair that waits, and one that goes to a colleague."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = new_test_user(
            cls.env, "wm_colleague2", groups="workmanager_service.group_technician"
        )
        cls.sheet = cls._approve(cls._create_sheet()).with_user(cls.technician)
        cls.sheet.action_start_repair()

    def _pause(self, reason="part", note=False):
        action = self.sheet.action_pause()
        wizard = self.env["workmanager.pause.ask"].with_user(self.technician)
        with Form(wizard.with_context(**action["context"])) as form:
            form.reason = reason
            if note:
                form.note = note
        form.record.action_pause()
        return self.sheet.pause_ids.filtered(lambda pause: not pause.stop)

    def test_the_same_again_changes_nothing(self):
        pause = self._pause("customer", "On holiday")
        self.assertEqual(self._pause("customer", "On holiday"), pause)
        self.assertEqual(self.sheet.pause_ids, pause)
        self.assertNotEqual(self._pause("customer", "Back on Monday"), pause)

    def test_pause_and_resume(self):
        with freeze_time("2026-03-10 08:00:00"):
            self.sheet.action_start_timer()
        with freeze_time("2026-03-10 09:00:00"):
            self._pause("part", "Battery <b>from Cluj</b>")
        self.assertRecordValues(
            self.sheet,
            [{"pause_reason": "part", "pause_note": "Battery <b>from Cluj</b>"}],
        )
        self.assertEqual(self.sheet.work_log_ids.hours, 1.0)
        message = self.sheet.message_ids[0].body
        self.assertIn("Paused. Waiting for a part: Battery &lt;b&gt;", message)
        with freeze_time("2026-03-12 21:00:00"):
            self.sheet.action_resume()
            self.sheet.action_resume()
        self.assertRecordValues(
            self.sheet, [{"pause_reason": False, "paused_days": 2.5}]
        )
        self.assertIn("pause of 2.5 days", self.sheet.message_ids[0].body)
        with freeze_time("2026-03-13 09:00:00"):
            self._pause("customer")
        with freeze_time("2026-03-14 09:00:00"):
            self.sheet.action_start_timer()
        self.assertFalse(self.sheet.pause_reason)
        self.assertEqual(self.sheet.paused_days, 3.5)

    def test_end_of_the_repair_ends_the_pause(self):
        pause = self._pause()
        self.sheet.action_finish_repair()
        self.assertTrue(pause.stop)
        self.assertFalse(self.sheet.pause_reason)

    def test_what_cannot_be_paused(self):
        self._pause()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.env["workmanager.pause"].create({"sheet_id": self.sheet.id})
        self._pause("customer")
        self.assertEqual(self.sheet.pause_reason, "customer")
        self.assertEqual(len(self.sheet.pause_ids), 2)
        self.sheet.action_resume()
        with self.assertRaisesRegex(UserError, "Say in the details"):
            self.env["workmanager.pause"].with_user(self.technician).create(
                {"sheet_id": self.sheet.id, "reason": "other", "note": " "}
            )
        self.sheet.action_finish_repair()
        with self.assertRaisesRegex(UserError, "only a repair can be paused"):
            self._pause()

    def test_board_finds_what_is_paused(self):
        self._pause()
        self.assertIn(
            self.sheet,
            self.sheet.search([("pause_reason", "!=", False)]),
        )

    def test_other_company_sees_no_pause(self):
        pause = self._pause()
        company = self.env["res.company"].create({"name": "Another shop"})
        stranger = new_test_user(
            self.env,
            "wm_stranger3",
            groups="workmanager_service.group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        with self.assertRaises(AccessError):
            pause.with_user(stranger).read(["reason"])

    # ------------------------------------------------------------- hand on

    def _hand_on(self, sheets, user, note="The <new> screws are in the box"):
        wizard = self.env["workmanager.hand.on"].with_user(self.technician)
        with Form(wizard.with_context(default_sheet_ids=sheets.ids)) as form:
            form.user_id = user
            form.note = note
        form.record.action_hand_on()

    def test_hand_to_a_colleague(self):
        self.sheet.action_start_timer()
        other = self._create_sheet().with_user(self.technician)
        self._hand_on(self.sheet | other, self.colleague)
        self.assertEqual((self.sheet | other).user_id, self.colleague)
        self.assertFalse(self.sheet.is_timer_running)
        activity = self.sheet.activity_ids.filtered(
            lambda activity: activity.user_id == self.colleague
        )
        self.assertEqual(activity.summary, f"Take over {self.sheet.name}")
        self.assertEqual(activity.date_deadline, date.today())
        self.assertIn("The &lt;new&gt; screws", activity.note)
        message = self.sheet.message_ids.filtered(lambda m: "Handed from" in m.body)
        self.assertIn(
            f"Handed from {self.technician.name} to {self.colleague.name}",
            message.body,
        )

    def test_the_timer_of_a_colleague_who_helps_goes_on(self):
        self.sheet.with_user(self.colleague).action_start_timer()
        self._hand_on(self.sheet, self.colleague)
        self.assertTrue(self.sheet.with_user(self.colleague).is_timer_running)

    def test_closed_sheet_is_not_handed_on(self):
        self.sheet.with_user(self.reception).action_cancel()
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            self._hand_on(self.sheet, self.colleague)

    def test_hand_on_to_who_does_not_work_here(self):
        company = self.env["res.company"].create({"name": "Another shop"})
        strangers = (
            new_test_user(self.env, "wm_share", groups="base.group_portal"),
            new_test_user(
                self.env,
                "wm_elsewhere",
                groups="workmanager_service.group_technician",
                company_id=company.id,
                company_ids=[(6, 0, company.ids)],
            ),
        )
        for stranger in strangers:
            wizard = self.env["workmanager.hand.on"].with_user(self.technician)
            dialog = wizard.create(
                {"sheet_ids": [(6, 0, self.sheet.ids)], "user_id": stranger.id}
            )
            with self.assertRaisesRegex(UserError, "does not work for"):
                dialog.action_hand_on()

from ast import literal_eval
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestDashboard(ServiceCommon):
    """The dashboard says what needs whom, and shows what it counts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What others left in the database does not count.
        cls.env["workmanager.sheet"].search([]).active = False

    def _get_cards(self, user):
        """Return {key: card} for ``user``."""
        sections = self.env["workmanager.sheet"].with_user(user).get_dashboard()
        return {card["key"]: card for section in sections for card in section["cards"]}

    def _get_counts(self, user):
        return {k: c["count"] for k, c in self._get_cards(user).items() if c["count"]}

    def test_parts_by_role(self):
        for user, expected in (
            (self.technician, ["mine"]),
            (self.reception, ["mine", "counter"]),
            (self.manager, ["mine", "counter", "shop"]),
        ):
            sections = self.env["workmanager.sheet"].with_user(user).get_dashboard()
            self.assertEqual([section["key"] for section in sections], expected)

    def test_portal_user_is_refused(self):
        portal = new_test_user(self.env, "wm_portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.env["workmanager.sheet"].with_user(portal).get_dashboard()

    def test_empty_shop(self):
        self.assertEqual(self._get_counts(self.manager), {})

    def test_checks_of_a_repair_that_was_given_up(self):
        self.laptop.checkpoint_ids.phase = "both"
        sheet = self._approve(self._create_sheet())
        sheet.action_start_repair()
        sheet.final_check_ids.user_id = self.technician
        self.assertEqual(self._get_counts(self.technician)["my_checks"], 3)
        sheet.action_mark_unrepairable()
        self.assertNotIn("my_checks", self._get_counts(self.technician))

    def test_way_of_a_sheet(self):
        """A sheet is at each step on the card of who has to act."""
        sheet = self._create_sheet()
        sheet.check_ids.user_id = self.technician
        self.assertEqual(
            self._get_counts(self.technician), {"my_checks": 3, "my_evaluation": 1}
        )
        self.assertEqual(self._get_counts(self.reception), {})
        sheet = self._evaluate(sheet)
        self.assertEqual(self._get_counts(self.reception), {"to_quote": 1})
        sheet.action_create_quotation()
        self.assertEqual(self._get_counts(self.reception), {"to_send": 1})
        order = sheet.sudo().sale_order_ids
        order.state = "sent"
        self.assertEqual(self._get_counts(self.reception), {"undecided": 1})
        order.validity_date = fields.Date.today() - timedelta(days=1)
        self.assertEqual(
            self._get_counts(self.reception), {"undecided": 1, "expired": 1}
        )
        order.validity_date = False
        sheet.with_user(self.reception).action_accept_quotation()
        self.assertEqual(self._get_counts(self.technician)["my_approved"], 1)
        sheet.action_start_repair()
        self.assertEqual(self._get_counts(self.technician), {"my_repair": 1})
        sheet._pause("customer", False)
        self.assertEqual(self._get_counts(self.technician), {"my_paused": 1})
        sheet.action_resume()
        sheet.action_finish_repair()
        self.assertEqual(self._get_counts(self.technician), {})
        self.assertEqual(
            self._get_counts(self.reception), {"ready": 1, "to_invoice": 1}
        )
        self.env.company.service_unclaimed_days = 10
        with freeze_time(fields.Datetime.now() + timedelta(days=11)):
            self.assertEqual(self._get_counts(self.reception)["unclaimed"], 1)
        sheet.with_user(self.reception).action_deliver()
        self.assertEqual(self._get_counts(self.manager), {})

    def test_what_a_manager_sees(self):
        self._create_sheet(user_id=False, priority="1")
        self.assertEqual(self._get_counts(self.manager), {"unassigned": 1, "urgent": 1})
        with freeze_time(fields.Datetime.now() + timedelta(days=30)):
            self.assertEqual(self._get_counts(self.manager)["late"], 1)

    def test_stuck_in_a_stage(self):
        sheet = self._create_sheet()
        sheet.sudo().stage_id.time_limit_hours = 4
        self.assertNotIn("stuck", self._get_counts(self.manager))
        self.assertFalse(sheet.is_stuck)
        with freeze_time(fields.Datetime.now() + timedelta(hours=5)):
            self.assertEqual(self._get_counts(self.manager)["stuck"], 1)
            sheet.invalidate_recordset(["is_stuck"])
            self.assertTrue(sheet.is_stuck)
            sheet.action_start_evaluation()
            self.assertNotIn("stuck", self._get_counts(self.manager))

    def test_card_shows_what_it_counts(self):
        for priority in "01":
            self._create_sheet(priority=priority)
        sheets = self.env["workmanager.sheet"].with_user(self.manager)
        for card in self._get_cards(self.manager).values():
            if "domain" in card:
                found = sheets.search_count(literal_eval(card["domain"]))
                self.assertEqual(found, card["count"], card["label"])

    def test_others_sheets_are_not_mine(self):
        self._create_sheet(user_id=self.manager.id)
        self.assertEqual(self._get_counts(self.technician), {})

    def test_one_query_for_each_card(self):
        self._create_sheet()
        sheets = self.env["workmanager.sheet"].with_user(self.manager)
        sheets.get_dashboard()
        self.env.invalidate_all()
        self.env.flush_all()
        before = self.cr.sql_log_count
        sections = sheets.get_dashboard()
        cards = sum(len(section["cards"]) for section in sections)
        self.assertLessEqual(self.cr.sql_log_count - before, cards + 8)


@tagged("post_install", "-at_install")
class TestDashboardTour(ServiceCommon, HttpCase):
    def test_from_a_card_to_an_earlier_sheet(self):
        self.env["workmanager.sheet"].search([]).active = False
        earlier = self._repair(self._create_sheet())
        earlier.with_user(self.reception).action_deliver()
        self._create_sheet()
        self.start_tour("/odoo", "workmanager_dashboard", login="wm_technician")


@tagged("post_install", "-at_install")
class TestStageTime(ServiceCommon):
    """How long a sheet stood in each stage is kept as a measure."""

    def _get_times(self, sheet):
        times = self.env["workmanager.stage.time"].search(
            [("sheet_id", "=", sheet.id)], order="id"
        )
        return [(time.state, time.hours, bool(time.stop)) for time in times]

    def test_times_of_a_sheet(self):
        with freeze_time("2026-03-02 08:00:00") as clock:
            sheet = self._create_sheet()
            clock.tick(timedelta(hours=2))
            self._evaluate(sheet)
            clock.tick(timedelta(hours=3))
            sheet.with_user(self.technician).action_create_quotation()
            clock.tick(timedelta(hours=24))
            sheet.action_accept_quotation()
        self.assertEqual(
            self._get_times(sheet),
            [
                ("received", 2.0, True),
                ("evaluation", 3.0, True),
                ("quoted", 24.0, True),
                ("approved", 0.0, False),
            ],
        )
        self.assertEqual(str(sheet.stage_date), "2026-03-03 13:00:00")

    def test_repeated_transition_counts_once(self):
        sheet = self._create_sheet().with_user(self.technician)
        sheet.action_start_evaluation()
        sheet.action_start_evaluation()
        self.assertEqual(len(self._get_times(sheet)), 2)

    def test_writing_the_same_stage_changes_nothing(self):
        sheet = self._create_sheet()
        sheet.stage_id = sheet.stage_id
        sheet.write({"stage_id": sheet.stage_id.id})
        self.assertEqual(self._get_times(sheet), [("received", 0.0, False)])

    def test_times_are_nobodys_to_write(self):
        sheet = self._create_sheet()
        time = self.env["workmanager.stage.time"].search([("sheet_id", "=", sheet.id)])
        with self.assertRaises(AccessError):
            time.with_user(self.manager).start = "2026-01-01 08:00:00"
        with self.assertRaises(AccessError):
            time.with_user(self.technician).read(["hours"])

from datetime import datetime

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from psycopg2 import IntegrityError
from pytz import timezone, utc

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ServiceCommon

BUCHAREST = timezone("Europe/Bucharest")


def at(*moment):
    """The moment of a clock in Bucharest, as Odoo stores it."""
    local = BUCHAREST.localize(datetime(*moment))
    return local.astimezone(utc).replace(tzinfo=None)


@tagged("post_install", "-at_install")
class TestTimer(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = new_test_user(
            cls.env, "wm_colleague", groups="workmanager_service.group_technician"
        )
        (cls.technician | cls.colleague).tz = "Europe/Bucharest"
        cls.sheet = cls._approve(cls._create_sheet()).with_user(cls.technician)
        cls.sheet.action_start_repair()
        cls.logs = cls.env["workmanager.work.log"].with_user(cls.technician)

    def _log(self, **values):
        return self.logs.create({"sheet_id": self.sheet.id, **values})

    def _forget(self):
        """Let a timer run for eleven hours, since eight in the morning."""
        with freeze_time(at(2026, 3, 10, 8)):
            self.sheet.action_start_timer()
        return self.logs._get_running(self.technician)

    def test_work_whose_timer_runs_is_known(self):
        line = self.sheet.line_ids.filtered(lambda line: line.product_id == self.work)
        part = self.sheet.line_ids - line
        self.assertFalse(any(self.sheet.line_ids.mapped("is_timer_running")))
        line.action_start_timer()
        self.assertTrue(line.is_timer_running)
        self.assertFalse(part.is_timer_running)
        self.assertFalse(line.with_user(self.colleague).is_timer_running)
        line.action_stop_timer()
        self.assertFalse(line.is_timer_running)
        self.assertFalse(self.logs._get_running(self.technician))

    def test_handover_ends_a_timer(self):
        self.sheet.action_finish_repair()
        self.sheet.action_start_timer()
        self.sheet.with_user(self.reception).action_deliver()
        self.assertFalse(self.logs._get_running(self.technician))
        self.assertEqual(set(self.sheet.work_log_ids.mapped("state")), {"done"})

    def test_another_technician_ends_the_timer_of_the_former(self):
        """On the form, too; who helps goes on."""
        helper = self.manager
        for user in (self.technician, helper):
            self.sheet.with_user(user).action_start_timer()
        with Form(self.sheet.with_user(self.reception)) as form:
            form.user_id = self.colleague
        self.assertFalse(self.logs._get_running(self.technician))
        self.assertTrue(self.logs._get_running(helper))
        self.sheet.with_user(self.colleague).action_start_timer()
        self.sheet.with_user(self.reception).user_id = self.colleague
        self.assertTrue(self.logs._get_running(self.colleague))

    def test_one_timer_runs_per_person(self):
        self.sheet.action_start_timer()
        first = self.logs._get_running(self.technician)
        self.assertTrue(self.sheet.is_timer_running)
        self.assertFalse(self.sheet.with_user(self.colleague).is_timer_running)
        self.sheet.action_start_timer()
        self.assertEqual(self.logs._get_running(self.technician), first)

        other = self._create_sheet().with_user(self.technician)
        other.action_start_timer()
        self.assertEqual(first.state, "done")
        self.assertTrue(other.is_timer_running)
        self.assertFalse(self.sheet.is_timer_running)

        self.sheet.with_user(self.colleague).action_start_timer()
        self.assertTrue(other.is_timer_running)
        self.assertEqual(self.sheet.worker_ids, self.colleague)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self._log()

    def test_timer_counts_for_the_work_it_is_started_on(self):
        self.sheet.action_start_timer()
        self.assertEqual(
            self.logs._get_running(self.technician).line_id.product_id, self.work
        )
        line = self.sheet.add_operations(self.operation)[1]
        line.action_start_timer()
        self.assertEqual(self.logs._get_running(self.technician).line_id, line)
        self.assertEqual(len(self.sheet.work_log_ids), 2)

    def test_timer_over_midnight(self):
        with freeze_time(at(2026, 3, 10, 23, 30)):
            self.sheet.action_start_timer()
        with freeze_time(at(2026, 3, 11, 1, 15)):
            self.sheet.action_stop_timer()
        self.assertEqual(self.sheet.work_log_ids.hours, 1.75)

    def test_timer_over_the_change_of_the_clock(self):
        """In Bucharest the clock goes from 3 to 4, and in autumn from 4 to 3."""
        for start, stop in (
            (at(2026, 3, 29, 2), at(2026, 3, 29, 5)),
            (at(2026, 10, 25, 1), at(2026, 10, 25, 4)),
        ):
            with freeze_time(start):
                self.sheet.action_start_timer()
            with freeze_time(stop):
                self.sheet.action_stop_timer()
        self.assertEqual(self.sheet.work_log_ids.mapped("hours"), [4.0, 2.0])

    def test_hours_by_hand(self):
        with freeze_time(at(2026, 3, 10, 12)):
            action = self.sheet.action_enter_hours()
            with Form(
                self.logs.with_context(**action["context"]),
                "workmanager_service.workmanager_work_log_view_form",
            ) as form:
                form.hours = 2.5
                form.note = "At the customer's"
        log = self.sheet.work_log_ids
        self.assertRecordValues(
            log, [{"hours": 2.5, "state": "done", "user_id": self.technician.id}]
        )
        with self.assertRaisesRegex(UserError, "how many hours"):
            self.logs.with_context(**action["context"]).create({})

    def test_time_that_cannot_be(self):
        now = at(2026, 3, 10, 12)
        with freeze_time(now):
            for values, message in (
                ({"start": now, "stop": now - relativedelta(hours=1)}, "before it"),
                ({"start": now + relativedelta(years=1), "hours": 1}, "in the future"),
                ({"start": now - relativedelta(years=1), "stop": now}, "one entry"),
                ({"hours": 25}, "one entry"),
            ):
                with (
                    self.subTest(message=message),
                    self.assertRaisesRegex(ValidationError, message),
                    self.env.cr.savepoint(),
                ):
                    self._log(**values)
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError) as caught,
                self.env.cr.savepoint(),
            ):
                self._log(hours=-1)
            self.assertIn("hours_positive", str(caught.exception))
        self.assertFalse(self.sheet.work_log_ids)

    def test_negative_hours_are_refused_in_words(self):
        """What the form shows for it."""
        message = self.logs._hours_positive.get_error_message(self.logs, {})
        self.assertEqual(message, "Hours of work cannot be negative.")

    def test_work_of_another_sheet(self):
        other = self._approve(self._create_sheet(equipment_id=self.equipment.id))
        with self.assertRaisesRegex(ValidationError, "another sheet"):
            self._log(line_id=other.line_ids[0].id, hours=1)

    def test_closed_sheet_takes_hours_but_no_timer(self):
        self.sheet.action_finish_repair()
        self.sheet.with_user(self.reception).action_deliver()
        for start in (self.sheet.action_start_timer, self._log):
            with self.assertRaisesRegex(UserError, "cannot be changed"):
                start()
        self._log(hours=1)
        self.assertEqual(self.sheet.hours, 1)

    # ------------------------------------------------------ forgotten timers

    def test_cron_notices_a_forgotten_timer_once(self):
        log = self._forget()
        cron = self.env["workmanager.work.log"]
        with freeze_time(at(2026, 3, 10, 17)):
            cron._cron_mark_forgotten()
        self.assertEqual(log.state, "running")
        with freeze_time(at(2026, 3, 10, 19)):
            cron._cron_mark_forgotten()
            cron._cron_mark_forgotten()
        self.assertRecordValues(log, [{"state": "forgotten", "hours": 0.0}])
        activity = self.sheet.activity_ids.filtered(
            lambda activity: activity.user_id == self.technician
        )
        self.assertEqual(activity.summary, "A timer was not stopped")
        self.assertRegex(activity.note, r"started on 03/10/2026 8:00\sAM was")
        self.assertTrue(self.sheet.has_forgotten_time)
        self.assertEqual(self.sheet.hours, 0.0)

        with freeze_time(at(2026, 3, 11, 8)):
            self.sheet.action_start_timer()
            self.sheet.action_stop_timer()
            action = self.sheet.action_correct_time()
            self.assertEqual(action["res_id"], log.id)
            with Form(
                log, "workmanager_service.workmanager_work_log_view_form"
            ) as form:
                form.stop = at(2026, 3, 10, 11, 30)
        self.assertRecordValues(log, [{"state": "done", "hours": 3.5}])
        self.assertFalse(activity.exists().active)
        self.assertFalse(self.sheet.has_forgotten_time)

    def test_stopping_a_forgotten_timer_does_not_count_it(self):
        log = self._forget()
        with freeze_time(at(2026, 3, 11, 8)):
            action = self.sheet.action_stop_timer()
            self.assertEqual((action["res_id"], action["target"]), (log.id, "new"))
            self.assertEqual((log.state, log.hours), ("forgotten", 0.0))
            # A long day is possible: the technician says so.
            log.stop = at(2026, 3, 10, 20)
        self.assertEqual((log.state, log.hours), ("done", 12.0))

    def test_starting_elsewhere_does_not_count_a_forgotten_timer(self):
        log = self._forget()
        with freeze_time(at(2026, 3, 11, 8)):
            self._create_sheet().with_user(self.technician).action_start_timer()
        self.assertEqual(log.state, "forgotten")

    def test_no_limit(self):
        self.env.company.service_timer_limit = 0
        log = self._forget()
        with freeze_time(at(2026, 3, 11, 7)):
            self.env["workmanager.work.log"]._cron_mark_forgotten()
            self.sheet.action_stop_timer()
        self.assertEqual((log.state, log.hours), ("done", 23.0))

    # ------------------------------------------------------------ colleagues

    def test_finishing_stops_the_timers_of_all(self):
        self.sheet.with_user(self.colleague).action_start_timer()
        self.sheet.action_start_timer()
        self.sheet.action_finish_repair()
        self.assertEqual(set(self.sheet.work_log_ids.mapped("state")), {"done"})

    def test_a_refused_finish_leaves_the_timer_running(self):
        self.sheet.action_start_timer()
        self.sheet.line_ids[0].quantity_done = 5
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.sheet.action_finish_repair()
        self.assertTrue(self.sheet.is_timer_running)

    def test_nobody_corrects_the_time_of_a_colleague(self):
        log = self._log(hours=1)
        with self.assertRaises(AccessError):
            log.with_user(self.colleague).hours = 2
        with self.assertRaises(AccessError):
            self.logs.with_user(self.colleague).create(
                {
                    "sheet_id": self.sheet.id,
                    "user_id": self.technician.id,
                    "hours": 1,
                }
            )
        log.with_user(self.manager).hours = 2
        self.assertEqual(self.sheet.hours, 2)

    def test_my_work_comes_in_the_order_in_which_it_can_be_done(self):
        now = fields.Datetime.now()
        late, soon = (
            self._approve(self._create_sheet()).with_user(self.technician)
            for _i in range(2)
        )
        for sheet, days in ((late, 9), (soon, 1), (self.sheet, 4)):
            sheet.deadline_date = now + relativedelta(days=days)
        received = self._create_sheet(deadline_date=now)
        soon.action_start_repair()
        self.env["workmanager.pause"].with_user(self.technician).create(
            {"sheet_id": soon.id, "reason": "part"}
        )
        sheets = late | soon | self.sheet | received
        ordered = self.env["workmanager.sheet"].search(
            [("id", "in", sheets.ids)], order="work_rank, deadline_date, id"
        )
        self.assertEqual(ordered, self.sheet | late | received | soon)

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestWorkCost(ServiceCommon):
    """What logged time costs, and where it is booked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.service_hourly_cost = 40.0
        cls.env["workmanager.hourly.cost"].create(
            {"user_id": cls.technician.id, "cost": 62.5}
        )
        plan = cls.env["account.analytic.plan"].create({"name": "Workshops"})
        other_plan = cls.env["account.analytic.plan"].create({"name": "Brands"})
        cls.account, cls.second, cls.brand_account = cls.env[
            "account.analytic.account"
        ].create(
            [
                {"name": "North", "plan_id": plan.id},
                {"name": "South", "plan_id": plan.id},
                {"name": "Ardeal", "plan_id": other_plan.id},
            ]
        )
        cls.plan, cls.other_plan = plan, other_plan

    def _log(self, sheet, user=None, **values):
        return (
            self.env["workmanager.work.log"]
            .with_user(user or self.technician)
            .create({"sheet_id": sheet.id, "hours": 2.0, **values})
        )

    def _lines(self, log):
        return log.sudo().analytic_line_ids.sorted("amount")

    def test_cost_of_a_technician_or_of_the_company(self):
        sheet = self._create_sheet()
        log = self._log(sheet)
        other = self._log(sheet, self.reception)
        self.assertEqual((log.sudo().cost, other.sudo().cost), (125.0, 80.0))
        self.assertEqual(sheet.with_user(self.manager).work_cost, 205.0)
        log.hours = 1
        self.assertEqual(sheet.with_user(self.manager).work_cost, 142.5)

    def test_a_new_rate_leaves_the_past_alone(self):
        sheet = self._create_sheet()
        log = self._log(sheet)
        self.env.flush_all()
        rate = self.env["workmanager.hourly.cost"].search(
            [("user_id", "=", self.technician.id)]
        )
        rate.with_user(self.manager).cost = 100
        log.hours = 3
        self.assertEqual(log.sudo().cost, 187.5)
        self.assertEqual(self._log(sheet).sudo().cost, 200.0)

    def test_costs_are_for_managers(self):
        sheet = self._create_sheet()
        log = self._log(sheet)
        for user in (self.technician, self.reception):
            for record, field in (
                (sheet, "work_cost"),
                (log, "cost"),
                (log, "hourly_cost"),
                (self.env.company, "service_hourly_cost"),
            ):
                with self.subTest(field=field), self.assertRaises(AccessError):
                    record.with_user(user).read([field])
            with self.assertRaises(AccessError):
                self.env["workmanager.hourly.cost"].with_user(user).search([])
        form = Form(sheet.with_user(self.technician))
        self.assertNotIn("work_cost", form._view["fields"])
        form = Form(sheet.with_user(self.manager))
        self.assertIn("work_cost", form._view["fields"])

    def test_no_analytic_lines_without_an_account(self):
        self.assertFalse(self._lines(self._log(self._create_sheet())))

    def test_analytic_line_follows_the_log(self):
        self.env.company.service_analytic_account_id = self.account
        sheet = self._create_sheet()
        self.assertEqual(sheet.analytic_distribution, {str(self.account.id): 100})
        with freeze_time("2026-03-10 22:30:00"):
            self.technician.tz = "Europe/Bucharest"
            log = self._log(sheet, hours=2.0)
        line = self._lines(log)
        self.assertRecordValues(
            line,
            [
                {
                    self.plan._column_name(): self.account.id,
                    "amount": -125.0,
                    "unit_amount": 2.0,
                    "user_id": self.technician.id,
                    "category": "service_work",
                }
            ],
        )
        self.assertEqual(line.date.isoformat(), "2026-03-11")
        log.hours = 3
        self.assertEqual(self._lines(log), line)
        self.assertEqual(line.amount, -187.5)
        log.note = "Only words"
        self.assertEqual(self._lines(log), line)
        log.unlink()
        self.assertFalse(line.exists())

    def test_running_timer_is_booked_when_it_stops(self):
        self.env.company.service_analytic_account_id = self.account
        sheet = self._create_sheet().with_user(self.technician)
        with freeze_time("2026-03-10 08:00:00"):
            sheet.action_start_timer()
        log = sheet.work_log_ids
        self.assertFalse(self._lines(log))
        with freeze_time("2026-03-10 09:00:00"):
            sheet.action_stop_timer()
        self.assertEqual(self._lines(log).amount, -62.5)

    def test_distribution_of_the_sheet(self):
        sheet = self._create_sheet()
        log = self._log(sheet)
        sheet.analytic_distribution = {
            f"{self.account.id},{self.brand_account.id}": 60,
            str(self.second.id): 40,
        }
        lines = self._lines(log)
        self.assertEqual(lines.mapped("amount"), [-75.0, -50.0])
        self.assertEqual(
            lines[0]._get_analytic_accounts(), self.account | self.brand_account
        )
        sheet.analytic_distribution = {str(self.second.id): 100}
        self.assertEqual(self._lines(log), lines[1])
        self.assertEqual(lines[1].amount, -125.0)
        self.assertFalse(lines[0].exists())
        sheet.analytic_distribution = False
        self.assertFalse(lines[1].exists())

    def test_lines_go_with_the_sheet(self):
        self.env.company.service_analytic_account_id = self.account
        sheet = self._create_sheet()
        line = self._lines(self._log(sheet))
        sheet.action_cancel()
        sheet.with_user(self.manager).unlink()
        self.assertFalse(line.exists())

    def test_orders_carry_the_distribution(self):
        self.env.company.service_analytic_account_id = self.account
        sheet = self._quote(self._create_sheet())
        distributions = sheet.sudo().line_ids.sale_line_id.mapped(
            "analytic_distribution"
        )
        self.assertEqual(distributions, [{str(self.account.id): 100.0}] * 2)

    def test_field_in_the_form_where_analytic_accounting_is_on(self):
        sheet = self._create_sheet()
        form = Form(sheet.with_user(self.manager))
        self.assertNotIn("analytic_distribution", form._view["fields"])
        group = self.env.ref("analytic.group_analytic_accounting")
        self.manager.group_ids = [Command.link(group.id)]
        form = Form(sheet.with_user(self.manager))
        self.assertIn("analytic_distribution", form._view["fields"])

from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestFigures(ServiceCommon):
    """The figures say what happened, and leave out what did not happen yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.figures = cls.env["workmanager.sheet.report"].with_user(cls.manager)

    def _get_figures(self, *measures, domain=(), groupby=()):
        """Return the measures of the test laptops, as the pivot view gets them."""
        domain = [("equipment_type_id", "=", self.laptop.id), *domain]
        return self.figures._read_group(domain, list(groupby), list(measures))

    def _get_figure(self, measure, domain=()):
        ((value,),) = self._get_figures(measure, domain=domain)
        return value

    def test_turnaround(self):
        with freeze_time("2026-03-02 08:00:00") as clock:
            sheet = self._quote(self._create_sheet())
            clock.tick(timedelta(hours=20))
            sheet.with_user(self.reception).action_accept_quotation()
            clock.tick(timedelta(hours=4))
            sheet.action_start_repair()
            sheet.action_finish_repair()
            clock.tick(timedelta(hours=24))
            sheet.with_user(self.reception).action_deliver()
        self._create_sheet()  # is not ready, and makes no average smaller
        self.assertEqual(
            self._get_figures(
                "hours_to_ready:avg",
                "hours_to_delivery:avg",
                "hours_waiting:avg",
                "__count",
            ),
            [(24.0, 48.0, 20.0, 2)],
        )

    def test_late(self):
        now = "2026-03-20 08:00:00"
        with freeze_time("2026-03-02 08:00:00"):
            in_time, late = self._create_sheet(), self._create_sheet()
        with freeze_time(now):
            self._repair(late)
        with freeze_time("2026-03-03 08:00:00"):
            self._repair(in_time)
        self._create_sheet()  # may still be in time
        self.assertEqual(self._get_figure("late_rate:avg"), 0.5)
        (row,) = self.figures.search(
            [("late_rate", "=", 1), ("equipment_type_id", "=", self.laptop.id)]
        )
        self.assertEqual(row.sheet_id, late)

    def test_acceptance(self):
        self._approve(self._create_sheet())
        self._repair(self._create_sheet())
        self._repair(self._create_sheet())
        self._quote(self._create_sheet())
        self.laptop.diagnosis_product_id = self.diagnosis
        refused = self._quote(self._create_sheet()).with_user(self.reception)
        refused.action_refuse_quotation()
        self.assertEqual(self._get_figure("acceptance_rate:avg"), 0.75)

    def test_work_that_the_manufacturer_pays_has_no_decision(self):
        self.equipment.write({"sale_date": "2026-01-01", "warranty_end": "2099-01-01"})
        sheet = self._repair(self._create_sheet())
        self.assertEqual(sheet.outcome, "repaired")
        self.assertIs(self._get_figure("acceptance_rate:avg"), False)
        self.assertEqual(self._get_figure("amount:sum"), 390.0)

    def test_returns(self):
        first = self._repair(self._create_sheet())
        first.with_user(self.reception).action_deliver()
        self._create_sheet()
        other = self._create_equipment("SN-2")
        second = self._repair(self._create_sheet(equipment_id=other.id))
        second.with_user(self.reception).action_deliver()
        self.assertEqual(self._get_figure("return_rate:avg"), 0.5)

    def test_technicians(self):
        sheet = self._repair(self._create_sheet())
        self.env["workmanager.work.log"].create(
            {"sheet_id": sheet.id, "user_id": self.technician.id, "hours": 1.5}
        )
        self.assertEqual(
            self._get_figures(
                "hours:sum", "parts_quantity:sum", "amount:sum", groupby=["user_id"]
            ),
            [(self.technician, 1.5, 1.0, 390.0)],
        )

    def test_margin(self):
        """240 + 1.5 × 100, less what both cost: 130 + 1.5 × 40."""
        self._repair(self._create_sheet())
        self._create_sheet()
        self.assertEqual(
            self._get_figures("amount:sum", "cost:sum", "margin:sum"),
            [(390.0, 190.0, 200.0)],
        )

    def test_hours_that_have_a_cost_count_with_it(self):
        sheet = self._repair(self._create_sheet())
        self.env["workmanager.hourly.cost"].create(
            {
                "user_id": self.technician.id,
                "company_id": self.env.company.id,
                "cost": 50.0,
            }
        )
        self.env["workmanager.work.log"].create(
            {"sheet_id": sheet.id, "user_id": self.technician.id, "hours": 2.0}
        )
        self.assertEqual(self._get_figure("cost:sum"), 130.0 + 100.0)

    def test_pauses_for_the_customer_are_waiting(self):
        with freeze_time("2026-03-02 08:00:00") as clock:
            sheet = self._approve(self._create_sheet())
            sheet.action_start_repair()
            for reason in ("customer", "part"):
                sheet._pause(reason, False)
                clock.tick(timedelta(hours=5))
                sheet.action_resume()
        self.assertEqual(self._get_figure("hours_waiting:avg"), 5.0)

    def test_amount_in_the_companys_currency(self):
        currency = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("id", "!=", self.env.company.currency_id.id)], limit=1)
        )
        currency.active = True
        currency.rate_ids = [Command.clear()] + [
            Command.create({"name": "2020-01-01", "rate": 2.0})
        ]
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id}
        )
        sheet = self._repair(self._create_sheet())
        self.assertEqual(sheet.currency_id, currency)
        self.assertAlmostEqual(self._get_figure("amount:sum"), 390.0, 2)

    def test_views_open_for_managers(self):
        self._create_sheet()
        for model in ("workmanager.sheet.report", "workmanager.stage.time"):
            views = self.env[model].with_user(self.manager)
            result = views.get_views([(False, "pivot"), (False, "graph")])
            self.assertEqual(set(result["views"]), {"pivot", "graph"})
        row = self.figures.search([], limit=1)
        self.assertEqual(Form(row).sheet_id, row.sheet_id)

    def test_figures_are_for_managers(self):
        for user in (self.technician, self.reception):
            with self.assertRaises(AccessError):
                self.figures.with_user(user).search([])

    def test_other_company_sees_nothing(self):
        self._create_sheet()
        other = self.env["res.company"].create({"name": "Altă firmă"})
        stranger = new_test_user(
            self.env,
            "wm_stranger",
            groups="workmanager_service.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model in ("workmanager.sheet.report", "workmanager.stage.time"):
            self.assertFalse(self.env[model].with_user(stranger).search([]))

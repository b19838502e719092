from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestWarranty(ServiceCommon):
    def _sell(self, days_ago):
        self.equipment.sale_date = fields.Date.today() - timedelta(days=days_ago)

    def test_overruling_the_dates_needs_a_reason(self):
        sheet = self._create_sheet()
        with self.assertRaisesRegex(ValidationError, "Give the reason"):
            sheet.is_warranty = True
        sheet.write({"is_warranty": True, "warranty_reason": "Extended by the maker"})
        self.assertEqual(sheet.warranty_basis, "manufacturer")

    def test_source_of_the_warranty_is_shown(self):
        self.assertFalse(self.equipment.warranty_source)
        self.equipment.sale_date = "2026-01-15"
        self.assertIn("counted from", self.equipment.warranty_source)
        self.equipment.warranty_document = "FACT-0815"
        self.assertIn("FACT-0815", self.equipment.warranty_source)

    def test_type_inherits_the_months_of_its_parent(self):
        child = self.env["workmanager.equipment.type"].create(
            {"name": "Ultrabook", "parent_id": self.laptop.id}
        )
        self.equipment.write({"equipment_type_id": child.id, "sale_date": "2026-01-15"})
        self.assertEqual(str(self.equipment.warranty_end), "2028-01-15")

    def test_return_under_the_warranty_of_the_repair_is_goodwill(self):
        first = self._repair(self._create_sheet())
        first.with_user(self.reception).action_deliver()
        again = self._evaluate(self._create_sheet())
        self.assertEqual(again.warranty_basis, "repair")
        self.assertEqual(set(again.line_ids.mapped("coverage")), {"goodwill"})
        again.action_create_quotation()
        self.assertEqual(again.state, "approved")
        self.assertEqual(again.amount_total, 0)

    def test_deadline_under_warranty_is_the_legal_one_when_it_is_sooner(self):
        self._sell(days_ago=30)
        self.laptop.turnaround_days = 60
        company = self.env.company
        company.service_warranty_days = 15
        sheet = self._create_sheet(intake_date="2026-03-02 10:00:00")
        self.equipment.sale_date = "2026-01-01"
        sheet = self._create_sheet(intake_date="2026-03-02 10:00:00")
        self.assertEqual(str(sheet.deadline_date), "2026-03-17 10:00:00")
        company.service_warranty_days_unit = "working"
        sheet = self._create_sheet(intake_date="2026-03-02 10:00:00")
        self.assertEqual(str(sheet.deadline_date.date()), "2026-03-23")
        company.service_warranty_days = 0
        sheet = self._create_sheet(intake_date="2026-03-02 10:00:00")
        self.assertEqual(str(sheet.deadline_date), "2026-05-01 10:00:00")

    def test_time_in_service_extends_the_warranty(self):
        self._sell(days_ago=30)
        end = self.equipment.warranty_end
        for extends, days in ((True, 4), (False, 0)):
            self.env.company.service_warranty_extension = extends
            self.equipment.warranty_end = end
            taken_in = fields.Datetime.now() - timedelta(days=4)
            sheet = self._create_sheet(intake_date=taken_in, previous_sheet_id=False)
            self._repair(sheet).with_user(self.reception).action_deliver()
            self.assertEqual(self.equipment.warranty_end, end + timedelta(days=days))

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestIntake(ServiceCommon):
    def test_form_fills_itself_from_the_equipment(self):
        self.laptop.user_id = self.technician
        with Form(self.env["workmanager.sheet"].with_user(self.reception)) as form:
            form.equipment_id = self.equipment
            self.assertEqual(form.partner_id, self.customer)
            self.assertEqual(form.user_id, self.technician)
            form.claimed_fault = "Nu mai pornește"
        sheet = form.record
        self.assertRegex(sheet.name, r"^FS/\d{4}/\d{5}$")
        self.assertEqual(sheet.state, "received")
        self.assertEqual(sheet.received_by_id, self.reception)
        self.assertEqual(sheet.deadline_date, sheet.intake_date + timedelta(days=5))
        self.assertEqual(
            sheet.check_ids.mapped("name"), ["Starts", "Battery voltage", "Hinges"]
        )

    def test_numbers_follow_each_other_by_company_and_year(self):
        first, second = (self._create_sheet() for _i in range(2))
        self.assertEqual(int(second.name[-5:]), int(first.name[-5:]) + 1)
        other = self.env["res.company"].create({"name": "Sibling shop"})
        sheet = (
            self.env["workmanager.sheet"]
            .with_company(other)
            .create(
                {
                    "company_id": other.id,
                    "intake_date": "2024-05-06 10:00:00",
                    "equipment_id": self._create_equipment(
                        "OTHER", company_id=other.id
                    ).id,
                }
            )
        )
        self.assertEqual(sheet.name, "FS/2024/00001")

    def test_tracking_codes_differ_and_avoid_confusable_characters(self):
        codes = {self._create_sheet().tracking_code for _i in range(5)}
        self.assertEqual(len(codes), 5)
        self.assertFalse(set("".join(codes)) & set("01OIL"))

    def test_type_shows_what_its_parents_have(self):
        kinds = self.env["workmanager.equipment.type"]
        gaming = kinds.create({"name": "Gaming laptop", "parent_id": self.laptop.id})
        self.assertEqual(gaming.all_fault_ids, self.laptop.fault_ids)
        noise = self.env["workmanager.fault"].create({"name": "Noisy fan"})
        self.laptop.fault_ids += noise
        self.assertIn(noise, gaming.all_fault_ids)
        bag = self.env["workmanager.accessory"].create({"name": "Bag"})
        self.laptop.accessory_ids += bag
        self.assertIn(bag, gaming.all_accessory_ids)
        new = kinds.new({"parent_id": gaming.id})
        self.assertIn(noise, new.all_fault_ids._origin)

    def test_checklist_inherits_from_parent_types(self):
        gaming = self.env["workmanager.equipment.type"].create(
            {
                "name": "Gaming laptop",
                "parent_id": self.laptop.id,
                "checkpoint_ids": [
                    Command.create({"name": "Graphics card", "sequence": 99})
                ],
            }
        )
        self.equipment.equipment_type_id = gaming
        self.assertEqual(
            self._create_sheet().check_ids.mapped("name"),
            ["Starts", "Battery voltage", "Hinges", "Graphics card"],
        )

    def test_checks_keep_the_question_that_was_asked(self):
        sheet = self._create_sheet()
        self.laptop.checkpoint_ids[0].write({"name": "Renamed", "active": False})
        self.assertEqual(sheet.check_ids[0].name, "Starts")

    def test_owner_of_a_new_equipment_is_the_customer(self):
        orphan = self._create_equipment("ORPHAN", partner_id=False)
        self._create_sheet(equipment_id=orphan.id, partner_id=self.customer.id)
        self.assertEqual(orphan.partner_id, self.customer)

    def test_serial_is_the_same_whatever_spaces_dashes_and_case(self):
        with self.assertRaisesRegex(ValidationError, "already registered.*Țăranu"):
            self._create_equipment("pf3k-9081")
        self._create_equipment("pf3k-9081", brand_id=False)

    def test_warranty_comes_from_the_sale_and_the_type(self):
        self.equipment.sale_date = fields.Date.today() - timedelta(days=30)
        self.assertEqual(self.equipment.warranty_state, "valid")
        self.assertTrue(self._create_sheet().is_warranty)
        self.equipment.sale_date = "2020-01-31"
        self.assertEqual(str(self.equipment.warranty_end), "2022-01-31")
        self.assertEqual(self.equipment.warranty_state, "expired")
        self.assertFalse(self._create_sheet().is_warranty)
        found = self.env["workmanager.equipment"].search(
            [("warranty_state", "=", "expired"), ("id", "=", self.equipment.id)]
        )
        self.assertEqual(found, self.equipment)

    def test_warranty_cannot_end_before_it_starts(self):
        with self.assertRaisesRegex(ValidationError, "ends before it starts"):
            self.equipment.write(
                {"warranty_start": "2026-02-01", "warranty_end": "2026-01-01"}
            )

    def test_return_inside_the_warranty_of_the_repair_is_linked(self):
        first = self._repair(self._create_sheet())
        first.with_user(self.reception).action_deliver()
        again = self._create_sheet()
        self.assertEqual(again.previous_sheet_id, first)
        self.assertEqual(again.history_count, 1)
        first.sudo().repair_warranty_end = fields.Date.today() - timedelta(days=1)
        self.assertFalse(self._create_sheet().previous_sheet_id)

    def test_sheet_with_a_history_cannot_be_deleted(self):
        sheet = self._quote(self._create_sheet())
        with self.assertRaisesRegex(UserError, "has a history"):
            sheet.with_user(self.manager).unlink()
        self._create_sheet().with_user(self.manager).unlink()

    def test_late_sheets_are_found(self):
        sheet = self._create_sheet()
        sheet.deadline_date = fields.Datetime.now() - timedelta(hours=1)
        self.assertTrue(sheet.is_late)
        late = self.env["workmanager.sheet"].search([("is_late", "=", True)])
        self.assertIn(sheet, late)
        self._repair(sheet)
        self.assertFalse(sheet.is_late)

import base64
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from ..wizards import intake as intake_module
from .common import ServiceCommon

PICTURE = "R0lGODdhAgACAIEAAAAAgAAAAAAAAAAAACwAAAAAAgACAAAIBgABCAQQEAA7"


@tagged("post_install", "-at_install")
class TestIntakeScreen(ServiceCommon):
    def _form(self, **context):
        intake = self.env["workmanager.intake"].with_user(self.reception)
        return Form(intake.with_context(**context))

    def _new_device(self, **values):
        form = self._form()
        form.customer_name = values.get("customer_name", "Maria Ionescu")
        form.customer_phone = values.get("customer_phone", "0722 123 456")
        form.equipment_type_id = self.laptop
        form.brand_id = self.brand
        form.serial_number = values.get("serial_number", "NEW-1")
        form.claimed_fault = "Nu pornește"
        return form

    def test_known_equipment_fills_the_screen(self):
        form = self._form()
        form.equipment_id = self.equipment
        self.assertEqual(form.partner_id, self.customer)
        self.assertEqual(form.equipment_type_id, self.laptop)
        self.assertEqual(form.signed_by, "Ștefan Țăranu")
        self.assertEqual(len(form.check_ids), 3)
        form.claimed_fault_ids.add(self.fault)
        action = form.save().action_take_in()
        sheet = self.env["workmanager.sheet"].browse(action["res_id"])
        self.assertRecordValues(
            sheet,
            [
                {
                    "partner_id": self.customer.id,
                    "equipment_id": self.equipment.id,
                    "claimed_fault_ids": self.fault.ids,
                    "state": "received",
                    "received_by_id": self.reception.id,
                }
            ],
        )

    def test_what_reception_decided_stays_for_what_is_new(self):
        self.laptop.user_id = self.technician
        form = self._new_device()
        form.sale_date = fields.Date.today()
        form.is_warranty = False
        form.warranty_reason = "Liquid inside"
        form.user_id = self.manager
        form.signed_by = "The neighbour"
        with form.check_ids.edit(0) as line:
            line.user_id = self.manager
        sheet = form.save()._take_in()
        self.assertFalse(sheet.is_warranty)
        self.assertEqual(sheet.user_id, self.manager)
        self.assertEqual(sheet.intake_signed_by, "The neighbour")
        self.assertEqual(sheet.check_ids[0].user_id, self.manager)

    def test_new_customer_and_equipment_are_created_in_place(self):
        form = self._new_device()
        form.sale_date = fields.Date.today()
        self.assertEqual(form.warranty_state, "valid")
        self.assertTrue(form.is_warranty)
        sheet = form.save()._take_in()
        self.assertEqual(sheet.partner_id.name, "Maria Ionescu")
        self.assertEqual(sheet.partner_id.phone, "0722 123 456")
        self.assertEqual(sheet.equipment_id.serial_key, "NEW1")
        self.assertEqual(sheet.equipment_id.partner_id, sheet.partner_id)
        self.assertTrue(sheet.is_warranty)

    def test_type_of_a_new_device_brings_its_technician(self):
        self.laptop.user_id = self.technician
        self.assertEqual(self._new_device().user_id, self.technician)

    def test_typed_warranty_counts(self):
        form = self._new_device()
        form.warranty_end = "2999-01-01"
        form.warranty_document = "FCT 118"
        self.assertEqual(form.warranty_state, "valid")
        equipment = form.save()._take_in().equipment_id
        self.assertRecordValues(
            equipment,
            [
                {
                    "warranty_end": fields.Date.to_date("2999-01-01"),
                    "warranty_document": "FCT 118",
                }
            ],
        )
        form = self._new_device(serial_number="NEW-2")
        form.sale_date = "2020-01-02"
        form.warranty_end = "2020-01-01"
        self.assertEqual(form.warranty_end_error, "The warranty ends before it starts.")

    def test_known_phone_number_is_offered(self):
        form = self._new_device(customer_phone="0721 000 111")
        self.assertEqual(form.phone_twin_id, self.customer)
        intake = form.save()
        intake.action_use_phone_twin()
        self.assertEqual(intake._take_in().partner_id, self.customer)

    def test_phone_numbers_as_people_write_them(self):
        for phone in ("0722 123 456", "+40 (722) 123-456", "(021) 310.44.55", "112112"):
            with self.subTest(phone):
                self.assertFalse(
                    self._new_device(customer_phone=phone).customer_phone_error
                )

    def test_taking_in_twice_makes_one_sheet(self):
        intake = self._new_device().save()
        self.assertEqual(intake._take_in(), intake._take_in())
        self.assertEqual(
            self.env["res.partner"].search_count([("name", "=", "Maria Ionescu")]), 1
        )

    def test_identification_data_of_the_type_is_kept(self):
        self.laptop.equipment_properties = [
            {"name": "aa11", "type": "char", "string": "IMEI"}
        ]
        intake = self._new_device().save()
        intake.properties = {"aa11": "356938035643809"}
        sheet = intake._take_in()
        self.assertEqual(dict(sheet.equipment_id.properties)["aa11"], "356938035643809")

    def test_fields_of_the_type_are_there_once_it_is_chosen(self):
        self.laptop.equipment_properties = [
            {"name": "aa11", "type": "char", "string": "IMEI"},
            {"name": "bb22", "type": "integer", "string": "Mileage", "default": 7},
        ]
        phone = self.env["workmanager.equipment.type"].create({"name": "Phone"})
        spec = {"equipment_type_id": {}, "properties": {}}
        for model in ("workmanager.intake", "workmanager.equipment"):
            with self.subTest(model):
                record = self.env[model].with_user(self.reception)
                values = {"equipment_type_id": self.laptop.id, "properties": []}
                answer = record.onchange(values, ["equipment_type_id"], spec)["value"]
                self.assertEqual(
                    [(f["string"], f["value"]) for f in answer["properties"]],
                    [("IMEI", False), ("Mileage", 7)],
                )
                values = {**answer, "equipment_type_id": phone.id}
                answer = record.onchange(values, ["equipment_type_id"], spec)["value"]
                self.assertEqual(answer["properties"], [])

    def test_what_is_missing_is_said_and_nothing_is_created(self):
        form = self._form()
        with self.assertRaisesRegex(
            UserError, "Who brings it.*\n.*What is it.*\n.*What is wrong"
        ):
            form.save().action_take_in()
        form.customer_name = "Maria Ionescu"
        with self.assertRaisesRegex(UserError, "What is it"):
            form.save().action_take_in()
        form.equipment_type_id = self.laptop
        with self.assertRaisesRegex(UserError, "What is wrong"):
            form.save().action_take_in()
        self.assertFalse(
            self.env["res.partner"].search([("name", "=", "Maria Ionescu")])
        )

    def test_wrong_input_is_named(self):
        for values, message in (
            ({"customer_phone": "072a"}, "not a phone number"),
            ({"customer_phone": "sună seara"}, "not a phone number"),
            ({"customer_phone": "------"}, "not a phone number"),
            ({"customer_phone": "0721"}, "six digits or more"),
        ):
            with self.subTest(values), self.assertRaisesRegex(ValidationError, message):
                self._new_device(**values).save()
        form = self._new_device()
        form.customer_email = "maria(at)example"
        with self.assertRaisesRegex(ValidationError, "not an e-mail"):
            form.save()
        form = self._new_device()
        form.sale_date = "2999-01-01"
        self.assertEqual(form.warranty_state, "none")
        self.assertFalse(form.is_warranty)
        with self.assertRaisesRegex(ValidationError, "future"):
            form.save()

    def test_markup_in_a_name_stays_text(self):
        sheet = self._new_device(customer_name="<script>alert(1)</script>").save()
        sheet = sheet._take_in()
        self.assertEqual(sheet.partner_id.name, "<script>alert(1)</script>")

    def test_registered_serial_is_offered(self):
        form = self._new_device(serial_number="pf3k 9081")
        self.assertEqual(form.serial_twin_id, self.equipment)
        intake = form.save()
        with self.assertRaisesRegex(UserError, "registered already.*Use It"):
            intake.action_take_in()
        intake.action_use_twin()
        self.assertEqual(intake.partner_id, self.customer)
        self.assertEqual(intake._take_in().equipment_id, self.equipment)

    def test_equipment_in_the_shop_is_not_taken_in_again_unasked(self):
        first = self._create_sheet()
        form = self._form()
        form.equipment_id = self.equipment
        form.claimed_fault = "Iar nu pornește"
        self.assertEqual(form.open_sheet_id, first)
        with self.assertRaisesRegex(UserError, f"on {first.name}"):
            form.save().action_take_in()
        form.is_duplicate_confirmed = True
        self.assertNotEqual(form.save()._take_in(), first)

    def test_open_sheet_is_seen_behind_newer_closed_ones(self):
        first = self._create_sheet()
        for _i in range(6):
            self._create_sheet().action_cancel()
        form = self._form()
        form.equipment_id = self.equipment
        self.assertEqual(form.open_sheet_id, first)
        self.assertEqual(form.sheet_count, 7)

    def test_return_inside_the_repair_warranty_is_linked_by_one_tap(self):
        first = self._repair(self._create_sheet())
        first.with_user(self.reception).action_deliver()
        for linked, previous in ((False, False), (True, first.id)):
            form = self._form()
            form.equipment_id = self.equipment
            form.claimed_fault = "Iar nu pornește"
            self.assertEqual(form.previous_sheet_id, first)
            form.is_return_linked = linked
            sheet = form.save()._take_in()
            self.assertEqual(sheet.previous_sheet_id.id, previous)
            sheet.action_cancel()

    def test_checks_are_allocated_at_intake(self):
        form = self._form()
        form.equipment_id = self.equipment
        form.claimed_fault = "Nu pornește"
        form.check_ids.remove(2)
        with form.check_ids.edit(0) as line:
            line.user_id = self.technician
        sheet = form.save()._take_in()
        self.assertEqual(sheet.check_ids.mapped("name"), ["Starts", "Battery voltage"])
        self.assertEqual(sheet.check_ids[0].user_id, self.technician)

    def test_several_equipments_of_one_visit(self):
        first = self._new_device().save()
        action = first.action_take_in_and_next()
        form = self._form(**action["context"])
        self.assertEqual(form.partner_id.name, "Maria Ionescu")
        form.equipment_type_id = self.laptop
        form.claimed_fault = "Ecran spart"
        second = form.save()._take_in()
        self.assertEqual(second.visit_sheet_id, first.sheet_id)
        self.assertEqual(second._get_visit(), first.sheet_id | second)

    def test_photo_goes_to_the_sheet_and_only_pictures_do(self):
        attachments = self.env["ir.attachment"].with_user(self.reception)
        photo = attachments.create(
            {
                "name": "colt.gif",
                "raw": base64.b64decode(PICTURE),
                "res_model": "workmanager.intake",
            }
        )
        intake = self._new_device().save()
        intake.photo_ids = photo
        sheet = intake._take_in()
        self.assertTrue(sheet.photo_ids.image_1920)
        self.assertFalse(sheet.photo_ids.is_for_customer)
        self.assertFalse(photo.exists())
        for name, raw in (
            ("virus.txt", b"no picture"),
            ("script.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            ("broken.jpg", b"\xff\xd8\xff\xe0 broken"),
        ):
            bad = attachments.create({"name": name, "raw": raw})
            with self.assertRaisesRegex(ValidationError, f"{name} is not a picture"):
                self._new_device().save().photo_ids = bad

    def test_photo_that_is_too_large_is_named(self):
        attachments = self.env["ir.attachment"].with_user(self.reception)
        photo = attachments.create(
            {"name": "mare.gif", "raw": b"GIF89a" + bytes(2 * 1024 * 1024)}
        )
        intake = self._new_device().save()
        with (
            patch.object(intake_module, "MAX_PHOTO_SIZE", 1024 * 1024),
            self.assertRaisesRegex(ValidationError, "mare.gif is too large: 2 MB"),
        ):
            intake.photo_ids = photo

    def test_technician_takes_in_too(self):
        intake = self.env["workmanager.intake"].with_user(self.technician)
        intake = intake.create(
            {"equipment_id": self.equipment.id, "claimed_fault": "Nu pornește"}
        )
        self.assertEqual(intake._take_in().received_by_id, self.technician)

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestRegister(ServiceCommon):
    def _merge(self, equipment, user=None):
        wizard = self.env["workmanager.equipment.merge"].with_user(user or self.manager)
        return Form(
            wizard.with_context(active_model=equipment._name, active_ids=equipment.ids)
        )

    def test_merging_keeps_every_sheet_owner_message_and_file(self):
        twin = self._create_equipment(
            False, model_name="ThinkPad X1", warranty_document="F-12"
        )
        kept_sheet = self._create_sheet()
        moved = self._quote(self._create_sheet(equipment_id=twin.id))
        twin.message_post(body="Screen was replaced in 2024")
        file = self.env["ir.attachment"].create(
            {"name": "a.txt", "res_model": twin._name, "res_id": twin.id}
        )
        form = self._merge(self.equipment | twin)
        self.assertEqual(form.equipment_id, self.equipment)
        self.assertFalse(form.differing_serials)
        form.save().action_merge()
        self.assertFalse(twin.exists())
        self.assertEqual(self.equipment.sheet_ids, kept_sheet | moved)
        self.assertEqual(self.equipment.model_name, "ThinkPad X1")
        self.assertEqual(self.equipment.warranty_document, "F-12")
        self.assertEqual(self.equipment.serial_number, "PF-3K 9081")
        self.assertEqual(file.res_id, self.equipment.id)
        bodies = " ".join(map(str, self.equipment.message_ids.mapped("body")))
        self.assertIn("Screen was replaced in 2024", bodies)
        self.assertIn("Merged with", bodies)

    def test_one_record_is_not_merged(self):
        with self.assertRaisesRegex(UserError, "at least two"):
            self._merge(self.equipment).save().action_merge()

    def test_only_managers_merge(self):
        with self.assertRaises(AccessError):
            self._merge(self.equipment, self.technician)

    def test_owners_are_remembered(self):
        buyer = self.env["res.partner"].create({"name": "Cumpărător"})
        self.equipment.with_user(self.reception).partner_id = buyer
        self.equipment.partner_id = buyer
        self.assertEqual(
            self.equipment.owner_ids.mapped("partner_id.name"),
            ["Cumpărător", "Ștefan Țăranu"],
        )

    def test_parts_used_are_on_the_equipment(self):
        self._repair(self._create_sheet())
        self.assertEqual(self.equipment.line_ids.product_id, self.part | self.work)

    def test_catalogue_can_be_duplicated(self):
        kind = self.laptop.with_user(self.manager).copy()
        self.assertEqual(len(kind.checkpoint_ids), 3)
        self.assertEqual(kind.fault_ids, self.fault)
        self.assertEqual(
            self.operation.with_user(self.manager).copy().price, self.operation.price
        )
        self.assertFalse(self.fault.with_user(self.manager).copy().code)
        self.assertIn("copy", self.brand.with_user(self.manager).copy().name)

    def test_fault_is_repeated_by_another_active_sheet_of_the_company(self):
        values = {"claimed_fault": "Bâzâie tare"}
        other = self.env["res.company"].create({"name": "Altă firmă"})
        theirs = self.env["workmanager.sheet"].create(
            {
                **values,
                "company_id": other.id,
                "equipment_id": self._create_equipment("X-1", company_id=other.id).id,
            }
        )
        sheet = self._create_sheet(**values).sudo()
        self.assertFalse(sheet.is_fault_repeated)
        self.assertFalse(theirs.is_fault_repeated)
        new = sheet.new({**values, "equipment_id": self.equipment.id})
        self.assertTrue(new.is_fault_repeated)
        sheet.active = False
        again = self._create_sheet(**values).sudo()
        self.env.invalidate_all()
        self.assertFalse(again.is_fault_repeated)
        self.assertTrue(sheet.is_fault_repeated)
        again.with_user(self.manager).action_add_fault_to_catalogue()
        self.assertFalse(theirs.claimed_fault_ids)

    def test_fault_typed_twice_goes_to_the_catalogue(self):
        first = self._create_sheet(claimed_fault="Bâzâie  tare")
        self.assertFalse(first.is_fault_repeated)
        second = self._create_sheet(claimed_fault="bâzâie tare")
        self.assertTrue(second.is_fault_repeated)
        with self.assertRaises(AccessError):
            second.with_user(self.reception).action_add_fault_to_catalogue()
        second.with_user(self.manager).action_add_fault_to_catalogue()
        self.assertEqual(second.claimed_fault_ids.name, "bâzâie tare")
        self.assertEqual(first.claimed_fault_ids, second.claimed_fault_ids)
        self.assertIn(second.claimed_fault_ids, self.laptop.fault_ids)

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import Form, new_test_user, tagged

from .common import ServiceCommon

NEW_YEAR = "2026-12-31 22:30:00"  # half past midnight in Bucharest


@tagged("post_install", "-at_install")
class TestDays(ServiceCommon):
    """Days and years are those of the company's clock, not of the server's."""

    def _create_in_bucharest(self):
        sheets = self.env["workmanager.sheet"].with_user(self.reception)
        return sheets.with_context(tz="Europe/Bucharest").create(
            {"equipment_id": self.equipment.id, "claimed_fault": "x"}
        )

    def test_number_of_the_local_year(self):
        with freeze_time(NEW_YEAR):
            self.assertIn("/2027/", self._create_in_bucharest().name)

    def test_number_whoever_takes_in(self):
        self.env.company.partner_id.tz = "Europe/Bucharest"
        with freeze_time(NEW_YEAR):
            self.assertIn("/2027/", self._create_sheet().name)

    def test_statement_of_the_local_year(self):
        self.env.company.partner_id.tz = "Europe/Bucharest"
        with freeze_time("2026-12-30 12:00:00"):
            sheet = self._approve(self._create_sheet())
            sheet.action_start_repair()
        with freeze_time(NEW_YEAR):
            sheet.action_finish_repair()
        self.assertIn("2027", sheet.statement_number)

    def test_warranty_is_extended_by_local_days(self):
        self.env.company.partner_id.tz = "Europe/Bucharest"
        self.env.company.service_delivery_policy = "always"
        self.equipment.write(
            {"warranty_start": "2026-01-01", "warranty_end": "2027-12-31"}
        )
        with freeze_time("2026-12-01 22:30:00"):
            sheet = self._create_sheet()
        with freeze_time("2026-12-03 21:00:00"):
            self._repair(sheet).with_user(self.reception).action_deliver()
        self.assertEqual(str(self.equipment.warranty_end), "2028-01-01")
        self.assertEqual(str(sheet.repair_warranty_end), "2027-03-03")


@tagged("post_install", "-at_install")
class TestDeadline(ServiceCommon):
    def test_deadline_set_by_hand_stays(self):
        sheet = self._create_sheet()
        by_hand = fields.Datetime.now() + timedelta(days=2)
        sheet.deadline_date = by_hand
        sheet.write({"is_warranty": True, "warranty_reason": "Receipt shown"})
        self.assertEqual(sheet.deadline_date, by_hand)

    def test_proposed_deadline_follows(self):
        sheet = self._create_sheet()
        proposed = sheet.deadline_date
        sheet.intake_date -= timedelta(days=1)
        self.assertEqual(sheet.deadline_date, proposed - timedelta(days=1))


@tagged("post_install", "-at_install")
class TestCorrections(ServiceCommon):
    """What was chosen wrong at the counter is put right before the evaluation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scooter = cls.env["workmanager.equipment.type"].create(
            {
                "name": "Test scooter",
                "checkpoint_ids": [fields.Command.create({"name": "Brakes"})],
            }
        )

    def test_other_equipment_brings_its_checks(self):
        sheet = self._create_sheet()
        sheet.equipment_id = self._create_equipment(
            "SC-1", equipment_type_id=self.scooter.id
        )
        self.assertEqual(sheet.check_ids.mapped("name"), ["Brakes"])

    def test_corrected_type_brings_its_checks(self):
        sheet = self._create_sheet()
        self.equipment.with_user(self.reception).equipment_type_id = self.scooter
        self.assertEqual(sheet.check_ids.mapped("name"), ["Brakes"])

    def test_answers_stay(self):
        sheet = self._create_sheet().with_user(self.technician)
        sheet.action_start_evaluation()
        sheet.check_ids[0].result = "ok"
        self.equipment.with_user(self.reception).equipment_type_id = self.scooter
        self.assertEqual(len(sheet.check_ids), 3)

    def test_duplicated_stage(self):
        stage = self.env["workmanager.stage"]._get_first("repair")
        copy = stage.with_user(self.manager).copy()
        self.assertEqual(copy.state, "repair")
        self.assertNotEqual(copy.name, stage.name)


@tagged("post_install", "-at_install")
class TestBranches(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["res.company"].create(
            {"name": "Test branch", "parent_id": cls.env.company.id}
        )
        cls.clerk = new_test_user(
            cls.env,
            "wm_branch",
            groups="workmanager_service.group_reception",
            company_id=cls.branch.id,
            company_ids=[fields.Command.set(cls.branch.ids)],
        )

    def _look_up(self):
        intakes = self.env["workmanager.intake"].with_user(self.clerk)
        self.env.invalidate_all()
        with Form(intakes.with_context(allowed_company_ids=self.branch.ids)) as form:
            form.serial_number = self.equipment.serial_number
            return form.serial_twin_id

    def test_branch_finds_equipment_of_its_parent(self):
        self.assertEqual(self._look_up(), self.equipment)
        sheets = self.env["workmanager.sheet"].with_user(self.clerk)
        sheet = sheets.with_company(self.branch).create(
            {"equipment_id": self.equipment.id, "claimed_fault": "x"}
        )
        self.assertEqual(sheet.company_id, self.branch)

    def test_parent_keeps_its_register_to_itself(self):
        self.env.company.service_share_equipment = False
        self.assertFalse(self._look_up())


@tagged("post_install", "-at_install")
class TestResponsible(ServiceCommon):
    """Nothing is given to people who left."""

    def test_expired_quotation(self):
        sheet = self._quote(self._create_sheet())
        order = sheet.sudo().sale_order_ids
        sheet.sudo().received_by_id.active = False
        sheet.sudo()._schedule_expired_quotation(order)
        self.assertEqual(sheet.sudo().activity_ids.user_id, self.technician)

    def test_nobody_of_the_sheet_is_left(self):
        sheet = self._create_sheet()
        (self.reception | self.technician).active = False
        candidates = sheet.sudo().received_by_id | sheet.sudo().user_id
        user = sheet.sudo().company_id._get_responsible(candidates)
        self.assertTrue(user.active)
        self.assertTrue(user.has_group("workmanager_service.group_manager"))


@tagged("post_install", "-at_install")
class TestIntakeOfOthersSheets(ServiceCommon):
    """A technician who sees own sheets only takes in what a colleague has in work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        settings = cls.env["res.config.settings"]
        settings.create({"group_service_all_sheets": False}).execute()
        cls.colleague = new_test_user(
            cls.env, "wm_colleague", groups="workmanager_service.group_technician"
        )

    def _take_in(self):
        self.env.invalidate_all()
        return (
            self.env["workmanager.intake"]
            .with_user(self.colleague)
            .create({"equipment_id": self.equipment.id, "claimed_fault": "x"})
        )

    def test_it_is_in_the_shop_already(self):
        sheet = self._create_sheet()
        intake = self._take_in()
        self.assertEqual(intake.open_sheet_id.id, sheet.id)
        self.assertIn("in the shop already", intake._intake_error_message())

    def test_it_comes_back_under_warranty(self):
        self.env.company.service_delivery_policy = "always"
        sheet = self._repair(self._create_sheet())
        sheet.with_user(self.reception).action_deliver()
        self.assertEqual(self._take_in().previous_sheet_id.id, sheet.id)

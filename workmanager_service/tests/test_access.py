from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestAccess(ServiceCommon):
    def test_employee_without_a_service_group_sees_nothing(self):
        employee = new_test_user(self.env, "wm_employee", groups="base.group_user")
        for model in (
            "workmanager.sheet",
            "workmanager.equipment",
            "workmanager.evaluation",
            "workmanager.sheet.line",
            "workmanager.work.log",
            "workmanager.fault",
        ):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(employee).search([])

    def test_other_company_sees_nothing(self):
        sheet = self._quote(self._create_sheet())
        company = self.env["res.company"].create({"name": "Another shop"})
        stranger = new_test_user(
            self.env,
            "wm_stranger",
            groups="workmanager_service.group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        for records in (
            sheet,
            sheet.equipment_id,
            sheet.evaluation_id,
            sheet.check_ids,
            sheet.line_ids,
        ):
            with self.subTest(model=records._name), self.assertRaises(AccessError):
                records.with_user(stranger).read(["id", "create_date"])

    def test_technician_needs_no_sales_rights(self):
        self.assertFalse(
            self.env["sale.order"].with_user(self.technician).has_access("read")
        )
        sheet = self._approve(self._create_sheet()).with_user(self.technician)
        sheet.action_start_repair()
        sheet.action_finish_repair()
        self.assertEqual(sheet.state, "ready")

    def test_who_may_only_read_decides_nothing(self):
        sheet = self._quote(self._create_sheet())
        company = self.env["res.company"].create({"name": "Another shop"})
        stranger = new_test_user(
            self.env,
            "wm_stranger2",
            groups="workmanager_service.group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        for step in (
            "action_accept_quotation",
            "action_refuse_quotation",
            "action_create_quotation",
            "action_create_invoice",
            "action_cancel",
        ):
            with self.subTest(step=step), self.assertRaises(AccessError):
                getattr(sheet.with_user(stranger), step)()
        self.assertEqual(sheet.state, "quoted")

    def test_technician_keeps_off_catalogue_and_deletion(self):
        sheet = self._create_sheet()
        for record in (sheet, self.equipment, self.fault, self.laptop, self.operation):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.with_user(self.technician).unlink()
        for record in (self.fault, self.laptop, self.operation):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.with_user(self.technician).write({"name": "Mine"})

    def test_reception_keeps_off_the_catalogue(self):
        with self.assertRaises(AccessError):
            self.fault.with_user(self.reception).write({"name": "Mine"})

    def test_costs_are_for_managers(self):
        with self.assertRaises(AccessError):
            self.operation.with_user(self.technician).read(["cost"])
        self.operation.with_user(self.manager).read(["cost"])

    def test_technician_changes_only_own_hours(self):
        sheet = self._create_sheet()
        log = self.env["workmanager.work.log"].create(
            {"sheet_id": sheet.id, "user_id": self.manager.id, "hours": 1}
        )
        with self.assertRaises(AccessError):
            log.with_user(self.technician).hours = 9
        log.with_user(self.manager).hours = 2
        self.assertEqual(log.hours, 2)

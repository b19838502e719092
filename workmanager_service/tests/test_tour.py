from odoo.tests import HttpCase, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestTour(ServiceCommon, HttpCase):
    def test_a_shop_with_one_person_does_it_all_in_the_browser(self):
        self.operation.equipment_type_ids = self.laptop
        self.start_tour(
            "/odoo/service-sheets/new",
            "workmanager_service_flow",
            login=self.manager.login,
        )
        sheet = self.equipment.sheet_ids
        self.assertRecordValues(sheet, [{"state": "delivered", "outcome": "repaired"}])
        self.assertEqual(sheet.amount_total, 471.9)
        self.assertTrue(sheet.repair_warranty_end)
        self.assertTrue(sheet.work_log_ids.stop)

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestEvaluation(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sheet = cls._create_sheet().with_user(cls.technician)
        cls.sheet.action_start_evaluation()
        cls.starts, cls.voltage, cls.hinges = cls.sheet.check_ids

    def test_measured_value_out_of_limits_is_bad_by_itself(self):
        for value, result in ((10.79, "not_ok"), (10.8, "ok"), (12.61, "not_ok")):
            self.voltage.value = value
            self.assertEqual(self.voltage.result, result, value)

    def test_required_checks_hold_back_completion(self):
        self.hinges.action_ok()
        with self.assertRaisesRegex(UserError, "Starts, Battery voltage"):
            self.sheet.action_complete_evaluation()
        self.starts.action_ok()
        self.voltage.action_not_applicable()
        self.sheet.action_complete_evaluation()
        self.assertEqual(self.sheet.evaluation_state, "done")

    def test_the_rest_is_good_leaves_answers_and_measures_alone(self):
        self.starts.action_not_ok()
        self.sheet.action_set_rest_ok()
        self.assertEqual(self.sheet.check_ids.mapped("result"), ["not_ok", False, "ok"])

    def test_faults_of_checks_are_the_faults_found(self):
        self.starts.write({"result": "not_ok", "fault_ids": self.fault.ids})
        self.assertEqual(self.sheet.evaluation_id.fault_ids, self.fault)

    def test_completed_evaluation_is_closed(self):
        self.starts.action_ok()
        self.voltage.value = 11.1
        self.sheet.action_complete_evaluation()
        with self.assertRaisesRegex(UserError, "completed and cannot be changed"):
            self.starts.action_not_ok()
        with self.assertRaisesRegex(UserError, "completed and cannot be changed"):
            self.starts.unlink()
        self.sheet.evaluation_id.action_reopen()
        self.starts.action_not_ok()
        self.assertEqual(self.starts.result, "not_ok")

    def test_evaluation_needs_an_open_sheet(self):
        other = self._create_sheet()
        with self.assertRaisesRegex(UserError, "start its evaluation first"):
            other.action_complete_evaluation()
        self.sheet.with_user(self.reception).action_cancel()
        with self.assertRaisesRegex(UserError, "not under evaluation"):
            self.sheet.action_complete_evaluation()

    def test_predefined_repair_brings_its_parts_and_work(self):
        self.starts.write({"result": "not_ok", "fault_ids": self.fault.ids})
        self.operation.fault_ids = self.fault
        lines = self.sheet.add_operations(self.operation)
        self.assertRecordValues(
            lines,
            [
                {
                    "product_id": self.part.id,
                    "quantity": 1.0,
                    "price_unit": 240.0,
                    "fault_id": self.fault.id,
                    "coverage": "customer",
                },
                {
                    "product_id": self.work.id,
                    "quantity": 1.5,
                    "price_unit": 100.0,
                    "fault_id": self.fault.id,
                    "coverage": "customer",
                },
            ],
        )
        self.assertEqual(lines.tax_ids, self.tax)

    def test_price_of_a_repair_is_its_products(self):
        self.assertEqual(self.operation.price, 390.0)
        self.assertEqual(self.operation.with_user(self.manager).cost, 190.0)
        self.env.invalidate_all()
        self.assertRecordValues(
            self.operation.line_ids.with_user(self.manager),
            [{"price": 240.0, "cost": 130.0}, {"price": 150.0, "cost": 60.0}],
        )
        self.assertEqual(self.operation.price, 390.0, "whichever is read first")

    def test_one_timer_for_a_technician(self):
        other = self._create_sheet().with_user(self.technician)
        self.sheet.action_start_timer()
        self.sheet.action_start_timer()
        self.assertEqual(len(self.sheet.work_log_ids), 1)
        other.action_start_timer()
        self.assertFalse(self.sheet.is_timer_running)
        self.assertTrue(self.sheet.work_log_ids.stop)
        self.assertTrue(other.is_timer_running)
        other.action_stop_timer()
        self.assertFalse(other.is_timer_running)

    def test_findings_are_what_is_bad(self):
        sheet = self._create_sheet().with_user(self.technician)
        sheet.action_start_evaluation()
        starts, voltage, hinges = sheet.check_ids
        starts.write(
            {"result": "not_ok", "fault_ids": self.fault.ids, "note": "Swollen"}
        )
        voltage.value = 9.125
        hinges.result = "ok"
        self.assertEqual(
            [
                (finding["name"], finding["detail"])
                for finding in sheet.evaluation_id._get_findings()
            ],
            [
                ("Starts", "Battery worn out · Swollen"),
                ("Battery voltage", "9.125 V"),
            ],
        )

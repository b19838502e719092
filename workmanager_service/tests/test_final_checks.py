from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .documents_common import DocumentsCommon


@tagged("post_install", "-at_install")
class TestFinalChecks(DocumentsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.laptop.checkpoint_ids[0].phase = "both"
        cls.laptop.checkpoint_ids = [
            Command.create({"name": "Leakage current", "phase": "after"}),
            Command.create({"name": "Cleaned", "phase": "after", "is_required": False}),
        ]

    def _start_repair(self):
        sheet = self._approve(self._create_sheet())
        sheet.action_start_repair()
        return sheet

    def test_each_phase_has_its_checks(self):
        sheet = self._create_sheet()
        self.assertEqual(
            sheet.check_ids.mapped("name"), ["Starts", "Battery voltage", "Hinges"]
        )
        self.assertFalse(sheet.final_evaluation_id)
        sheet = self._start_repair()
        self.assertEqual(
            sheet.final_check_ids.mapped("name"),
            ["Starts", "Leakage current", "Cleaned"],
        )
        self.assertEqual(sheet.evaluation_id.phase, "before")
        self.assertEqual(sheet.evaluation_state, "done")
        self.assertIn("Final checks", sheet.final_evaluation_id.display_name)

    def test_intake_allocates_what_is_checked_before(self):
        intake = self.env["workmanager.intake"].with_user(self.reception)
        with Form(intake) as form:
            form.equipment_id = self.equipment
            form.claimed_fault = "Nu mai pornește"
            self.assertEqual(len(form.check_ids), 3)

    def test_finishing_names_the_open_final_checks(self):
        sheet = self._start_repair()
        with self.assertRaisesRegex(UserError, r"yet: Starts, Leakage current\."):
            sheet.action_finish_repair()
        self.assertEqual(sheet.state, "repair")
        starts, leakage, cleaned = sheet.final_check_ids
        starts.answer(result="ok")
        with self.assertRaisesRegex(UserError, r"yet: Leakage current\."):
            sheet.action_finish_repair()
        leakage.answer(result="not_applicable")
        sheet.action_finish_repair()
        self.assertEqual(sheet.state, "ready")
        self.assertEqual(sheet.final_evaluation_state, "done")
        self.assertFalse(cleaned.result)
        with self.assertRaisesRegex(UserError, "completed and cannot be changed"):
            cleaned.answer(result="ok")
        with self.assertRaisesRegex(UserError, "no longer"):
            sheet.final_evaluation_id.action_reopen()

    def test_board_obeys_too(self):
        sheet = self._start_repair()
        stage = self.env["workmanager.stage"]._get_first("ready")
        with self.assertRaisesRegex(UserError, "final checks"):
            sheet.stage_id = stage

    def test_bad_final_check_is_told_and_does_not_hold_back(self):
        sheet = self._start_repair()
        sheet.final_check_ids[0].answer(result="not_ok")
        sheet.final_check_ids[1].answer(result="ok")
        self.assertEqual(sheet.bad_final_check_count, 1)
        sheet.action_finish_repair()
        self.assertEqual(sheet.state, "ready")
        self.assertIn(
            f"{sheet.name}: 1 of the final checks failed.",
            sheet.with_user(self.reception)._get_handover_warning(),
        )

    def test_type_without_final_checks_has_none(self):
        self.laptop.checkpoint_ids[3:].active = False
        self.laptop.checkpoint_ids.phase = "before"
        sheet = self._start_repair()
        self.assertFalse(sheet.final_evaluation_id)
        sheet.action_finish_repair()
        self.assertEqual(sheet.state, "ready")

    def test_check_stays_with_whom_it_was_allocated_to(self):
        sheet = self._create_sheet()
        sheet.check_ids[0].user_id = self.manager
        sheet = self._approve(sheet)
        sheet.action_start_repair()
        self.assertEqual(sheet.final_check_ids[0].user_id, self.manager)

    def test_starting_twice_brings_them_once(self):
        sheet = self._start_repair()
        sheet.action_start_repair()
        evaluations = sheet.evaluation_ids.filtered(lambda e: e.phase == "after")
        self.assertEqual(len(evaluations), 1)
        sheet.action_mark_unrepairable()
        sheet.action_start_evaluation()
        self.assertEqual(sheet.evaluation_id.phase, "before")
        self.assertEqual(sheet.evaluation_state, "draft")

    def test_fault_in_a_final_check_brings_its_repair(self):
        sheet = self._start_repair()
        operation = self.operation.copy({"name": "Replace the DC jack"})
        self.fault.operation_ids |= operation
        check = sheet.final_check_ids[0]
        check.set_fault(self.fault.id, True)
        check.add_repair(operation.id, self.fault.id)
        self.assertTrue(sheet.has_lines_to_quote)

    def test_second_evaluation_during_the_repair(self):
        sheet = self._start_repair()
        first, accepted = sheet.evaluation_id, sheet.line_ids
        sheet.action_evaluate_more()
        sheet.action_evaluate_more()
        self.assertEqual(
            sheet.evaluation_ids - sheet.final_evaluation_id - first,
            (sheet.evaluation_id),
        )
        self.assertEqual((sheet.state, sheet.evaluation_state), ("repair", "draft"))
        starts, voltage, _hinges = sheet.check_ids
        starts.answer(result="ok")
        voltage.answer(value=9)
        voltage.set_fault(self.fault.id, True)
        voltage.add_repair(self.operation.id, self.fault.id)
        sheet.action_complete_evaluation()
        sheet.action_create_quotation()
        self.assertEqual(sheet.state, "repair")
        self.assertTrue(all(accepted.mapped("is_accepted")))
        self.assertEqual(
            sheet._get_printed_evaluations(),
            first | sheet.evaluation_id | sheet.final_evaluation_id,
        )

    def test_second_evaluation_needs_a_repair(self):
        for sheet in (self._create_sheet(), self._quote(self._create_sheet())):
            with self.assertRaises(UserError):
                sheet.action_evaluate_more()

    def test_report_prints_both(self):
        sheet = self._start_repair()
        sheet.final_check_ids[0].answer(result="ok", note="Cold start too")
        self.assertPrinted(
            self._print("evaluation", sheet, self.technician),
            "Battery voltage",
            "CHECKS AFTER THE REPAIR",
            "Leakage current",
            "Cold start too",
        )

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestChecklist(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_fault = cls.env["workmanager.fault"].create({"name": "Wet inside"})
        cls.laptop.checkpoint_ids[0].fault_ids |= cls.other_fault
        cls.sheet = cls._create_sheet().with_user(cls.technician)
        cls.sheet.action_start_evaluation()
        cls.starts, cls.voltage, cls.hinges = cls.sheet.check_ids

    def _row(self, checklist, check):
        [row] = [row for row in checklist["checks"] if row["id"] == check.id]
        return row

    # ----------------------------------------------------------------- VALUES

    def test_a_value_of_zero_is_a_value(self):
        row = self._row(self.voltage.answer(value=0), self.voltage)
        self.assertEqual((row["value"], row["result"]), (0, "not_ok"))
        self.assertTrue(self.voltage.is_measured)
        self.assertEqual(self.voltage._get_value_text(), "0 V")
        row = self._row(self.voltage.answer(value=False), self.voltage)
        self.assertEqual((row["value"], row["result"]), (False, ""))
        self.assertFalse(self.voltage.checked_by_id)
        with self.assertRaisesRegex(UserError, "Battery voltage"):
            self.starts.action_ok()
            self.sheet.action_complete_evaluation()

    def test_a_limit_of_zero_is_a_limit(self):
        checkpoint = self.laptop.checkpoint_ids[1]
        for limits, text, good, bad in (
            ({"has_minimum": True, "minimum": 0}, "≥ 0", 0, -0.1),
            ({"has_maximum": True, "maximum": 0}, "≤ 0", 0, 0.1),
            ({"minimum": -5, "has_maximum": True}, "-5 – 0", -5, 1),
            ({}, "", -1000, None),
        ):
            none = {"has_minimum": False, "has_maximum": False}
            checkpoint.write({**none, "minimum": 0, "maximum": 0})
            checkpoint.write(limits)
            sheet = self._create_sheet()
            sheet.action_start_evaluation()
            check = sheet.check_ids[1]
            self.assertEqual(check._get_limits_text(), text)
            check.answer(value=good)
            self.assertEqual(check.result, "ok", limits)
            if bad is not None:
                check.answer(value=bad)
                self.assertEqual(check.result, "not_ok", limits)

    def test_limits_must_leave_room(self):
        with self.assertRaisesRegex(ValidationError, "above the maximum"):
            self.laptop.checkpoint_ids[1].write(
                {"minimum": 1, "maximum": 0, "has_maximum": True}
            )

    def test_limits_typed_on_the_checkpoint(self):
        with Form(self.laptop.checkpoint_ids[0].with_user(self.manager)) as form:
            form.kind = "measure"
            form.has_minimum = True
        self.assertTrue(self.laptop.checkpoint_ids[0].has_minimum)
        self.assertFalse(self.laptop.checkpoint_ids[0].has_maximum)

    def test_out_of_limits_cannot_be_called_good(self):
        self.voltage.answer(value=9)
        with self.assertRaisesRegex(ValidationError, "10.8 – 12.6"):
            self.voltage.action_ok()
        self.voltage.answer(result="not_applicable")
        self.assertEqual(self.voltage.result, "not_applicable")

    def test_value_in_the_form_of_the_check(self):
        with Form(self.voltage) as form:
            form.value = 9.5
            self.assertEqual(form.result, "not_ok")
        self.assertEqual(self.voltage.checked_by_id, self.technician)

    # -------------------------------------------------------- WHO AND WHEN

    def test_who_checked_and_when(self):
        self.starts.with_user(self.reception).answer(result="ok")
        self.assertEqual(self.starts.checked_by_id, self.reception)
        self.assertTrue(self.starts.checked_date)
        self.starts.answer(note="Scratched")
        self.assertEqual(self.starts.checked_by_id, self.reception)
        self.starts.answer(result="not_ok")
        self.assertEqual(self.starts.checked_by_id, self.technician)
        self.sheet.action_set_rest_ok()
        self.assertEqual(self.hinges.checked_by_id, self.technician)
        self.assertFalse(self.voltage.checked_by_id)

    def test_only_service_people_answer(self):
        employee = new_test_user(self.env, "wm_employee", groups="base.group_user")
        for user in (employee, self.env.ref("base.public_user")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.starts.with_user(user).answer(result="ok")
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.sheet.evaluation_id.with_user(user).action_reopen()

    def test_reopening(self):
        self.starts.action_ok()
        self.voltage.answer(value=11)
        self.sheet.action_complete_evaluation()
        self.assertFalse(self.sheet.evaluation_id.get_checklist()["is_editable"])
        self.sheet.evaluation_id.action_reopen()
        self.assertTrue(self.sheet.evaluation_id.get_checklist()["is_editable"])
        self.sheet.action_complete_evaluation()
        self.sheet.add_operations(self.operation)
        self.sheet.action_create_quotation()
        with self.assertRaisesRegex(UserError, "no longer under evaluation"):
            self.sheet.evaluation_id.action_reopen()

    def test_closed_sheets_are_not_evaluated(self):
        self.sheet.with_user(self.reception).action_cancel()
        evaluation = self.sheet.evaluation_id
        for change in (
            lambda: self.starts.answer(result="ok"),
            lambda: self.starts.set_fault(self.fault.id, True),
            lambda: self.starts.add_repair(self.operation.id, self.fault.id),
            lambda: evaluation.write({"conclusion": "Late"}),
            evaluation.action_set_rest_ok,
            lambda: evaluation.create({"sheet_id": self.sheet.id}),
            lambda: self.starts.create(
                {"evaluation_id": evaluation.id, "name": "Late"}
            ),
            self.starts.unlink,
        ):
            with self.assertRaisesRegex(UserError, "is cancelled and cannot be"):
                change()
        self.assertFalse(evaluation.get_checklist()["is_editable"])

    def test_check_outlives_its_checkpoint(self):
        checkpoint = self.laptop.checkpoint_ids[0]
        checkpoint.write({"active": False, "name": "Renamed"})
        row = self._row(self.starts.answer(result="not_ok"), self.starts)
        self.assertEqual(row["name"], "Starts")
        self.assertEqual(len(row["faults"]), 2)
        self.assertNotIn("Renamed", self._create_sheet().check_ids.mapped("name"))
        checkpoint.unlink()
        row = self._row(self.starts.answer(note="x"), self.starts)
        self.assertEqual(row["name"], "Starts")
        # Nothing says what it can mean any more: all faults of the type may.
        self.assertEqual([fault["id"] for fault in row["faults"]], self.fault.ids)

    # ------------------------------------------------------ FAULTS AND REPAIRS

    def test_bad_check_offers_faults_and_these_their_repairs(self):
        row = self._row(self.starts.answer(result="ok"), self.starts)
        self.assertFalse(row["faults"])
        row = self._row(self.starts.answer(result="not_ok"), self.starts)
        self.assertEqual(
            [(fault["name"], fault["repairs"]) for fault in row["faults"]],
            [("Battery worn out", []), ("Wet inside", [])],
        )
        row = self._row(self.starts.set_fault(self.fault.id, True), self.starts)
        [repair] = row["faults"][0]["repairs"]
        self.assertEqual(repair["name"], "Replace the battery")
        self.assertFalse(repair["is_added"])
        self.assertEqual(
            [line["name"] for line in repair["lines"]],
            ["Battery 56 Wh", "Laptop work"],
        )
        self.assertIn("1.5", repair["lines"][1]["quantity"])
        self.assertIn("390", repair["price"])
        self.assertEqual(self.sheet.evaluation_id.fault_ids, self.fault)

    def test_repairs_of_other_types_are_not_offered(self):
        other = self.env["workmanager.equipment.type"].create({"name": "Phone"})
        self.operation.equipment_type_ids = other
        row = self._row(self.starts.set_fault(self.fault.id, True), self.starts)
        self.assertFalse(row["faults"][0]["repairs"])

    def test_two_taps_bring_a_repair_once(self):
        self.starts.set_fault(self.fault.id, True)
        self.starts.add_repair(self.operation.id, self.fault.id)
        row = self._row(
            self.starts.add_repair(self.operation.id, self.fault.id), self.starts
        )
        self.assertTrue(row["faults"][0]["repairs"][0]["is_added"])
        self.assertEqual(len(self.sheet.line_ids), 2)
        self.assertEqual(self.sheet.line_ids.fault_id, self.fault)
        self.starts.remove_repair(self.operation.id)
        self.assertFalse(self.sheet.line_ids)

    def test_quoted_repair_stays(self):
        self.starts.set_fault(self.fault.id, True)
        self.starts.add_repair(self.operation.id, self.fault.id)
        self.voltage.answer(value=11)
        self.sheet.action_complete_evaluation()
        self.sheet.action_create_quotation()
        with self.assertRaisesRegex(UserError, "is on the quotation"):
            self.starts.remove_repair(self.operation.id)
        row = self._row(self.sheet.evaluation_id.get_checklist(), self.starts)
        self.assertTrue(row["faults"][0]["repairs"][0]["is_quoted"])

    def test_accepted_repair_can_be_needed_once_more(self):
        self.starts.set_fault(self.fault.id, True)
        self.starts.add_repair(self.operation.id, self.fault.id)
        self.voltage.answer(value=11)
        self.sheet.action_complete_evaluation()
        self.sheet.action_create_quotation()
        self.assertFalse(self.sheet.add_operations(self.operation))
        self.sheet.with_user(self.reception).action_accept_quotation()
        row = self._row(self.sheet.evaluation_id.get_checklist(), self.starts)
        self.assertTrue(row["faults"][0]["repairs"][0]["is_accepted"])
        self.assertFalse(row["faults"][0]["repairs"][0]["is_added"])
        self.assertEqual(len(self.sheet.add_operations(self.operation)), 2)
        self.assertFalse(self.sheet.add_operations(self.operation))

    def test_empty_repair_says_so(self):
        self.operation.line_ids.unlink()
        with self.assertRaisesRegex(UserError, "no parts and no work"):
            self.starts.add_repair(self.operation.id, self.fault.id)

    def test_fault_that_is_taken_back_is_not_found(self):
        by_hand = self.env["workmanager.fault"].create({"name": "By hand"})
        self.sheet.evaluation_id.fault_ids = by_hand
        self.starts.set_fault(self.fault.id, True)
        self.hinges.set_fault(self.other_fault.id, True)
        found = self.sheet.evaluation_id
        self.assertEqual(found.fault_ids, by_hand | self.fault | self.other_fault)
        self.starts.set_fault(self.fault.id, False)
        self.assertEqual(found.fault_ids, by_hand | self.other_fault)
        self.hinges.answer(result="ok")
        self.assertFalse(self.hinges.fault_ids)
        self.assertEqual(found.fault_ids, by_hand)

    def test_findings_have_the_photos_for_the_customer(self):
        photos = self.env["workmanager.photo"].create(
            [
                {
                    "sheet_id": self.sheet.id,
                    "check_id": self.starts.id,
                    "is_for_customer": shown,
                    "image_1920": self.env["res.company"]._get_logo(),
                }
                for shown in (True, False)
            ]
        )
        self.starts.set_fault(self.fault.id, True)
        self.voltage.answer(value=0, note="Dead")
        first, second = self.sheet.evaluation_id._get_findings()
        self.assertEqual(first["photos"], photos[0])
        self.assertEqual(second["detail"], "0 V · Dead")
        row = self._row(self.sheet.evaluation_id.get_checklist(), self.starts)
        self.assertEqual(
            row["photos"],
            [
                {"id": photos[0].id, "is_for_customer": True},
                {"id": photos[1].id, "is_for_customer": False},
            ],
        )

    def test_technician_sees_prices_and_no_costs(self):
        operation = self.operation.with_user(self.technician)
        self.assertEqual(operation.price, 390.0)
        with self.assertRaises(AccessError):
            operation.read(["cost"])

    def test_check_added_by_hand(self):
        with Form(self.sheet.evaluation_id) as form, form.check_ids.new() as check:
            check.name = "Smells burnt"
        added = self.sheet.check_ids - self.starts - self.voltage - self.hinges
        added.answer(result="not_ok")
        with self.assertRaisesRegex(UserError, "“Battery voltage” was"):
            self.voltage.write({"value": 1, "result": "ok"})
        self.assertEqual(
            added.fault_ids.browse(
                fault["id"]
                for fault in self._row(self.sheet.evaluation_id.get_checklist(), added)[
                    "faults"
                ]
            ),
            self.fault,
        )

    def test_many_checks_take_few_queries(self):
        self.laptop.checkpoint_ids = [
            Command.create({"name": f"Point {index}", "fault_ids": self.fault.ids})
            for index in range(30)
        ]
        counts = []
        for count in (4, 33):
            sheet = self._create_sheet().with_user(self.technician)
            sheet.action_start_evaluation()
            sheet.check_ids[3:count].write(
                {"result": "not_ok", "fault_ids": self.fault.ids}
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            sheet.evaluation_id.get_checklist()
            counts.append(self.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 3)

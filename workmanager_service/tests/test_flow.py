from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.service.states import SHEET_STATES
from .common import ServiceCommon

STEPS = {
    "action_start_evaluation": {"received", "evaluation", "quoted"},
    "action_evaluate_more": {"approved", "repair"},
    "action_create_quotation": {"evaluation", "quoted"},
    "action_accept_quotation": {"quoted", "approved"},
    "action_refuse_quotation": {"quoted"},
    "action_start_repair": {"approved", "repair"},
    "action_finish_repair": {"repair", "ready"},
    "action_mark_unrepairable": {"evaluation", "quoted", "approved", "repair"},
    "action_create_invoice": {"ready", "delivered"},
    "action_deliver": {"ready", "delivered"},
    "action_cancel": {
        "received",
        "evaluation",
        "quoted",
        "approved",
        "repair",
        "cancelled",
    },
}


@tagged("post_install", "-at_install")
class TestFlow(ServiceCommon):
    def _sheet_in(self, state):
        sheet = self._create_sheet()
        if state == "received":
            return sheet
        if state == "cancelled":
            sheet.action_cancel()
            return sheet
        if state == "delivered":
            self._repair(sheet).with_user(self.reception).action_deliver()
            return sheet
        steps = {
            "evaluation": self._evaluate,
            "quoted": self._quote,
            "approved": self._approve,
            "ready": self._repair,
        }
        if state == "repair":
            self._approve(sheet).action_start_repair()
        else:
            steps[state](sheet)
        return sheet

    def test_each_step_refuses_the_other_states_and_says_what_to_do(self):
        reasons = "no open quotation|nothing to quote|is repaired"
        for state, label in SHEET_STATES:
            sheet = self._sheet_in(state)
            self.assertEqual(sheet.state, state)
            for step, allowed in STEPS.items():
                if state in allowed:
                    continue
                with (
                    self.subTest(state=state, step=step),
                    self.assertRaisesRegex(UserError, f"{label}|{reasons}"),
                    self.env.cr.savepoint(),
                ):
                    getattr(sheet, step)()
                self.assertEqual(sheet.state, state)

    def test_repeating_a_step_changes_nothing(self):
        sheet = self._quote(self._create_sheet())
        sheet.action_create_quotation()
        self.assertEqual(len(sheet.sudo().sale_order_ids), 1)
        reception = sheet.with_user(self.reception)
        reception.action_accept_quotation()
        reception.action_accept_quotation()
        sheet.action_start_repair()
        sheet.action_start_repair()
        sheet.action_finish_repair()
        sheet.action_finish_repair()
        reception.action_create_invoice()
        reception.action_create_invoice()
        self.assertEqual(len(reception.invoice_ids), 1)
        reception.action_deliver()
        delivered = reception.delivery_date
        reception.action_deliver()
        self.assertEqual(reception.delivery_date, delivered)

    def test_dragging_a_card_obeys_the_rules_of_the_buttons(self):
        stages = self.env["workmanager.stage"]
        sheet = self._create_sheet()
        with self.assertRaisesRegex(UserError, "Start its evaluation first"):
            sheet.stage_id = stages._get_first("repair")
        sheet.stage_id = stages._get_first("evaluation")
        self.assertEqual(sheet.state, "evaluation")
        own = stages.create({"name": "At the lab", "state": "evaluation"})
        sheet.stage_id = own
        self.assertEqual((sheet.stage_id, sheet.state), (own, "evaluation"))

    def test_rpc_cannot_pose_as_a_transition(self):
        sheet = self._create_sheet()
        with self.assertRaises(UserError):
            sheet.with_context(sheet_transition=True).stage_id = self.env[
                "workmanager.stage"
            ]._get_first("ready")

    def test_stage_in_use_keeps_its_state(self):
        sheet = self._create_sheet()
        with self.assertRaisesRegex(UserError, "before you change its state"):
            sheet.stage_id.sudo().state = "ready"
        with self.assertRaisesRegex(UserError, "before you delete it"):
            sheet.stage_id.sudo().unlink()

    def test_finishing_refuses_more_than_was_accepted(self):
        sheet = self._approve(self._create_sheet())
        sheet.action_start_repair()
        sheet.line_ids[0].quantity_done = 2
        with self.assertRaisesRegex(UserError, "more of “Battery 56 Wh”"):
            sheet.action_finish_repair()
        self.assertEqual(sheet.state, "repair")

    def test_unrepairable_equipment_goes_back(self):
        sheet = self._quote(self._create_sheet())
        sheet.action_mark_unrepairable()
        self.assertRecordValues(sheet, [{"state": "ready", "outcome": "unrepairable"}])
        self.assertEqual(sheet.sudo().sale_order_ids.state, "cancel")
        sheet.with_user(self.reception).action_deliver()
        self.assertFalse(sheet.repair_warranty_end)

    def test_refused_sheet_can_be_evaluated_again(self):
        sheet = self._quote(self._create_sheet())
        sheet.with_user(self.reception).action_refuse_quotation()
        sheet.action_start_evaluation()
        self.assertRecordValues(sheet, [{"state": "evaluation", "outcome": False}])
        self.assertEqual(len(sheet.evaluation_ids), 2)
        self.assertEqual(sheet.evaluation_state, "draft")

    def test_a_batch_moves_together(self):
        sheets = self._create_sheet() | self._create_sheet()
        sheets.action_start_evaluation()
        self.assertEqual(sheets.mapped("state"), ["evaluation", "evaluation"])

    def test_hand_over_waits_for_the_invoice_and_the_payment(self):
        self.env.company.service_delivery_policy = "paid"
        sheet = self._repair(self._create_sheet()).with_user(self.reception)
        with self.assertRaisesRegex(UserError, "not invoiced yet"):
            sheet.action_deliver()
        sheet.action_create_invoice()
        with self.assertRaisesRegex(UserError, "not invoiced yet"):
            sheet.action_deliver()
        sheet.invoice_ids.action_post()
        with self.assertRaisesRegex(UserError, "not paid yet"):
            sheet.action_deliver()
        self.env["account.payment.register"].with_user(self.reception).with_context(
            active_model="account.move", active_ids=sheet.invoice_ids.ids
        ).create({}).action_create_payments()
        sheet.action_deliver()
        self.assertEqual(sheet.state, "delivered")

    def test_cancelling_refuses_a_posted_invoice(self):
        self.laptop.diagnosis_product_id = self.diagnosis
        sheet = self._quote(self._create_sheet()).with_user(self.reception)
        sheet.action_refuse_quotation()
        sheet.action_create_invoice()
        sheet.invoice_ids.action_post()
        with self.assertRaisesRegex(UserError, "posted invoice"):
            sheet.action_cancel()

    def test_closed_sheet_takes_no_more_lines(self):
        sheet = self._create_sheet()
        sheet.action_cancel()
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            sheet.add_operations(self.operation)

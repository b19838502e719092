from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ServiceCommon

WARRANTY = {"is_warranty": True, "warranty_reason": "Told by phone"}


@tagged("post_install", "-at_install")
class TestQuotation(ServiceCommon):
    def _order_of(self, sheet):
        return sheet.sudo().sale_order_ids

    def test_quotation_has_a_section_for_each_fault(self):
        self.operation.fault_ids = self.fault
        sheet = self._evaluate(self._create_sheet())
        self.env["workmanager.sheet.line"].create(
            {"sheet_id": sheet.id, "product_id": self.work.id}
        )
        sheet.action_create_quotation()
        order = self._order_of(sheet)
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.origin, sheet.name)
        self.assertEqual(
            [(line.display_type, line.name) for line in order.order_line],
            [
                ("line_section", "Battery worn out"),
                (False, "Battery 56 Wh"),
                (False, "Laptop work"),
                ("line_section", "Other parts and work"),
                (False, "Laptop work"),
            ],
        )
        self.assertAlmostEqual(sheet.amount_total, 490 * 1.21)
        self.assertAlmostEqual(sheet.amount_total, order.amount_total)

    def test_sending_is_the_next_step_until_it_is_sent(self):
        sheet = self._quote(self._create_sheet())
        self.assertTrue(sheet.has_quotation_to_send)
        self._order_of(sheet).action_quotation_sent()
        self.assertFalse(sheet.has_quotation_to_send)
        self.assertTrue(sheet.has_open_decision)

    def test_completed_evaluation_and_lines_come_first(self):
        sheet = self._create_sheet()
        sheet.action_start_evaluation()
        with self.assertRaisesRegex(UserError, "Complete the evaluation"):
            sheet.action_create_quotation()
        sheet.check_ids.result = "ok"
        sheet.action_complete_evaluation()
        with self.assertRaisesRegex(UserError, "nothing to quote"):
            sheet.action_create_quotation()
        self.assertEqual(sheet.state, "evaluation")

    def test_sheet_follows_a_quotation_changed_by_hand(self):
        sheet = self._quote(self._create_sheet())
        order = self._order_of(sheet)
        part = order.order_line.filtered(lambda line: line.product_id == self.part)
        part.write({"product_uom_qty": 2, "price_unit": 200.0, "discount": 10.0})
        self.assertRecordValues(
            sheet.line_ids[0],
            [{"quantity": 2.0, "price_unit": 200.0, "discount": 10.0}],
        )
        self.assertAlmostEqual(sheet.amount_total, order.amount_total)
        with self.assertRaisesRegex(UserError, order.name):
            sheet.line_ids[0].quantity = 3
        order.order_line.filtered(lambda line: line.product_id == self.work).unlink()
        self.assertAlmostEqual(sheet.amount_total, order.amount_total)

    def test_deleted_quotation_is_offered_again(self):
        sheet = self._quote(self._create_sheet())
        self._order_of(sheet).unlink()
        self.assertTrue(sheet.has_lines_to_quote)
        sheet.action_start_evaluation()
        sheet.evaluation_id.sudo().check_ids.result = "ok"
        sheet.action_complete_evaluation()
        sheet.action_create_quotation()
        self.assertEqual(len(self._order_of(sheet)), 1)

    def test_price_typed_by_a_person_stays(self):
        sheet = self._evaluate(self._create_sheet())
        sheet.line_ids[0].price_unit = 199.0
        sheet.line_ids[0].quantity = 2
        sheet.action_create_quotation()
        order_line = sheet.line_ids[0].sudo().sale_line_id
        self.assertEqual((order_line.price_unit, order_line.product_uom_qty), (199, 2))

    def test_confirmation_anywhere_approves_the_sheet(self):
        sheet = self._quote(self._create_sheet())
        self._order_of(sheet).with_user(self.reception).action_confirm()
        self.assertEqual(sheet.state, "approved")

    def test_refusal_makes_the_sheet_ready_and_charges_the_diagnosis(self):
        self.laptop.diagnosis_product_id = self.diagnosis
        sheet = self._quote(self._create_sheet())
        sheet.with_user(self.reception).action_refuse_quotation()
        self.assertRecordValues(sheet, [{"state": "ready", "outcome": "refused"}])
        sheet.with_user(self.reception).action_create_invoice()
        invoice = sheet.with_user(self.reception).invoice_ids
        self.assertEqual(invoice.invoice_line_ids.product_id, self.diagnosis)
        self.assertAlmostEqual(invoice.amount_total, 60 * 1.21)

    def test_diagnosis_fee_of_the_parent_type_counts(self):
        self.laptop.diagnosis_product_id = self.diagnosis
        child = self.laptop.create({"name": "Netbook", "parent_id": self.laptop.id})
        self.equipment.equipment_type_id = child
        sheet = self._quote(self._create_sheet())
        sheet.with_user(self.reception).action_refuse_quotation()
        self.assertIn(self.diagnosis, self._order_of(sheet).order_line.product_id)

    def test_warranty_is_billed_to_the_manufacturer(self):
        sheet = self._evaluate(self._create_sheet())
        sheet.line_ids[0].coverage = "warranty"
        sheet.action_create_quotation()
        orders = self._order_of(sheet)
        self.assertEqual(orders.partner_id, self.customer | self.manufacturer)
        theirs = orders.filtered(lambda order: order.partner_id == self.customer)
        self.assertAlmostEqual(sheet.amount_total, theirs.amount_total)
        self.assertEqual(sheet.state, "quoted")
        theirs.action_confirm()
        self.assertEqual(orders.mapped("state"), ["sale", "sale"])
        self.assertEqual(sheet.state, "approved")

    def test_refusal_takes_the_manufacturers_order_along(self):
        sheet = self._evaluate(self._create_sheet())
        sheet.line_ids[0].coverage = "warranty"
        sheet.action_create_quotation()
        sheet.with_user(self.reception).action_refuse_quotation()
        self.assertEqual(self._order_of(sheet).mapped("state"), ["cancel", "cancel"])
        self.assertEqual(sheet.outcome, "refused")

    def test_covered_work_needs_no_decision(self):
        sheet = self._evaluate(
            self._create_sheet(is_warranty=True, warranty_reason="Told by phone")
        )
        self.assertEqual(set(sheet.line_ids.mapped("coverage")), {"warranty"})
        sheet.line_ids[1].coverage = "goodwill"
        sheet.action_create_quotation()
        self.assertEqual(sheet.state, "approved")
        self.assertEqual(sheet.amount_total, 0.0)

    def test_warranty_without_a_manufacturer_is_named(self):
        self.brand.partner_id = False
        sheet = self._evaluate(
            self._create_sheet(is_warranty=True, warranty_reason="Told by phone")
        )
        with self.assertRaisesRegex(UserError, "Test brand has no manufacturer"):
            sheet.action_create_quotation()

    def test_supplementary_quotation_leaves_the_repair_going(self):
        sheet = self._approve(self._create_sheet())
        sheet.action_start_repair()
        extra = self.env["workmanager.sheet.line"].create(
            {"sheet_id": sheet.id, "product_id": self.work.id, "quantity": 2}
        )
        sheet.action_create_quotation()
        self.assertEqual(sheet.state, "repair")
        self.assertEqual(len(self._order_of(sheet)), 2)
        extra.sudo().sale_order_id.action_confirm()
        self.assertEqual(extra.quantity_done, 2)
        self.assertEqual(sheet.state, "repair")

    def test_one_order_can_serve_two_sheets(self):
        first = self._quote(self._create_sheet())
        second = self._evaluate(self._create_sheet())
        order = self._order_of(first)
        order.with_context(sheet_adoption=False).order_line = [
            Command.create(line._prepare_sale_order_line_values())
            for line in second.line_ids
        ]
        added = order.order_line.filtered(
            lambda line: not line.display_type and not line.sheet_line_ids
        )
        for line, sale_line in zip(second.line_ids, added, strict=True):
            line.sudo().sale_line_id = sale_line
        self.assertEqual(order.sheet_ids, first | second)
        order.action_confirm()
        self.assertEqual((first | second).mapped("state"), ["approved", "approved"])
        first.with_user(self.reception).action_cancel()
        self.assertEqual(order.state, "sale")
        self.assertAlmostEqual(order.amount_total, second.amount_total)

    def test_quoting_a_batch_makes_one_order_each(self):
        sheets = self._evaluate(self._create_sheet()) | self._evaluate(
            self._create_sheet()
        )
        sheets.action_create_quotation()
        self.assertEqual(len(self._order_of(sheets)), 2)
        for sheet in sheets:
            self.assertEqual(self._order_of(sheet).origin, sheet.name)

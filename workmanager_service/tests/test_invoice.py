from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestInvoice(ServiceCommon):
    def test_invoice_is_what_was_quoted_when_all_is_done(self):
        sheet = self._repair(self._create_sheet()).with_user(self.reception)
        action = sheet.action_create_invoice()
        invoice = sheet.invoice_ids
        self.assertEqual(action["res_id"], invoice.id)
        invoice.action_post()
        self.assertAlmostEqual(invoice.amount_total, sheet.amount_total)
        self.assertAlmostEqual(invoice.amount_total, 390 * 1.21)

    def test_less_work_is_invoiced_as_less(self):
        sheet = self._approve(self._create_sheet())
        sheet.action_start_repair()
        work = sheet.line_ids.filtered(lambda line: line.product_id == self.work)
        work.quantity_done = 1
        sheet.action_finish_repair()
        sheet.with_user(self.reception).action_create_invoice()
        lines = sheet.with_user(self.reception).invoice_ids.invoice_line_ids
        line = lines.filtered(lambda line: line.product_id == self.work)
        self.assertEqual(line.quantity, 1.0)

    def test_nothing_to_invoice_is_said(self):
        sheet = self._quote(self._create_sheet())
        sheet.with_user(self.reception).action_refuse_quotation()
        with self.assertRaisesRegex(UserError, "nothing to invoice"):
            sheet.with_user(self.reception).action_create_invoice()

    def test_orders_without_a_sheet_are_invoiced_as_ever(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    (0, 0, {"product_id": self.work.id, "product_uom_qty": 3})
                ],
            }
        )
        order.action_confirm()
        self.assertEqual(order.order_line.qty_to_invoice, 3.0)
        self.assertFalse(order.sheet_count)

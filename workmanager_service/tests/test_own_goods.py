from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestOwnGoods(ServiceCommon):
    """Equipment of the company itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.equipment.partner_id = cls.env.company.partner_id

    def test_no_decision_and_no_invoice(self):
        sheet = self._evaluate(self._create_sheet())
        self.assertTrue(sheet.is_own_goods)
        self.assertEqual(sheet.line_ids.mapped("is_internal"), [True, True])
        sheet.action_create_quotation()
        self.assertEqual(sheet.state, "approved", "there is nobody to ask")
        self.assertEqual(sheet.amount_total, 0)
        sheet.action_start_repair()
        sheet.action_finish_repair()
        self.assertEqual(sheet.line_ids.mapped("quantity_done"), [1, 1.5])
        self.assertFalse(sheet.is_to_invoice)
        with self.assertRaisesRegex(UserError, "nothing to invoice"):
            sheet.with_user(self.reception).action_create_invoice()
        sheet.with_user(self.reception).action_deliver()
        self.assertEqual(sheet.state, "delivered")
        self.assertFalse(sheet.invoice_ids)

    def test_the_manufacturer_still_pays(self):
        sheet = self._evaluate(self._create_sheet())
        sheet.line_ids[0].coverage = "warranty"
        self.assertEqual(sheet.line_ids.mapped("is_internal"), [False, True])
        sheet.action_create_quotation()
        orders = sheet.sudo().sale_order_ids
        self.assertEqual(
            orders.partner_id, self.manufacturer | self.env.company.partner_id
        )
        self.assertGreater(sum(orders.mapped("amount_total")), 0)

    def test_a_customer_is_asked(self):
        self.equipment.partner_id = self.customer
        sheet = self._quote(self._create_sheet())
        self.assertFalse(sheet.is_own_goods)
        self.assertEqual(sheet.state, "quoted")

from odoo.tests import tagged

from .common import PartsCase


@tagged("post_install", "-at_install")
class TestOwnGoods(PartsCase):
    """Repairs of the company's own goods."""

    def test_parts_at_cost(self):
        """Reserved, ordered and used as any other; at cost, with nothing to invoice."""
        self.part.standard_price = 60
        self._stock_up(self.part, 1)
        sheet = self._create_sheet((self.part, 2))
        sheet.equipment_id.partner_id = self.company.partner_id
        sheet.partner_id = self.company.partner_id
        sheet.action_create_quotation()
        self.assertEqual(sheet.state, "approved")
        self.assertEqual(self._quantities(), (1, 1))
        self.assertEqual(self._purchase_lines().product_qty, 1)
        order = self._purchase_lines().order_id
        order.button_confirm()
        self._receive(order)
        sheet.with_user(self.technician).action_start_repair()
        sheet.with_user(self.technician).line_ids.action_use()
        self.assertEqual(self._quantities(), (0, 0))
        self.assertEqual(sheet.parts_cost, 120)
        sheet.action_finish_repair()
        self.assertFalse(sheet.is_to_invoice)
        self.assertEqual(sheet.amount_total, 0)
        sheet.action_deliver()
        self.assertFalse(sheet.invoice_ids)

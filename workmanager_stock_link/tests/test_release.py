from odoo.tests import tagged

from .common import PartsCase


@tagged("post_install", "-at_install")
class TestRelease(PartsCase):
    """What a sheet gives back when its parts are not needed any more."""

    def test_refuse(self):
        self._stock_up(self.part, 1)
        sheet = self._create_sheet((self.part, 2))
        sheet.action_create_quotation()
        sheet.action_refuse_quotation()
        self.assertEqual(sheet.outcome, "refused")
        self.assertEqual(self._quantities(), (1, 0))
        self.assertFalse(self._purchase_lines())
        self.assertFalse(self._moves(sheet))

    def test_cancel(self):
        self._stock_up(self.part, 1)
        sheet = self._accept((self.part, 3))
        order = self._purchase_lines().order_id
        sheet.action_cancel()
        self.assertEqual(set(self._moves(sheet).mapped("state")), {"cancel"})
        self.assertEqual(self._moves(sheet).picking_id.state, "cancel")
        self.assertEqual(self._quantities(), (1, 0))
        self.assertFalse(order.order_line)
        self.assertEqual(order.state, "cancel")
        self.assertEqual(sheet.parts_state, "none")

    def test_cancel_keeps_the_others(self):
        """The draft keeps what another sheet waits for and what the buyer added."""
        self.vendor.group_rfq = "all"
        sheet, other = self._accept((self.part, 2)), self._accept((self.part, 3))
        line = self._purchase_lines()
        self.assertEqual(sum(line.mapped("product_qty")), 5)
        order = line.order_id
        sheet.action_cancel()
        self.assertEqual(sum(order.order_line.mapped("product_qty")), 3)
        self.assertEqual(order.sheet_ids, other)
        order.order_line.product_qty = 10
        other.action_cancel()
        self.assertEqual(order.order_line.product_qty, 7)

    def test_cancel_confirmed_purchase(self):
        buyer = self.reception.copy({"login": "parts_buyer"})
        self.company.service_buyer_id = buyer
        sheet = self._accept((self.part, 2))
        order = self._purchase_lines().order_id
        order.button_confirm()
        sheet.action_cancel()
        self.assertEqual(order.order_line.product_qty, 2)
        self.assertEqual(order.activity_ids.user_id, buyer)
        self.assertIn(sheet.name, order.activity_ids.note)
        self.assertEqual(len(order.activity_ids), 1)
        self._receive(order)
        self.assertEqual(self._quantities(), (2, 0))

    def test_somebody_is_told_where_no_buyer_is_set(self):
        self.company.service_buyer_id = False
        sheet = self._accept((self.part, 2))
        order = self._purchase_lines().order_id
        order.user_id = False
        order.button_confirm()
        order.user_id = False
        sheet.action_cancel()
        self.assertEqual(order.activity_ids.user_id, self.reception)

    def test_cancelled_part_frees_it_for_the_next(self):
        self._stock_up(self.part, 1)
        first = self._accept((self.part, 1))
        first.action_cancel()
        second = self._accept((self.part, 1))
        self.assertEqual(second.parts_state, "available")
        self.assertFalse(self._purchase_lines())

    def test_unrepairable(self):
        self._stock_up(self.part, 1)
        sheet = self._accept((self.part, 2))
        sheet.action_mark_unrepairable()
        self.assertEqual(self._quantities(), (1, 0))
        self.assertFalse(self._purchase_lines())

    def test_activity_goes_with_the_sheet(self):
        sheet = self._accept((self._create_part("Board", vendor=False), 1))
        self.assertTrue(sheet.activity_ids)
        sheet.action_cancel()
        self.assertFalse(sheet.activity_ids)

    def test_purchase_cancelled(self):
        """A purchase that does not come leaves a part missing, with an activity."""
        sheet = self._accept((self.part, 2))
        order = self._purchase_lines().order_id
        order.button_cancel()
        self.assertEqual(self._moves(sheet).state, "confirmed")
        self.assertEqual(sheet.parts_state, "waiting")
        self.assertEqual(sheet.line_ids.quantity_missing, 2)
        self.assertEqual(sheet.activity_ids.user_id, self.reception)
        sheet.action_check_parts()
        self.assertEqual(self._purchase_lines().product_qty, 2)
        self.assertFalse(sheet.activity_ids)

    def test_confirmed_purchase_cancelled(self):
        sheet = self._accept((self.part, 2))
        order = self._purchase_lines().order_id
        order.button_confirm()
        order.button_cancel()
        self.assertEqual(self._moves(sheet).state, "confirmed")
        self.assertEqual(sheet.line_ids.quantity_missing, 2)

    def test_purchase_line_deleted(self):
        """Even in a warehouse with two steps, where Odoo would cancel the transfer."""
        self.warehouse.reception_steps = "two_steps"
        sheet = self._accept((self.part, 2))
        self._stock_up(self.part, 1)
        self._purchase_lines().unlink()
        self.assertEqual(self._moves(sheet).state, "partially_available")
        self.assertEqual(sheet.line_ids.quantity_available, 1)
        self.assertEqual(sheet.line_ids.quantity_missing, 1)
        self.assertTrue(sheet.activity_ids)

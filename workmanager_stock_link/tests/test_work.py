from odoo.tests import tagged

from .common import PartsCase


@tagged("post_install", "-at_install")
class TestWork(PartsCase):
    """The order of a technician's work."""

    def test_a_repair_without_its_parts_waits(self):
        sheet = self._accept((self.part, 2))
        there = self._accept((self.work, 1))
        self.assertGreater(sheet.work_rank, there.work_rank)
        order = self._purchase_lines().order_id
        order.button_confirm()
        self._receive(order)
        self.assertEqual(sheet.work_rank, there.work_rank)

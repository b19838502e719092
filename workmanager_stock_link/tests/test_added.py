from odoo import Command
from odoo.tests import tagged

from .common import PartsCase


@tagged("post_install", "-at_install")
class TestAdded(PartsCase):
    """What a salesperson adds to an accepted order is a part of the repair at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fuse = cls._create_part("Fuse")
        cls._stock_up(cls.part, 5)

    def _add(self, sheet, quantity):
        """Let the reception add fuses to the order of ``sheet``."""
        self.env.invalidate_all()
        sheet.sale_order_ids.with_user(self.reception).write(
            {
                "order_line": [
                    Command.create(
                        {"product_id": self.fuse.id, "product_uom_qty": quantity}
                    )
                ]
            }
        )
        line = sheet.line_ids.filtered(lambda line: line.product_id == self.fuse)
        return line.sale_line_id.move_ids

    def test_in_any_number_of_steps(self):
        self._stock_up(self.fuse, 5)
        for steps in ("ship_only", "pick_ship", "pick_pack_ship"):
            with self.subTest(steps):
                self.warehouse.delivery_steps = steps
                sheet = self._accept((self.part, 1))
                move = self._add(sheet, 1)
                self.assertEqual(move.picking_type_id, self.warehouse.service_type_id)
                self.assertEqual(sheet.parts_state, "available")
                sheet.action_start_repair()
                sheet.with_user(self.technician).action_finish_repair()
                self.assertEqual(move.state, "done")

    def test_missing(self):
        """It is ordered at once, and nothing is planned as done that is not there."""
        sheet = self._accept((self.part, 1))
        sheet.action_start_repair()
        self._add(sheet, 2)
        self.assertEqual(self._purchase_lines(self.fuse).product_qty, 2)
        self.assertEqual(sheet.parts_state, "to_confirm")
        self.assertEqual(sheet.line_ids.mapped("quantity_done"), [1, 0])

    def _lock(self):
        """Lock the orders that are confirmed, as Sales may be set to."""
        self.env.ref("base.group_user").implied_ids += self.env.ref(
            "sale.group_auto_done_setting"
        )

    def test_exchange_on_a_locked_order(self):
        self._lock()
        self._stock_up(self.fuse, 5)
        sheet = self._accept((self.part, 2))
        sheet.action_start_repair()
        self.env.invalidate_all()
        use = self.env["workmanager.parts.use"].with_user(self.technician)
        use = use.create({"sheet_id": sheet.id})
        use.line_ids = [
            Command.create(
                {
                    "product_id": self.fuse.id,
                    "quantity": 1,
                    "replaces_id": sheet.line_ids.id,
                }
            )
        ]
        use.action_confirm()
        self.assertEqual(self._quantities(self.fuse), (4, 0))
        self.assertEqual(sheet.line_ids.mapped("quantity"), [1, 1])
        self.assertTrue(sheet.sale_order_ids.locked)

    def test_put_back_on_a_locked_order(self):
        """What is put back is reserved again."""
        self._lock()
        sheet = self._accept((self.part, 2)).with_user(self.technician)
        self.assertTrue(sheet.sudo().sale_order_ids.locked)
        sheet.action_start_repair()
        sheet.line_ids.action_use()
        use = self.env["workmanager.parts.use"].with_user(self.technician)
        use = use.create({"sheet_id": sheet.id})
        use.line_ids.quantity = -1
        use.action_confirm()
        self.assertEqual(self._quantities(), (4, 1))
        self.assertTrue(sheet.sudo().sale_order_ids.locked)

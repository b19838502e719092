from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import PartsCase


@tagged("post_install", "-at_install")
class TestKits(PartsCase):
    """Kits, where Odoo's Manufacturing is installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "mrp.bom" not in cls.env:
            cls.skipTest(cls, "Manufacturing is not installed")
        cls.belt = cls._create_part("Belt")
        cls.screw = cls._create_part("Screw")
        cls.kit = cls._create_part("Belt Kit", vendor=False)
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": cls.belt.id, "product_qty": 1}),
                    Command.create({"product_id": cls.screw.id, "product_qty": 4}),
                ],
            }
        )

    def test_kit(self):
        """Components are reserved, bought and used; the kit is as complete as they."""
        self._stock_up(self.belt, 2)
        self._stock_up(self.screw, 5)
        sheet = self._accept((self.kit, 2))
        self.assertEqual(self._quantities(self.belt), (2, 2))
        self.assertEqual(self._quantities(self.screw), (5, 5))
        self.assertEqual(self._purchase_lines(self.screw).product_qty, 3)
        self.assertFalse(self._purchase_lines(self.kit))
        self.assertEqual(sheet.parts_state, "to_confirm")
        order = self._purchase_lines(self.screw).order_id
        order.button_confirm()
        self._receive(order)
        self.assertEqual(sheet.parts_state, "available")
        sheet.action_start_repair()
        sheet.line_ids.action_use()
        self.assertEqual(self._quantities(self.belt), (0, 0))
        self.assertEqual(self._quantities(self.screw), (0, 0))
        self.assertEqual(sheet.line_ids.quantity_done, 2)
        sheet.action_finish_repair()

    def test_one_of_two_kits(self):
        self._stock_up(self.belt, 2)
        self._stock_up(self.screw, 8)
        sheet = self._accept((self.kit, 2))
        sheet.action_start_repair()
        use = self.env["workmanager.parts.use"].create({"sheet_id": sheet.id})
        use.line_ids.quantity = 1
        use.action_confirm()
        self.assertEqual(self._quantities(self.belt), (1, 1))
        self.assertEqual(self._quantities(self.screw), (4, 4))
        self.assertEqual(sheet.line_ids.quantity_used, 1)
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(self.belt), (1, 0))
        self.assertEqual(self._quantities(self.screw), (4, 0))

    def _open(self, sheet):
        self.env.invalidate_all()
        model = self.env["workmanager.parts.use"].with_user(self.technician)
        return Form(model.with_context(default_sheet_id=sheet.id))

    def test_put_back(self):
        """All of its components come back, and are reserved again."""
        self._stock_up(self.belt, 2)
        self._stock_up(self.screw, 8)
        sheet = self._accept((self.kit, 2)).with_user(self.technician)
        sheet.action_start_repair()
        sheet.line_ids.action_use()
        for left in (1, 0):
            use = self._open(sheet).save()
            use.line_ids.quantity = -1
            use.action_confirm()
            self.assertEqual(sheet.line_ids.quantity_used, left)
            self.assertEqual(self._quantities(self.belt), (2 - left, 2 - left))
            self.assertEqual(self._quantities(self.screw), (8 - 4 * left,) * 2)
            self.assertEqual(sheet.parts_state, "available")
        use = self._open(sheet).save()
        use.line_ids.quantity = -1
        with self.assertRaises(UserError):
            use.action_confirm()

    def test_scanned_components(self):
        """A component that is scanned is taken for its kit, and nothing is asked for
        that the customer accepted already."""
        self.screw.barcode = "5941234567899"
        self._stock_up(self.belt, 2)
        self._stock_up(self.screw, 8)
        sheet = self._accept((self.kit, 2)).with_user(self.technician)
        sheet.action_start_repair()
        form = self._open(sheet)
        for _again in range(3):
            form.barcode = "5941234567899"
        self.assertFalse(form.has_excess)
        form.save().action_confirm()
        self.assertEqual(sheet.line_ids.product_id, self.kit)
        self.assertEqual(self._quantities(self.screw), (5, 5))
        self.assertEqual(self._quantities(self.belt), (2, 2))
        sheet.line_ids.quantity_done = 1
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(self.screw), (4, 0))
        self.assertEqual(self._quantities(self.belt), (1, 0))

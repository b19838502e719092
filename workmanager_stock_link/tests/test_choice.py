from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import format_date

from .common import PartsCase


@tagged("post_install", "-at_install")
class TestChoice(PartsCase):
    """What the technician sees of the stock while choosing parts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orphan = cls._create_part("Discontinued cell", vendor=False)
        cls.operation = cls.env["workmanager.operation"].create(
            {
                "name": "Replace the battery",
                "line_ids": [
                    Command.create({"product_id": cls.part.id, "quantity": 2}),
                    Command.create({"product_id": cls.orphan.id}),
                    Command.create({"product_id": cls.work.id}),
                ],
            }
        )
        cls.fault = cls.env["workmanager.fault"].create(
            {"name": "Battery worn out", "operation_ids": cls.operation.ids}
        )
        cls.equipment_type.checkpoint_ids = [
            Command.create(
                {
                    "name": "Charges",
                    "is_required": False,
                    "fault_ids": cls.fault.ids,
                }
            )
        ]
        equipment = cls.env["workmanager.equipment"].create(
            {"equipment_type_id": cls.equipment_type.id, "partner_id": cls.customer.id}
        )
        cls.sheet = (
            cls.env["workmanager.sheet"]
            .create({"equipment_id": equipment.id, "user_id": cls.technician.id})
            .with_user(cls.technician)
        )
        cls.sheet.action_start_evaluation()

    def _offered_lines(self):
        self.env.invalidate_all()
        checklist = self.sheet.check_ids.set_fault(self.fault.id, True)
        [fault] = checklist["checks"][0]["faults"]
        return [
            (line["availability"], line["availability_level"])
            for line in fault["repairs"][0]["lines"]
        ]

    def _in_days(self, days):
        return format_date(self.env, fields.Date.today() + timedelta(days=days))

    def test_checklist_says_what_is_in_stock_and_when_more_comes(self):
        self._stock_up(self.part, 1)
        self.assertEqual(
            self._offered_lines(),
            [
                (f"1 in stock · expected {self._in_days(5)}", "warning"),
                ("0 in stock · no vendor", "danger"),
                ("", ""),
            ],
        )
        self._stock_up(self.part, 1)
        self.assertEqual(self._offered_lines()[0], ("2 in stock", "success"))

    def test_what_is_on_order_comes_when_it_is_planned(self):
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.part.id,
                            "product_qty": 5,
                            "date_planned": fields.Datetime.now() + timedelta(days=2),
                        }
                    )
                ],
            }
        )
        order.button_confirm()
        self.assertEqual(
            self._offered_lines()[0],
            (f"0 in stock · expected {self._in_days(2)}", "warning"),
        )

    def test_reserved_parts_are_not_free(self):
        self._stock_up(self.part, 2)
        self._accept((self.part, 1))
        self.assertIn("1 in stock", self._offered_lines()[0][0])

    def test_stock_of_another_warehouse_does_not_count(self):
        other = self.env["stock.warehouse"].create({"name": "Far", "code": "FAR"})
        self._stock_up(self.part, 9, warehouse=other)
        self.assertIn("0 in stock", self._offered_lines()[0][0])
        self.sheet.sudo().warehouse_id = other
        self.assertIn("9 in stock", self._offered_lines()[0][0])

    def test_list_of_repairs_says_it_too(self):
        self._stock_up(self.part, 4)
        action = self.sheet.action_add_operation()
        operation = self.operation.with_user(self.technician)
        self.assertEqual(
            operation.with_context(**action["context"]).availability,
            "Battery: 4 in stock\nDiscontinued cell: 0 in stock · no vendor",
        )

    def test_catalogue_shows_the_stock_to_a_technician(self):
        self._stock_up(self.part, 3)
        action = self.sheet.action_add_from_catalog()
        part = self.part.with_user(self.technician).with_context(**action["context"])
        self.assertEqual(part.read(["qty_available", "free_qty"])[0]["free_qty"], 3)

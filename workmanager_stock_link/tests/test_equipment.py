from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.tests import Form, new_test_user, tagged

from .common import PartsCase


@tagged("post_install", "-at_install")
class TestEquipment(PartsCase):
    """Sold serial numbers become customers' equipment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.brand = cls.env["workmanager.brand"].create({"name": "Rapid"})
        cls.equipment_type.warranty_months = 24
        cls.scooter = cls._create_part("Rapid One", tracking="serial")
        cls.scooter.write(
            {
                "equipment_type_id": cls.equipment_type.id,
                "equipment_brand_id": cls.brand.id,
            }
        )
        cls.lots = cls.env["stock.lot"].create(
            [
                {"name": name, "product_id": cls.scooter.id}
                for name in ("RO-001", "RO-002", "RO-003")
            ]
        )
        for lot in cls.lots:
            cls._stock_up(cls.scooter, 1, lot)
        cls.keeper = new_test_user(cls.env, "eq_keeper", "stock.group_stock_user")
        cls.today = fields.Date.context_today(cls.env.user)

    def _sell(self, quantity=2, product=None):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or self.scooter).id,
                            "product_uom_qty": quantity,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        return order

    def _deliver(self, order):
        picking = order.picking_ids.filtered(lambda p: p.state == "assigned")
        picking.with_user(self.keeper).button_validate()
        self.assertEqual(picking.state, "done")
        return self._equipment(picking)

    def _equipment(self, picking):
        return self.env["workmanager.equipment"].search(
            [("lot_id", "in", picking.move_line_ids.lot_id.ids)], order="serial_number"
        )

    def _return(self, picking):
        form = Form(
            self.env["stock.return.picking"].with_context(
                active_id=picking.id, active_ids=picking.ids, active_model=picking._name
            )
        )
        wizard = form.save()
        wizard.product_return_moves.quantity = 1
        action = wizard.action_create_returns()
        back = self.env["stock.picking"].browse(action["res_id"])
        back.move_ids.picked = True
        back._action_done()
        return back

    def test_one_for_each_serial_number(self):
        order = self._sell(2)
        equipment = self._deliver(order)
        self.assertEqual(equipment.mapped("serial_number"), ["RO-001", "RO-002"])
        for item in equipment:
            self.assertRecordValues(
                item,
                [
                    {
                        "equipment_type_id": self.equipment_type.id,
                        "brand_id": self.brand.id,
                        "model_name": "Rapid One",
                        "product_id": self.scooter.id,
                        "partner_id": self.customer.id,
                        "sale_order_line_id": order.order_line.id,
                        "sale_date": self.today,
                        "warranty_start": self.today,
                        "warranty_end": self.today + relativedelta(months=24),
                        "warranty_state": "valid",
                    }
                ],
            )
            self.assertIn(order.name, item.warranty_source)
        self.assertEqual(equipment[0].lot_id.equipment_count, 1)

    def test_the_intake_knows_it(self):
        equipment = self._deliver(self._sell(1))
        found = (
            self.env["workmanager.equipment"].with_user(self.reception).lookup("ro 001")
        )
        self.assertEqual([row["id"] for row in found["equipment"]], equipment.ids)
        sheet = self.env["workmanager.sheet"].create({"equipment_id": equipment.id})
        self.assertEqual(sheet.partner_id, self.customer)
        self.assertTrue(sheet.is_warranty)

    def test_warranty_of_the_product(self):
        self.scooter.equipment_warranty_months = 36
        equipment = self._deliver(self._sell(1))
        self.assertEqual(equipment.warranty_end, self.today + relativedelta(months=36))

    def test_product_that_does_not_say_so(self):
        self.scooter.equipment_type_id = False
        self.assertFalse(self._deliver(self._sell(1)))

    def test_registered_by_hand_before(self):
        """A number that a person typed is the same device, and stops no delivery."""
        known = self.env["workmanager.equipment"].create(
            {
                "equipment_type_id": self.equipment_type.id,
                "serial_number": "ro001",
                "brand_id": self.brand.id,
                "note": "Demo device",
            }
        )
        equipment = self._deliver(self._sell(1))
        self.assertEqual(equipment, known)
        self.assertEqual(equipment.partner_id, self.customer)
        self.assertEqual(equipment.warranty_state, "valid")

    def test_part_of_a_repair_is_no_equipment(self):
        sheet = self._accept((self.scooter, 1))
        sheet.action_start_repair()
        sheet.action_finish_repair()
        move = self._moves(sheet)
        self.assertEqual(move.state, "done")
        self.assertFalse(self._equipment(move.picking_id))

    def test_return_ends_the_warranty(self):
        order = self._sell(1)
        equipment = self._deliver(order)
        started = self.today - timedelta(days=30)
        equipment.write({"sale_date": started, "warranty_start": started})
        self._return(order.picking_ids)
        self.assertEqual(equipment.warranty_state, "expired")
        self.assertEqual(equipment.warranty_end, self.today - timedelta(days=1))
        self.assertFalse(equipment.partner_id)
        self.assertIn("warranty has ended", equipment.message_ids[0].body)

    def test_return_on_the_same_day(self):
        order = self._sell(1)
        equipment = self._deliver(order)
        self._return(order.picking_ids)
        self.assertEqual(equipment.warranty_state, "none")

    def test_sold_again(self):
        """What came back and is sold again is the same one, with a new warranty."""
        first = self._sell(1)
        equipment = self._deliver(first)
        self._return(first.picking_ids)
        self.customer = self.env["res.partner"].create({"name": "Ion Dinu"})
        second = self._sell(3)
        self.assertEqual(len(self._deliver(second)), 3)
        self.assertEqual(equipment.partner_id, self.customer)
        self.assertEqual(equipment.sale_order_line_id, second.order_line)
        self.assertEqual(equipment.warranty_state, "valid")
        self.assertEqual(
            equipment.owner_ids.partner_id, self.customer | first.partner_id
        )

    def test_delivery_in_three_steps(self):
        """Only what reaches the customer registers an equipment."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self._sell(1)
        self.assertFalse(self._deliver(order))
        self.assertEqual(len(self._deliver(order)), 1)

    def test_product_form(self):
        manager = new_test_user(
            self.env,
            "eq_manager",
            "workmanager_service.group_manager,stock.group_stock_manager",
        )
        self.env.ref("base.group_user").implied_ids += self.env.ref(
            "stock.group_production_lot"
        )
        form = Form(self.scooter.product_tmpl_id.with_user(manager))
        form.equipment_warranty_months = 12
        product = form.save()
        self.assertEqual(product.equipment_warranty_months, 12)

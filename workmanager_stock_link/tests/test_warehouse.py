from odoo.tests import tagged

from odoo.addons.workmanager_stock_link.hooks import uninstall_hook

from .common import PartsCase


@tagged("post_install", "-at_install")
class TestWarehouse(PartsCase):
    """Each warehouse has an operation type and a route for the parts of sheets."""

    def test_new_warehouse(self):
        other = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        service_type, route = other.service_type_id, other.service_route_id
        self.assertEqual(service_type.sequence_id.prefix, "SEC/SVC/")
        self.assertEqual(service_type.default_location_src_id, other.lot_stock_id)
        self.assertEqual(service_type.return_picking_type_id, other.in_type_id)
        self.assertEqual(route.rule_ids.procure_method, "mts_else_mto")
        self.assertEqual(route.rule_ids.picking_type_id, service_type)
        self.assertNotIn(route, other.route_ids)
        self.assertNotEqual(service_type, self.warehouse.service_type_id)

    def test_new_company(self):
        company = self.env["res.company"].create({"name": "Another Shop"})
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        )
        self.assertEqual(warehouse.service_type_id.company_id, company)
        self.assertEqual(warehouse.service_route_id.company_id, company)

    def test_rename(self):
        self.warehouse.write({"name": "Main Shop", "code": "MAIN"})
        self.assertEqual(self.warehouse.service_type_id.sequence_id.prefix, "MAIN/SVC/")
        self.assertEqual(self.warehouse.service_route_id.name, "Main Shop: Service")

    def test_archive(self):
        other = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        service_type, route = other.service_type_id, other.service_route_id
        rule = route.rule_ids
        for active in (False, True):
            other.active = active
            self.assertEqual(service_type.active, active)
            self.assertEqual(route.active, active)
            self.assertEqual(rule.active, active)
        self.assertEqual(len(other.service_route_id.rule_ids), 1)

    def test_delivery_steps(self):
        """Parts go straight to the bench, however customers are delivered."""
        self.warehouse.delivery_steps = "pick_ship"
        self._stock_up(self.part, 1)
        sheet = self._accept((self.part, 1))
        self.assertEqual(self._moves(sheet).location_dest_usage, "customer")
        self.assertEqual(sheet.parts_state, "available")

    def test_warehouse_of_the_sheet(self):
        other = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        self._stock_up(self.part, 1)
        sheet = self._accept((self.part, 1), warehouse_id=other.id)
        self.assertEqual(self._quantities(), (1, 0))
        move = self._moves(sheet)
        self.assertEqual(move.picking_type_id, other.service_type_id)
        order = self._purchase_lines().order_id
        self.assertEqual(order.picking_type_id, other.in_type_id)

    def test_rules_move_used_parts_on(self):
        self._stock_up(self.part, 1)
        sheet = self._accept((self.part, 1))
        rule = self.env["stock.rule"].create(
            {
                "name": "On from the customer",
                "action": "push",
                "route_id": self.warehouse.service_route_id.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_src_id": self._moves(sheet).location_dest_id.id,
                "location_dest_id": self.stock.id,
            }
        )
        sheet.action_start_repair()
        sheet.action_finish_repair()
        pushed = self.env["stock.move"].search([("rule_id", "=", rule.id)])
        self.assertEqual(pushed.location_dest_id, self.stock)

    def test_uninstall_unused(self):
        other = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        sheet = self._create_sheet((self.part, 1), warehouse_id=other.id)
        sheet.action_create_quotation()
        service_type, route = other.service_type_id, other.service_route_id
        rule, sequence = route.rule_ids, service_type.sequence_id
        uninstall_hook(self.env)
        for record in (service_type, route, rule, sequence):
            self.assertFalse(record.exists())

    def test_uninstall_used(self):
        """What transfers were made with is archived, and they stay usable."""
        self._stock_up(self.part, 1)
        sheet = self._accept((self.part, 1))
        board = self._accept((self._create_part("Board", vendor=False), 1))
        service_type = self.warehouse.service_type_id
        route = self.warehouse.service_route_id
        rule = route.rule_ids
        uninstall_hook(self.env)
        self.assertEqual(route.active, False)
        self.assertFalse(rule.active)
        self.assertFalse(service_type.active)
        self.assertFalse(board.activity_ids)
        picking = self._moves(sheet).picking_id
        picking.move_ids.picked = True
        picking._action_done()
        self.assertEqual(sheet.line_ids.sale_line_id.qty_delivered, 1)

    def test_lot_and_equipment(self):
        lot = self.env["stock.lot"].create(
            {"name": "SN9", "product_id": self.part.id, "company_id": self.company.id}
        )
        sheet = self._create_sheet()
        sheet.equipment_id.lot_id = lot
        self.assertEqual(lot.equipment_count, 1)
        self.assertEqual(lot.action_view_equipment()["res_id"], sheet.equipment_id.id)

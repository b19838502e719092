from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestCatalog(ServiceCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part.barcode = "5941234567899"
        cls.sheet = cls._create_sheet().with_user(cls.technician)
        cls.sheet.action_start_evaluation()

    def _ask(self, route, **params):
        return self.make_jsonrpc_request(
            f"/product/catalog/{route}",
            {"res_model": self.sheet._name, "order_id": self.sheet.id, **params},
        )

    def test_technician_chooses_parts_by_taps(self):
        self.authenticate("wm_technician", "wm_technician")
        ids = [self.part.id, self.work.id]
        info = self._ask("order_lines_info", product_ids=ids)
        part = info[str(self.part.id)]
        self.assertEqual((part["quantity"], part["price"]), (0, 240.0))
        self.assertFalse(part["readOnly"])
        for quantity in (1, 3):
            price = self._ask(
                "update_order_line_info", product_id=self.part.id, quantity=quantity
            )
            self.assertEqual(price, 240.0)
        self.assertRecordValues(
            self.sheet.line_ids, [{"product_id": self.part.id, "quantity": 3.0}]
        )
        info = self._ask("order_lines_info", product_ids=ids)
        self.assertEqual(info[str(self.part.id)]["quantity"], 3)
        self._ask("update_order_line_info", product_id=self.part.id, quantity=0)
        self.assertFalse(self.sheet.line_ids)

    def test_catalogue_leaves_what_is_quoted_alone(self):
        quoted = self._quote(self._create_sheet()).line_ids
        sheet = quoted.sheet_id
        sheet._update_order_line_info(self.part.id, 5)
        self.assertEqual(quoted.mapped("quantity"), [1.0, 1.5])
        self.assertEqual(sheet._get_lines_to_quote().mapped("quantity"), [5.0])

    def test_several_lines_of_a_product_are_changed_one_by_one(self):
        self.sheet.add_operations(self.operation)
        self.sheet.line_ids.create(
            {"sheet_id": self.sheet.id, "product_id": self.part.id, "quantity": 2}
        )
        info = self.sheet._get_product_catalog_order_line_info([self.part.id])
        self.assertEqual(info[self.part.id]["quantity"], 3)
        self.assertTrue(info[self.part.id]["readOnly"])

    def test_catalogue_offers_what_is_sold(self):
        self.diagnosis.sale_ok = False
        action = self.sheet.action_add_from_catalog()
        offered = self.env["product.product"].search(action["domain"])
        self.assertIn(self.part, offered)
        self.assertNotIn(self.diagnosis, offered)

    def test_closed_sheet_takes_nothing(self):
        self.sheet.with_user(self.reception).action_cancel()
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            self.sheet.action_add_from_catalog()
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            self.sheet._update_order_line_info(self.part.id, 1)
        info = self.sheet._get_product_catalog_order_line_info([self.part.id])
        self.assertTrue(info[self.part.id]["readOnly"])

    def test_employees_have_no_part_in_it(self):
        employee = new_test_user(self.env, "wm_employee", groups="base.group_user")
        sheet = self.sheet.with_user(employee)
        with self.assertRaises(AccessError):
            sheet._update_order_line_info(self.part.id, 1)
        with self.assertRaises(AccessError):
            sheet._get_product_catalog_order_line_info([self.part.id])

    def test_scanned_part_is_found(self):
        products = self.env["product.product"].with_user(self.technician)
        [found] = products.name_search("5941234567899", [("sale_ok", "=", True)])
        self.assertEqual(found[0], self.part.id)

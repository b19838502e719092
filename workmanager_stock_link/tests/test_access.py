from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import PartsCase


@tagged("post_install", "-at_install")
class TestAccess(PartsCase):
    """Whoever works on a sheet needs no rights in stock and purchase."""

    def test_customer_accepts_online(self):
        """The portal confirms as OdooBot, for a public user."""
        board = self._create_part("Board", vendor=False)
        self._stock_up(self.part, 1)
        sheet = self._create_sheet((self.part, 2), (board, 1))
        sheet.action_create_quotation()
        public = self.env.ref("base.public_user")
        order = sheet.sale_order_ids.with_user(public).sudo()
        order._validate_order()
        self.assertEqual(sheet.state, "approved")
        self.assertEqual(self._quantities(), (1, 1))
        self.assertEqual(self._purchase_lines().product_qty, 1)
        self.assertEqual(sheet.activity_ids.user_id, self.reception)
        self.assertFalse(
            self.env["mail.activity"].search(
                [
                    ("user_id", "in", (public | self.env.ref("base.user_root")).ids),
                    ("res_model", "in", ("purchase.order", "workmanager.sheet")),
                ]
            )
        )

    def test_nobody_to_tell(self):
        board = self._create_part("Board", vendor=False)
        sheet = self._create_sheet((board, 1), received_by_id=False, user_id=False)
        sheet.user_id = False
        sheet.action_create_quotation()
        public = self.env.ref("base.public_user")
        sheet.sale_order_ids.with_user(public).sudo()._validate_order()
        self.assertEqual(len(sheet.activity_ids), 1)
        self.assertFalse(sheet.activity_ids.user_id)

    def test_technician(self):
        """From the acceptance to the end with no right but a technician's."""
        self._stock_up(self.part, 1)
        sheet = self._create_sheet((self.part, 2)).with_user(self.technician)
        sheet.action_create_quotation()
        sheet.action_accept_quotation()
        self.assertEqual(sheet.parts_state, "to_confirm")
        order = self._purchase_lines().order_id
        order.button_confirm()
        self._receive(order)
        self.assertEqual(sheet.parts_state, "available")
        sheet.action_check_parts()
        sheet.action_start_repair()
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(), (0, 0))

    def test_technician_sees_no_documents(self):
        sheet = self._accept((self.part, 1)).with_user(self.technician)
        fields = sheet.fields_get(["picking_ids", "purchase_order_ids", "parts_state"])
        self.assertEqual(set(fields), {"parts_state"})
        with self.assertRaises(AccessError):
            sheet.read(["purchase_order_ids"])

    def test_reception_cancels(self):
        self._stock_up(self.part, 1)
        sheet = self._accept((self.part, 2)).with_user(self.reception)
        sheet.action_cancel()
        self.assertEqual(self._quantities(), (1, 0))
        self.assertFalse(self._purchase_lines())

    def test_warehouse_and_purchase_users(self):
        """Who buys and receives the parts needs no rights on sheets."""
        keeper = new_test_user(self.env, "parts_keeper", "stock.group_stock_user")
        buyer = new_test_user(self.env, "parts_buyer", "purchase.group_purchase_user")
        sheet = self._accept((self.part, 2))
        order = self._purchase_lines().order_id.with_user(buyer)
        self.assertEqual(order.sheet_count, 1)
        order.button_confirm()
        picking = order.sudo().picking_ids.with_user(keeper)
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(sheet.parts_state, "available")
        transfer = self._moves(sheet).picking_id.with_user(keeper)
        transfer.do_unreserve()
        self.assertEqual(sheet.parts_state, "waiting")
        transfer.action_assign()
        self.assertEqual(sheet.parts_state, "available")
        transfer.action_cancel()
        self.assertEqual(sheet.line_ids.quantity_missing, 2)

    def test_buyer_cancels(self):
        buyer = new_test_user(self.env, "parts_buyer", "purchase.group_purchase_user")
        sheet = self._accept((self.part, 2))
        self._purchase_lines().order_id.with_user(buyer).button_cancel()
        self.assertEqual(sheet.line_ids.quantity_missing, 2)
        self.assertEqual(sheet.activity_ids.user_id, self.reception)

    def test_screen_for_parts_tells_nothing_of_another_company(self):
        sheet = self._accept((self.part, 1))
        company = self.env["res.company"].create({"name": "Another shop"})
        stranger = new_test_user(
            self.env,
            "parts_stranger",
            groups="workmanager_service.group_technician",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        with self.assertRaises(AccessError):
            self.env["workmanager.parts.use"].with_user(stranger).create(
                {"sheet_id": sheet.id}
            )

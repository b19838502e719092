from lxml import etree

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import PartsCase

CONFIRM_PARTS = "workmanager_stock_link.mail_activity_type_confirm_parts"


@tagged("post_install", "-at_install")
class TestRequests(PartsCase):
    """What a sheet no longer needs is released or told, whatever became of the request;
    and what was only asked for is no order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = new_test_user(
            cls.env,
            "parts_purchaser",
            "workmanager_service.group_reception,purchase.group_purchase_user",
        )
        cls.company.service_buyer_id = cls.buyer

    def _request(self, sheet):
        return self._purchase_lines().order_id.filtered(
            lambda order: sheet in order.sheet_ids
        )

    def _as_buyer(self, record):
        self.env.invalidate_all()
        return record.with_user(self.buyer)

    # -------------------------------------------------------------- TO CONFIRM

    def test_draft_is_no_order(self):
        sheet = self._accept((self.part, 2))
        line, order = sheet.line_ids, self._purchase_lines().order_id
        self.assertEqual(sheet.parts_state, "to_confirm")
        self.assertEqual((line.quantity_unconfirmed, line.quantity_ordered), (2, 0))
        activity = order.activity_ids
        self.assertEqual(activity.activity_type_id, self.env.ref(CONFIRM_PARTS))
        self.assertEqual(activity.user_id, self.buyer)
        cards = {
            card["key"]: card["count"]
            for card in self.env["workmanager.sheet"]._get_dashboard_cards_shop()
        }
        self.assertEqual(cards["unconfirmed_parts"], 1)
        self._as_buyer(order).button_confirm()
        self.assertEqual(sheet.parts_state, "ordered")
        self.assertEqual((line.quantity_unconfirmed, line.quantity_ordered), (0, 2))
        self.assertFalse(activity.exists())
        self._receive(order)
        self.assertEqual(sheet.parts_state, "available")

    def test_request_that_is_given_up_asks_nobody(self):
        sheet = self._accept((self.part, 2))
        order = self._purchase_lines().order_id
        sheet.action_cancel()
        self.assertEqual(order.state, "cancel")
        self.assertFalse(order.activity_ids)

    def test_start_repair_is_not_the_main_button(self):
        view = self.env["workmanager.sheet"].get_view(view_type="form")["arch"]
        buttons = etree.fromstring(view).findall(
            ".//header/button[@name='action_start_repair']"
        )
        main, other = sorted(buttons, key=lambda button: not button.get("class"))
        self.assertEqual(main.get("class"), "oe_highlight")
        self.assertFalse(other.get("class"))
        for state in ("partial", "waiting", "to_confirm", "ordered", "late"):
            self.assertIn(f"'{state}'", main.get("invisible"))

    def test_line_that_waits_is_not_done(self):
        sheet = self._accept((self.part, 2), (self.work, 1))
        part = sheet.line_ids.filtered(lambda line: line.product_id == self.part)
        self.env.invalidate_all()
        sheet.with_user(self.technician).action_start_repair()
        self.assertEqual(sheet.line_ids.mapped("quantity_done"), [0, 1])
        with self.assertRaisesRegex(UserError, "in stock"):
            sheet.with_user(self.technician).action_finish_repair()
        order = self._purchase_lines().order_id
        order.button_confirm()
        self._receive(order)
        self.assertEqual(part.quantity_done, 2)

    def test_line_that_waits_is_not_needed(self):
        """What the technician says, no receipt changes."""
        sheet = self._accept((self.part, 2), (self.work, 1))
        part = sheet.line_ids.filtered(lambda line: line.product_id == self.part)
        sheet.action_start_repair()
        self.env.invalidate_all()
        part.with_user(self.technician).action_set_not_done()
        order = self._purchase_lines().order_id
        order.button_confirm()
        self._receive(order)
        self.assertEqual(part.quantity_done, 0)
        sheet.with_user(self.technician).action_finish_repair()
        self.assertEqual(self._quantities(), (2, 0))

    # ---------------------------------------------------------------- RELEASED

    def test_merged(self):
        first = self._accept((self.part, 2))
        self._request(first).state = "sent"
        second = self._accept((self.part, 3))
        orders = self._request(first) | self._request(second)
        self.assertEqual(len(orders), 2)
        self._as_buyer(orders).action_merge()
        self.assertEqual(second.parts_state, "to_confirm")
        second.action_cancel()
        self.assertEqual(self._purchase_lines().product_qty, 2)
        self.assertEqual(first.line_ids.quantity_unconfirmed, 2)
        first.action_cancel()
        self.assertFalse(self._purchase_lines(), "no line of zero stays")

    def test_alternative(self):
        if "alternative_po_ids" not in self.env["purchase.order"]._fields:
            self.skipTest("Purchase Agreements is not installed")
        sheet = self._accept((self.part, 2))
        order = self._request(sheet)
        wizard = self.env["purchase.requisition.create.alternative"].create(
            {
                "origin_po_id": order.id,
                "partner_ids": [Command.set(self.customer.ids)],
                "copy_products": True,
            }
        )
        wizard.action_create_alternative()
        other = order.alternative_po_ids - order
        self.assertEqual(sheet.line_ids.quantity_unconfirmed, 2)
        order.button_cancel()
        self.assertEqual(sheet.parts_state, "to_confirm")
        other.button_confirm()
        self.assertEqual(sheet.parts_state, "ordered")
        sheet.action_cancel()
        self.assertIn(sheet.name, other.activity_ids.note)

    def test_alternatives_of_a_sheet_that_is_cancelled(self):
        if "alternative_po_ids" not in self.env["purchase.order"]._fields:
            self.skipTest("Purchase Agreements is not installed")
        sheet = self._accept((self.part, 2))
        order = self._request(sheet)
        wizard = self.env["purchase.requisition.create.alternative"].create(
            {
                "origin_po_id": order.id,
                "partner_ids": [Command.set(self.customer.ids)],
                "copy_products": True,
            }
        )
        wizard.action_create_alternative()
        sheet.action_cancel()
        self.assertFalse(self._purchase_lines())

    def test_bought_by_the_box(self):
        """A piece is 0.09 of a box of twelve: nothing of it stays."""
        self.part.seller_ids.product_uom_id = self.env.ref("uom.product_uom_dozen")
        for quantity in (1, 2, 5, 12, 13):
            with self.subTest(quantity):
                sheet = self._accept((self.part, quantity))
                self.assertEqual(sheet.parts_state, "to_confirm")
                sheet.action_cancel()
                self.assertFalse(self._purchase_lines())

    def test_box_that_the_buyer_rounded(self):
        """A whole box comes; what is too much of it goes to stock."""
        self.part.seller_ids.product_uom_id = self.env.ref("uom.product_uom_dozen")
        sheet = self._accept((self.part, 4))
        line = self._purchase_lines()
        self._as_buyer(line).product_qty = 1
        line.order_id.button_confirm()
        self.assertEqual(sheet.parts_state, "ordered")
        self._receive(line.order_id)
        self.assertEqual(sheet.parts_state, "available")
        self.assertEqual(self._quantities(), (12, 4))

    def test_what_a_buyer_added_is_told(self):
        sheet = self._accept((self.part, 2))
        line = self._purchase_lines()
        self._as_buyer(line).product_qty = 10
        sheet.action_cancel()
        self.assertEqual(line.product_qty, 8)
        told = line.order_id.activity_ids
        self.assertEqual(told.user_id, self.buyer)
        self.assertIn(sheet.name, told.note)

    # -------------------------------------------------------------------- TOLD

    def test_reduced_by_the_buyer(self):
        sheet = self._accept((self.part, 3))
        line = sheet.line_ids
        self._as_buyer(self._purchase_lines()).product_qty = 1
        self.assertEqual((line.quantity_unconfirmed, line.quantity_missing), (1, 2))
        self.assertEqual(sheet.activity_ids.user_id, self.buyer)
        self.assertIn("will not come", sheet.activity_ids.note)
        self.env.invalidate_all()
        sheet.with_user(self.technician).action_check_parts()
        self.assertEqual(sum(self._purchase_lines().mapped("product_qty")), 3)
        self.assertEqual((line.quantity_unconfirmed, line.quantity_missing), (3, 0))
        self.assertFalse(sheet.activity_ids)

    def test_reduced_after_it_was_confirmed(self):
        sheet = self._accept((self.part, 3))
        line = self._purchase_lines()
        line.order_id.button_confirm()
        self._as_buyer(line).product_qty = 1
        self.assertEqual(sheet.line_ids.quantity_ordered, 1)
        self.assertEqual(sheet.line_ids.quantity_missing, 2)
        self.assertTrue(sheet.activity_ids)

    def test_reduced_for_several_sheets(self):
        """The first who waits gets it, and loses nothing when another gives up."""
        first, second = self._accept((self.part, 2)), self._accept((self.part, 3))
        order = self._purchase_lines().order_id
        if len(order) > 1:
            order.action_merge()
        self._purchase_lines().product_qty = 2
        self.assertEqual(first.line_ids.quantity_missing, 0)
        self.assertEqual(second.line_ids.quantity_missing, 3)
        second.action_cancel()
        self.assertEqual(self._purchase_lines().product_qty, 2)
        self.assertEqual(first.line_ids.quantity_unconfirmed, 2)

    def test_received_short(self):
        sheet = self._accept((self.part, 3))
        order = self._purchase_lines().order_id
        order.button_confirm()
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=picking.ids
        ).button_validate()
        self.assertEqual(sheet.line_ids.quantity_available, 1)
        self.assertEqual(sheet.line_ids.quantity_missing, 2)
        self.assertTrue(sheet.activity_ids)
        sheet.action_check_parts()
        self.assertEqual(sheet.line_ids.quantity_unconfirmed, 2)
        self.assertFalse(sheet.activity_ids)

    def test_receipt_cancelled(self):
        sheet = self._accept((self.part, 3))
        order = self._purchase_lines().order_id
        order.button_confirm()
        order.picking_ids.action_cancel()
        self.assertEqual(sheet.line_ids.quantity_missing, 3)
        self.assertEqual(sheet.activity_ids.user_id, self.buyer)

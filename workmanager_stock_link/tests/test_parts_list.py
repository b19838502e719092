from ast import literal_eval

from lxml import html

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PartsCase


@tagged("post_install", "-at_install")
class TestPartsList(PartsCase):
    """What the buyer and the technician are told about missing parts."""

    def _notices(self, sheet):
        return sheet.message_ids.filtered(
            lambda message: self.technician.partner_id in message.partner_ids
        )

    def test_order_in_bulk(self):
        """One call orders what several sheets miss, and says what nobody sells."""
        boards = self._create_part("Board", vendor=False)
        fuses = self._create_part("Fuse", vendor=False)
        sheets = self._accept((boards, 2)) | self._accept((boards, 1), (fuses, 1))
        action = self.env.ref(
            "workmanager_stock_link.workmanager_sheet_line_action_parts"
        )
        lines = self.env["workmanager.sheet.line"].search(
            [*literal_eval(action.domain), ("sheet_id", "in", sheets.ids)]
        )
        self.assertEqual(len(lines), 3)
        self.assertFalse(lines.vendor_id)
        boards.seller_ids = [Command.create({"partner_id": self.vendor.id})]
        self.env.invalidate_all()
        result = lines.with_user(self.technician).action_order_parts()
        self.assertEqual(result["params"]["type"], "warning")
        self.assertIn("Fuse", result["params"]["message"])
        self.assertNotIn("Board", result["params"]["message"])
        self.assertEqual(sum(self._purchase_lines(boards).mapped("product_qty")), 3)
        board_lines = lines.filtered(lambda line: line.product_id == boards)
        self.assertEqual(board_lines.mapped("quantity_missing"), [0, 0])
        self.assertEqual(sum(board_lines.mapped("quantity_unconfirmed")), 3)
        self.assertEqual(sum(board_lines.mapped("quantity_ordered")), 0, "not yet")
        self.assertEqual(board_lines.vendor_id, self.vendor)
        self.assertFalse(sheets[0].activity_ids)
        self.assertTrue(sheets[1].activity_ids)
        result = board_lines.action_order_parts()
        self.assertEqual(result["params"]["type"], "success")
        for order in self._purchase_lines(boards).order_id:
            self.assertIn(order.name, result["params"]["message"], "to be confirmed")
            order.button_confirm()
        result = board_lines.action_order_parts()
        self.assertEqual(
            result["params"]["message"], "Every part is reserved or on order."
        )
        self.assertEqual(sum(self._purchase_lines(boards).mapped("product_qty")), 3)

    def test_technician_told_once(self):
        sheet = self._accept((self.part, 2))
        self.assertFalse(self._notices(sheet))
        order = self._purchase_lines().order_id
        order.button_confirm()
        self._receive(order, 1)
        self.assertFalse(self._notices(sheet), "one piece is still on its way")
        self._receive(order)
        self.assertEqual(len(self._notices(sheet)), 1)
        self._moves(sheet)._action_assign()
        sheet.action_check_parts()
        self.assertEqual(len(self._notices(sheet)), 1)

    def test_technician_told_at_the_acceptance(self):
        self._stock_up(self.part, 2)
        sheet = self._create_sheet((self.part, 2))
        sheet.action_create_quotation()
        self.assertFalse(self._notices(sheet))
        sheet.action_accept_quotation()
        self.assertEqual(len(self._notices(sheet)), 1)
        self.assertFalse(self._notices(self._accept((self.work, 1))))

    def test_technician_told_of_several_at_once(self):
        self._stock_up(self.part, 2)
        sheets = self._create_sheet((self.part, 1)) | self._create_sheet((self.part, 1))
        sheets.action_create_quotation()
        sheets.action_accept_quotation()
        messages = self.env["mail.message"].search(
            [("partner_ids", "in", self.technician.partner_id.ids)]
        )
        notice = messages.filtered(lambda message: message.subject == "Parts are there")
        self.assertEqual(len(notice), 1)
        for sheet in sheets:
            self.assertIn(sheet.name, notice.body)
            self.assertTrue(sheet.is_parts_notice_sent)


@tagged("post_install", "-at_install")
class TestRemovedParts(PartsCase):
    """Parts that come out of the equipment."""

    def _finish(self, **line_values):
        self._stock_up(self.part, 5)
        sheet = self._create_sheet((self.part, 2), (self.work, 1))
        sheet.line_ids.write(line_values)
        sheet.action_create_quotation()
        if not any(order.state == "sale" for order in sheet.sale_order_ids):
            sheet.action_accept_quotation()
        sheet = sheet.with_user(self.technician)
        sheet.action_start_repair()
        sheet.action_finish_repair()
        return sheet

    def test_returned_to_the_customer(self):
        sheet = self._finish()
        sheet.action_add_removed_parts()
        sheet.action_add_removed_parts()
        part = sheet.removed_part_ids
        self.assertEqual((part.name, part.quantity), ("Battery", 2))
        self.assertEqual(part.destination, "customer")
        self.assertFalse(part.done_date)
        self.company.service_delivery_policy = "always"
        sheet.with_user(self.reception).action_deliver()
        self.assertEqual(part.done_date, fields.Date.context_today(part))
        self.assertEqual(self._quantities(), (3, 0), "it never was our stock")

    def test_sent_to_the_manufacturer(self):
        brand = self.env["workmanager.brand"].create({"name": "Rapid"})
        sheet = self._finish()
        sheet.equipment_id.brand_id = brand
        part = self.env["workmanager.removed.part"].create(
            {
                "sheet_id": sheet.id,
                "name": "Old motor",
                "destination": "manufacturer",
            }
        )
        with self.assertRaisesRegex(UserError, "Set it on the brand"):
            part.action_done()
        brand.partner_id = self.vendor
        part.with_user(self.technician).action_done()
        self.assertEqual(part.manufacturer_id, self.vendor)
        self.assertTrue(part.done_date)

    def test_removed_parts_are_on_statement_and_protocol(self):
        sheet = self._finish()
        sheet.action_add_removed_parts()
        sheet.removed_part_ids.write({"name": "Old cell", "serial_number": "OC-77"})

        def read(report):
            content, _kind = (
                self.env["ir.actions.report"]
                .with_user(self.technician)
                ._render_qweb_html(f"workmanager_service.report_{report}", sheet.ids)
            )
            return " ".join(html.fromstring(content).text_content().split())

        for kind, report in (
            ("statement", "work_statement"),
            ("handover", "handover_protocol"),
        ):
            with self.subTest(kind):
                said = "Old cell S/N OC-77 × 2 · Returned to the Customer"
                self.assertIn(said, read(report))
                block = self.env.ref(
                    f"workmanager_stock_link.document_block_{kind}_removed"
                )
                self.env.ref(f"workmanager_service.document_{kind}").block_ids -= block
                self.assertNotIn("Old cell", read(report))

    def test_scrapped(self):
        sheet = self._finish()
        sheet.action_add_removed_parts()
        sheet.removed_part_ids.destination = "scrap"
        self.company.service_delivery_policy = "always"
        sheet.with_user(self.reception).action_deliver()
        self.assertFalse(sheet.removed_part_ids.done_date)
        sheet.removed_part_ids.action_done()
        self.assertTrue(sheet.removed_part_ids.done_date)

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common import PartsCase


@tagged("post_install", "-at_install")
class TestSupply(PartsCase):
    """What an acceptance reserves and what it orders."""

    def test_all_in_stock(self):
        self._stock_up(self.part, 5)
        sheet = self._accept((self.part, 2), (self.work, 1))
        self.assertEqual(self._quantities(), (5, 2))
        move = self._moves(sheet)
        self.assertEqual(len(move), 1)
        self.assertEqual(move.picking_type_id, self.warehouse.service_type_id)
        self.assertEqual(move.location_dest_usage, "customer")
        self.assertEqual((move.state, move.quantity), ("assigned", 2))
        self.assertFalse(self._purchase_lines())
        self.assertEqual(sheet.parts_state, "available")
        self.assertFalse(sheet.parts_expected_date)
        part_line = sheet.line_ids.filtered(lambda l: l.product_id == self.part)
        self.assertEqual(part_line.quantity_available, 2)
        self.assertEqual((sheet.line_ids - part_line).parts_state, "none")
        self.assertEqual(move.sheet_ids, sheet)
        self.assertEqual(move.picking_id.sheet_ids, sheet)
        self.assertIn(sheet.name, move.picking_id.origin)

    def test_nothing_before_acceptance(self):
        self._stock_up(self.part, 5)
        sheet = self._create_sheet((self.part, 2))
        sheet.action_create_quotation()
        self.assertEqual(sheet.parts_state, "none")
        self.assertEqual(self._quantities(), (5, 0))
        self.assertEqual(
            sheet.sale_order_ids.order_line.route_ids, self.warehouse.service_route_id
        )

    def test_nothing_in_stock(self):
        sheet = self._accept((self.part, 2))
        move = self._moves(sheet)
        line = self._purchase_lines()
        self.assertEqual(
            (move.state, move.procure_method), ("waiting", "make_to_order")
        )
        self.assertEqual(
            (line.product_qty, line.price_unit, line.partner_id), (2, 60.0, self.vendor)
        )
        self.assertEqual(line.move_dest_ids, move)
        self.assertEqual(line.order_id.origin, sheet.name)
        self.assertEqual(line.order_id.sheet_ids, sheet)
        self.assertEqual(sheet.purchase_order_ids, line.order_id)
        self.assertEqual(
            self.env["purchase.order"].search([("sheet_ids", "in", sheet.ids)]),
            line.order_id,
        )
        self.assertEqual(sheet.parts_state, "to_confirm")
        in_five_days = fields.Datetime.now() + timedelta(days=5)
        self.assertAlmostEqual(
            sheet.parts_expected_date, in_five_days, delta=timedelta(minutes=5)
        )
        self.assertFalse(sheet.activity_ids)

    def test_part_of_it_in_stock(self):
        self._stock_up(self.part, 2)
        sheet = self._accept((self.part, 5))
        moves = self._moves(sheet)
        self.assertEqual(
            sorted(moves.mapped(lambda m: (m.procure_method, m.product_qty))),
            [("make_to_order", 3), ("make_to_stock", 2)],
        )
        self.assertEqual(len(moves.picking_id), 1)
        self.assertEqual(self._quantities(), (2, 2))
        self.assertEqual(self._purchase_lines().product_qty, 3)
        self.assertEqual(sheet.parts_state, "to_confirm")
        self.assertEqual(sheet.line_ids.quantity_available, 2)
        self.assertEqual(sheet.line_ids.quantity_missing, 0)

    def test_vendor_unit(self):
        """The vendor sells dozens, the shop uses pieces."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self.part.seller_ids.product_uom_id = dozen
        sheet = self._accept((self.part, 12))
        line = self._purchase_lines()
        self.assertEqual((line.product_qty, line.product_uom_id), (1, dozen))
        line.order_id.button_confirm()
        self._receive(line.order_id)
        self.assertEqual(self._quantities(), (12, 12))
        self.assertEqual(sheet.parts_state, "available")

    def test_consumable(self):
        glue = self._create_part("Glue", is_storable=False)
        sheet = self._accept((glue, 1))
        self.assertEqual(sheet.parts_state, "available")
        self.assertFalse(self._purchase_lines(glue))

    def test_no_vendor(self):
        board = self._create_part("Board", vendor=False)
        buyer = self._new_buyer()
        sheet = self._accept((board, 1), (self.work, 1))
        self.assertEqual(sheet.state, "approved")
        self.assertFalse(self._purchase_lines(board))
        self.assertEqual(sheet.parts_state, "waiting")
        self.assertFalse(sheet.parts_expected_date)
        self.assertEqual(sheet.line_ids[0].quantity_missing, 1)
        self.assertEqual(sheet.activity_ids.user_id, buyer)
        self.assertIn("Board", sheet.activity_ids.note)

        sheet.action_check_parts()
        self.assertEqual(len(sheet.activity_ids), 1)

        board.seller_ids = [Command.create({"partner_id": self.vendor.id})]
        sheet.action_check_parts()
        self.assertEqual(self._purchase_lines(board).product_qty, 1)
        self.assertEqual(sheet.line_ids[0].quantity_missing, 0)
        self.assertFalse(sheet.activity_ids)
        sheet.action_check_parts()
        self.assertEqual(self._purchase_lines(board).product_qty, 1)

    def _new_buyer(self):
        buyer = self.reception.copy({"login": "parts_buyer"})
        self.company.service_buyer_id = buyer
        return buyer

    def test_no_vendor_part_in_stock(self):
        """What is there is reserved, the rest is one missing quantity."""
        board = self._create_part("Board", vendor=False)
        self._stock_up(board, 1)
        sheet = self._accept((board, 3))
        self.assertEqual(len(self._moves(sheet)), 1)
        self.assertEqual(sheet.line_ids.quantity_available, 1)
        self.assertEqual(sheet.line_ids.quantity_missing, 2)
        self.assertEqual(sheet.activity_ids.user_id, self.reception)

    def test_buyer_without_access(self):
        """A buyer who cannot open the sheet does not get its activity."""
        board = self._create_part("Board", vendor=False)
        self.company.service_buyer_id = self.env.ref("base.user_root")
        sheet = self._accept((board, 1))
        self.assertEqual(sheet.activity_ids.user_id, self.reception)

    def test_missing_part_comes_by_itself(self):
        board = self._create_part("Board", vendor=False)
        sheet = self._accept((board, 1))
        self._stock_up(board, 1)
        self._moves(sheet).picking_id.action_assign()
        self.assertEqual(sheet.parts_state, "available")
        self.assertFalse(sheet.activity_ids)

    def test_receipt_goes_to_its_sheet(self):
        """A part bought for the second sheet is not taken by the first one."""
        board = self._create_part("Board", vendor=False)
        first = self._accept((board, 1))
        board.seller_ids = [Command.create({"partner_id": self.vendor.id})]
        second = self._accept((board, 1))
        order = self._purchase_lines(board).order_id
        self.assertEqual(order.sheet_ids, second)
        order.button_confirm()
        self._receive(order)
        self.assertEqual(self._quantities(board), (1, 1))
        self.assertEqual(second.parts_state, "available")
        self.assertEqual(first.parts_state, "waiting")

    def test_one_order_for_two_sheets(self):
        """Lines gather on one order where the vendor wants it; each piece still goes
        to its own sheet."""
        self.vendor.group_rfq = "all"
        sheets = [self._accept((self.part, 2)), self._accept((self.part, 3))]
        line = self._purchase_lines()
        self.assertEqual(sum(line.mapped("product_qty")), 5)
        order = line.order_id
        self.assertEqual(len(order), 1)
        self.assertEqual(order.sheet_ids, sheets[0] | sheets[1])
        for sheet in sheets:
            self.assertIn(sheet.name, order.origin)
        order.button_confirm()
        self._receive(order)
        self.assertEqual(self._quantities(), (5, 5))
        for sheet in sheets:
            self.assertEqual(sheet.parts_state, "available")

    def test_receipt_in_part(self):
        sheet = self._accept((self.part, 3))
        order = self._purchase_lines().order_id
        order.button_confirm()
        self._receive(order, 1)
        self.assertEqual(sheet.parts_state, "partial")
        self.assertEqual(sheet.line_ids.quantity_available, 1)
        self._receive(order)
        self.assertEqual(sheet.parts_state, "available")

    def test_receipt_cut_short(self):
        """The vendor brings less, and no backorder: the rest is missing again."""
        sheet = self._accept((self.part, 3))
        order = self._purchase_lines().order_id
        order.button_confirm()
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking.with_context(cancel_backorder=True)._action_done()
        self.assertEqual(sheet.line_ids.quantity_available, 1)
        self.assertEqual(sheet.line_ids.quantity_missing, 2)
        sheet.action_check_parts()
        self.assertEqual(sheet.line_ids.quantity_missing, 0)
        new_order = self._purchase_lines().order_id - order
        self.assertEqual(new_order.order_line.product_qty, 2)
        new_order.button_confirm()
        self._receive(new_order)
        self.assertEqual(sheet.parts_state, "available")

    def test_receipt_in_two_steps(self):
        self.warehouse.reception_steps = "two_steps"
        sheet = self._accept((self.part, 2))
        order = self._purchase_lines().order_id
        order.button_confirm()
        self._receive(order)
        self.assertEqual(sheet.parts_state, "ordered")
        storage = self.env["stock.move"].search(
            [
                ("product_id", "=", self.part.id),
                ("location_dest_id", "=", self.stock.id),
                ("state", "=", "assigned"),
            ]
        )
        storage.picked = True
        storage.picking_id._action_done()
        self.assertEqual(sheet.parts_state, "available")

    def test_late(self):
        sheet = self._accept((self.part, 1))
        line = self._purchase_lines()
        line.order_id.button_confirm()
        line.date_planned = fields.Datetime.now() - timedelta(days=1)
        self.assertEqual(sheet.parts_state, "late")
        line.date_planned = fields.Datetime.today()
        self.assertEqual(sheet.parts_state, "ordered", "it can still come today")
        line.date_planned = fields.Datetime.now() + timedelta(days=2)
        self.assertEqual(sheet.parts_state, "ordered")

    def test_late_by_the_clock(self):
        sheet = self._accept((self.part, 1))
        self.env.flush_all()
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self.env.cr.execute(
            "UPDATE workmanager_sheet_line SET parts_expected_date = %s WHERE id = %s",
            [yesterday, sheet.line_ids.id],
        )
        self.env.cr.execute(
            "UPDATE purchase_order_line SET date_planned = %s WHERE id = %s",
            [yesterday, self._purchase_lines().id],
        )
        self.env.invalidate_all()
        self.assertEqual(sheet.parts_state, "to_confirm")
        self.env["workmanager.sheet.line"]._cron_mark_late_parts()
        self.assertEqual(sheet.parts_state, "late")

    def _leave_reserved_for_nobody(self):
        """Leave a sheet without its two pieces, which two quants tell as reserved."""
        sheet = self._accept((self.part, 2))
        order = self._purchase_lines().order_id
        order.button_confirm()
        self._receive(order)
        self._moves(sheet)._do_unreserve()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_quant SET quantity = 1, reserved_quantity = 1"
            " WHERE product_id = %(product)s AND location_id = %(location)s;"
            "INSERT INTO stock_quant (product_id, location_id, company_id, quantity,"
            " reserved_quantity, in_date) VALUES (%(product)s, %(location)s,"
            " %(company)s, 1, 1, now())",
            {
                "product": self.part.id,
                "location": self.stock.id,
                "company": self.company.id,
            },
        )
        self.env.invalidate_all()
        self.assertEqual(self._quantities(), (2, 2))
        self.assertEqual(sheet.parts_state, "waiting")
        return sheet

    def test_parts_reserved_for_nobody_are_found_by_check_parts(self):
        sheet = self._leave_reserved_for_nobody()
        sheet.with_user(self.technician).action_check_parts()
        self.assertEqual(sheet.parts_state, "available")
        self.assertEqual(self._quantities(), (2, 2))
        quants = self.env["stock.quant"]._gather(self.part, self.stock)
        self.assertEqual(len(quants), 1)
        self.assertEqual(self._purchase_lines().product_qty, 2, "none bought again")

    def test_parts_reserved_for_nobody_are_found_by_night(self):
        sheet = self._leave_reserved_for_nobody()
        self.env["workmanager.sheet.line"]._cron_mark_late_parts()
        self.assertEqual(self._quantities(), (2, 0))
        self.env["stock.rule"].run_scheduler()
        self.assertEqual(sheet.parts_state, "available")

    def test_more_quoted_later(self):
        """A quantity that grows or shrinks on the order changes what is on order."""
        self._stock_up(self.part, 2)
        sheet = self._accept((self.part, 2))
        sale_line = sheet.line_ids.sale_line_id
        sale_line.product_uom_qty = 5
        self.assertEqual(self._purchase_lines().product_qty, 3)
        self.assertEqual(sheet.line_ids.quantity, 5)
        sale_line.product_uom_qty = 3
        self.assertEqual(self._purchase_lines().product_qty, 1)
        self.assertEqual(self._quantities(), (2, 2))
        sale_line.product_uom_qty = 1
        self.assertFalse(self._purchase_lines())
        self.assertEqual(self._quantities(), (2, 1))
        self.assertEqual(sheet.parts_state, "available")

    def test_accepted_twice(self):
        self._stock_up(self.part, 1)
        sheet = self._accept((self.part, 2))
        sheet.action_accept_quotation()
        sheet.sale_order_ids.order_line._action_launch_stock_rule()
        self.assertEqual(sum(self._moves(sheet).mapped("product_qty")), 2)
        self.assertEqual(self._purchase_lines().product_qty, 1)

    def test_transfer_cancelled_by_hand(self):
        self._stock_up(self.part, 1)
        sheet = self._accept((self.part, 1))
        self._moves(sheet).picking_id.action_cancel()
        self.assertEqual(sheet.parts_state, "waiting")
        self.assertEqual(sheet.line_ids.quantity_missing, 1)
        sheet.action_check_parts()
        self.assertEqual(sheet.parts_state, "available")

    def test_ordinary_sale_untouched(self):
        """An order that is no service order is delivered as ever."""
        self._stock_up(self.part, 1)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": self.part.id, "product_uom_qty": 2})
                ],
            }
        )
        order.action_confirm()
        move = order.order_line.move_ids
        self.assertEqual(move.picking_type_id, self.warehouse.out_type_id)
        self.assertEqual(move.state, "partially_available")
        self.assertFalse(self._purchase_lines())

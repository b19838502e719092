from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PartsCase


@tagged("post_install", "-at_install")
class TestConsumption(PartsCase):
    """What a finished repair takes out of stock."""

    def _repair(self, *parts):
        sheet = self._accept(*parts)
        sheet.with_user(self.technician).action_start_repair()
        return sheet.with_user(self.technician)

    def test_as_planned(self):
        self._stock_up(self.part, 5)
        sheet = self._repair((self.part, 2), (self.work, 1))
        sheet.action_finish_repair()
        self.assertEqual(sheet.state, "ready")
        self.assertEqual(self._quantities(), (3, 0))
        move = self._moves(sheet.sudo())
        self.assertEqual((move.state, move.quantity), ("done", 2))
        self.assertEqual(move.picking_id.state, "done")
        self.assertTrue(move.picking_id.date_done)
        self.assertEqual(
            sheet.sudo().line_ids.sale_line_id.mapped("qty_delivered"), [2, 1]
        )
        self.assertEqual(sheet.parts_state, "none")

    def test_less(self):
        self._stock_up(self.part, 5)
        sheet = self._repair((self.part, 3))
        sheet.line_ids.quantity_done = 1
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(), (4, 0))
        moves = self._moves(sheet.sudo())
        self.assertEqual(moves.mapped("state"), ["done"])
        self.assertEqual(moves.picking_id.state, "done")
        self.assertFalse(moves.picking_id.backorder_ids)
        sale_line = sheet.sudo().line_ids.sale_line_id
        self.assertEqual(sale_line.qty_delivered, 1)
        sheet.with_user(self.reception).action_create_invoice()
        invoice = sheet.sudo().invoice_ids
        self.assertEqual(invoice.invoice_line_ids.quantity, 1)

    def test_none(self):
        self._stock_up(self.part, 5)
        sheet = self._repair((self.part, 3))
        sheet.line_ids.quantity_done = 0
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(), (5, 0))
        self.assertEqual(self._moves(sheet.sudo()).state, "cancel")

    def test_not_there(self):
        self._stock_up(self.part, 1)
        sheet = self._repair((self.part, 3))
        with self.assertRaisesRegex(UserError, "only 1 are in stock"):
            sheet.action_finish_repair()
        self.assertEqual(sheet.state, "repair")
        sheet.line_ids.quantity_done = 1
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(), (0, 0))
        self.assertFalse(self._purchase_lines())

    def test_reserved_for_another_sheet(self):
        """A part that another sheet has reserved is not there."""
        self._stock_up(self.part, 1)
        other = self._accept((self.part, 1))
        sheet = self._repair((self.part, 1))
        with self.assertRaises(UserError):
            sheet.action_finish_repair()
        self.assertEqual(other.parts_state, "available")

    def test_came_another_way(self):
        """What is free by now is used, and the draft purchase is not needed."""
        sheet = self._repair((self.part, 2))
        self.assertEqual(self._purchase_lines().product_qty, 2)
        self._stock_up(self.part, 5)
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(), (3, 0))
        self.assertFalse(self._purchase_lines())

    def test_bought_and_stocked(self):
        self._stock_up(self.part, 2)
        sheet = self._repair((self.part, 5))
        order = self._purchase_lines().order_id
        order.button_confirm()
        self._receive(order)
        sheet.line_ids.quantity_done = 4
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(), (1, 0))
        self.assertEqual(sheet.sudo().line_ids.sale_line_id.qty_delivered, 4)
        self.assertFalse(order.activity_ids)

    def test_twice(self):
        self._stock_up(self.part, 5)
        sheet = self._repair((self.part, 2))
        sheet.action_finish_repair()
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(), (3, 0))

    def test_transfer_done_by_hand(self):
        """The warehouse handed the part out itself: nothing is taken twice."""
        self._stock_up(self.part, 5)
        sheet = self._repair((self.part, 2))
        picking = self._moves(sheet.sudo()).picking_id
        picking.move_ids.picked = True
        picking._action_done()
        sheet.line_ids.quantity_done = 1
        with self.assertRaisesRegex(UserError, "left the stock already"):
            sheet.action_finish_repair()
        sheet.line_ids.quantity_done = 2
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(), (3, 0))

    def test_serial_numbers(self):
        camera = self._create_part("Camera", tracking="serial")
        for name in ("SN1", "SN2"):
            lot = self.env["stock.lot"].create(
                {"name": name, "product_id": camera.id, "company_id": self.company.id}
            )
            self._stock_up(camera, 1, lot)
        sheet = self._repair((camera, 2))
        sheet.action_finish_repair()
        move = self._moves(sheet.sudo())
        self.assertEqual(move.lot_ids.mapped("name"), ["SN1", "SN2"])
        self.assertEqual(self._quantities(camera), (0, 0))

    def test_lot_not_chosen(self):
        gel = self._create_part("Gel", tracking="lot")
        self._stock_up(gel, 2)
        sheet = self._repair((gel, 1))
        with self.assertRaisesRegex(UserError, "no lot or serial number"):
            sheet.action_finish_repair()

    def test_unit_of_the_line(self):
        self._stock_up(self.part, 24)
        sheet = self._create_sheet((self.part, 1))
        sheet.line_ids.product_uom_id = self.env.ref("uom.product_uom_dozen")
        sheet.action_create_quotation()
        sheet.action_accept_quotation()
        self.assertEqual(self._quantities(), (24, 12))
        self.assertEqual(sheet.line_ids.quantity_available, 1)
        sheet.action_start_repair()
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(), (12, 0))
        self.assertEqual(sheet.line_ids.sale_line_id.qty_delivered, 1)

    def test_two_sheets_on_one_order(self):
        """Each sheet has a transfer of its own: one ends, the other stays."""
        self._stock_up(self.part, 2)
        sheets = self._create_sheet((self.part, 1)) | self._create_sheet((self.part, 1))
        sheets[0].action_create_quotation()
        order = sheets[0].sale_order_ids
        values = sheets[1].line_ids._prepare_sale_order_line_values()
        order_lines = self.env["sale.order.line"].with_context(sheet_adoption=False)
        sheets[1].line_ids.sale_line_id = order_lines.create(
            {"order_id": order.id, **values}
        )
        sheets[1]._set_state("quoted")
        order.action_confirm()
        pickings = [self._moves(sheet).picking_id for sheet in sheets]
        self.assertEqual(len(pickings[0] | pickings[1]), 2)
        sheets[0].action_start_repair()
        sheets[0].action_finish_repair()
        self.assertEqual(pickings[0].state, "done")
        self.assertEqual(pickings[1].state, "assigned")
        sheets[1].action_cancel()
        self.assertEqual(self._quantities(), (1, 0))

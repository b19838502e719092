from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PartsCase


@tagged("post_install", "-at_install")
class TestBadInput(PartsCase):
    """What goes wrong in a shop: a clear state, and one action to recover."""

    def _quote(self, *parts, **values):
        sheet = self._create_sheet(*parts, **values)
        sheet.action_create_quotation()
        return sheet

    def test_no_stock_rule(self):
        """The acceptance stands, the buyer knows, and Check Parts recovers."""
        rules = self.env["stock.rule"].search([])
        self._stock_up(self.part, 1)
        sheet = self._quote((self.part, 2), (self.work, 1))
        rules.active = False
        sheet.action_accept_quotation()
        self.assertEqual(sheet.state, "approved")
        self.assertFalse(self._moves(sheet))
        self.assertEqual(sheet.parts_state, "waiting")
        self.assertEqual(sheet.line_ids[0].quantity_missing, 2)
        self.assertEqual(sheet.activity_ids.user_id, self.reception)
        sheet.action_check_parts()
        self.assertEqual(sheet.line_ids[0].quantity_missing, 2)
        rules.active = True
        sheet.action_check_parts()
        self.assertEqual(sheet.line_ids[0].quantity_missing, 0)
        self.assertEqual(self._quantities(), (1, 1))
        self.assertEqual(self._purchase_lines().product_qty, 1)
        self.assertFalse(sheet.activity_ids)

    def test_no_buy_rule(self):
        """What is there is reserved; nothing can be ordered until the rule is back."""
        buy = self.env["stock.rule"].search([("action", "=", "buy")])
        buy.active = False
        self._stock_up(self.part, 1)
        sheet = self._accept((self.part, 2))
        self.assertEqual(self._quantities(), (1, 1))
        self.assertEqual(sheet.line_ids.quantity_missing, 1)
        buy.active = True
        sheet.action_check_parts()
        self.assertEqual(self._purchase_lines().product_qty, 1)

    def test_archived_route(self):
        """Odoo's delivery brings what is there; the service route takes over again."""
        self._stock_up(self.part, 1)
        sheet = self._quote((self.part, 2))
        route = self.warehouse.service_route_id
        route.active = False
        sheet.action_accept_quotation()
        self.assertEqual(sheet.state, "approved")
        self.assertEqual(sheet.line_ids.quantity_available, 1)
        self.assertEqual(sheet.line_ids.quantity_missing, 1)
        route.active = True
        sheet.action_check_parts()
        self.assertEqual(sheet.line_ids.quantity_available, 1)
        self.assertEqual(sheet.line_ids.quantity_missing, 0)
        self.assertEqual(self._quantities(), (1, 1))
        self.assertEqual(self._purchase_lines().product_qty, 1)
        open_moves = self._moves(sheet).filtered(lambda move: move.state != "cancel")
        self.assertEqual(open_moves.picking_type_id, self.warehouse.service_type_id)

    def test_part_becomes_a_service(self):
        sheet = self._quote((self.part, 2))
        self.part.product_tmpl_id.write({"type": "service", "is_storable": False})
        sheet.action_accept_quotation()
        self.assertFalse(self._moves(sheet))
        self.assertEqual(sheet.parts_state, "none")
        sheet.action_start_repair()
        sheet.action_finish_repair()
        self.assertEqual(sheet.line_ids.sale_line_id.qty_to_invoice, 2)

    def test_reserved_part_becomes_a_service(self):
        """What was reserved goes back, and the repair is finished without it."""
        self._stock_up(self.part, 2)
        sheet = self._accept((self.part, 2))
        self.part.product_tmpl_id.type = "service"
        self.assertEqual(self._quantities(), (2, 0))
        self.assertEqual(sheet.parts_state, "none")
        sheet.action_start_repair()
        sheet.action_finish_repair()
        self.assertEqual(self._moves(sheet).state, "cancel")
        self.assertEqual(self._quantities(), (2, 0))

    def test_zero_quantity(self):
        self._stock_up(self.part, 2)
        sheet = self._accept((self.part, 0.0), (self.work, 1))
        line = sheet.line_ids.filtered(lambda l: l.product_id == self.part)
        line.sale_line_id.product_uom_qty = 0
        self.assertEqual(line.parts_state, "none")
        self.assertEqual(self._quantities(), (2, 0))
        sheet.action_start_repair()
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(), (2, 0))

    @mute_logger("odoo.sql_db")
    def test_negative_quantity(self):
        sheet = self._create_sheet((self.part, 1))
        with self.assertRaises(IntegrityError):
            sheet.line_ids.quantity = -1
            sheet.line_ids.flush_recordset()

    def test_transfer_forced_with_more(self):
        """The warehouse handed out more than planned: the sheet says so."""
        self._stock_up(self.part, 5)
        sheet = self._accept((self.part, 2))
        picking = self._moves(sheet).picking_id
        picking.move_ids.write({"quantity": 3, "picked": True})
        picking._action_done()
        self.assertEqual(self._quantities(), (2, 0))
        sheet.action_start_repair()
        with self.assertRaisesRegex(UserError, "left the stock already"):
            sheet.action_finish_repair()
        sheet.line_ids._return_to_stock(1)
        self.assertEqual(sheet.line_ids.quantity_done, 2)
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(), (3, 0))

    def test_transfer_forced_with_less(self):
        """A backorder goes on waiting, and without one the rest is missing."""
        self._stock_up(self.part, 5)
        sheet = self._accept((self.part, 3))
        picking = self._moves(sheet).picking_id
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(sheet.parts_state, "available")
        self.assertEqual(self._quantities(), (4, 2))
        sheet.action_start_repair()
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(), (2, 0))
        self.assertEqual(sheet.line_ids.quantity_used, 3)

    def test_transfer_cancelled_while_ordered(self):
        """The draft purchase is taken back; Check Parts orders anew."""
        sheet = self._accept((self.part, 2))
        self._moves(sheet).picking_id.action_cancel()
        self.assertFalse(self._purchase_lines())
        self.assertEqual(sheet.line_ids.quantity_missing, 2)
        sheet.action_check_parts()
        self.assertEqual(self._purchase_lines().product_qty, 2)
        self.assertEqual(sheet.line_ids.quantity_missing, 0)

    def test_archived_part(self):
        self._stock_up(self.part, 1)
        sheet = self._quote((self.part, 2))
        self.part.active = False
        sheet.action_accept_quotation()
        self.assertEqual(sheet.state, "approved")
        self.assertEqual(self._quantities(), (1, 1))

    def test_vendor_price_that_expired(self):
        """Odoo falls back on a known vendor: better an order to correct than none."""
        yesterday = fields.Date.today() - timedelta(days=1)
        self.part.seller_ids.date_end = yesterday
        sheet = self._accept((self.part, 1))
        self.assertEqual(self._purchase_lines().product_qty, 1)
        self.assertEqual(sheet.line_ids.quantity_missing, 0)


@tagged("post_install", "-at_install")
class TestVendors(PartsCase):
    """Whom a missing part is bought from, and what the vendor does with the order."""

    def _order(self):
        return self._purchase_lines().order_id

    def test_best_vendor(self):
        """The price of the quantity that is missing, not of the whole line."""
        cheap = self.env["res.partner"].create({"name": "Bulk Parts"})
        self.part.seller_ids = [
            Command.create(
                {"partner_id": cheap.id, "price": 40, "min_qty": 10, "sequence": 0}
            )
        ]
        self._stock_up(self.part, 8)
        few = self._accept((self.part, 12))
        line = self._purchase_lines()
        self.assertEqual((line.partner_id, line.product_qty), (self.vendor, 4))
        self.assertEqual(line.price_unit, 60)
        few.action_cancel()
        self._accept((self.part, 20))
        line = self._purchase_lines()
        self.assertEqual((line.partner_id, line.product_qty), (cheap, 12))
        self.assertEqual(line.price_unit, 40)

    def test_lead_time(self):
        self.part.seller_ids.delay = 12
        sheet = self._accept((self.part, 1))
        self.assertAlmostEqual(
            sheet.parts_expected_date,
            fields.Datetime.now() + timedelta(days=12),
            delta=timedelta(minutes=5),
        )

    def test_variants(self):
        """Each variant has its own stock and its own vendor."""
        attribute = self.env["product.attribute"].create(
            {
                "name": "Colour",
                "value_ids": [
                    Command.create({"name": "Black"}),
                    Command.create({"name": "White"}),
                ],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Cover",
                "type": "consu",
                "is_storable": True,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        black, white = template.product_variant_ids
        template.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "product_id": white.id})
        ]
        self._stock_up(black, 1)
        sheet = self._accept((black, 1), (white, 1))
        self.assertEqual(self._quantities(black), (1, 1))
        self.assertEqual(self._purchase_lines(white).product_qty, 1)
        self.assertFalse(self._purchase_lines(black))
        self.assertEqual(sheet.parts_state, "to_confirm")

    def test_over_receipt(self):
        """What came above the order is free stock."""
        sheet = self._accept((self.part, 2))
        order = self._order()
        order.button_confirm()
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 5, "picked": True})
        picking._action_done()
        self.assertEqual(sheet.parts_state, "available")
        self.assertEqual(self._quantities(), (5, 2))
        self.assertEqual(self._accept((self.part, 3)).parts_state, "available")

    def test_line_lowered_and_raised(self):
        """The buyer changes what the vendor can bring: the sheet follows."""
        sheet = self._accept((self.part, 4))
        order = self._order()
        order.button_confirm()
        order.order_line.product_qty = 1
        self._receive(order)
        self.assertEqual(sheet.line_ids.quantity_available, 1)
        self.assertEqual(sheet.line_ids.quantity_missing, 3)
        self.assertEqual(sheet.parts_state, "partial")
        sheet.action_check_parts()
        self.assertEqual(sheet.line_ids.quantity_missing, 0)
        second = self._order() - order
        self.assertEqual(second.order_line.product_qty, 3)
        second.order_line.product_qty = 5
        second.button_confirm()
        self._receive(second)
        self.assertEqual(sheet.parts_state, "available")
        self.assertEqual(self._quantities(), (6, 4))

    def test_faulty_part_returned(self):
        """A part that goes back to its vendor is missing again."""
        sheet = self._accept((self.part, 2))
        order = self._order()
        order.button_confirm()
        receipt = self._receive(order)
        self.assertEqual(sheet.parts_state, "available")
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=receipt.id, active_model="stock.picking")
            .create({"picking_id": receipt.id})
        )
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        back.move_ids.write({"quantity": 1, "picked": True})
        back._action_done()
        self.assertEqual(self._quantities(), (1, 1))
        self.assertEqual(sheet.parts_state, "partial")
        sheet.action_check_parts()
        self.assertEqual(sheet.line_ids.quantity_missing, 0)
        self.assertEqual(sheet.line_ids.quantity_available, 1)
        new = self._order() - order
        self.assertEqual(new.order_line.product_qty, 1)

    def test_substitute_of_the_vendor(self):
        """The vendor sends another part: it is used in exchange at the same price."""
        sheet = self._accept((self.part, 1))
        order = self._order()
        substitute = self._create_part("Battery v2", list_price=120)
        order.order_line = [
            Command.create({"product_id": substitute.id, "product_qty": 1})
        ]
        order.order_line.filtered(lambda l: l.product_id == self.part).unlink()
        self.assertEqual(sheet.line_ids.quantity_missing, 1)
        self.assertTrue(sheet.activity_ids)
        order.button_confirm()
        self._receive(order)
        sheet.action_start_repair()
        sheet._exchange_part(
            sheet.line_ids,
            {
                "product_id": substitute.id,
                "product_uom_id": substitute.uom_id.id,
                "quantity": 1,
            },
            {},
        )
        self.assertEqual(self._quantities(substitute), (0, 0))
        self.assertEqual(sheet.amount_total, sheet.sale_order_ids.amount_total)
        sheet.action_finish_repair()
        self.assertEqual(sheet.line_ids.mapped("quantity_used"), [0, 1])

    def test_two_companies(self):
        """Nothing is taken from another company, and nothing is ordered in its name."""
        company = self.env["res.company"].create({"name": "Second Shop"})
        other = self.env["stock.warehouse"].search([("company_id", "=", company.id)])
        self._stock_up(self.part, 10, warehouse=other)
        sheet = self._accept((self.part, 2))
        self.assertEqual(self._quantities(location=other.lot_stock_id), (10, 0))
        self.assertEqual(self._purchase_lines().company_id, self.company)
        self.assertEqual(sheet.parts_state, "to_confirm")
        self.assertEqual(sheet.warehouse_id, self.warehouse)

    def test_second_warehouse(self):
        """What another warehouse of the company has is not taken either."""
        other = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        self._stock_up(self.part, 10, warehouse=other)
        self._accept((self.part, 2))
        self.assertEqual(self._quantities(location=other.lot_stock_id), (10, 0))
        self.assertEqual(self._purchase_lines().product_qty, 2)

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import PartsCase


@tagged("post_install", "-at_install")
class TestTechnician(PartsCase):
    """All that a technician does and sees, with no right in sales, stock or purchase.

    Nothing is in the ORM's cache before each call: what a test has read as somebody
    else would hide that a technician may not read it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.board = cls._create_part("Board")
        cls._stock_up(cls.part, 4)
        cls.sheet = cls._accept((cls.part, 2), (cls.board, 1), (cls.work, 1))
        cls.line, cls.awaited, cls.labour = cls.sheet.line_ids
        cls.sheet.action_start_repair()

    def _mine(self, records):
        """Return ``records`` as the technician gets them in a new request."""
        self.env.flush_all()
        self.env.invalidate_all()
        return records.with_user(self.technician).with_context(lang="en_US")

    def _open(self, sheet=None):
        """Return the screen on which parts are used."""
        action = self._mine(sheet or self.sheet).action_use_parts()
        screen = self.env["workmanager.parts.use"].with_context(**action["context"])
        return self._mine(screen).create({})

    def _count(self, use, line, quantity):
        row = use.line_ids.filtered(lambda row: row.line_id == line)
        row.quantity = quantity
        return row

    def _create_extra(self, use, product, quantity, **values):
        return self._mine(self.env["workmanager.parts.use.line"]).create(
            {
                "use_id": use.id,
                "product_id": product.id,
                "quantity": quantity,
                **values,
            }
        )

    # ------------------------------------------------------------------- LINES

    def test_use(self):
        self._mine(self.line).action_use()
        self.assertEqual(self.line.quantity_used, 2)

    def test_use_again(self):
        self._mine(self.line).action_use()
        with self.assertRaisesRegex(UserError, "all of “Battery”"):
            self._mine(self.line).action_use()

    def test_use_what_is_not_there(self):
        with self.assertRaisesRegex(UserError, "not in stock yet"):
            self._mine(self.awaited).action_use()

    def test_use_what_is_no_part(self):
        self.assertTrue(self._mine(self.labour).action_use())

    def test_use_tracked(self):
        sheet, _lot = self._accept_tracked()
        action = self._mine(sheet.line_ids).action_use()
        self.assertEqual(action["res_model"], "workmanager.parts.use")

    def _accept_tracked(self):
        screen = self._create_part("Screen", tracking="serial")
        lot = self.env["stock.lot"].create({"name": "SN1", "product_id": screen.id})
        self._stock_up(screen, 1, lot)
        sheet = self._accept((screen, 1))
        sheet.action_start_repair()
        return sheet, lot

    def test_order_parts(self):
        action = self._mine(self.sheet.line_ids).action_order_parts()
        self.assertEqual(action["params"]["type"], "success")

    def test_view_sheet(self):
        self.assertEqual(
            self._mine(self.line).action_view_sheet()["res_id"], self.sheet.id
        )

    # ------------------------------------------------------------------- SHEET

    def test_check_parts(self):
        self.assertTrue(self._mine(self.sheet).action_check_parts())

    def test_steps(self):
        sheet = self._create_sheet((self.part, 1), (self.work, 1))
        for step in ("create_quotation", "accept_quotation", "start_repair"):
            getattr(self._mine(sheet), f"action_{step}")()
        self._mine(sheet.line_ids[0]).action_use()
        self._mine(sheet).action_finish_repair()
        self._mine(sheet).action_add_removed_parts()
        self._mine(sheet.removed_part_ids).action_done()
        self.assertTrue(sheet.removed_part_ids.done_date)
        self.assertEqual(sheet.state, "ready")

    def test_refusal_and_cancellation(self):
        refused, cancelled = (self._create_sheet((self.part, 1)) for _i in range(2))
        self._mine(refused).action_create_quotation()
        self._mine(refused).action_refuse_quotation()
        self.assertEqual(refused.state, "ready")
        self._mine(cancelled).action_create_quotation()
        self._mine(cancelled).action_accept_quotation()
        self._mine(cancelled).action_cancel()
        self.assertEqual(cancelled.state, "cancelled")

    def test_catalogue_shows_what_is_there(self):
        sheet = self._create_sheet()
        action = self._mine(sheet).action_add_from_catalog()
        self._stock_up(self.part, 3)
        part = self._mine(self.part).with_context(**action["context"])
        self.assertEqual(part.qty_available, 7)

    # ------------------------------------------------------------------ SCREEN

    def test_screen_uses(self):
        use = self._open()
        self._count(use, self.line, 1)
        self._mine(use).action_confirm()
        self.assertEqual(self.line.quantity_used, 1)

    def test_screen_scans(self):
        self.part.barcode = "4006381333931"
        sheet, lot = self._accept_tracked()
        for found_on, code in ((self.sheet, self.part.barcode), (sheet, lot.name)):
            with Form(self._open(found_on)) as form:
                self.env.flush_all()
                self.env.invalidate_all()
                form.barcode = code
            use = form.record
            self.assertEqual(sum(use.line_ids.mapped("quantity")), 1)
            self._mine(use).action_confirm()
        self.assertEqual(sheet.line_ids.quantity_used, 1)

    def test_screen_returns(self):
        self._mine(self.line).action_use()
        use = self._open()
        self._count(use, self.line, -1)
        self._mine(use).action_confirm()
        self.assertEqual(self.line.quantity_used, 1)

    def test_screen_returns_no_more_than_was_used(self):
        use = self._open()
        self._count(use, self.line, -1)
        with self.assertRaisesRegex(UserError, "no more can be put back"):
            self._mine(use).action_confirm()

    def test_screen_exchanges(self):
        other = self._create_part("Other")
        self._stock_up(other, 1)
        use = self._open()
        self._create_extra(use, other, 1, replaces_id=self.line.id)
        self._mine(use).action_confirm()
        self.assertEqual(self.line.quantity, 1)
        self.assertEqual(self._quantities(other), (0, 0))

    def test_screen_asks_for_more(self):
        use = self._open()
        self._create_extra(use, self.board, 1)
        self._mine(use).action_confirm()
        self.assertTrue(self.sheet.line_ids.filtered(lambda li: li._is_to_quote()))

    def test_screen_gives_nothing_away(self):
        use = self._open()
        use.excess_policy = "own_cost"
        self._create_extra(use, self.board, 1)
        with self.assertRaises(AccessError):
            self._mine(use).action_confirm()

    # ------------------------------------------------------------------- FIELDS

    def _get_seen(self):
        """Return records of every model that technicians see fields of ours on."""
        sheet, lot = self._accept_tracked()
        sheet.equipment_id.lot_id = lot
        self._mine(self.line).action_use()
        self._mine(self.sheet).action_add_removed_parts()
        use = self._open()
        self._create_extra(use, self.board, 1)
        operation = self.env["workmanager.operation"].create(
            {"name": "Swap", "line_ids": [Command.create({"product_id": self.part.id})]}
        )
        return (
            self.sheet,
            self.sheet.line_ids,
            self.sheet.removed_part_ids,
            use,
            use.line_ids,
            operation.with_context(sheet_id=self.sheet.id),
            sheet.equipment_id,
            lot,
        )

    def test_every_field_can_be_read(self):
        for records in self._get_seen():
            self.assertTrue(records)
            for name in records.with_user(self.technician).fields_get():
                if "workmanager_stock_link" in records._fields[name]._modules:
                    with self.subTest(model=records._name, field=name):
                        self._mine(records).read([name])

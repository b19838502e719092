from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import PartsCase


@tagged("post_install", "-at_install")
class TestUse(PartsCase):
    """Parts that the technician takes during the repair."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "parts_manager", "workmanager_service.group_manager"
        )
        cls.part.barcode = "5941234567899"

    def _repair(self, *parts):
        sheet = self._accept(*parts)
        sheet.with_user(self.technician).action_start_repair()
        return sheet.with_user(self.technician)

    def _open(self, sheet):
        action = sheet.action_use_parts()
        return Form(sheet.env[action["res_model"]].with_context(**action["context"]))

    def _scan(self, form, *codes):
        for code in codes:
            form.barcode = code

    def _lots(self, product, *names):
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": product.id} for name in names]
        )
        for lot in lots:
            self._stock_up(product, 1, lot)
        return lots

    def test_one_tap(self):
        """The stock moves now, and the finish adds nothing to it."""
        self._stock_up(self.part, 5)
        sheet = self._repair((self.part, 2), (self.work, 1))
        line = sheet.line_ids.filtered(lambda l: l.product_id == self.part)
        line.action_use()
        self.assertEqual(self._quantities(), (3, 0))
        self.assertEqual(sheet.state, "repair")
        self.assertEqual(self._moves(sheet.sudo()).state, "done")
        self.assertEqual((line.quantity_used, line.quantity_done), (2, 2))
        self.assertEqual(sheet.parts_state, "available")
        with self.assertRaisesRegex(UserError, "is used"):
            line.action_use()
        self.env.flush_all()
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(), (3, 0))
        self.assertEqual(len(self._moves(sheet.sudo())), 1)
        self.assertEqual(line.parts_state, "none", "it waits for nothing any more")
        self.assertEqual(sheet.parts_state, "none")

    def test_scan_less_than_planned(self):
        """What is not used stays reserved until the finish, then goes back."""
        self._stock_up(self.part, 5)
        sheet = self._repair((self.part, 3))
        form = self._open(sheet)
        self._scan(form, "5941234567899")
        form.save().action_confirm()
        self.assertEqual(self._quantities(), (4, 2))
        self.assertEqual(sheet.line_ids.quantity_done, 1)
        self.assertEqual(sheet.parts_state, "available")
        form = self._open(sheet)
        self.assertEqual(form.line_ids.edit(0).available, 2)
        self._scan(form, "5941234567899")
        form.save().action_confirm()
        self.assertEqual(self._quantities(), (3, 1))
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(), (3, 0))
        moves = self._moves(sheet.sudo())
        self.assertEqual(sorted(moves.mapped("state")), ["cancel", "done", "done"])
        self.assertEqual(sheet.line_ids.quantity_used, 2)
        sheet.with_user(self.reception).action_create_invoice()
        self.assertEqual(sheet.sudo().invoice_ids.invoice_line_ids.quantity, 2)

    def test_part_of_what_was_bought(self):
        """The rest of it has arrived, too, and stays reserved for the sheet."""
        sheet = self._accept((self.part, 2))
        order = self._purchase_lines().order_id
        order.button_confirm()
        self._receive(order)
        sheet.action_start_repair()
        form = self._open(sheet.with_user(self.technician))
        self._scan(form, self.part.barcode)
        form.save().action_confirm()
        self.assertEqual(self._quantities(), (1, 1))
        self.assertEqual(sheet.parts_state, "available")
        sheet.line_ids.with_user(self.technician).action_use()
        self.assertEqual(self._quantities(), (0, 0))
        self.assertEqual(sheet.line_ids.quantity_used, 2)

    def test_the_same_screen_twice(self):
        self._stock_up(self.part, 5)
        sheet = self._repair((self.part, 2))
        form = self._open(sheet)
        self._scan(form, self.part.barcode)
        use = form.save()
        use.action_confirm()
        with self.assertRaisesRegex(UserError, "were used already"):
            use.action_confirm()
        self.assertEqual(sheet.line_ids.quantity_used, 1)

    def test_tick(self):
        self._stock_up(self.part, 5)
        sheet = self._repair((self.part, 2))
        form = self._open(sheet)
        with form.line_ids.edit(0) as row:
            row.is_all = True
            self.assertEqual(row.quantity, 2)
        form.save().action_confirm()
        self.assertEqual(self._quantities(), (3, 0))

    def test_phone_keeps_the_rows(self):
        """The cards of a phone save what the list saves, and have its tick."""
        view = self.env["workmanager.parts.use"].get_view(view_type="form")
        rows = etree.fromstring(view["arch"]).find(".//field[@name='line_ids']")
        cards = {node.get("name"): node for node in rows.findall("kanban//field")}
        for node in rows.findall("list/field"):
            if node.get("force_save"):
                self.assertTrue(cards[node.get("name")].get("force_save"), node.attrib)
        self.assertTrue(cards["use_id"].get("invisible"))
        for node in rows.findall(".//field[@name='is_all']"):
            self.assertIn("'autosave': false", node.get("options"))

    def test_nothing_counted(self):
        self._stock_up(self.part, 5)
        use = self._open(self._repair((self.part, 2))).save()
        with self.assertRaisesRegex(UserError, "Scan or tick"):
            use.action_confirm()

    def test_unknown_code(self):
        self._stock_up(self.part, 5)
        form = self._open(self._repair((self.part, 2)))
        with self.assertLogs("odoo.tests.form.onchange", "WARNING"):
            self._scan(form, "0000")
        self.assertFalse(form.scanned)

    def test_only_during_the_repair(self):
        self._stock_up(self.part, 2)
        sheet = self._accept((self.part, 1)).with_user(self.technician)
        with self.assertRaisesRegex(UserError, "Start its repair first"):
            sheet.action_use_parts()
        with self.assertRaisesRegex(UserError, "Start its repair first"):
            sheet.line_ids.action_use()

    def test_another_serial_number(self):
        """The number in the hand counts, not the one that was reserved."""
        camera = self._create_part("Camera", tracking="serial")
        self._lots(camera, "SN1", "SN2")
        sheet = self._repair((camera, 1))
        self.assertEqual(
            sheet.line_ids.action_use()["res_model"], "workmanager.parts.use"
        )
        form = self._open(sheet)
        self.assertEqual(form.line_ids.edit(0).lot_id.name, "SN1")
        self._scan(form, "SN2")
        form.save().action_confirm()
        move = self._moves(sheet.sudo())
        self.assertEqual(move.state, "done")
        self.assertEqual(move.move_line_ids.lot_id.name, "SN2")
        self.assertEqual(self._quantities(camera), (1, 0))

    def test_serial_number_of_another_sheet(self):
        camera = self._create_part("Camera", tracking="serial")
        self._lots(camera, "SN1", "SN2")
        other = self._accept((camera, 1))
        sheet = self._repair((camera, 1))
        form = self._open(sheet)
        self._scan(form, "SN1")
        with self.assertRaisesRegex(UserError, "SN1 of “Camera” is not free"):
            form.save().action_confirm()
        self.assertEqual(other.parts_state, "available")

    def test_lots_of_one_line(self):
        camera = self._create_part("Camera", tracking="serial")
        self._lots(camera, "SN1", "SN2", "SN3")
        sheet = self._repair((camera, 3))
        form = self._open(sheet)
        self._scan(form, "SN3", "SN1")
        form.save().action_confirm()
        used = self._moves(sheet.sudo()).filtered(lambda m: m.state == "done")
        self.assertEqual(set(used.lot_ids.mapped("name")), {"SN1", "SN3"})
        self.assertEqual(self._quantities(camera), (1, 1))
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(camera), (1, 0))

    def test_lot_of_another_product(self):
        camera = self._create_part("Camera", tracking="serial")
        gel = self._create_part("Gel", tracking="lot")
        self._lots(camera, "SN1")
        lot = self._lots(gel, "G1")
        sheet = self._repair((camera, 1))
        use = self._open(sheet).save()
        use.line_ids.write({"lot_id": lot.id, "quantity": 1})
        with self.assertRaisesRegex(UserError, "G1 is of Gel"):
            use.action_confirm()

    def test_more_asks_for_a_quotation(self):
        self._stock_up(self.part, 5)
        sheet = self._repair((self.part, 1))
        form = self._open(sheet)
        self._scan(form, "5941234567899", "5941234567899", "5941234567899")
        self.assertTrue(form.has_excess)
        action = form.save().action_confirm()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(self._quantities(), (4, 0), "what was accepted is used")
        extra = sheet.line_ids.filtered(lambda line: not line.is_accepted)
        self.assertEqual((extra.product_id, extra.quantity), (self.part, 2))
        self.assertEqual(sheet.activity_ids.user_id, self.reception)
        sheet.action_create_quotation()
        sheet.with_user(self.reception).sudo().sale_order_ids.filtered(
            lambda order: order.state == "draft"
        ).action_confirm()
        self.assertEqual(self._quantities(), (4, 2))
        extra.action_use()
        self.assertEqual(self._quantities(), (2, 0))

    def test_more_by_a_manager(self):
        self._stock_up(self.part, 5)
        sheet = self._repair((self.part, 1))
        form = self._open(sheet)
        self._scan(form, "5941234567899", "5941234567899")
        form.excess_policy = "own_cost"
        use = form.save()
        with self.assertRaisesRegex(AccessError, "only a manager"):
            use.action_confirm()
        sheet = sheet.with_user(self.manager)
        form = self._open(sheet)
        self._scan(form, "5941234567899", "5941234567899")
        form.excess_policy = "own_cost"
        form.save().action_confirm()
        self.assertEqual(self._quantities(), (3, 0))
        extra = sheet.line_ids[-1]
        self.assertEqual(extra.coverage, "goodwill")
        self.assertEqual((extra.quantity_used, extra.price_subtotal), (1, 0))
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(), (3, 0))

    def test_part_that_was_not_planned(self):
        glue = self._create_part("Glue", default_code="GLUE")
        self._stock_up(glue, 2)
        self._stock_up(self.part, 1)
        sheet = self._repair((self.part, 1))
        form = self._open(sheet)
        self._scan(form, "GLUE")
        self.assertTrue(form.has_excess)
        form.save().action_confirm()
        self.assertEqual(self._quantities(glue), (2, 0))
        self.assertEqual(sheet.line_ids[-1].product_id, glue)
        self.assertFalse(sheet.line_ids[-1].is_accepted)

    def test_exchange(self):
        """Another part at the accepted price; the planned one goes back."""
        better = self._create_part("Better Battery", list_price=150, barcode="BETTER")
        self._stock_up(better, 1)
        self._stock_up(self.part, 2)
        sheet = self._repair((self.part, 2))
        total = sheet.amount_total
        planned = sheet.line_ids
        form = self._open(sheet)
        self._scan(form, "BETTER")
        with form.line_ids.edit(1) as row:
            row.replaces_id = planned
        self.assertFalse(form.has_excess)
        form.save().action_confirm()
        self.assertEqual(self._quantities(better), (0, 0))
        self.assertEqual(self._quantities(), (2, 1))
        other = sheet.line_ids - planned
        self.assertEqual((planned.quantity, other.quantity), (1, 1))
        self.assertEqual((other.quantity_used, other.price_unit), (1, 100))
        self.assertEqual(sheet.amount_total, total)
        self.assertFalse(sheet._has_open_decision())
        planned.action_use()
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(), (1, 0))

    def test_exchange_in_another_unit(self):
        """A dozen of screws in exchange for single ones: money and stock agree."""
        dozen = self.env.ref("uom.product_uom_dozen")
        screws = self._create_part("Screws", barcode="SCREWS", uom_id=dozen.id)
        self._stock_up(screws, 2)
        self._stock_up(self.part, 30)
        sheet = self._repair((self.part, 18))
        planned, total = sheet.line_ids, sheet.amount_total
        form = self._open(sheet)
        self._scan(form, "SCREWS", "SCREWS")
        with form.line_ids.edit(1) as row:
            row.replaces_id = planned
        with self.assertRaisesRegex(UserError, "only 18 Units of"):
            form.save().action_confirm()
        form = self._open(sheet)
        self._scan(form, "SCREWS")
        with form.line_ids.edit(1) as row:
            row.replaces_id = planned
        form.save().action_confirm()
        other = sheet.line_ids - planned
        self.assertEqual((planned.quantity, other.quantity), (6, 1))
        self.assertEqual((other.product_uom_id, other.price_unit), (dozen, 1200))
        self.assertAlmostEqual(sheet.amount_total, total)
        self.assertEqual(self._quantities(), (30, 6))

    def test_exchange_of_what_is_ordered(self):
        """The draft purchase of the planned part is not needed any more."""
        other = self._create_part("Other", barcode="OTHER")
        self._stock_up(other, 1)
        sheet = self._repair((self.part, 1))
        self.assertEqual(self._purchase_lines().product_qty, 1)
        form = self._open(sheet)
        self._scan(form, "OTHER")
        with form.line_ids.edit(1) as row:
            row.replaces_id = sheet.line_ids
        form.save().action_confirm()
        self.assertFalse(self._purchase_lines())
        self.assertEqual(self._quantities(other), (0, 0))
        sheet.action_finish_repair()

    def test_put_back(self):
        self._stock_up(self.part, 3)
        sheet = self._repair((self.part, 2))
        sheet.line_ids.action_use()
        self.assertEqual(self._quantities(), (1, 0))
        use = self._open(sheet).save()
        use.line_ids.quantity = -1
        use.action_confirm()
        self.assertEqual(self._quantities(), (2, 1))
        self.assertEqual(sheet.line_ids.quantity_used, 1)
        self.assertEqual(sheet.line_ids.quantity_done, 1)
        use = self._open(sheet).save()
        use.line_ids.quantity = -2
        with self.assertRaisesRegex(UserError, "only 1 of"):
            use.action_confirm()
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(), (2, 0))
        self.assertEqual(sheet.line_ids.sudo().sale_line_id.qty_delivered, 1)

    def test_free_stock_before_the_purchase(self):
        """What came another way is used; the draft order keeps the rest."""
        sheet = self._repair((self.part, 3))
        self._stock_up(self.part, 2)
        use = self._open(sheet).save()
        use.line_ids.quantity = 2
        use.action_confirm()
        self.assertEqual(self._quantities(), (0, 0))
        self.assertEqual(self._purchase_lines().product_qty, 1)
        order = self._purchase_lines().order_id
        order.button_confirm()
        self._receive(order)
        self.assertEqual(self._quantities(), (1, 1))
        self.assertEqual(sheet.parts_state, "available")
        sheet.line_ids.action_use()
        self.assertEqual(self._quantities(), (0, 0))

    def test_more_than_there_is(self):
        self._stock_up(self.part, 1)
        sheet = self._repair((self.part, 3))
        use = self._open(sheet).save()
        use.line_ids.quantity = 2
        with self.assertRaisesRegex(UserError, "in stock"):
            use.action_confirm()

    def test_other_unit(self):
        self._stock_up(self.part, 24)
        sheet = self._create_sheet((self.part, 1))
        sheet.line_ids.product_uom_id = self.env.ref("uom.product_uom_dozen")
        sheet.action_create_quotation()
        sheet.action_accept_quotation()
        sheet.action_start_repair()
        use = self._open(sheet.with_user(self.technician)).save()
        use.line_ids.quantity = 0.5
        use.action_confirm()
        self.assertEqual(self._quantities(), (18, 6))
        sheet.line_ids.action_use()
        self.assertEqual(self._quantities(), (12, 0))

    def _repair_with_internal_part(self, quantity):
        sheet = self._create_sheet((self.part, quantity), (self.work, 1))
        sheet.line_ids[0].is_internal = True
        sheet.action_create_quotation()
        sheet.action_accept_quotation()
        sheet.with_user(self.technician).action_start_repair()
        return sheet.with_user(self.technician)

    def test_exchange_of_an_internal_part(self):
        """What the customer does not see stays out of their sight."""
        other = self._create_part("Other Screw", barcode="OTHER-SCREW")
        self._stock_up(other, 1)
        sheet = self._repair_with_internal_part(1)
        planned = sheet.line_ids[0]
        form = self._open(sheet)
        self._scan(form, "OTHER-SCREW")
        with form.line_ids.edit(1) as row:
            row.replaces_id = planned
        form.save().action_confirm()
        line = sheet.line_ids.filtered(lambda line: line.product_id == other)
        self.assertTrue(line.is_internal)
        self.assertTrue(line.sudo().sale_line_id.is_internal)
        self.assertEqual(line.price_unit, 0)

    def test_more_of_an_internal_part(self):
        """Nobody is asked about what nobody pays."""
        self._stock_up(self.part, 5)
        sheet = self._repair_with_internal_part(1)
        form = self._open(sheet)
        self._scan(form, "5941234567899", "5941234567899")
        form.save().action_confirm()
        extra = sheet.line_ids.filtered(
            lambda line: line.product_id == self.part and not line.is_accepted
        )
        self.assertTrue(extra.is_internal)
        total = sheet.amount_total
        sheet.action_create_quotation()
        self.assertTrue(extra.is_accepted)
        self.assertEqual(sheet.amount_total, total)
        sheet.action_finish_repair()
        self.assertEqual(self._quantities(), (3, 0))

    def test_given_up_after_some_parts_were_used(self):
        for method in ("action_cancel", "action_mark_unrepairable"):
            with self.subTest(method=method):
                before = self._quantities()[0]
                self._stock_up(self.part, 3)
                sheet = self._repair((self.part, 3), (self.work, 1))
                form = self._open(sheet)
                self._scan(form, "5941234567899")
                form.save().action_confirm()
                getattr(sheet.with_user(self.manager), method)()
                self.assertEqual(self._quantities(), (before + 2, 0))
                self.assertFalse(sheet.sudo().is_to_invoice)

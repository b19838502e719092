from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import PartsCase


class InHandCase(PartsCase):
    """A shop whose stock has lots, packages, owners and shelves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gas = cls._create_part("Gas", tracking="lot")
        cls.lots = cls.env["stock.lot"].create(
            [{"name": name, "product_id": cls.gas.id} for name in ("G1", "G2")]
        )
        cls.owner = cls.env["res.partner"].create({"name": "Consignor"})
        cls.package = cls.env["stock.package"].create({"name": "Crate"})
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Shelf", "location_id": cls.stock.id}
        )

    def _put(self, product, quantity, location=None, **values):
        self.env["stock.quant"]._update_available_quantity(
            product, location or self.stock, quantity, **values
        )

    def _quants(self, product):
        """Return {(place, lot, package, owner): quantity} of what is in stock."""
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id.usage", "=", "internal")]
        )
        return {
            (q.location_id, q.lot_id, q.package_id, q.owner_id): q.quantity
            for q in quants
            if q.quantity
        }

    def _repair(self, *parts):
        sheet = self._accept(*parts)
        sheet.with_user(self.technician).action_start_repair()
        return sheet.with_user(self.technician)

    def _use(self, sheet, quantity, lot=None):
        self.env.invalidate_all()
        use = Form(
            self.env["workmanager.parts.use"]
            .with_user(self.technician)
            .with_context(default_sheet_id=sheet.id)
        )
        with use.line_ids.edit(0) as row:
            row.quantity = quantity
            if lot:
                row.lot_id = lot
        return use.save()


@tagged("post_install", "-at_install")
class TestInHand(InHandCase):
    """The piece that the technician has in hand is the piece that is booked."""

    def _use_and_put_back(self, **values):
        """Use two of the second lot, kept as ``values`` say, and put one back."""
        first, second = self.lots
        self._put(self.gas, 5, lot_id=first)
        self._put(self.gas, 5, lot_id=second, **values)
        before = self._quants(self.gas)
        sheet = self._repair((self.gas, 2))
        self._use(sheet, 2, second).action_confirm()
        [key] = [key for key in before if key[1] == second]
        self.assertEqual(self._quants(self.gas), {**before, key: 3})
        self._use(sheet, -1, second).action_confirm()
        self.assertEqual(self._quants(self.gas), {**before, key: 4})
        self.assertEqual(sheet.line_ids.quantity_done, 1)

    def test_lot_in_a_package(self):
        self._use_and_put_back(package_id=self.package)

    def test_lot_of_an_owner(self):
        self._use_and_put_back(owner_id=self.owner)

    def test_lot_on_a_shelf(self):
        self._use_and_put_back(location=self.shelf)

    def test_part_without_lot(self):
        """Two owners, a package and a shelf: each piece goes back where it was."""
        self._put(self.part, 1, owner_id=self.owner)
        self._put(self.part, 1, package_id=self.package)
        self._put(self.part, 1, location=self.shelf)
        before = self._quants(self.part)
        sheet = self._repair((self.part, 3))
        self.env.invalidate_all()
        sheet.line_ids.action_use()
        self.assertFalse(self._quants(self.part))
        for _again in range(3):
            self._use(sheet, -1).action_confirm()
        self.assertEqual(self._quants(self.part), before)

    def test_more_of_a_lot_than_is_free(self):
        first, second = self.lots
        self._put(self.gas, 5, lot_id=first)
        self._put(self.gas, 1, lot_id=second, package_id=self.package)
        sheet = self._repair((self.gas, 2))
        with self.assertRaisesRegex(UserError, "is not free"):
            self._use(sheet, 2, second).action_confirm()

    def test_grams_of_a_kilo(self):
        """333 g are the 0.33 kg that stock can tell."""
        self.part.uom_id = self.env.ref("uom.product_uom_kgm")
        self._put(self.part, 10)
        sheet = self._create_sheet((self.part, 333))
        sheet.line_ids.product_uom_id = self.env.ref("uom.product_uom_gram")
        sheet.action_create_quotation()
        sheet.action_accept_quotation()
        self.assertEqual(sheet.parts_state, "available")
        self.assertEqual(sheet.line_ids.quantity_missing, 0)
        sheet.with_user(self.technician).action_start_repair()
        self._use(sheet, 333).action_confirm()
        self.assertEqual(sheet.line_ids.quantity_done, 333)
        sheet.with_user(self.technician).action_finish_repair()
        self.assertAlmostEqual(self._quantities()[0], 9.67)


@tagged("post_install", "-at_install")
class TestExpired(InHandCase):
    """Lots that expire, where Odoo's Expiration Dates is installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "use_expiration_date" not in cls.gas._fields:
            cls.skipTest(cls, "Expiration Dates is not installed")
        cls.gas.use_expiration_date = True
        cls.old, cls.fresh = cls.lots
        cls.old.expiration_date = "2020-01-01"

    def test_fresh_one_is_taken(self):
        self._put(self.gas, 2, lot_id=self.old)
        sheet = self._repair((self.gas, 1))
        self.assertEqual(sheet.parts_state, "to_confirm", "there is none that is fresh")
        self._put(self.gas, 2, lot_id=self.fresh)
        sheet.action_finish_repair()
        done = self._moves(sheet.sudo()).filtered(lambda move: move.state == "done")
        self.assertEqual(done.move_line_ids.lot_id, self.fresh)

    def test_expired_one_is_asked_about(self):
        self._put(self.gas, 2, lot_id=self.old)
        self._put(self.gas, 2, lot_id=self.fresh)
        sheet = self._repair((self.gas, 1))
        use = self._use(sheet, 1, self.old)
        self.assertEqual(use.expired_lots, self.old.name)
        self.assertEqual(use.action_confirm()["res_id"], use.id)
        self.assertEqual(sheet.line_ids.quantity_used, 0)
        use.use_expired = True
        use.action_confirm()
        self.assertEqual(sheet.line_ids.quantity_used, 1)
        self.assertEqual(self._moves(sheet.sudo()).lot_ids, self.old)

    def test_expired_since_it_was_reserved(self):
        self._put(self.gas, 2, lot_id=self.fresh)
        sheet = self._repair((self.gas, 1))
        self.fresh.expiration_date = "2020-01-01"
        with self.assertRaisesRegex(UserError, "has expired"):
            sheet.action_finish_repair()

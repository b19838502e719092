from datetime import datetime

from odoo.tests import tagged

from ..formats import format_moment, format_number, format_quantity
from .empty_cache import EmptyCacheCase


@tagged("post_install", "-at_install")
class TestFormats(EmptyCacheCase):
    """Numbers, dates and times as a Romanian and an English reader write them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ro_RO")
        cls.english, cls.romanian = (
            cls.env(context={"lang": lang, "tz": "Europe/Bucharest"})
            for lang in ("en_US", "ro_RO")
        )

    def _set_precision(self, digits):
        precision = self.env.ref("uom.decimal_product_uom")
        precision.digits = digits

    def test_quantities(self):
        self._set_precision(3)
        for value, english, romanian in (
            (12345.678, "12,345.678", "12.345,678"),
            (0.5, "0.5", "0,5"),
            (3.0, "3", "3"),
            (100.0, "100", "100"),
            (0.0, "0", "0"),
            (-0.0001, "0", "0"),
            (-1.25, "-1.25", "-1,25"),
        ):
            with self.subTest(value):
                self.assertEqual(format_quantity(self.english, value), english)
                self.assertEqual(format_quantity(self.romanian, value), romanian)

    def test_quantity_is_as_precise_as_the_database(self):
        for digits, text in ((0, "12,346"), (2, "12,345.68"), (5, "12,345.678")):
            with self.subTest(digits):
                self._set_precision(digits)
                self.assertEqual(format_quantity(self.english, 12345.678), text)
        self._set_precision(0)
        self.assertEqual(format_quantity(self.english, 100.0), "100")

    def test_quantity_with_its_unit(self):
        unit = self.env["uom.uom"].create({"name": "metres"})
        unit.with_context(lang="ro_RO").name = "metri"
        for env, text in ((self.english, "2.5 metres"), (self.romanian, "2,5 metri")):
            self.assertEqual(format_quantity(env, 2.5, unit.with_env(env)), text)

    def test_numbers(self):
        self.assertEqual(format_number(self.romanian, 9.125, digits=3), "9,125")
        self.assertEqual(format_number(self.romanian, 9.1, digits=3), "9,1")

    def test_moments(self):
        moment = datetime(2026, 11, 9, 12, 22, 31)
        english = format_moment(self.english, moment)
        self.assertRegex(english, r"^11/09/2026 2:22\sPM$")
        self.assertEqual(format_moment(self.romanian, moment), "09.11.2026 14:22")
        self.assertEqual(format_moment(self.romanian, False), "")

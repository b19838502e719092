from odoo.tests import tagged

from odoo.addons.workmanager_service.joined import fetch_joined

from .common import ServiceCommon

PATHS = [
    "user.partner_id",
    "sheet.accessory_ids",
    "sheet.evaluation_ids",
    "sheet.line_ids",
    "sheet.line_ids.product_id",
    "sheet.line_ids.sale_line_id",
]


@tagged("post_install", "-at_install")
class TestJoined(ServiceCommon):
    """What is read in one query is what the ORM would have read in many."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        accessories = cls.env["workmanager.accessory"].create(
            [{"name": "Charger"}, {"name": "Bag"}]
        )
        cls.sheets = cls._quote(cls._create_sheet(accessory_ids=accessories.ids))
        cls.sheets |= cls._create_sheet(equipment_id=cls._create_equipment("JO-1").id)
        cls.sheets = cls.sheets.with_env(cls.env)

    def _fetch(self, lock=False):
        self.env.flush_all()
        self.env.invalidate_all()
        fetch_joined({"sheet": self.sheets, "user": self.env.user}, PATHS, lock)

    def _read(self):
        """Return all that the paths lead to."""
        lines = self.sheets.line_ids
        names = ["name", "quantity", "sale_line_id", "product_id", "coverage"]
        return [
            self.env.user.partner_id.email,
            [(sheet.name, sheet.line_ids.ids) for sheet in self.sheets],
            [sheet.evaluation_ids.ids for sheet in self.sheets],
            [sorted(sheet.accessory_ids.mapped("name")) for sheet in self.sheets],
            [[line[name] for name in names] for line in lines],
            lines.product_id.mapped("active"),
            lines.sale_line_id.mapped("price_unit"),
        ]

    def test_one_query_for_the_same_values(self):
        self.env.flush_all()
        self.env.invalidate_all()
        expected = self._read()
        for lock in (False, True):
            with self.subTest(lock=lock):
                with self.assertQueryCount(1):
                    self._fetch(lock)
                before = self.env.cr.sql_log_count
                self.sheets.mapped("line_ids.product_id.product_tmpl_id")
                self.sheets.mapped("evaluation_ids.state")
                self.sheets.mapped("line_ids.sale_line_id.price_unit")
                self.assertEqual(self.env.cr.sql_log_count, before)
                self.assertEqual(self._read(), expected)

    def test_what_waits_to_be_written_stays(self):
        self.env.invalidate_all()
        line = self.sheets.line_ids[0]
        line.name, self.sheets[1].location = "Changed", "Shelf 4"
        fetch_joined({"sheet": self.sheets}, ["sheet.line_ids"])
        self.assertEqual(line.name, "Changed")
        self.assertEqual(self.sheets[1].location, "Shelf 4")

    def test_a_new_line_is_among_the_lines(self):
        self.env.invalidate_all()
        line = self.sheets.line_ids.create(
            {"sheet_id": self.sheets[1].id, "product_id": self.work.id}
        )
        fetch_joined({"sheet": self.sheets}, ["sheet.line_ids"])
        self.assertIn(line, self.sheets[1].line_ids)

    def test_nothing_to_read(self):
        with self.assertQueryCount(0):
            fetch_joined({"sheet": self.sheets.browse()}, ["sheet.line_ids"])

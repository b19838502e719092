from odoo.tests import tagged

from .queries_common import QueriesCommon


@tagged("post_install", "-at_install")
class TestLookup(QueriesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "stefan@example.com"
        cls.sheet = cls._create_sheet()

    def _lookup(self, text):
        return self.env["workmanager.equipment"].with_user(self.reception).lookup(text)

    def _found(self, text):
        return [row["id"] for row in self._lookup(text)["equipment"]]

    def test_everything_at_hand_finds_the_equipment(self):
        for text in (
            self.equipment.ref,
            self.equipment.ref.lower(),
            "PF-3K 9081",
            "pf3k9081",
            "k9081",
            "+40 721 000 111",
            "0721.000.111",
            "Ștefan Țăranu",
            "țăranu ștefan",
            "țăranu",
            "stefan@example.com",
            self.sheet.name,
            self.sheet.tracking_code,
            f"https://service.example.com/s/{self.sheet.tracking_code}?x=1",
        ):
            with self.subTest(text=text):
                self.assertEqual(self._found(text), self.equipment.ids)

    def test_search_box_of_the_sheets_finds_number_customer_serial_and_phone(self):
        other = self.env["res.partner"].create({"name": "Ana Pop"})
        foreign = self._create_equipment("ZZ-77")
        foreign.partner_id = other
        self._create_sheet(equipment_id=foreign.id)
        sheets = self.env["workmanager.sheet"].with_user(self.technician)
        for text in (
            self.sheet.name,
            "3k 9081",
            "Ștefan Țăranu",
            "țăranu ștef",
            "+40 721 000 111",
            "0721.000.111",
            "stefan@example.com",
        ):
            with self.subTest(text=text):
                found = sheets.search([("search_text", "ilike", text)])
                self.assertEqual(found, self.sheet)
        self.assertFalse(sheets.search([("search_text", "ilike", "Ana Țăranu")]))
        self.assertIn(
            self.sheet, sheets.search([("search_text", "not ilike", "Ana Pop")])
        )

    def test_invoice_finds_the_equipment_without_invoicing_rights(self):
        sheet = self._repair(self.sheet)
        sheet.with_user(self.reception).action_create_invoice()
        invoice = sheet.with_user(self.reception).invoice_ids
        invoice.action_post()
        lookup = self.env["workmanager.equipment"].with_user(self.technician).lookup
        rows = lookup(invoice.name)["equipment"]
        self.assertEqual([row["id"] for row in rows], self.equipment.ids)

    def test_exact_match_is_marked_and_first(self):
        longer = self._create_equipment("PF-3K 9081 77")
        rows = self._lookup("pf3k9081")["equipment"]
        self.assertEqual(
            [(row["id"], row["exact"]) for row in rows],
            [(self.equipment.id, True), (longer.id, False)],
        )

    def test_row_tells_what_reception_must_know(self):
        [row] = self._lookup("pf3k9081")["equipment"]
        self.assertEqual(row["customer"], "Ștefan Țăranu")
        self.assertEqual(row["open_sheet"], self.sheet.name)
        self.assertEqual(row["sheet_count"], 1)

    def test_customer_without_equipment_is_found(self):
        new = self.env["res.partner"].create(
            {"name": "Ioana Nouă", "phone": "0722 333 444"}
        )
        for text in ("Ioana No", "0722333444", "333 444"):
            with self.subTest(text=text):
                rows = self._lookup(text)["customers"]
                self.assertEqual([row["id"] for row in rows], new.ids)

    def test_any_field_for_equipment_finds_it_however_the_serial_is_typed(self):
        equipment = self.env["workmanager.equipment"].with_user(self.reception)
        for text in ("pf3k9", "PF-3K 9", self.equipment.ref, "Țăranu"):
            with self.subTest(text=text):
                found = [row[0] for row in equipment.name_search(text)]
                self.assertEqual(found, self.equipment.ids)

    def test_number_finds_what_has_it(self):
        """A spreadsheet or another program sends digits as a number."""
        numbered = self._create_equipment("4407715")
        self.assertEqual(self._found(4407715), numbered.ids)

    def test_unknown_or_short_text_finds_nothing(self):
        for text in ("", " ", "x", "no-such-serial-0000", "<script>", "%", "_____"):
            with self.subTest(text=text):
                self.assertEqual(self._lookup(text), {"equipment": [], "customers": []})

    def test_other_company_finds_nothing(self):
        other = self.env["res.company"].create({"name": "Other shop"})
        self.reception.write({"company_ids": other.ids, "company_id": other.id})
        lookup = self.env["workmanager.equipment"].with_user(self.reception).lookup
        rows = lookup("pf3k9081")
        self.assertEqual(rows, {"equipment": [], "customers": []})

    def test_same_queries_where_there_is_more(self):
        texts = ("pf3k9081", "0721 000 111", "Țăranu", self.sheet.name)
        few = [
            self._count_again(lambda text=text: self._lookup(text)) for text in texts
        ]
        for number in range(5):
            equipment = self._create_equipment(f"PF-3K 9081 {number}")
            self._create_sheet(equipment_id=equipment.id)
        for text, count in zip(texts, few, strict=True):
            with self.subTest(text=text):
                self.assertLessEqual(
                    self._count_again(lambda text=text: self._lookup(text)), count
                )

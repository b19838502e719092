import json

from odoo.tests import tagged

from .reading_common import ReadingCommon

# What the web client may cost with nothing in the ORM's cache.
FORM, LIST, BOARD = 22, 14, 13


@tagged("post_install", "-at_install")
class TestReading(ReadingCommon):
    """The screens ask the database for little, however much there is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sheets = cls._create_sheet()
        for number in range(3):
            equipment = cls._create_equipment(f"READ-{number}")
            cls.sheets |= cls._approve(cls._create_sheet(equipment_id=equipment.id))

    def _count(self, call):
        """Return the queries of a call, once the worker's caches are warm."""
        for _turn in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            call()
        return self.env.cr.sql_log_count - before

    def test_form(self):
        specification = self._get_specification("form")
        sheets = self.env["workmanager.sheet"].with_user(self.manager)
        evaluated = self._evaluate(self._create_sheet())
        repaired = self._repair(self._create_sheet())
        for sheet in self.sheets[:2] | evaluated | repaired:
            alone = sheets.browse(sheet.id)
            with self.subTest(state=sheet.state):
                count = self._count(lambda sheet=alone: sheet.web_read(specification))
                self.assertLessEqual(count, FORM)

    def test_form_sends_nothing_of_other_equipment(self):
        specification = self._get_specification("form")
        sheet = self.sheets[1].with_user(self.manager)
        before = json.dumps(sheet.web_read(specification), default=str)
        for number in range(30):
            self._create_equipment(f"MORE-{number}")
        self.env.invalidate_all()
        after = json.dumps(sheet.web_read(specification), default=str)
        self.assertEqual(after, before)

    def test_form_tells_of_an_empty_list_that_is_filled(self):
        sheet = self.sheets[0].with_user(self.technician)
        specification = {
            name: {}
            for name in ("photo_ids", "line_ids", "claimed_fault_ids", "accessory_ids")
        }
        self.assertEqual(sheet.web_read(specification)[0]["claimed_fault_ids"], [])
        sheet.claimed_fault_ids = self.fault
        self.env.invalidate_all()
        [values] = sheet.web_read(specification)
        self.assertEqual(values["claimed_fault_ids"], self.fault.ids)

    def test_list(self):
        specification = self._get_specification("list")
        sheets = self.env["workmanager.sheet"].with_user(self.manager)
        count = self._count(lambda: sheets.web_search_read([], specification, limit=80))
        self.assertLessEqual(count, LIST)

    def test_board(self):
        specification = self._get_specification("kanban")
        sheets = self.env["workmanager.sheet"].with_user(self.manager)
        count = self._count(
            lambda: sheets.web_read_group(
                [("state", "not in", ("delivered", "cancelled"))],
                ["stage_id"],
                auto_unfold=True,
                unfold_read_specification=specification,
            )
        )
        self.assertLessEqual(count, BOARD)

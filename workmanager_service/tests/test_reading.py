import json

from odoo.tests import tagged

from ..models.service.states import SHEET_STATES
from .queries_common import QueriesCommon
from .reading_common import ReadingCommon


@tagged("post_install", "-at_install")
class TestReading(ReadingCommon, QueriesCommon):
    """The screens ask the database for about what Odoo's own ask, and for no more
    where there is more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.group_ids += cls.env.ref("sales_team.group_sale_manager")
        cls.sheets = cls._create_sheet()
        for number in range(3):
            equipment = cls._create_equipment(f"READ-{number}")
            cls.sheets |= cls._approve(cls._create_sheet(equipment_id=equipment.id))

    def _get_models(self):
        """Return our sheets and Odoo's own orders, as the manager reads them."""
        models = ("workmanager.sheet", "sale.order")
        return [self.env[model].with_user(self.manager) for model in models]

    def test_form(self):
        sheets, orders = self._get_models()
        evaluated = self._evaluate(self._create_sheet())
        repaired = self._repair(self._create_sheet())
        confirmed = orders.browse(repaired.sudo().sale_order_ids[:1].id)
        odoos = dict.fromkeys(dict(SHEET_STATES), self._count_form(confirmed))
        # The lines that are on no order yet are priced while they are read.
        odoos["evaluation"] += self._count_proposal(confirmed.copy())
        for sheet in self.sheets[:2] | evaluated | repaired:
            with self.subTest(state=sheet.state):
                count = self._count_form(sheets.browse(sheet.id))
                self.assertNotMuchMore(count, odoos[sheet.state])

    def _count_form(self, record):
        specification = self._get_specification("form", records=record)
        return self._count_again(lambda: record.web_read(specification))

    def _count_proposal(self, order):
        """Return the queries of a price that an order proposes."""
        values = {"order_id": order.id, "product_id": self.work.id}
        return self._count_again(lambda: order.order_line.new(values).price_unit)

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
        count, odoos = (
            self._count_again(
                lambda model=model: model.web_search_read(
                    [], self._get_specification("list", records=model), limit=80
                )
            )
            for model in self._get_models()
        )
        self.assertNotMuchMore(count, odoos)

    def test_board(self):
        """A column costs as many queries as one of Odoo's."""
        fields = ("stage_id", "state")
        self.assertNotMuchMore(*map(self._count_column, self._get_models(), fields))

    def _count_column(self, model, field):
        """Return the queries of a board of ``model`` by its number of columns."""
        specification = self._get_specification("kanban", records=model)

        def read():
            return model.web_read_group(
                [], [field], auto_unfold=True, unfold_read_specification=specification
            )

        return self._count_again(read) / len(read()["groups"])

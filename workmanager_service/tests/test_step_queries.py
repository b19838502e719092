from odoo import Command
from odoo.tests import new_test_user, tagged

from .queries_common import QueriesCommon

GROUPS = (
    "workmanager_service.group_manager,sales_team.group_sale_manager,"
    "account.group_account_manager"
)
# What of a sale order's own life does the same as each step. Each but the first and the
# last moves the sheet too, as a confirmation moves an order.
ODOOS = {
    "create": ["create"],
    "start_evaluation": ["confirm"],
    "complete_evaluation": ["confirm"],
    "create_quotation": ["create", "confirm"],
    "accept_quotation": ["confirm", "confirm"],
    "start_repair": ["confirm"],
    "finish_repair": ["confirm", "confirm"],
    "create_invoice": ["invoice"],
}


@tagged("post_install", "-at_install")
class TestStepQueries(QueriesCommon):
    """Each step takes about what Odoo's own takes, and touches nothing that stays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        user = new_test_user(cls.env, "wm_queries", groups=GROUPS)
        # As on a server, where changes are tracked.
        cls.shop = cls.env(user=user, context={"lang": "en_US", "tz": "UTC"})
        cls.simple = cls.env["workmanager.equipment.type"].create({"name": "Toaster"})

    def _do_job(self):
        """Return what each step of a job took."""
        equipment = self.env["workmanager.equipment"].create(
            {"equipment_type_id": self.simple.id, "partner_id": self.customer.id}
        )
        values = {
            "equipment_id": equipment.id,
            "user_id": self.shop.uid,
            "is_customer_notified": False,
            "line_ids": [
                Command.create({"product_id": work.id})
                for work in (self.work, self.diagnosis)
            ],
        }
        sheets = self.shop["workmanager.sheet"]
        counts = {"create": self._count(lambda: sheets.create(values))}
        sheet = sheets.search([], order="id desc", limit=1)
        for step in list(ODOOS)[1:]:
            counts[step] = self._count(getattr(sheet, f"action_{step}"))
        self.assertEqual(sheet.state, "ready")
        self.assertEqual(len(sheet.invoice_ids), 1)
        return counts

    def _do_order(self):
        """Return what each step of a sale order took."""
        orders = self.shop["sale.order"]
        counts = {"create": self._count(lambda: orders.create(self._prepare_order()))}
        order = orders.search([], order="id desc", limit=1)
        counts["confirm"] = self._count(order.action_confirm)
        counts["invoice"] = self._count(order._create_invoices)
        return counts

    def test_one_sheet(self):
        for _warm in (True, False):
            odoos, counts = self._do_order(), self._do_job()
        for step, count in counts.items():
            with self.subTest(step=step):
                same = sum(odoos[name] for name in ODOOS[step])
                self.assertNotMuchMore(count, same)

    def test_start_leaves_the_order_alone(self):
        """Nothing of what is billed changes before the work is over."""
        self._do_job()
        sheet = self._approve(self._create_sheet())
        order = sheet.sudo().sale_order_ids
        self.env.flush_all()
        sheet.action_start_repair()
        self.assertFalse(any(order.order_line.mapped("qty_to_invoice")))

    def test_done_on_a_finished_sheet_is_billed(self):
        sheet = self._repair(self._create_sheet())
        line = sheet.sudo().line_ids.filtered(lambda line: line.quantity_done)[0]
        to_invoice = line.sale_line_id.qty_to_invoice
        self.assertEqual(to_invoice, line.quantity_done)
        line.quantity_done = to_invoice / 2
        self.env.flush_all()
        self.assertEqual(line.sale_line_id.qty_to_invoice, to_invoice / 2)

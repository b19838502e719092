from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import ServiceCommon

GROUPS = (
    "workmanager_service.group_manager,sales_team.group_sale_manager,"
    "account.group_account_manager"
)
# What each step may cost with nothing in the ORM's cache, of two lines of work.
MOST = {
    "create": 32,
    "start_evaluation": 7,
    "complete_evaluation": 12,
    "create_quotation": 37,
    "accept_quotation": 29,
    "start_repair": 7,
    "finish_repair": 25,
    "create_invoice": 83,
}


@tagged("post_install", "-at_install")
class TestStepQueries(ServiceCommon):
    """Each step reads a sheet at once, and touches nothing that stays as it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        user = new_test_user(cls.env, "wm_queries", groups=GROUPS)
        # As on a server, where changes are tracked.
        cls.shop = cls.env(user=user, context={"lang": "en_US", "tz": "UTC"})
        cls.simple = cls.env["workmanager.equipment.type"].create({"name": "Toaster"})

    def _count(self, call):
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        res = call()
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before, res

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
        model, counts = self.shop["workmanager.sheet"], {}
        counts["create"], sheet = self._count(lambda: model.create(values))
        for step in list(MOST)[1:]:
            counts[step], _res = self._count(getattr(sheet, f"action_{step}"))
        self.assertEqual(sheet.state, "ready")
        self.assertEqual(len(sheet.invoice_ids), 1)
        return counts

    def test_one_sheet(self):
        self._do_job()
        for step, count in self._do_job().items():
            with self.subTest(step=step):
                self.assertLessEqual(count, MOST[step])

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

from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from .common import PartsCase

GROUPS = (
    "workmanager_service.group_manager,sales_team.group_sale_manager,"
    "stock.group_stock_manager,purchase.group_purchase_manager"
)
SHEETS = 50
# What each step may cost with nothing in the ORM's cache, of one part that is there and
# one that is ordered.
MOST = {
    "action_create_quotation": 40,
    "action_accept_quotation": 112,
    "button_confirm": 93,
    "button_validate": 124,
    "action_start_repair": 8,
    "action_finish_repair": 70,
}


@tagged("post_install", "-at_install")
class TestQueries(PartsCase):
    """What a sheet's acceptance costs more than a plain order's."""

    def _count(self, confirm):
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        confirm()
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_fifty_at_once(self):
        """At most a third more queries than Odoo's own delivery and buy routes."""
        buy = self.warehouse.buy_pull_id.route_id
        mto = self.env.ref("stock.route_warehouse0_mto")
        mto.active = True
        plain = self._create_part("Plain")
        plain.route_ids = [Command.set((buy | mto).ids)]
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": self.customer.id,
                    "order_line": [
                        Command.create({"product_id": plain.id, "product_uom_qty": 2})
                    ],
                }
                for _i in range(SHEETS)
            ]
        )
        # Both ways half of what is wanted is there.
        self._stock_up(plain, SHEETS)
        self._stock_up(self.part, SHEETS)
        sheets = self.env["workmanager.sheet"].concat(
            *(self._create_sheet((self.part, 2)) for _i in range(SHEETS))
        )
        sheets.action_create_quotation()
        # The first of each fills the caches that both share.
        orders[0].action_confirm()
        sheets[0].action_accept_quotation()
        plain_count = self._count(orders[1:].action_confirm)
        count = self._count(sheets[1:].action_accept_quotation)
        ratio = count / plain_count
        self.assertEqual(set(sheets.mapped("state")), {"approved"})
        self.assertEqual(self._quantities(), (SHEETS, SHEETS))
        self.assertEqual(sum(self._purchase_lines().mapped("product_qty")), SHEETS)
        self.assertLessEqual(
            ratio, 4 / 3, f"{count} queries, where orders take {plain_count}"
        )

    def _do_job(self):
        """Return what each step of one job took."""
        counts = {}

        def count(records, name):
            records = records.browse(records.ids)
            counts[name] = self._count(getattr(records, name))

        sheet = self._create_sheet(
            *((self.there, 1), (self.part, 1), (self.work, 1)),
            received_by_id=self.shop.uid,
            user_id=self.shop.uid,
        )
        sheet = sheet.with_env(self.shop)
        count(sheet, "action_create_quotation")
        count(sheet, "action_accept_quotation")
        purchase = self._purchase_lines().filtered(lambda li: li.state == "draft")
        count(purchase.order_id.with_env(self.shop), "button_confirm")
        receipt = purchase.order_id.picking_ids.with_env(self.shop)
        receipt.move_ids.picked = True
        count(receipt, "button_validate")
        self.assertEqual(sheet.parts_state, "available")
        count(sheet, "action_start_repair")
        count(sheet, "action_finish_repair")
        self.assertEqual(sheet.state, "ready")
        return counts

    def test_one_job(self):
        """Each step reads what it needs at once, and changes nothing twice."""
        user = new_test_user(self.env, "parts_queries", GROUPS)
        self.shop = self.env(user=user, context={"lang": "en_US", "tz": "UTC"})
        self.there = self._create_part("On the shelf")
        self._stock_up(self.there, 10)
        # Odoo writes the dates of moves once more where a second went by.
        with freeze_time(fields.Datetime.now()):
            self._do_job()
            counts = self._do_job()
        for name, count in counts.items():
            with self.subTest(step=name):
                self.assertLessEqual(count, MOST[name])

    def _finish(self):
        """Finish the repair of a sheet, and return how often Odoo searched for what
        moves its part on."""
        sheet = self._accept((self.part, 1), (self.work, 1))
        orders = sheet.sudo().purchase_order_ids
        orders.button_confirm()
        self._receive(orders)
        sheet.action_start_repair()
        rules = type(self.env["stock.rule"])
        search = rules._get_push_rule
        with patch.object(rules, "_get_push_rule", autospec=True) as spy:
            spy.side_effect = search
            sheet.action_finish_repair()
        return spy.call_count

    def test_what_moves_parts_on_is_searched_where_there_is_any(self):
        self.assertEqual(self._finish(), 0)
        customers = self.env.ref("stock.stock_location_customers")
        rule = self.env["stock.rule"].create(
            {
                "name": "On from the customer",
                "action": "push",
                "route_id": self.warehouse.service_route_id.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_src_id": customers.id,
                "location_dest_id": self.stock.id,
            }
        )
        self.assertEqual(self._finish(), 1)
        pushed = self.env["stock.move"].search([("rule_id", "=", rule.id)])
        self.assertEqual(pushed.location_dest_id, self.stock)

from odoo import Command
from odoo.tests import tagged

from .common import PartsCase

SHEETS = 50


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

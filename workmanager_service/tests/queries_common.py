from odoo import Command

from .common import ServiceCommon

# How much more than Odoo's own the same thing may ask, in queries.
MARGIN = 1.2


class QueriesCommon(ServiceCommon):
    """Counts queries, and compares them with what Odoo's own sale orders take.

    Both are counted in the same run: an update of Odoo that asks more, or less, moves
    the bound with it.
    """

    def _count(self, call):
        """Return the queries that a call takes with nothing in the ORM's cache."""
        self._settle()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        self._settle()
        return self.env.cr.sql_log_count - before

    def _count_again(self, call):
        """Return the queries of a call that has filled the worker's caches before."""
        self._count(call)
        return self._count(call)

    def _settle(self):
        """Write what the end of a request writes."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.flush_all()

    def _prepare_order(self):
        """Return the values of a sale order with the two services of a small job."""
        services = (self.work, self.diagnosis)
        return {
            "partner_id": self.customer.id,
            "order_line": [
                Command.create({"product_id": service.id, "product_uom_qty": 1})
                for service in services
            ],
        }

    def assertNotMuchMore(self, count, odoos):
        """Assert that ``count`` is at most Odoo's own and a fifth."""
        self.assertLessEqual(count, odoos * MARGIN, f"where Odoo's own takes {odoos}")

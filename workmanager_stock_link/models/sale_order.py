from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _log_decrease_ordered_quantity(self, documents, cancel=False):
        """Leave out the purchases of parts: their moves release them themselves, and
        tell the buyer only about those that cannot be taken back."""
        others = {
            key: context
            for key, context in documents.items()
            if key[0]._name != "purchase.order"
            or not all(move._is_service_part() for move in context[0])
        }
        return super()._log_decrease_ordered_quantity(others, cancel=cancel)

from contextlib import contextmanager

from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _action_cancel(self):
        """Give back the parts that sheets have reserved; what was used stays used.

        Odoo cancels transfers as a whole, and refuses those of which a part has left
        the stock already.
        """
        self._lock_service_orders()
        # Whoever refuses or gives up has no stock rights.
        moves_sudo = self.sudo().order_line.sheet_line_ids._get_part_moves()
        used_sudo = moves_sudo.filtered(lambda move: move.state == "done")
        (used_sudo.picking_id.move_ids & (moves_sudo - used_sudo))._action_cancel()
        used_sudo.picking_id._complete_without_validation()
        return super()._action_cancel()

    @contextmanager
    def _unlock_for_service(self):
        """Let the repair change orders that Sales locked, and lock them again: what
        is locked is what was agreed, not which part the technician takes."""
        # Technicians have no sales rights.
        locked_sudo = self.sudo().filtered("locked").with_context(mail_notrack=True)
        locked_sudo.locked = False
        yield
        locked_sudo.locked = True

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

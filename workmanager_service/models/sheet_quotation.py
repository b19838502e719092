from odoo import models


class Sheet(models.Model):
    """What a quotation tells the customer about a sheet."""

    _inherit = "workmanager.sheet"

    def _get_evaluation_behind(self, order):
        """Return the evaluation whose findings ``order`` quotes, once it is done."""
        self.ensure_one()
        lines = order.sudo().order_line.sheet_line_ids & self.line_ids
        done = lines.evaluation_id.filtered(lambda e: e.state == "done")
        return done.sorted("id")[-1:]

    def _get_lines_covered_beside(self, order):
        """Return what the manufacturer pays of the work that ``order`` is a part of.

        Only the customer is told.
        """
        self.ensure_one()
        if order.partner_id != self.partner_id:
            return self.line_ids.browse()
        return self.line_ids.filtered(
            lambda line: (
                line.coverage == "warranty"
                and not line.is_internal
                and line.sudo().order_state in ("draft", "sent", "sale")
            )
        )

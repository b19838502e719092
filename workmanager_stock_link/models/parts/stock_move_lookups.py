from odoo import models


class StockMove(models.Model):
    """What Odoo looks up for every move, and need not for the parts of sheets."""

    _inherit = "stock.move"

    def _trigger_scheduler(self):
        """Search no reordering rule for each part of a product that has none."""
        others = self - self._without_orderpoints()
        return super(StockMove, others)._trigger_scheduler()

    def _update_orderpoints(self):
        """Search none for each change of such a part either."""
        others = self - self._without_orderpoints()
        return super(StockMove, others)._update_orderpoints()

    def _push_apply(self):
        """Search push rules once for all parts: few go on from a customer."""
        parts = self.filtered(
            lambda move: move._is_service_part() and not move.move_dest_ids
        )
        if parts._has_push_rules():
            parts = self.browse()
        return super(StockMove, self - parts)._push_apply()

    def _compute_location_dest_id(self):
        """Parts go to the customer, which Odoo would work out from other documents."""
        parts = self.filtered(lambda move: move._is_service_part())
        straight = parts.filtered(
            lambda move: (
                move.location_final_id.usage == "customer"
                and move.location_final_id
                == (move.picking_id or move.rule_id).location_dest_id
                == move.picking_type_id.default_location_dest_id
            )
        )
        for move in straight:
            move.location_dest_id = move.location_final_id
        if (
            others := self - straight
        ):  # without any, Odoo looks locations up all the same
            return super(StockMove, others)._compute_location_dest_id()
        return None

    def _without_orderpoints(self):
        """Return the parts among these moves whose product has no reordering rule."""
        # Whoever moves parts need have no rights on those rules.
        return self.filtered(
            lambda move: (
                move._is_service_part() and not move.sudo().product_id.orderpoint_ids
            )
        )

    def _has_push_rules(self):
        """Whether any rule moves on what comes to where these moves go."""
        if not self:
            return False
        # Whoever uses parts need have no stock rights.
        places_sudo = self.sudo().location_dest_id
        path = "".join(places_sudo.mapped("parent_path"))
        rules_sudo = self.env["stock.rule"].sudo()
        return bool(
            rules_sudo.search_count(
                [
                    ("location_src_id", "in", [int(x) for x in path.split("/") if x]),
                    ("action", "in", ("push", "pull_push")),
                ],
                limit=1,
            )
        )

from datetime import timedelta

from odoo import Command, api, fields, models

from .purchase_order_line import UNCONFIRMED_STATES


class StockMove(models.Model):
    """What is bought for the parts of sheets, and what they need no more."""

    _inherit = "stock.move"

    def _order_missing_parts(self):
        """Procure what could not be reserved, each quantity for its own move.

        What no rule and no vendor can bring stays missing and stops nobody.
        """
        # Whoever confirms may be the customer, or a technician without stock rights.
        moves_sudo = self.sudo().filtered(lambda move: move._lacks_supply())
        values = {
            move: move_values
            for move in moves_sudo
            if (move_values := move._prepare_missing_part_values())
        }
        waiting = moves_sudo._split_off_missing(list(values))
        if waiting:
            procurements = [
                waiting_move._prepare_part_procurement(move, move_values)
                for waiting_move, (move, move_values) in zip(
                    waiting, values.items(), strict=True
                )
            ]
            self.env["stock.rule"].sudo().run(procurements)
            waiting._recompute_state()

    def _prepare_part_procurement(self, move, values):
        """Return the procurement of what this move waits for.

        :param move: the one of which this is the missing part
        :param dict values: see :meth:`_prepare_missing_part_values`
        """
        self.ensure_one()
        sheets_sudo = move._get_own_sheets_sudo()
        return self.env["stock.rule"].Procurement(
            self.product_id,
            self.product_uom_qty,
            self.product_uom,
            self.location_id,
            self.rule_id.name,
            sheets_sudo[:1].name or move._prepare_procurement_origin(),
            self.company_id,
            {**values, "move_dest_ids": self, "partner_id": False},
        )

    def _lacks_supply(self):
        """Whether something is missing that nobody was asked to bring."""
        self.ensure_one()
        return (
            self.state in ("waiting", "confirmed", "partially_available")
            and self._is_service_part()
            and self.product_id.uom_id.compare(self._get_uncovered_quantity(), 0.0) > 0
        )

    def _prepare_missing_part_values(self):
        """Return the values that procure what this move lacks, or False when nothing
        can bring it."""
        self.ensure_one()
        values = {**self._prepare_procurement_values(), "company_id": self.company_id}
        rule = self.env["stock.rule"]._get_rule(
            self.product_id, self.location_id, values
        )
        if not rule:
            return False
        if rule.action == "buy":
            supplier = self._get_missing_part_vendor(rule, values)
            if not supplier:
                return False
            values["supplierinfo_id"] = supplier
        return {**values, **self._prepare_missing_part_dates(rule, values)}

    def _get_missing_part_vendor(self, rule, values):
        """Return the ``product.supplierinfo`` by which the rule buys what lacks."""
        self.ensure_one()
        return rule._get_matching_supplier(
            self.product_id,
            self.product_uom_qty - self.quantity,
            self.product_uom,
            rule.company_id or self.company_id,
            values,
        )

    def _prepare_missing_part_dates(self, rule, values):
        """Return when what lacks is ordered and arrives.

        Not before the vendor can deliver it: the sheet shows this date.
        """
        self.ensure_one()
        vendor = values.get("supplierinfo_id")
        delays, _description = rule.with_context(
            bypass_delay_description=True, bypass_global_horizon_days=True
        )._get_lead_days(
            self.product_id, **({"supplierinfo": vendor} if vendor else {})
        )
        date_planned = max(
            values["date_planned"],
            fields.Datetime.now() + timedelta(days=delays["total_delay"]),
        )
        return {
            "date_planned": date_planned,
            "date_order": date_planned - timedelta(days=delays["purchase_delay"]),
        }

    @api.model
    def _split_off_missing(self, moves):
        """Part each move into what it has and a move that waits for the rest.

        :param list moves: moves that lack something
        :return: the waiting moves, in the same order
        """
        parted = [m for m in moves if not m.product_uom.is_zero(m.quantity)]
        values = []
        for move in parted:
            values += move._split(move._get_missing_quantity())
        for vals in values:
            vals.update(procure_method="make_to_order", move_orig_ids=False)
        new_moves = self.create(values)
        new_moves._action_confirm(merge=False, create_proc=False)
        rests = dict(zip(parted, new_moves, strict=True))
        waiting = self.browse().concat(*(rests.get(move, move) for move in moves))
        (waiting - new_moves).procure_method = "make_to_order"
        return waiting

    def _get_missing_quantity(self):
        """Return what is not reserved, in the product's unit."""
        self.ensure_one()
        return self._in_product_unit(self.product_uom_qty - self.quantity)

    def _in_product_unit(self, quantity):
        self.ensure_one()
        return self.product_uom._compute_quantity(
            quantity, self.product_id.uom_id, rounding_method="HALF-UP"
        )

    def _get_uncovered_quantity(self):
        """Return what is missing that nobody was asked to bring, in the product's
        unit."""
        self.ensure_one()
        return self._get_missing_quantity() - sum(self._get_awaited_quantities())

    def _get_awaited_quantities(self):
        """Return what of the missing quantity is ordered, and what is on requests that
        nobody confirmed, in the product's unit.

        What is less than all who wait for it need, the first of them get.
        """
        self.ensure_one()
        missing = max(self._get_missing_quantity(), 0.0)
        sources = self.move_orig_ids.filtered(
            lambda m: m.state not in ("done", "cancel")
        )
        lines = self.created_purchase_line_ids
        drafts = lines.filtered(lambda line: line.state in UNCONFIRMED_STATES)
        # What a buyer ordered above what was asked for comes in a move of its own.
        ordered = max(
            sum(self._get_share(m.move_dest_ids, m.product_qty) for m in sources),
            sum(
                self._get_share(line.move_dest_ids, line._get_incoming_quantity())
                for line in lines - drafts
            ),
        )
        ordered = min(ordered, missing)
        unconfirmed = sum(
            self._get_share(line.move_dest_ids, line.product_uom_qty) for line in drafts
        )
        return ordered, min(unconfirmed, missing - ordered)

    def _get_share(self, waiting, quantity):
        """Return what this move gets of ``quantity`` that these moves wait for."""
        self.ensure_one()
        for move in waiting.sorted(lambda m: m._origin.id):
            if move.state in ("done", "cancel"):
                continue
            share = min(max(move._get_missing_quantity(), 0.0), max(quantity, 0.0))
            if move == self:
                return share
            quantity -= share
        return 0.0

    def _decrease_on_order(self):
        """Take what an order line has less now off what is still on order for it.

        :return: these moves without those that are settled by that
        """
        settled = self.browse()
        for move in self.filtered(
            lambda m: m.product_uom.compare(m.product_uom_qty, 0.0) < 0
        ):
            on_order = move.sale_line_id.move_ids.filtered(
                lambda m: m.state not in ("done", "cancel") and m._is_on_order()
            )
            for waiting in on_order.sorted("id", reverse=True):
                move._decrease_waiting(waiting)
            if move.product_uom.is_zero(move.product_uom_qty):
                settled |= move
        left = self - settled
        settled.sudo().unlink()
        return left

    def _decrease_waiting(self, waiting):
        """Take what this move has less off what ``waiting`` waits for."""
        self.ensure_one()
        taken = min(
            waiting.product_uom_qty - waiting.quantity,
            self.product_uom._compute_quantity(
                -self.product_uom_qty, waiting.product_uom, round=False
            ),
        )
        waiting._reduce_demand(taken)
        self.product_uom_qty += waiting.product_uom._compute_quantity(
            taken, self.product_uom, round=False
        )

    def _reduce_demand(self, quantity):
        """Wait for ``quantity`` less, in the unit of the move."""
        self.ensure_one()
        if self.product_uom.compare(quantity, 0.0) <= 0:
            return
        if self.product_uom.compare(quantity, self.product_uom_qty) >= 0:
            self._action_cancel()
            return
        self.product_uom_qty -= quantity
        self._release_purchases(
            self.product_uom._compute_quantity(quantity, self.product_id.uom_id)
        )

    def _release_purchases(self, quantity):
        """Take ``quantity``, in the product's unit, off draft purchase orders; tell
        the buyer about those that a vendor has confirmed already."""
        self.ensure_one()
        # Whoever refuses or finishes has no purchase rights. Alternative requests, of
        # which one will be chosen, have all of it each.
        for line in self.sudo().created_purchase_line_ids:
            if line.state in ("draft", "sent"):
                line._reduce_quantity(quantity, self.sudo())
            elif line._get_incoming_quantity() or line.state == "to approve":
                line._tell_not_needed(self.sudo().sheet_ids)

    def _get_expected_dates(self):
        """Return the dates on which what was ordered for this move arrives."""
        self.ensure_one()
        sources = self.move_orig_ids.filtered(
            lambda m: m.state not in ("done", "cancel")
        )
        lines = self.created_purchase_line_ids.filtered(
            lambda line: line.state in UNCONFIRMED_STATES
        )
        lines |= sources.purchase_line_id
        others = sources.filtered(lambda move: not move.purchase_line_id)
        return lines.mapped("date_planned") + others.mapped("date")

    def _reset_supply(self):
        """Forget a purchase that will not come, and take what is free instead.

        To be called as superuser.
        """
        moves = self.filtered(lambda m: m.state not in ("done", "cancel"))
        if not moves:
            return
        # What was asked of another vendor too, or merged into another request, comes.
        awaited = moves.filtered(lambda move: any(move._get_awaited_quantities()))
        awaited.filtered("created_purchase_line_ids").procure_method = "make_to_order"
        lost = (moves - awaited) | awaited._split_off_uncovered()
        # A move with origins takes nothing but what they brought.
        lost.write(
            {"procure_method": "make_to_stock", "move_orig_ids": [Command.clear()]}
        )
        for move in lost:
            move.created_purchase_line_ids -= move.created_purchase_line_ids.filtered(
                lambda line: line.state in UNCONFIRMED_STATES
            )
        moves._recompute_state()
        lost._action_assign()
        moves.sheet_ids._sync_missing_parts_activity()

    def _split_off_uncovered(self):
        """Part these moves into what will come for them and what will not.

        :return: the new moves, which nobody was asked to bring anything for
        """
        values = []
        for move in self:
            lacking = move._get_uncovered_quantity()
            if move.product_id.uom_id.compare(lacking, 0.0) > 0:
                values += [
                    {
                        **vals,
                        "procure_method": "make_to_stock",
                        "move_orig_ids": False,
                        "created_purchase_line_ids": False,
                    }
                    for vals in move._split(lacking)
                ]
        moves = self.create(values)
        moves._action_confirm(merge=False, create_proc=False)
        return moves

    def _cancel_ordinary_deliveries(self):
        """Cancel what was to bring parts past the service route of their warehouse,
        which a person chose no other route for. To be called as superuser."""
        self.filtered(
            lambda move: (
                move.state != "done"
                and not move._is_service_part()
                and move.warehouse_id.service_route_id.active
                and not move.route_ids - move.warehouse_id.service_route_id
            )
        )._action_cancel()

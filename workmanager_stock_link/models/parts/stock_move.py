from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.tools import SQL

from ...parts_lock import lock
from .purchase_order_line import UNCONFIRMED_STATES
from .stock_rule import KnownRules


class StockMove(models.Model):
    """Parts for sheets: reserved first, and just the rest ordered, each piece for its
    own sheet."""

    _inherit = "stock.move"

    sheet_ids = fields.Many2many(
        "workmanager.sheet",
        string="Service Sheets",
        compute="_compute_sheet_ids",
        compute_sudo=True,
        help="The sheets that the product goes to, directly or when it has arrived.",
    )

    @api.depends(
        "sale_line_id.sheet_line_ids.sheet_id",
        "move_dest_ids.sale_line_id.sheet_line_ids.sheet_id",
        "purchase_line_id.move_dest_ids.sale_line_id.sheet_line_ids.sheet_id",
    )
    def _compute_sheet_ids(self):
        for move in self:
            dests = move.move_dest_ids | move.purchase_line_id.move_dest_ids
            move.sheet_ids = (move | dests).sale_line_id.sheet_line_ids.sheet_id

    # -------------------------------------------------------------- LIFE CYCLE

    def _action_confirm(self, merge=True, merge_into=False, create_proc=True):
        """Reserve parts before what lacks is ordered.

        ``mts_else_mto`` compares with what is forecast and orders the shortfall for
        nobody: whoever comes first takes it at its receipt. Here the reservation
        decides what is short, and a move of its own waits for exactly that.
        """
        parts = self.browse()
        if create_proc:
            parts = self.filtered(
                lambda m: (
                    m.state == "draft"
                    and m.procure_method == "make_to_stock"
                    and m._is_service_part()
                )
            )
        if not parts:
            return super()._action_confirm(merge, merge_into, create_proc)
        others = super(StockMove, self - parts)._action_confirm(merge, merge_into)
        free = parts._lock_quants()
        parts = parts._decrease_on_order()
        # Nothing to merge with for what an order line needs for the first time.
        is_first = not (parts.sale_line_id.move_ids - parts)
        short = parts._get_short(free) if is_first else self.browse()
        short.procure_method = "make_to_order"
        parts = super(StockMove, parts)._action_confirm(
            merge and not is_first, merge_into, False
        )
        unordered = short - parts._order_missing_parts()
        unordered.procure_method = "make_to_stock"
        unordered._recompute_state()
        return others | parts

    def _action_assign(self, force_qty=False):
        """Settle the buyer's activity when a missing part has come by itself."""
        res = super()._action_assign(force_qty=force_qty)
        if parts := self.filtered(lambda move: move._is_service_part()):
            # A warehouse user has no rights on sheets.
            sheets_sudo = parts.sudo().sheet_ids
            sheets_sudo._sync_missing_parts_activity(schedule=False)
            sheets_sudo._tell_parts_available()
        return res

    def _action_cancel(self):
        parts = self.filtered(
            lambda m: m.state not in ("done", "cancel") and m._is_service_part()
        )
        parts._lock_quants()
        on_order = parts.filtered(lambda move: move._is_on_order())
        res = super()._action_cancel()
        for move in on_order:
            move._release_purchases(move.product_qty)
        return res

    def _action_done(self, cancel_backorder=False):
        """Look for other supply when a faulty part goes back to its vendor.

        Where two transfers move a part at the same moment, Odoo makes the second one a
        quant of its own rather than wait, and loses count of what is reserved.
        """
        parts = self.filtered(lambda move: move._is_service_part())
        arriving = (self - parts).filtered(
            lambda move: any(dest._is_service_part() for dest in move.move_dest_ids)
        )
        (parts | arriving)._lock_quants(parts.location_id | arriving.location_dest_id)
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        # A warehouse user has no rights on sheets.
        returned_sudo = moves.sudo().filtered(
            lambda m: m.state == "done" and m.location_dest_usage == "supplier"
        )
        if returned_sudo:
            returned_sudo.origin_returned_move_id.move_dest_ids.filtered(
                lambda move: move._is_service_part()
            )._reset_supply()
        return moves

    def _key_assign_picking(self):
        """Keep the parts of each sheet in a transfer of their own."""
        keys = super()._key_assign_picking()
        if self._is_service_part():
            keys += (self.sudo().sale_line_id.sheet_line_ids.sheet_id,)
        return keys

    def _assign_picking(self):
        """Nobody has to follow the transfers of parts: their sheets tell everything."""
        parts = self.filtered(lambda move: move._is_service_part())
        super(StockMove, self - parts)._assign_picking()
        quiet = parts.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        return super(StockMove, quiet)._assign_picking()

    def _assign_picking_post_process(self, new=False):
        """The transfer names its sheet and order: no message has to."""
        new = new and not all(move._is_service_part() for move in self)
        return super()._assign_picking_post_process(new=new)

    def _search_picking_for_assignation(self):
        if self._is_service_part():
            lines_sudo = self.sudo().sale_line_id.sheet_line_ids.sheet_id.line_ids
            if lines_sudo and not lines_sudo.sale_line_id.move_ids.picking_id:
                return self.env["stock.picking"]
        return super()._search_picking_for_assignation()

    def _search_picking_for_assignation_domain(self):
        domain = super()._search_picking_for_assignation_domain()
        if self._is_service_part():
            sheets_sudo = self.sudo().sale_line_id.sheet_line_ids.sheet_id
            if sheets_sudo:
                # PostgreSQL plans the same as a domain over four tables badly.
                moves_sudo = sheets_sudo.line_ids.sale_line_id.move_ids
                domain += [("id", "in", moves_sudo.picking_id.ids)]
        return domain

    def _prepare_procurement_origin(self):
        """Name the sheet on the purchase order."""
        if self._is_service_part():
            sheets_sudo = self.sudo().sale_line_id.sheet_line_ids.sheet_id
            if sheets_sudo:
                return sheets_sudo[0].name
        return super()._prepare_procurement_origin()

    # ---------------------------------------------------------------- BUSINESS

    def _is_service_part(self):
        """Whether the move takes a part that was sold for a sheet out of stock.

        The operation type tells, which the components of a kit inherit too.
        """
        self.ensure_one()
        move_sudo = self.sudo()  # not everyone who moves goods reads sales
        picking_type = move_sudo.picking_type_id
        return (
            bool(move_sudo.sale_line_id)
            and picking_type == picking_type.warehouse_id.service_type_id
        )

    def _is_on_order(self):
        """Whether the part waits for something that was ordered for it."""
        self.ensure_one()
        return self.procure_method == "make_to_order" and self._is_service_part()

    def _lock_quants(self, locations=None):
        """Wait for whoever is reserving or moving the same parts.

        Odoo does not wait: two customers who accept at the same moment would both
        get the last piece. A transaction that waited is repeated by Odoo on what the
        other one left, and this time it is nobody else's turn.

        :param locations: where the parts are; by default where the moves take them
        :return: the products of which something is free
        """
        storable = self.filtered("product_id.is_storable")
        if not storable:
            return storable.product_id
        self.env["stock.quant"].flush_model(["quantity", "reserved_quantity"])
        lock(self.env.cr, "part", storable.product_id.ids)
        self.env.cr.execute(
            SQL(
                "SELECT product_id, quantity > reserved_quantity FROM stock_quant"
                " WHERE product_id IN %s AND location_id IN ("
                " SELECT child.id FROM stock_location AS parent"
                " JOIN stock_location AS child"
                " ON child.parent_path LIKE parent.parent_path || '%%'"
                " WHERE parent.id IN %s"
                ") ORDER BY id FOR NO KEY UPDATE",
                tuple(storable.product_id.ids),
                tuple((locations or storable.location_id).ids),
            ),
            log_exceptions=False,  # it is how the others learn that they waited
        )
        free = {product_id for product_id, is_free in self.env.cr.fetchall() if is_free}
        return storable.product_id.filtered(lambda product: product.id in free)

    def _get_short(self, free):
        """Return the moves for which nothing at all can be reserved.

        :param free: the products of which something is free
        """
        return self.filtered(
            lambda move: (
                move.product_id.is_storable
                and move.product_id not in free
                and not move._should_bypass_reservation()
            )
        )

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
                taken = min(
                    waiting.product_uom_qty - waiting.quantity,
                    move.product_uom._compute_quantity(
                        -move.product_uom_qty, waiting.product_uom, round=False
                    ),
                )
                waiting._give_up(taken)
                move.product_uom_qty += waiting.product_uom._compute_quantity(
                    taken, move.product_uom, round=False
                )
            if move.product_uom.is_zero(move.product_uom_qty):
                settled |= move
        left = self - settled
        settled.sudo().unlink()
        return left

    def _give_up(self, quantity):
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

    def _order_missing_parts(self):
        """Procure what could not be reserved, each quantity for its own move.

        What no rule and no vendor can bring stays missing and stops nobody.

        :return: the moves that wait for what was ordered
        """
        # Whoever confirms may be the customer, or a technician without stock rights.
        moves_sudo = (
            self.sudo()
            .filtered(lambda move: move._lacks_supply())
            .with_context(known_rules=KnownRules(), mail_create_nolog=True)
        )
        plans = []
        for move in moves_sudo:
            if values := move._prepare_missing_part_values():
                plans.append((move, values))
        waiting_sudo = moves_sudo.browse()._split_off_missing([m for m, _v in plans])
        procurements = []
        for move, (origin, values) in zip(waiting_sudo, plans, strict=True):
            values.update(move_dest_ids=move, partner_id=False)
            procurements.append(
                self.env["stock.rule"].Procurement(
                    move.product_id,
                    move.product_uom_qty,
                    move.product_uom,
                    move.location_id,
                    move.rule_id.name,
                    origin._prepare_procurement_origin(),
                    move.company_id,
                    values,
                )
            )
        if procurements:
            sellers = [
                v["supplierinfo_id"] for _m, v in plans if "supplierinfo_id" in v
            ]
            # What one vendor brings gathers on the same draft order.
            lock(self.env.cr, "vendor", [seller.partner_id.id for seller in sellers])
            moves_sudo.env["stock.rule"].run(procurements)
            waiting_sudo._recompute_state()
        return waiting_sudo.with_env(self.sudo().env)

    def _lacks_supply(self):
        """Whether something is missing that nobody was asked to bring."""
        self.ensure_one()
        return (
            self.state in ("waiting", "confirmed", "partially_available")
            and self._is_service_part()
            and self.product_uom.compare(self.product_uom_qty, self.quantity) > 0
            and not self._get_expected_dates()
        )

    def _prepare_missing_part_values(self):
        """Return the values that procure what this move lacks, or False when nothing
        can bring it."""
        self.ensure_one()
        values = self._prepare_procurement_values()
        values["company_id"] = self.company_id
        rule = self.env["stock.rule"]._get_rule(
            self.product_id, self.location_id, values
        )
        lead_values = {}
        if rule.action == "buy":
            supplier = rule._get_matching_supplier(
                self.product_id,
                self.product_uom_qty - self.quantity,
                self.product_uom,
                rule.company_id or self.company_id,
                values,
            )
            if not supplier:
                return False
            lead_values["supplierinfo"] = supplier
            values["supplierinfo_id"] = supplier
        if not rule:
            return False
        delays, _description = rule.with_context(
            bypass_delay_description=True, bypass_global_horizon_days=True
        )._get_lead_days(self.product_id, **lead_values)
        # Not before the vendor can deliver it: the sheet shows this date.
        date_planned = max(
            values["date_planned"],
            fields.Datetime.now() + timedelta(days=delays["total_delay"]),
        )
        values.update(
            date_planned=date_planned,
            date_order=date_planned - timedelta(days=delays["purchase_delay"]),
        )
        return values

    @api.model
    def _split_off_missing(self, moves):
        """Part each move into what it has and a move that waits for the rest.

        :param list moves: moves that lack something
        :return: the waiting moves, in the same order
        """
        waiting, positions, values = [], [], []
        for position, move in enumerate(moves):
            waiting.append(move)
            if move.product_uom.is_zero(move.quantity):
                continue
            missing = move.product_uom._compute_quantity(
                move.product_uom_qty - move.quantity,
                move.product_id.uom_id,
                rounding_method="HALF-UP",
            )
            values += move._split(missing)
            positions.append(position)
        for vals in values:
            vals.update(procure_method="make_to_order", move_orig_ids=False)
        new_moves = self.create(values)
        new_moves._action_confirm(merge=False, create_proc=False)
        for position, new_move in zip(positions, new_moves, strict=True):
            waiting[position] = new_move
        waiting = self.concat(*waiting)
        (waiting - new_moves).filtered(
            lambda move: move.procure_method != "make_to_order"
        ).procure_method = "make_to_order"
        return waiting

    def _split_off_rest(self):
        """Let moves of their own hold, or wait for, what these do not take.

        :return: the new moves
        """
        values = []
        for move in self:
            rest = move.product_uom._compute_quantity(
                move.product_uom_qty - move.quantity,
                move.product_id.uom_id,
                rounding_method="HALF-UP",
            )
            if move.product_id.uom_id.compare(rest, 0.0) > 0:
                values += move._split(rest)
        moves = self.create(values)
        moves._action_confirm(merge=False, create_proc=False)
        # What was bought and has arrived is no more on its way: Odoo takes it so.
        moves.filtered(lambda move: move.state == "waiting")._action_assign()
        return moves

    def _release_purchases(self, quantity):
        """Take ``quantity``, in the product's unit, off draft purchase orders; tell
        the buyer about those that a vendor has confirmed already."""
        self.ensure_one()
        # Whoever refuses or finishes has no purchase rights.
        lines_sudo = self.sudo().created_purchase_line_ids
        lock(self.env.cr, "vendor", lines_sudo.partner_id.ids)
        for line in lines_sudo.filtered(lambda line: line.state in ("draft", "sent")):
            quantity = line._take_off(quantity, self.sudo())
        for line in lines_sudo.exists().filtered(
            lambda l: (
                l.state in ("to approve", "purchase")
                and l.product_uom_id.compare(l.qty_received, l.product_qty) < 0
            )
        ):
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
        if moves := self.filtered(lambda m: m.state not in ("done", "cancel")):
            # A move with origins takes nothing but what they brought.
            moves.write(
                {"procure_method": "make_to_stock", "move_orig_ids": [Command.clear()]}
            )
            moves._recompute_state()
            moves._action_assign()
            moves.sheet_ids._sync_missing_parts_activity()

from odoo import api, fields, models

from odoo.addons.workmanager_service.locking import lock_records


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
        parts._lock_quants()
        parts._set_sheet_origin()
        parts = parts._decrease_on_order()
        parts = super(StockMove, parts)._action_confirm(merge, merge_into, False)
        parts._order_missing_parts()
        return others | parts

    def _action_assign(self, force_qty=False):
        """Tell who waits for it that a missing part has come by itself."""
        res = super()._action_assign(force_qty=force_qty)
        if parts := self.filtered(lambda move: move._is_service_part()):
            # A warehouse user has no rights on sheets.
            sheets_sudo = parts.sudo().sheet_ids
            sheets_sudo._sync_missing_parts_activity(schedule=False)
            sheets_sudo._tell_parts_available()
        return res

    def _action_cancel(self):
        """Buy less of what cancelled parts were to be bought for."""
        parts = self.filtered(
            lambda m: m.state not in ("done", "cancel") and m._is_service_part()
        )
        parts._lock_quants()
        on_order = parts.filtered(lambda move: move._is_on_order())
        awaiting = self.filtered(lambda move: move.state != "done")._get_waiting_parts()
        res = super()._action_cancel()
        for move in on_order:
            move._release_purchases(move.product_qty)
        (awaiting - self)._replace_lost_supply()
        return res

    def _action_done(self, cancel_backorder=False):
        """Count parts once, whoever moves them at the same moment; look for other
        supply when a faulty one goes back to its vendor; keep the equipment register.

        Where two transfers move a part at once, Odoo makes the second one a quant of
        its own rather than wait, and loses count of what is reserved.
        """
        parts = self.filtered(lambda move: move._is_service_part())
        arriving = (self - parts).filtered(lambda move: move._get_waiting_parts())
        (parts | arriving)._lock_quants(parts.location_id | arriving.location_dest_id)
        awaiting = arriving._get_waiting_parts()
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        awaiting._replace_lost_supply()
        moves._replace_returned_parts()
        moves._update_equipment()
        return moves

    def _key_assign_picking(self):
        """Keep the parts of each sheet in a transfer of their own: an order that
        serves several sheets would have one for all."""
        keys = super()._key_assign_picking()
        if self._is_service_part():
            keys += (self._get_own_sheets_sudo(),)
        return keys

    def _search_picking_for_assignation_domain(self):
        """Add parts to no transfer of another sheet."""
        domain = super()._search_picking_for_assignation_domain()
        if self._is_service_part() and (sheets_sudo := self._get_own_sheets_sudo()):
            moves_sudo = sheets_sudo.line_ids.sale_line_id.move_ids
            domain += [("id", "in", moves_sudo.picking_id.ids)]
        return domain

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

    def _get_own_sheets_sudo(self):
        """Return, as superuser, the sheets that these parts were sold for."""
        return self.sudo().sale_line_id.sheet_line_ids.sheet_id

    def _set_sheet_origin(self):
        """Name the sheet on the transfers of these parts, before their order."""
        for move in self:
            if sheet_sudo := move._get_own_sheets_sudo()[:1]:
                move.origin = f"{sheet_sudo.name} - {move.origin}"

    def _lock_quants(self, locations=None):
        """Wait for whoever is reserving or moving the same parts.

        Odoo does not wait: two customers who accept at the same moment would both
        get the last piece.

        :param locations: where the parts are; by default where the moves take them
        """
        storable = self.filtered("product_id.is_storable")
        if storable:
            # Whoever moves parts need not keep the stock.
            quants_sudo = self.env["stock.quant"].sudo()
            lock_records(
                quants_sudo.search(
                    [
                        ("product_id", "in", storable.product_id.ids),
                        (
                            "location_id",
                            "child_of",
                            (locations or storable.location_id).ids,
                        ),
                    ]
                )
            )

    def _reserve_lot(self, lot, quantity):
        """Reserve ``quantity`` of ``lot`` as Odoo does: wherever it is, with its
        package and its owner. An expired one too: a person chose it.

        :param float quantity: in the product's unit
        :return: whether as much is free
        """
        self.ensure_one()
        quants = self.env["stock.quant"]._gather(
            self.product_id, self.location_id, lot_id=lot
        )
        own = quants.filtered(lambda quant: quant.lot_id == lot)
        free = sum(own.mapped("quantity")) - sum(own.mapped("reserved_quantity"))
        if self.product_id.uom_id.compare(free, quantity) < 0:
            return False
        values, _taken = self._update_reserved_quantity_vals(
            quantity, self.location_id, lot_id=lot, strict=False
        )
        self.env["stock.move.line"].create(values)
        return True

    def _get_free_key(self):
        """Return what moves have in common that take from the same stock."""
        self.ensure_one()
        return self.product_id.id, self.location_id.id

    def _take_reserved(self, todo, taken):
        """Add to ``taken`` what these moves of one product have reserved.

        :param float todo: as much at most, in the product's unit
        :param dict taken: how much of each move, in its unit
        :return: how much that is, in the product's unit
        """
        total = 0.0
        for move in self:
            unit = move.product_id.uom_id
            quantity = min(todo - total, move._in_product_unit(move.quantity))
            if unit.compare(quantity, 0.0) > 0:
                taken[move] = unit._compute_quantity(
                    quantity, move.product_uom, rounding_method="HALF-UP"
                )
                total += quantity
        return total

    def _take_free(self, todo, taken, free):
        """Add to ``taken`` what is free in stock; lower ``free`` by that.

        Parameters as of :meth:`_take_reserved`.
        """
        move = self[:1]
        unit = move.product_id.uom_id
        if not move or unit.compare(todo, 0.0) <= 0:
            return 0.0
        key = move._get_free_key()
        quantity = min(todo, max(free.get(key, todo), 0.0))
        if unit.compare(quantity, 0.0) <= 0:
            return 0.0
        if key in free:
            free[key] -= quantity
        taken[move] = taken.get(move, 0.0) + unit._compute_quantity(
            quantity, move.product_uom, rounding_method="HALF-UP"
        )
        return quantity

    def _take(self, quantity):
        """Let the move take ``quantity``, in its unit: first what it has reserved,
        then what Odoo reserves now, whatever it was to wait for."""
        self.ensure_one()
        lacking = self._in_product_unit(quantity - self.quantity)
        if (
            self.product_id.uom_id.compare(lacking, 0.0) > 0
            and not self._should_bypass_reservation()
        ):
            self.date = fields.Datetime.now()  # what is fresh by now can be taken
            self._update_reserved_quantity(lacking, self.location_id, strict=False)
        if self.product_uom.compare(self.quantity, quantity) != 0:
            self.quantity = quantity

    def _get_waiting_parts(self):
        """Return, as superuser, the parts of sheets that wait for what these moves
        bring."""
        # A warehouse user has no rights on sales.
        moves_sudo = self.sudo()
        dests_sudo = (
            moves_sudo.move_dest_ids | moves_sudo.purchase_line_id.move_dest_ids
        )
        return dests_sudo.filtered(lambda move: move._is_service_part())

    def _replace_lost_supply(self):
        """Take what is free for the parts that less came for than was ordered, and
        tell who buys them. To be called as superuser."""
        self.filtered(lambda move: move._lacks_supply())._reset_supply()

    def _replace_returned_parts(self):
        """Look for other supply where these done moves took a part back to its
        vendor."""
        # A warehouse user has no rights on sheets.
        returned_sudo = self.sudo().filtered(
            lambda m: m.state == "done" and m.location_dest_usage == "supplier"
        )
        returned_sudo.origin_returned_move_id.move_dest_ids.filtered(
            lambda move: move._is_service_part()
        )._reset_supply()

    def _split_off_rest(self):
        """Let moves of their own hold, or wait for, what these do not take.

        :return: the new moves
        """
        values = []
        for move in self:
            rest = move._get_missing_quantity()
            if move.product_id.uom_id.compare(rest, 0.0) > 0:
                values += move._split(rest)
        moves = self.create(values)
        moves._action_confirm(merge=False, create_proc=False)
        # What was bought and has arrived is no more on its way: Odoo takes it so.
        moves.filtered(lambda move: move.state == "waiting")._action_assign()
        return moves

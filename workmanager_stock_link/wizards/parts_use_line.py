from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError


class PartsUseLine(models.TransientModel):
    """One part, or one lot of it, that the technician takes."""

    _name = "workmanager.parts.use.line"
    _description = "Use Part"

    use_id = fields.Many2one(
        "workmanager.parts.use", required=True, index=True, ondelete="cascade"
    )
    sheet_id = fields.Many2one(related="use_id.sheet_id")
    line_id = fields.Many2one(
        "workmanager.sheet.line",
        string="Planned As",
        index="btree_not_null",
        readonly=True,
        ondelete="cascade",
    )
    is_extra = fields.Boolean(default=True)
    product_id = fields.Many2one(
        "product.product",
        string="Part",
        required=True,
        index=True,
        domain=[("type", "=", "consu"), ("sale_ok", "=", True)],
        ondelete="cascade",
    )
    tracking = fields.Selection(related="product_id.tracking")
    product_uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        compute="_compute_product_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
    )
    planned = fields.Float(digits="Product Unit", readonly=True)
    used = fields.Float(digits="Product Unit", readonly=True)
    available = fields.Float(
        string="Reserved",
        digits="Product Unit",
        readonly=True,
        help="Reserved for this sheet and not used yet.",
    )
    quantity = fields.Float(
        string="Now",
        digits="Product Unit",
        help="What is used now. Below zero: what goes back to the stock.",
    )
    is_all = fields.Boolean(
        string="All",
        compute="_compute_is_all",
        readonly=False,
        store=True,
        help="Use all that is reserved.",
    )
    lot_id = fields.Many2one(
        "stock.lot",
        string="Lot/Serial",
        index=True,
        domain="[('product_id', '=', product_id)]",
        ondelete="cascade",
    )
    replaces_id = fields.Many2one(
        "workmanager.sheet.line",
        string="In Exchange For",
        index="btree_not_null",
        domain="[('sheet_id', '=', sheet_id), ('order_state', '=', 'sale'),"
        " ('product_type', '=', 'consu')]",
        ondelete="cascade",
        help="The planned part that it is used in place of, at the accepted price.",
    )

    @api.depends("product_id")
    def _compute_product_uom_id(self):
        for row in self:
            row.product_uom_id = row.product_uom_id or row.product_id.uom_id

    @api.depends("quantity")
    def _compute_is_all(self):
        for row in self:
            row.is_all = row.available > 0 and row.quantity == row.available

    @api.onchange("is_all")
    def _onchange_is_all(self):
        """Take all that is reserved with one tap, or nothing with the next."""
        if self.is_all and self.quantity < self.available:
            self.quantity = self.available
        elif not self.is_all and self.quantity == self.available:
            self.quantity = 0.0

    # --------------------------------------------------------------- BUSINESS

    def _ensure_valid(self):
        """Refuse rows that cannot be meant.

        :raises UserError: a lot is missing or of another part, or an exchange is not
            of this sheet
        """
        for row in self:
            if error := row._lot_error_message() or row._part_error_message():
                raise UserError(error)

    def _lot_error_message(self):
        """Return why the number cannot be meant, or False."""
        self.ensure_one()
        part, lot = self.product_id.display_name, self.lot_id
        if self.product_id.tracking != "none" and not lot:
            return self.env._("Choose the lot or serial number of “%s”.", part)
        if lot and lot.product_id != self.product_id:
            return self.env._(
                "The number %(lot)s is of %(product)s, not of “%(part)s”.",
                lot=lot.name,
                product=lot.product_id.display_name,
                part=part,
            )
        return False

    def _part_error_message(self):
        """Return why the part cannot be meant, or False."""
        self.ensure_one()
        part = self.product_id.display_name
        if self.product_id.type != "consu":
            return self.env._("“%s” is no part.", part)
        if not self.line_id and self.quantity < 0:
            return self.env._("“%s” was not planned: it cannot be put back.", part)
        if (self.line_id | self.replaces_id).sheet_id - self.use_id.sheet_id:
            return self.env._("“%s” belongs to another sheet.", part)
        return False

    def _use_planned(self):
        """Take what was planned.

        :return: what is beyond it, as ``(values of a line, {lot: quantity})``
        """
        excess, quantities, chosen = [], {}, {}
        for (line, product), rows in self.grouped(
            lambda row: (row.line_id, row.product_id)
        ).items():
            lots, total = defaultdict(float), 0.0
            for row, within, beyond in rows._part_by_plan():
                if row.product_uom_id.compare(within, 0.0) > 0:
                    total += within
                    if row.lot_id:
                        lots[row.lot_id] += within
                if row.product_uom_id.compare(beyond, 0.0) > 0:
                    excess.append((row._prepare_request(beyond), row._get_lots(beyond)))
            if total and product != line.product_id:
                line._use_components({product.sudo(): total}, lots)
            elif total:
                quantities[line] = total
                chosen.update({line: lots} if lots else {})
        if quantities:
            lines = self.env["workmanager.sheet.line"].concat(*quantities)
            lines._use_parts(quantities, chosen)
        return excess

    def _part_by_plan(self):
        """Return ``(row, what is within the plan, what is beyond it)`` of these rows
        of one part of one line."""
        left = self._get_left_of_plan()
        parted = []
        for row in self:
            within = max(min(row.quantity, left), 0.0)
            left -= within
            parted.append((row, within, row.quantity - within))
        return parted

    def _get_left_of_plan(self):
        """Return what of these rows' part is planned and not used yet."""
        line, product = self.line_id, self.product_id
        if product == line.product_id:
            return line.quantity - line.quantity_used
        # Reservations are read without stock rights.
        needed, used = line.sudo()._get_components()[product.sudo()]
        return needed - used

    def _exchange(self):
        """Use this part in place of a planned one."""
        self.ensure_one()
        self.sheet_id._exchange_part(
            self.replaces_id, self._prepare_request(), self._get_lots()
        )

    def _prepare_request(self, quantity=None):
        """Return the values of a sheet line for ``quantity`` of this part."""
        self.ensure_one()
        values = {
            "product_id": self.product_id.id,
            "product_uom_id": self.product_uom_id.id,
            "quantity": self.quantity if quantity is None else quantity,
        }
        if self.line_id.is_internal:
            values["is_internal"] = True
        return values

    def _get_lots(self, quantity=None):
        self.ensure_one()
        quantity = self.quantity if quantity is None else quantity
        return {self.lot_id: quantity} if self.lot_id else {}

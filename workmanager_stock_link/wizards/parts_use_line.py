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
            part = row.product_id.display_name
            if row.product_id.tracking != "none" and not row.lot_id:
                raise UserError(
                    self.env._("Choose the lot or serial number of “%s”.", part)
                )
            if row.lot_id and row.lot_id.product_id != row.product_id:
                raise UserError(
                    self.env._(
                        "The number %(lot)s is of %(product)s, not of “%(part)s”.",
                        lot=row.lot_id.name,
                        product=row.lot_id.product_id.display_name,
                        part=part,
                    )
                )
            if row.product_id.type != "consu":
                raise UserError(self.env._("“%s” is no part.", part))
            if not row.line_id and row.quantity < 0:
                raise UserError(
                    self.env._("“%s” was not planned: it cannot be put back.", part)
                )
            if (row.line_id | row.replaces_id).sheet_id - row.use_id.sheet_id:
                raise UserError(self.env._("“%s” belongs to another sheet.", part))

    def _use_planned(self):
        """Take what was planned.

        :return: what is beyond it, as ``(values of a line, {lot: quantity})``
        """
        excess, quantities, chosen = [], {}, {}
        for line, rows in self.grouped("line_id").items():
            left = line.quantity - line.quantity_used
            lots = defaultdict(float)
            for row in rows:
                within = max(min(row.quantity, left), 0.0)
                left -= within
                if row.product_uom_id.compare(within, 0.0) > 0:
                    quantities[line] = quantities.get(line, 0.0) + within
                    if row.lot_id:
                        lots[row.lot_id] += within
                if row.product_uom_id.compare(row.quantity, within) > 0:
                    beyond = row.quantity - within
                    excess.append((row._prepare_request(beyond), row._get_lots(beyond)))
            if lots:
                chosen[line] = dict(lots)
        if quantities:
            lines = self.env["workmanager.sheet.line"].concat(*quantities)
            lines._use_parts(quantities, chosen)
        return excess

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

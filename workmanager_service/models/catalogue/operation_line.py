from odoo import api, fields, models

from ...formats import format_quantity


class OperationLine(models.Model):
    _name = "workmanager.operation.line"
    _description = "Predefined Repair Line"
    _order = "operation_id, sequence, id"

    operation_id = fields.Many2one(
        "workmanager.operation", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product",
        string="Part or Work",
        required=True,
        index=True,
        domain=[("sale_ok", "=", True)],
        ondelete="restrict",
    )
    quantity = fields.Float(default=1.0, digits="Product Unit", required=True)
    product_uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        compute="_compute_product_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    currency_id = fields.Many2one(related="operation_id.currency_id")
    price = fields.Monetary(
        compute="_compute_price",
        help="The product's sales price, without taxes and price lists.",
    )
    cost = fields.Monetary(
        compute="_compute_cost", groups="workmanager_service.group_manager"
    )

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity of a part or work must be above zero."
    )

    @api.depends("product_id")
    def _compute_product_uom_id(self):
        for line in self:
            line.product_uom_id = line.product_id.uom_id

    @api.depends("quantity", "product_uom_id", "product_id.lst_price")
    @api.depends_context("company")
    def _compute_price(self):
        for line in self:
            line.price = line._in_product_unit() * line.product_id.lst_price

    @api.depends("quantity", "product_uom_id", "product_id.standard_price")
    @api.depends_context("company")
    def _compute_cost(self):
        for line in self:
            line.cost = line._in_product_unit() * line.product_id.standard_price

    def _in_product_unit(self):
        """Return the quantity in the product's own unit."""
        self.ensure_one()
        return self.product_uom_id._compute_quantity(
            self.quantity, self.product_id.uom_id
        )

    def _get_checklist_rows(self, sheet):
        """Return {line: what the checklist shows of it} for ``sheet``.

        :return: dicts with ``name``, ``quantity`` (text with unit), ``availability``
            (text) and ``availability_level`` (a Bootstrap colour)
        """
        return {
            line: {
                "id": line.id,
                "name": line.product_id.display_name,
                "quantity": format_quantity(
                    self.env, line.quantity, line.product_uom_id
                ),
                "availability": "",
                "availability_level": "",
            }
            for line in self
        }

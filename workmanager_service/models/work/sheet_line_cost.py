from odoo import api, fields, models

from ..service.states import DONE_STATES

COST_GROUP = "workmanager_service.group_manager"


class SheetLine(models.Model):
    """What a line costs us, for those who may see it."""

    _inherit = "workmanager.sheet.line"

    company_currency_id = fields.Many2one(
        related="sheet_id.company_currency_id", string="Company Currency"
    )
    unit_cost = fields.Float(
        compute="_compute_unit_cost",
        store=True,
        digits="Product Price",
        groups=COST_GROUP,
        help="What one unit costs the company: what the product cost when it was "
        "quoted, and again when the repair was finished.",
    )
    cost = fields.Monetary(
        compute="_compute_cost",
        store=True,
        currency_field="company_currency_id",
        groups=COST_GROUP,
        help="Of what is planned, and of what was done once the repair is finished.",
    )

    @api.depends("product_id", "product_uom_id", "company_id", "fee")
    def _compute_unit_cost(self):
        for line in self:
            line.unit_cost = line._get_unit_cost()

    @api.depends("unit_cost", "quantity", "quantity_done", "sheet_id.state")
    def _compute_cost(self):
        for line in self:
            is_over = line.sheet_id.state in DONE_STATES
            quantity = line.quantity_done if is_over else line.quantity
            line.cost = line.unit_cost * quantity

    def _get_unit_cost(self):
        """Return what one unit of the line costs the company, in its currency."""
        self.ensure_one()
        product = self.product_id.with_company(self.company_id)
        if not product or self.fee == "deducted":
            return 0.0
        return product.uom_id._compute_price(
            product.standard_price, self.product_uom_id or product.uom_id
        )

    def _freeze_unit_cost(self):
        """Take the costs of this moment: prices that change later change nothing."""
        # Technicians quote and finish without seeing costs.
        lines_sudo = self.sudo()
        for line in lines_sudo:
            line.unit_cost = line._get_unit_cost()

from odoo import api, fields, models


class SheetLine(models.Model):
    """How a line stands on the quotation: shown or not, for the customer to choose."""

    _inherit = "workmanager.sheet.line"

    is_internal = fields.Boolean(
        string="Internal",
        compute="_compute_is_internal",
        store=True,
        readonly=False,
        help="Needed for the repair, but neither shown to the customer nor charged. "
        "It is reserved, used and counted in the cost.",
    )
    is_optional = fields.Boolean(
        string="Optional",
        help="The customer chooses whether to take it, on the quotation's page.",
    )
    quantity_offered = fields.Float(
        digits="Product Unit",
        copy=False,
        readonly=True,
        help="What the customer gets who takes this option.",
    )

    _internal_not_optional = models.Constraint(
        "CHECK(is_internal IS NOT TRUE OR is_optional IS NOT TRUE)",
        "A line that the customer does not see cannot be an option.",
    )
    _optional_by_customer = models.Constraint(
        "CHECK(is_optional IS NOT TRUE OR coverage != 'warranty')",
        "An option is chosen, and paid, by the customer: it cannot be covered by the "
        "manufacturer's warranty.",
    )

    @api.depends("sale_line_id.is_internal")
    def _compute_is_internal(self):
        for line in self:
            if line.sale_line_id:
                line.is_internal = line.sale_line_id.is_internal

    def _prepare_sale_order_line_values(self):
        values = super()._prepare_sale_order_line_values()
        if self.is_internal:
            values.pop("discount", None)
            values.update(is_internal=True, price_unit=0.0)
        if self.is_optional:
            # Odoo's own way: an option is on the order, at quantity zero until taken.
            values["product_uom_qty"] = 0.0
            if self.product_uom_id.compare(self.quantity_offered, 1.0):
                values["name"] = self._get_option_name()
        return values

    def _get_option_name(self):
        """Return what the line is and how much of it, in the customer's language."""
        self.ensure_one()
        line = self.with_context(lang=self.sheet_id._get_document_lang())
        quantity = line.sheet_id._format_measure(self.quantity_offered)
        return f"{self.name} ({quantity} {line.product_uom_id.name})"

    def _offer_options(self):
        """Keep what the options offer: on the order they start at zero."""
        for line in self.filtered("is_optional"):
            if not line.product_uom_id.is_zero(line.quantity):
                line.quantity_offered = line.quantity

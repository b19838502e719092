from odoo import api, fields, models
from odoo.exceptions import UserError

# What the order line decides once the sheet line is on a quotation.
QUOTED_FIELDS = {
    "product_id",
    "quantity",
    "product_uom_id",
    "price_unit",
    "discount",
    "coverage",
    "sheet_id",
    "is_internal",
    "is_optional",
}

# A repair under the warranty of our own repair is paid by nobody.
COVERAGE_BY_WARRANTY = {"manufacturer": "warranty", "repair": "goodwill"}


class SheetLine(models.Model):
    """A part or a piece of work that an evaluation asks for."""

    _name = "workmanager.sheet.line"
    _inherit = ["workmanager.sealed.mixin"]
    _description = "Service Sheet Line"
    _order = "sheet_id desc, sequence, id"
    _check_company_auto = True

    sheet_id = fields.Many2one(
        "workmanager.sheet",
        string="Service Sheet",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="sheet_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="sheet_id.currency_id")
    sequence = fields.Integer(default=10)
    evaluation_id = fields.Many2one(
        "workmanager.evaluation",
        index="btree_not_null",
        domain="[('sheet_id', '=', sheet_id)]",
        ondelete="set null",
    )
    fault_id = fields.Many2one(
        "workmanager.fault", index="btree_not_null", ondelete="restrict"
    )
    operation_id = fields.Many2one(
        "workmanager.operation",
        string="Predefined Repair",
        index="btree_not_null",
        ondelete="set null",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Part or Work",
        required=True,
        index=True,
        domain=[("sale_ok", "=", True)],
        check_company=True,
        ondelete="restrict",
    )
    product_type = fields.Selection(related="product_id.type")
    name = fields.Text(
        string="Description",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    quantity = fields.Float(
        compute="_compute_quantity",
        store=True,
        readonly=False,
        precompute=True,
        digits="Product Unit",
        required=True,
    )
    product_uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        compute="_compute_product_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    coverage = fields.Selection(
        [
            ("customer", "Customer"),
            ("warranty", "Manufacturer's Warranty"),
            ("goodwill", "Goodwill"),
        ],
        compute="_compute_coverage",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Who pays: the customer, the manufacturer, or nobody.",
    )
    price_unit = fields.Float(
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        precompute=True,
        digits="Product Price",
    )
    # What the price list said: a price that differs was typed by a person.
    technical_price_unit = fields.Float(
        compute="_compute_price_unit", store=True, precompute=True
    )
    discount = fields.Float(
        string="Discount (%)",
        compute="_compute_discount",
        store=True,
        readonly=False,
        precompute=True,
        digits="Discount",
    )
    tax_ids = fields.Many2many(
        "account.tax", string="Taxes", compute="_compute_tax_ids", compute_sudo=True
    )
    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Quotation Line",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="set null",
    )
    sale_order_id = fields.Many2one(
        related="sale_line_id.order_id", string="Quotation", related_sudo=True
    )
    order_state = fields.Selection(
        related="sale_line_id.state", string="Quotation Status", related_sudo=True
    )
    price_subtotal = fields.Monetary(
        string="Subtotal",
        compute="_compute_price_subtotal",
        compute_sudo=True,
        help="Without taxes: of the quotation, and until there is one as it would be.",
    )
    is_quoted = fields.Boolean(
        compute="_compute_is_quoted",
        compute_sudo=True,
        help="On a quotation that counts, which decides what the line is.",
    )
    is_accepted = fields.Boolean(
        compute="_compute_is_accepted",
        compute_sudo=True,
        help="The quotation with this line is confirmed.",
    )
    quantity_done = fields.Float(string="Done", digits="Product Unit", copy=False)

    _quantity_positive = models.Constraint(
        "CHECK(quantity >= 0 AND quantity_done >= 0)",
        "Quantities of parts and work cannot be negative.",
    )

    # ---------------------------------------------------------------- COMPUTE

    @api.depends("product_id")
    def _compute_name(self):
        for line in self:
            if line.product_id:
                lang = line.sheet_id.partner_id.lang
                product = line.product_id.with_context(lang=lang or self.env.lang)
                line.name = product.get_product_multiline_description_sale()

    @api.depends("sale_line_id.product_uom_qty")
    def _compute_quantity(self):
        for line in self:
            if line.sale_line_id:
                line.quantity = line.sale_line_id.product_uom_qty
            else:
                line.quantity = line.quantity or 1.0

    @api.depends("product_id", "sale_line_id.product_uom_id")
    def _compute_product_uom_id(self):
        for line in self:
            line.product_uom_id = (
                line.sale_line_id.product_uom_id or line.product_id.uom_id
            )

    @api.depends("sheet_id.warranty_basis")
    def _compute_coverage(self):
        """Propose who pays by the warranty that the sheet is under."""
        for line in self:
            if not line.sale_line_id:
                basis = not line.is_optional and line.sheet_id.warranty_basis
                line.coverage = COVERAGE_BY_WARRANTY.get(basis, "customer")

    @api.depends(
        "product_id",
        "product_uom_id",
        "quantity",
        "sheet_id.partner_id",
        "sale_line_id.price_unit",
    )
    def _compute_price_unit(self):
        """Propose the price list's price; follow the quotation when there is one."""
        for line in self:
            if line.sale_line_id:
                line.price_unit = line.sale_line_id.price_unit
            elif line.product_id and not line._has_manual_price():
                line.price_unit = line._get_pricelist_price()
                line.technical_price_unit = line.price_unit

    @api.depends("sale_line_id.discount")
    def _compute_discount(self):
        for line in self:
            if line.sale_line_id:
                line.discount = line.sale_line_id.discount

    @api.depends("product_id", "sale_line_id.tax_ids", "sheet_id.partner_id")
    def _compute_tax_ids(self):
        positions = {}  # Odoo looks the customer's up again each time
        for line in self:
            line.tax_ids = line.sale_line_id.tax_ids or line._get_default_taxes(
                positions
            )

    @api.depends(
        "product_id",
        "quantity",
        "price_unit",
        "discount",
        "coverage",
        "is_internal",
        "is_optional",
        "sale_line_id.price_subtotal",
        "sale_line_id.state",
    )
    def _compute_price_subtotal(self):
        for line in self:
            if line._is_to_quote():
                line.price_subtotal = line._get_expected_subtotal()
            else:
                line.price_subtotal = line.sale_line_id.price_subtotal

    @api.depends("sale_line_id.state", "sheet_id.state")
    def _compute_is_quoted(self):
        for line in self:
            line.is_quoted = not line._is_to_quote()

    @api.depends("sale_line_id.state")
    def _compute_is_accepted(self):
        for line in self:
            line.is_accepted = line.sale_line_id.state == "sale"

    # ------------------------------------------------------------------- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.sheet_id._ensure_open()
        return lines

    def write(self, vals):
        """Change the lines, as far as neither quotation nor statement holds them.

        :raises UserError: the line is quoted, or the repair is over
        """
        if "quantity_done" in vals and not self.env.su:
            self._ensure_done_open()
        if vals.keys() & QUOTED_FIELDS and not self._is_step_write(vals):
            self._ensure_not_quoted()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_quoted(self):
        self._ensure_not_quoted()

    def _ensure_not_quoted(self):
        quoted = self.filtered(lambda line: not line._is_to_quote())
        if quoted:
            raise UserError(
                self.env._(
                    "“%(line)s” is on the quotation %(order)s: change it there, and "
                    "the sheet follows.",
                    line=quoted[0].name,
                    order=quoted[0].sudo().sale_order_id.name,
                )
            )

    # --------------------------------------------------------------- BUSINESS

    def _needs_decision(self):
        """Whether the customer decides on the line: he pays for it, and sees it."""
        self.ensure_one()
        return self.coverage == "customer" and not self.is_internal and not self.fee

    def _is_to_quote(self):
        """Whether the line is on no quotation that still counts."""
        self.ensure_one()
        order_line_sudo = self.sudo().sale_line_id  # technicians have no sales rights
        return not order_line_sudo or order_line_sudo.state == "cancel"

    def _has_manual_price(self):
        self.ensure_one()
        currency = self.currency_id or self.env.company.currency_id
        return currency.compare_amounts(self.technical_price_unit, self.price_unit) != 0

    def _get_pricelist_price(self):
        """Return the customer's unit price, in the sheet's currency."""
        self.ensure_one()
        line = self.sudo().with_company(self.company_id or self.env.company)
        return line.sheet_id.partner_id.property_product_pricelist._get_product_price(
            line.product_id,
            line.quantity or 1.0,
            currency=line.currency_id,
            uom=line.product_uom_id,
            date=fields.Datetime.now(),
        )

    def _get_expected_subtotal(self):
        """Return what the line would cost on a quotation, without taxes."""
        self.ensure_one()
        # An option starts at zero there, and the rest of it nobody pays.
        if self.is_internal or self.is_optional:
            return 0.0
        price = self.price_unit * (1 - self._get_quoted_discount() / 100)
        # The customer's taxes take queries, and matter where prices contain them.
        if any(self.product_id.sudo().taxes_id.mapped("price_include")):
            return self.tax_ids.compute_all(
                price,
                currency=self.currency_id,
                quantity=self.quantity,
                product=self.product_id,
                partner=self.sheet_id.partner_id,
            )["total_excluded"]
        return self.quantity * price

    def _get_default_taxes(self, positions):
        """Return the product's taxes as the customer's fiscal position maps them.

        :param dict positions: fiscal positions found so far, by company and customer
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        customer = self.sheet_id.partner_id
        if (company, customer) not in positions:
            positions[company, customer] = (
                self.env["account.fiscal.position"]
                .with_company(company)
                ._get_fiscal_position(customer)
            )
        taxes = self.product_id.taxes_id._filter_taxes_by_company(company)
        return positions[company, customer].map_tax(taxes)

    def _get_payer(self):
        """Return who is billed for this line.

        :raises UserError: the manufacturer's warranty covers it, and none is known
        """
        self.ensure_one()
        if self.coverage != "warranty" or self.is_internal:
            return self.sheet_id.partner_id
        brand = self.sheet_id.equipment_id.brand_id
        if not brand.partner_id:
            raise UserError(
                self.env._(
                    "%(sheet)s: “%(line)s” is covered by the manufacturer's warranty, "
                    "but the brand %(brand)s has no manufacturer. Set it on the brand, "
                    "or change the coverage.",
                    sheet=self.sheet_id.name,
                    line=self.name,
                    brand=brand.name or "–",
                )
            )
        return brand.partner_id

    def _prepare_sale_order_line_values(self):
        """Return the values of the order line that quotes this line."""
        self.ensure_one()
        values = {
            "product_id": self.product_id.id,
            "name": self.name,
            "product_uom_qty": self.quantity,
            "product_uom_id": self.product_uom_id.id,
        }
        if self._has_manual_price():
            values["price_unit"] = self.price_unit
        if discount := self._get_quoted_discount():
            values["discount"] = discount
        if distribution := self.sheet_id.analytic_distribution:
            values["analytic_distribution"] = distribution
        if self.is_internal:
            values.pop("discount", None)
            values.update(is_internal=True, price_unit=0.0)
        if self.is_optional:
            # Odoo's own way: an option is on the order, at quantity zero until taken.
            values["product_uom_qty"] = 0.0
            if self.product_uom_id.compare(self.quantity_offered, 1.0):
                values["name"] = self._get_option_name()
        return values

    def _get_quoted_discount(self):
        """Return the percentage that a quotation takes off: goodwill takes all."""
        self.ensure_one()
        return 100.0 if self.coverage == "goodwill" else self.discount

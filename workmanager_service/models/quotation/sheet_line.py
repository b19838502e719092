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

    @api.depends("sheet_id.warranty_basis", "sale_line_id.is_goodwill")
    def _compute_coverage(self):
        """Propose who pays by the warranty that the sheet is under; follow the
        quotation when there is one."""
        for line in self:
            if not line.sale_line_id:
                basis = not line.is_optional and line.sheet_id.warranty_basis
                line.coverage = COVERAGE_BY_WARRANTY.get(basis, "customer")
            elif line.sale_line_id.is_goodwill:
                line.coverage = "goodwill"
            elif line.coverage == "goodwill":
                line.coverage = "customer"

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

    def _get_payer(self):
        """Return who is billed for this line.

        :raises UserError: the manufacturer's warranty covers it, and none is known
        """
        self.ensure_one()
        brand = self.sheet_id.equipment_id.brand_id
        if self._is_claimed() and not brand.partner_id:
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
        return self._find_payer()

    def _is_claimed(self):
        """Whether the manufacturer pays for the line."""
        self.ensure_one()
        return self.coverage == "warranty" and not self.is_internal

    def _find_payer(self):
        """Return who would be billed now: the customer, too, where the line is the
        manufacturer's and none is known yet."""
        self.ensure_one()
        manufacturer = self.sheet_id.equipment_id.brand_id.partner_id
        claimed = self._is_claimed() and manufacturer
        return claimed or self.sheet_id.partner_id

from odoo import api, fields, models


class SheetLine(models.Model):
    """What a line costs whoever pays for it: as Odoo quotes it, and until then as Odoo
    would quote it. The amounts are in the sheet's currency."""

    _inherit = "workmanager.sheet.line"

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
    price_subtotal = fields.Monetary(
        string="Subtotal",
        compute="_compute_price_subtotal",
        compute_sudo=True,
        help="Without taxes: of the quotation, and until there is one as it would be.",
    )

    # ---------------------------------------------------------------- COMPUTE

    @api.depends(
        "product_id",
        "product_uom_id",
        "quantity",
        "coverage",
        "is_internal",
        "sheet_id.partner_id",
        "sale_line_id.price_unit",
        "sale_line_id.state",
    )
    def _compute_price_unit(self):
        """Propose what Odoo would ask; follow the quotation when there is one."""
        to_quote = self.filtered(lambda line: line._is_to_quote())
        for line in self - to_quote:
            line.price_unit = line._to_sheet_currency(line.sale_line_id, "price_unit")
        untyped = to_quote.filtered(
            lambda line: line.product_id and not line._has_manual_price()
        )
        for line, proposal in untyped._propose_sale_lines().items():
            line.price_unit = line._to_sheet_currency(proposal, "price_unit")
            line.technical_price_unit = line.price_unit

    @api.depends(
        "product_id",
        "product_uom_id",
        "quantity",
        "coverage",
        "is_internal",
        "sheet_id.partner_id",
        "sale_line_id.discount",
        "sale_line_id.state",
    )
    def _compute_discount(self):
        """Propose the discount that a price list shows; follow the quotation."""
        to_quote = self.filtered(lambda line: line._is_to_quote())
        for line in self - to_quote:
            line.discount = line.sale_line_id.discount
        for line, proposal in to_quote._propose_sale_lines().items():
            line.discount = proposal.discount

    @api.depends(
        "product_id", "coverage", "sale_line_id.tax_ids", "sheet_id.partner_id"
    )
    def _compute_tax_ids(self):
        quoted = self.filtered("sale_line_id")
        for line in quoted:
            line.tax_ids = line.sale_line_id.tax_ids
        for line, proposal in (self - quoted)._propose_sale_lines().items():
            line.tax_ids = proposal.tax_ids._origin

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
        to_quote = self.filtered(lambda line: line._is_to_quote())
        for line in self - to_quote:
            line.price_subtotal = line._to_sheet_currency(
                line.sale_line_id, "price_subtotal"
            )
        for line, proposal in to_quote._propose_sale_lines(as_it_stands=True).items():
            line.price_subtotal = line._to_sheet_currency(proposal, "price_subtotal")

    # --------------------------------------------------------------- BUSINESS

    def _propose_sale_lines(self, as_it_stands=False):
        """Return {line: the order line that would quote it now, unsaved}, so that the
        sheet says what Odoo's price lists, fiscal positions and taxes will say.

        :param bool as_it_stands: with the price and the discount of the line; otherwise
            with those that Odoo proposes
        """
        orders = {}
        proposals = {}
        for line in self:
            line_sudo = line.sudo()  # technicians have no sales rights
            key = (line_sudo.sheet_id, line_sudo._find_payer())
            if key not in orders:
                orders[key] = line_sudo._new_sale_order(key[1])
            values = (
                line_sudo._prepare_sale_order_line_values()
                if as_it_stands
                else line_sudo._prepare_quoted_item_values()
            )
            proposals[line] = line_sudo.env["sale.order.line"].new(
                {**values, "order_id": orders[key]}
            )
        return proposals

    def _new_sale_order(self, payer):
        """Return an unsaved order of ``payer`` for this line."""
        self.ensure_one()
        sheet = self.sheet_id
        company = sheet.company_id or self.env.company
        values = sheet._prepare_sale_order_values(payer._origin or payer)
        return (
            self.env["sale.order"]
            .with_company(company)
            .new({**values, "company_id": company.id})
        )

    def _to_sheet_currency(self, sale_line, name):
        """Return an amount of ``sale_line`` in the currency of the sheet; it is as
        exact as it was where that is the same.

        :param str name: the field of the order line
        """
        self.ensure_one()
        return sale_line._convert_to_currency(
            sale_line[name], self.currency_id, round=name != "price_unit"
        )

    def _has_manual_price(self):
        self.ensure_one()
        currency = self.currency_id or self.env.company.currency_id
        return currency.compare_amounts(self.technical_price_unit, self.price_unit) != 0

    def _prepare_sale_order_line_values(self):
        """Return the values of the order line that quotes this line."""
        self.ensure_one()
        values = {**self._prepare_quoted_item_values(), "discount": self.discount}
        if self._has_manual_price():
            values["price_unit"] = self._get_price_for_payer()
        if self.is_internal or self.coverage == "goodwill":
            values.update(price_unit=0.0, discount=0.0)
        return values

    def _prepare_quoted_item_values(self):
        """Return what the order line is for, without what it costs."""
        self.ensure_one()
        values = {
            "product_id": self.product_id._origin.id,
            "name": self.name,
            "product_uom_qty": self.quantity,
            "product_uom_id": self.product_uom_id._origin.id,
            "is_internal": self.is_internal,
            "is_goodwill": self.coverage == "goodwill" and not self.is_internal,
        }
        if distribution := self.sheet_id.analytic_distribution:
            values["analytic_distribution"] = distribution
        if self.is_optional:
            # Odoo's own way: an option is on the order, at quantity zero until taken.
            values["product_uom_qty"] = 0.0
            if self.product_uom_id.compare(self.quantity_offered, 1.0):
                values["name"] = self._get_option_name()
        return values

    def _get_price_for_payer(self):
        """Return the price that a person typed, in the currency of who pays it."""
        self.ensure_one()
        currency = self.sheet_id._get_currency_of(self._find_payer())
        company = self.company_id or self.env.company
        today = fields.Date.context_today(self)
        return self.currency_id._convert(
            self.price_unit, currency, company, today, round=False
        )

    def _get_typed_prices(self):
        """Return {line: its currency} of what has a price that a person typed."""
        typed = self.filtered(
            lambda line: line._is_to_quote() and line._has_manual_price()
        )
        return {line: line.currency_id for line in typed}

    def _convert_typed_prices(self, currencies):
        """Keep what typed prices are worth where the sheet has another currency now.

        :param dict currencies: {line: the currency that it had}
        """
        today = fields.Date.context_today(self)
        for line in self:
            former, currency = currencies.get(line), line.currency_id
            if former and former != currency:
                line.price_unit = former._convert(
                    line.price_unit, currency, line.company_id, today, round=False
                )

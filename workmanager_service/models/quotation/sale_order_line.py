from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_is_zero


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "workmanager.sealed.mixin"]

    sheet_line_ids = fields.One2many(
        "workmanager.sheet.line", "sale_line_id", string="Service Lines"
    )
    is_internal = fields.Boolean(
        string="Internal",
        help="Needed for the repair, but neither shown to the customer nor charged.",
    )

    is_goodwill = fields.Boolean(
        string="Goodwill",
        help="The customer sees it, and nobody pays for it.",
    )
    qty_reinvoiced = fields.Float(
        string="Credited, to Invoice Again",
        digits="Product Unit",
        copy=False,
        readonly=True,
        help="How much of what was credited somebody decided to invoice again.",
    )

    @api.depends("is_internal", "is_goodwill")
    def _compute_price_unit(self):
        """What nobody pays costs nothing, whatever button works prices out anew."""
        free = self.filtered(lambda line: line._is_free())
        free.update({"price_unit": 0.0, "technical_price_unit": 0.0})
        return super(SaleOrderLine, self - free)._compute_price_unit()

    @api.depends("is_internal", "is_goodwill")
    def _compute_discount(self):
        """Nothing is taken off what costs nothing."""
        free = self.filtered(lambda line: line._is_free())
        free.discount = 0.0
        return super(SaleOrderLine, self - free)._compute_discount()

    @api.depends(
        "invoice_lines.move_id.state",
        "invoice_lines.quantity",
        "is_internal",
        "qty_reinvoiced",
        "sheet_line_ids.fee",
        "sheet_line_ids.quantity_done",
        "sheet_line_ids.sheet_id.state",
    )
    def _compute_qty_to_invoice(self):
        """Invoice what the work statement says was done, whatever was ordered.

        What was credited is not invoiced again by itself: the credit note may be what
        the customer was promised.
        """
        res = super()._compute_qty_to_invoice()
        internal = self.filtered("is_internal")
        internal.qty_to_invoice = 0.0
        sold = (self - internal).filtered(
            lambda line: (
                line.state == "sale"
                and not line.display_type
                and not line.is_downpayment
            )
        )
        for line in sold:
            # As superuser: who invoices need have no rights on sheets.
            if line.sudo().order_id.order_line.sheet_line_ids:
                line.qty_to_invoice = line._get_quantity_left(
                    line._get_quantity_to_bill(line.qty_to_invoice)
                )
        return res

    @api.depends("is_internal")
    def _compute_invoice_status(self):
        """Wait for no invoice of what is never invoiced."""
        res = super()._compute_invoice_status()
        self.filtered(
            lambda line: line.is_internal and line.state == "sale"
        ).invoice_status = "invoiced"
        return res

    @api.constrains("is_internal", "is_goodwill", "price_unit")
    def _check_free_price(self):
        for line in self.filtered(lambda line: line._is_free()):
            if line.currency_id.compare_amounts(line.price_unit, 0.0):
                raise ValidationError(line._free_price_message())

    # ------------------------------------------------------------------- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        """Let the sheet of an order follow what is added to it by hand.

        Code that links the lines to sheets itself says ``sheet_adoption=False``.
        """
        lines = super().create(vals_list)
        if not self.env.context.get("sheet_adoption", True):
            return lines
        # Who sells need have no rights on sheets.
        added_sudo = lines.sudo().filtered(
            lambda line: (
                line.product_id
                and not line.display_type
                and not line.is_downpayment
                and not line.combo_item_id
            )
        )
        if added_sudo:
            adopted_sudo = (
                self.env["workmanager.sheet.line"].sudo()._adopt_order_lines(added_sudo)
            )
            adopted_sudo.filtered(
                lambda line: line.is_accepted and line.sheet_id.state == "repair"
            )._plan_done()
        return lines

    def write(self, vals):
        """Keep to the price that the customer accepted; follow another product.

        :raises UserError: an accepted line would cost more
        """
        if "is_goodwill" in vals and not vals["is_goodwill"]:
            self._ensure_goodwill_kept()
        accepted = self.browse()
        if set(vals) & {"price_unit", "discount", "product_id"}:
            accepted = self.filtered(lambda line: line._is_accepted_service())
        prices = {line: line._get_discounted_unit_price() for line in accepted}
        res = super().write(vals)
        for line, price in prices.items():
            if (
                line.currency_id.compare_amounts(
                    line._get_discounted_unit_price(), price
                )
                > 0
            ):
                raise UserError(line._accepted_price_message(price))
        if "product_id" in vals:
            self.sudo().sheet_line_ids._follow_product()
        return res

    def unlink(self):
        """Let the sheet follow what is taken off its order by hand."""
        sheet_lines_sudo = self.sudo().sheet_line_ids
        names = {line: line.sale_order_id.name for line in sheet_lines_sudo}
        res = super().unlink()
        sheet_lines_sudo._follow_removal(names)
        return res

    # --------------------------------------------------------------- BUSINESS

    def _get_service_options(self):
        """Return {order line: quantity offered} for what the customer takes or leaves
        together with this line; to be called as superuser."""
        section = self.parent_id
        if not section.is_optional:
            return {}
        return {
            line: line.sheet_line_ids[:1].quantity_offered
            for line in self.order_id.order_line
            if line.parent_id == section and line.sheet_line_ids.filtered("is_optional")
        }

    def _is_free(self):
        """Whether nobody pays for the line."""
        self.ensure_one()
        return self.is_internal or self.is_goodwill

    def _ensure_goodwill_kept(self):
        """Refuse to charge in the end what was free when the order was confirmed."""
        for line in self:
            # Who sells need have no rights on sheets.
            if line.is_goodwill and line.state == "sale" and line.sudo().sheet_line_ids:
                raise UserError(
                    self.env._(
                        "“%(line)s” was goodwill when %(order)s was confirmed: quote "
                        "what shall be paid after all on a supplementary quotation.",
                        line=line.name,
                        order=line.order_id.name,
                    )
                )

    def _free_price_message(self):
        self.ensure_one()
        if self.is_internal:
            return self.env._(
                "“%(line)s” is internal: the customer does not see it, and cannot be "
                "charged for it. Leave its price at zero, or untick “Internal”.",
                line=self.name,
            )
        return self.env._(
            "“%(line)s” is goodwill: nobody pays for it. Leave its price at zero, or "
            "untick “Goodwill”.",
            line=self.name,
        )

    def _is_accepted_service(self):
        """Whether the customer accepted this line of a repair at its price."""
        self.ensure_one()
        # Who sells need have no rights on sheets.
        return (
            self.state == "sale"
            and self.order_id.service_decision == "accepted"
            and "customer" in self.sudo().sheet_line_ids.mapped("coverage")
        )

    def _get_discounted_unit_price(self):
        self.ensure_one()
        return self.price_unit * (1.0 - self.discount / 100.0)

    def _accepted_price_message(self, price):
        self.ensure_one()
        return self.env._(
            "The customer accepted “%(line)s” at %(price)s on %(order)s: it cannot "
            "cost more now. Quote the difference on a supplementary quotation.",
            line=self.name,
            price=self.currency_id.format(price),
            order=self.order_id.name,
        )

    def _is_shown_to_customer(self):
        """Whether the line has a place in the customer's documents.

        A section has none when all that it holds is internal.
        """
        self.ensure_one()
        if self.display_type in ("line_section", "line_subsection"):
            inside = self._get_section_lines()
            return not inside or not all(inside.mapped("is_internal"))
        return not self.is_internal

    def _get_quantity_to_bill(self, by_odoo):
        """Return how much of this line of a service order is to be billed in all.

        :param float by_odoo: what Odoo would still invoice, for a line on no sheet
        """
        self.ensure_one()
        if sheet_lines_sudo := self.sudo().sheet_line_ids:
            return sheet_lines_sudo._get_quantity_to_bill()
        return by_odoo + self.qty_invoiced

    def _get_quantity_left(self, done):
        """Return how much of what is ``done`` is neither invoiced nor credited."""
        self.ensure_one()
        left = done - self.qty_invoiced
        return left if left < 0 else max(left - self._get_quantity_credited(done), 0.0)

    def _get_quantity_credited(self, done):
        """Return how much of what is ``done`` was credited and is on no other invoice,
        and shall not be invoiced again by itself."""
        self.ensure_one()
        invoiced, credited = self._get_invoiced_and_credited()
        again = max(self.qty_reinvoiced, invoiced - done, 0.0)
        return max(credited - again, 0.0)

    def _get_invoiced_and_credited(self):
        """Return what all invoices of this line have, and all credit notes."""
        self.ensure_one()
        totals = {"out_invoice": 0.0, "out_refund": 0.0}
        for line in self.invoice_lines:
            if line.move_id.move_type in totals and line.parent_state != "cancel":
                totals[line.move_id.move_type] += line.product_uom_id._compute_quantity(
                    line.quantity, self.product_uom_id
                )
        return totals["out_invoice"], totals["out_refund"]

    def _is_credited(self):
        """Whether something of what is done was credited, and is not invoiced again."""
        self.ensure_one()
        if self.display_type or self.is_downpayment:
            return False
        done = self._get_quantity_to_bill(self.qty_to_invoice)
        return not self._is_nothing(self._get_quantity_credited(done))

    def _is_nothing(self, quantity):
        """Whether a quantity of this line is zero; down payments have no unit."""
        return float_is_zero(
            quantity,
            precision_digits=self.env["decimal.precision"].precision_get(
                "Product Unit"
            ),
        )

    def _convert_to_currency(self, amount, currency, round=True):
        """Return an amount of this line in another currency, on the order's day."""
        if not self or self.currency_id == currency:
            return amount
        day = self.order_id.date_order or fields.Date.context_today(self)
        return self.currency_id._convert(
            amount, currency, self.company_id, day, round=round
        )

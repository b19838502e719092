from odoo import api, fields, models

from ...formats import format_quantity
from ..service.states import FOLLOWING_STATES


class SheetLine(models.Model):
    """How a line stands on the quotation: shown or not, for the customer to choose."""

    _inherit = "workmanager.sheet.line"

    is_internal = fields.Boolean(
        string="Internal",
        compute="_compute_is_internal",
        store=True,
        readonly=False,
        precompute=True,
        help="Needed for the repair, but neither shown to the customer nor charged. "
        "It is reserved, used and counted in the cost.",
    )
    is_optional = fields.Boolean(
        string="Optional",
        help="The customer chooses whether to take it, on the quotation's page.",
    )
    fee = fields.Selection(
        [("charged", "Charged"), ("deducted", "Deducted")],
        string="Diagnosis Fee",
        readonly=True,
        copy=False,
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

    @api.depends(
        "sale_line_id.is_internal",
        "sheet_id.is_own_goods",
        "coverage",
        "is_optional",
    )
    def _compute_is_internal(self):
        """On our own goods all is internal that no manufacturer pays."""
        for line in self:
            if line.sale_line_id:
                line.is_internal = line.sale_line_id.is_internal
            elif line.sheet_id.is_own_goods:
                line.is_internal = not line.is_optional and line.coverage != "warranty"

    def _get_product_catalog_lines_data(self, parent_record=False, **kwargs):
        """Return what the product catalogue shows of these lines of one product."""
        line = self[:1]
        quantities = [
            line.product_uom_id._compute_quantity(line.quantity, line.product_id.uom_id)
            for line in self
        ]
        is_one = len(self) == 1
        return {
            "quantity": line.quantity if is_one else sum(quantities),
            "price": line.price_unit,
            "readOnly": not is_one or line.sheet_id._is_readonly(),
            "uomDisplayName": (
                line.product_uom_id if is_one else line.product_id.uom_id
            ).display_name,
        }

    def _prepare_deduction_values(self):
        """Return the values of the line that takes this fee off the repair."""
        self.ensure_one()
        lang = self.sheet_id._get_document_lang()
        return {
            "sheet_id": self.sheet_id.id,
            "product_id": self.product_id.id,
            "name": self.with_context(lang=lang).env._(
                "Deducted: %(fee)s (%(order)s)",
                fee=self.name,
                order=self.sudo().sale_order_id.name,
            ),
            "fee": "deducted",
            "coverage": "customer",
            "quantity": self.quantity,
            "product_uom_id": self.product_uom_id.id,
            "price_unit": -self.price_unit,
            "discount": self.discount,
            "sequence": 1000,
        }

    def _get_option_name(self):
        """Return what the line is and how much of it, in the customer's language."""
        self.ensure_one()
        line = self.with_context(lang=self.sheet_id._get_document_lang())
        quantity = format_quantity(line.env, self.quantity_offered, line.product_uom_id)
        return f"{self.name} ({quantity})"

    def _offer_options(self):
        """Keep what the options offer: on the order they start at zero."""
        for line in self.filtered("is_optional"):
            if not line.product_uom_id.is_zero(line.quantity):
                line._write_by_step({"quantity_offered": line.quantity})

    def _move_to_order(self, order_sudo):
        """Link these lines, in their order, to the lines of a new quotation, which
        takes the place of the one they were on."""
        former_sudo = self.sudo().sale_line_id.order_id
        former_sudo._get_superseded_by(order_sudo)._supersede(order_sudo)
        products = order_sudo.order_line.filtered("product_id")
        for line, sale_line in zip(self, products, strict=True):
            line.sudo().sale_line_id = sale_line

    # --------------------------------------------------- CHANGES ON THE ORDER

    def _follow_product(self):
        """Take over the product that somebody put in place of ours on the order."""
        for line in self:
            order_line = line.sale_line_id
            if line.product_id != order_line.product_id:
                line._write_by_step(
                    {"product_id": order_line.product_id.id, "name": order_line.name}
                )

    def _follow_removal(self, order_names):
        """Drop the lines that somebody took off the order; what is done stays.

        :param dict order_names: {line: name of the order it was on}
        """
        dropped = self.filtered(
            lambda line: (
                line.product_uom_id.is_zero(line.quantity_done)
                and line.sheet_id.state in FOLLOWING_STATES
                and not line._has_work_logs()
            )
        )
        for line in dropped:
            line.sheet_id.message_post(
                body=self.env._(
                    "“%(line)s” was taken off %(order)s.",
                    line=line.name,
                    order=order_names[line],
                )
            )
        dropped.unlink()

    def _has_work_logs(self):
        self.ensure_one()
        return self in self.sheet_id.work_log_ids.line_id

    def _adopt_order_lines(self, order_lines):
        """Give the sheet what somebody added to its order.

        An order of several sheets does not say for which of them it is.

        :param order_lines: order lines that are on no sheet, as superuser
        """
        siblings = self.search(
            [("sale_line_id.order_id", "in", order_lines.order_id.ids)]
        )
        by_order = siblings.grouped(lambda line: line.sale_line_id.order_id)
        return self.create(
            [
                lines._prepare_adopted_values(order_line)
                for order_line in order_lines
                if (lines := by_order.get(order_line.order_id))
                and len(lines.sheet_id) == 1
                and lines.sheet_id.state in FOLLOWING_STATES
                and not all(lines.mapped("fee"))
            ]
        )

    def _prepare_adopted_values(self, order_line):
        """Return the values of the line that follows ``order_line``, which was added to
        the order of these lines."""
        return {
            "sheet_id": self.sheet_id.id,
            "evaluation_id": self.evaluation_id[-1:].id,
            "product_id": order_line.product_id.id,
            "name": order_line.name,
            "quantity": order_line.product_uom_qty,
            "product_uom_id": order_line.product_uom_id.id,
            "coverage": "warranty"
            if set(self.mapped("coverage")) == {"warranty"}
            else "customer",
            "is_internal": order_line.is_internal,
            "is_optional": order_line._is_line_optional(),
            "quantity_offered": order_line.product_uom_qty or 1.0,
            "sale_line_id": order_line.id,
        }

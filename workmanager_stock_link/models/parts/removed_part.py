from odoo import api, fields, models
from odoo.exceptions import UserError


class RemovedPart(models.Model):
    """A part that came out of a customer's equipment, and what becomes of it."""

    _name = "workmanager.removed.part"
    _inherit = ["workmanager.sealed.mixin"]
    _description = "Removed Part"
    _order = "id desc"
    _check_company_auto = True

    sheet_id = fields.Many2one(
        "workmanager.sheet",
        string="Service Sheet",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="sheet_id.company_id", store=True, index=True)
    line_id = fields.Many2one(
        "workmanager.sheet.line",
        string="Replaced By",
        index="btree_not_null",
        domain="[('sheet_id', '=', sheet_id), ('product_type', '=', 'consu')]",
        ondelete="set null",
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    name = fields.Char(
        string="Part",
        compute="_compute_name",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    quantity = fields.Float(default=1.0, required=True, digits="Product Unit")
    serial_number = fields.Char()
    destination = fields.Selection(
        [
            ("customer", "Returned to the Customer"),
            ("scrap", "Scrapped"),
            ("manufacturer", "Sent to the Manufacturer"),
        ],
        required=True,
        default="customer",
        index=True,
    )
    manufacturer_id = fields.Many2one(
        related="sheet_id.equipment_id.brand_id.partner_id", string="Manufacturer"
    )
    done_date = fields.Date(
        string="Gone On", copy=False, help="When it left us, or was scrapped."
    )
    note = fields.Char()

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity of a removed part must be positive."
    )

    @api.depends("line_id")
    def _compute_product_id(self):
        for part in self:
            part.product_id = part.line_id.product_id or part.product_id

    @api.depends("product_id")
    def _compute_name(self):
        for part in self:
            part.name = part.product_id.display_name or part.name

    def action_done(self):
        """Note that these parts are gone today.

        :raises UserError: one goes to a manufacturer who is not known
        """
        for part in self.filtered(lambda part: not part.done_date):
            if part.destination == "manufacturer" and not part.manufacturer_id:
                raise UserError(
                    self.env._(
                        "%(sheet)s: “%(part)s” goes to the manufacturer, but the brand "
                        "of the equipment has none. Set it on the brand.",
                        sheet=part.sheet_id.name,
                        part=part.name,
                    )
                )
            part.done_date = fields.Date.context_today(part)
        return True

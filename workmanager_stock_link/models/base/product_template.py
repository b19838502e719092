from dateutil.relativedelta import relativedelta

from odoo import fields, models


class ProductTemplate(models.Model):
    """Products whose serial numbers become customers' equipment when they are sold."""

    _inherit = "product.template"

    equipment_type_id = fields.Many2one(
        "workmanager.equipment.type",
        string="Registers Equipment",
        index="btree_not_null",
        ondelete="restrict",
        help="Each serial number that a customer receives is registered as an "
        "equipment of this type.",
    )
    equipment_brand_id = fields.Many2one(
        "workmanager.brand",
        string="Brand of the Equipment",
        index="btree_not_null",
        ondelete="restrict",
    )
    equipment_warranty_months = fields.Integer(
        string="Warranty (months)",
        help="From the delivery. What the equipment type says, when it is 0.",
    )

    _equipment_warranty_positive = models.Constraint(
        "CHECK(equipment_warranty_months >= 0)",
        "Months of warranty cannot be negative.",
    )

    def write(self, vals):
        """Give back what sheets have reserved of a part that becomes a service."""
        if vals.get("type", "consu") != "consu":
            parts = self.filtered(lambda template: template.type == "consu")
            variants = parts.with_context(active_test=False).product_variant_ids
            # Who keeps the catalogue needs no rights on transfers.
            moves_sudo = self.env["stock.move"].sudo()
            reserved_sudo = moves_sudo.search(
                [
                    ("product_id", "in", variants.ids),
                    ("state", "not in", ("done", "cancel")),
                    ("sale_line_id.sheet_line_ids", "!=", False),
                ]
            )
            reserved_sudo._action_cancel()
        return super().write(vals)

    def _get_equipment_warranty_end(self, start):
        """Return when the warranty of what is delivered on ``start`` ends.

        :rtype: datetime.date or None, when there is none
        """
        self.ensure_one()
        if months := self.equipment_warranty_months:
            return start + relativedelta(months=months)
        return self.equipment_type_id._get_warranty_end(start)

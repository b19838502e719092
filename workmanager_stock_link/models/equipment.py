from odoo import fields, models


class Equipment(models.Model):
    _inherit = "workmanager.equipment"

    lot_id = fields.Many2one(
        "stock.lot",
        string="Lot/Serial Number in Stock",
        index="btree_not_null",
        copy=False,
        check_company=True,
        domain="[('product_id', '=?', product_id)]",
        ondelete="restrict",
        help="The serial number it had in our own stock.",
    )

from odoo import fields, models


class Brand(models.Model):
    _name = "workmanager.brand"
    _description = "Brand"
    _order = "name"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Manufacturer",
        index="btree_not_null",
        help="Pays for the lines that its warranty covers.",
    )

    _name_uniq = models.UniqueIndex("(lower(name))", "This brand already exists.")

from odoo import fields, models


class Accessory(models.Model):
    _name = "workmanager.accessory"
    _description = "Accessory"
    _order = "name"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    equipment_type_ids = fields.Many2many(
        "workmanager.equipment.type", string="Equipment Types"
    )

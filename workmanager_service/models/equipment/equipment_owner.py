from odoo import fields, models


class EquipmentOwner(models.Model):
    """Since when somebody owns an equipment."""

    _name = "workmanager.equipment.owner"
    _description = "Owner of an Equipment"
    _order = "id desc"

    equipment_id = fields.Many2one(
        "workmanager.equipment", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="cascade"
    )
    date = fields.Date(string="Since", required=True, default=fields.Date.context_today)

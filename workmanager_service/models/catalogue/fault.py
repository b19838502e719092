from odoo import api, fields, models


class Fault(models.Model):
    _name = "workmanager.fault"
    _description = "Fault"
    _order = "code, name"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(index="btree_not_null", copy=False)
    active = fields.Boolean(default=True)
    equipment_type_ids = fields.Many2many(
        "workmanager.equipment.type", string="Equipment Types"
    )
    operation_ids = fields.Many2many(
        "workmanager.operation",
        string="Predefined Repairs",
        help="What repairs this fault.",
    )

    _code_uniq = models.UniqueIndex("(code)", "Another fault already has this code.")

    @api.depends("name", "code")
    def _compute_display_name(self):
        for fault in self:
            fault.display_name = (
                f"[{fault.code}] {fault.name}" if fault.code else fault.name
            )

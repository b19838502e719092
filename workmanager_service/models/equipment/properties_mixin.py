from odoo import api, fields, models


class PropertiesMixin(models.AbstractModel):
    """What has the fields of its equipment type, which a company defines itself."""

    _name = "workmanager.properties.mixin"
    _description = "Fields of the Equipment Type"

    equipment_type_id = fields.Many2one("workmanager.equipment.type", string="Type")
    properties = fields.Properties(
        definition="equipment_type_id.equipment_properties", copy=True
    )

    @api.onchange("equipment_type_id")
    def _onchange_equipment_type_id(self):
        """Show the fields as soon as the type is chosen, not after saving.

        Odoo gives a form what changed its value, and with no value nothing has.
        """
        [values] = self.read(["properties"])
        for field in values["properties"]:
            if field.get("value") is None:
                field["value"] = False
        self.properties = values["properties"]

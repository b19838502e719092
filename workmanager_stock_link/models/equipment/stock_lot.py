from odoo import fields, models


class StockLot(models.Model):
    _inherit = "stock.lot"

    equipment_ids = fields.One2many(
        "workmanager.equipment",
        "lot_id",
        groups="workmanager_service.group_technician",
    )
    equipment_count = fields.Integer(
        compute="_compute_equipment_count",
        groups="workmanager_service.group_technician",
    )

    def _compute_equipment_count(self):
        counts = dict(
            self.env["workmanager.equipment"]._read_group(
                [("lot_id", "in", self.ids)], ["lot_id"], ["__count"]
            )
        )
        for lot in self:
            lot.equipment_count = counts.get(lot, 0)

    def action_view_equipment(self):
        """Open the equipment that was sold with this number."""
        self.ensure_one()
        self.env["workmanager.equipment"].check_access("read")
        return self.equipment_ids._get_records_action(name=self.env._("Equipment"))

from odoo import api, fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    sheet_ids = fields.Many2many(
        "workmanager.sheet",
        string="Service Sheets",
        compute="_compute_sheet_ids",
        search="_search_sheet_ids",
        compute_sudo=True,
    )
    sheet_count = fields.Integer(compute="_compute_sheet_ids", compute_sudo=True)

    @api.depends("move_ids.sheet_ids")
    def _compute_sheet_ids(self):
        for picking in self:
            picking.sheet_ids = picking.move_ids.sheet_ids
            picking.sheet_count = len(picking.sheet_ids)

    def _search_sheet_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        lines = "sale_line_id.sheet_line_ids.sheet_id"
        return [
            "|",
            (f"move_ids.{lines}", "in", value),
            (f"move_ids.move_dest_ids.{lines}", "in", value),
        ]

    def action_view_sheets(self):
        """Open the service sheets that these products are for."""
        self.ensure_one()
        self.env["workmanager.sheet"].check_access("read")
        return self.sheet_ids._get_records_action(name=self.env._("Service Sheets"))

from odoo import api, fields, models


class Operation(models.Model):
    """Predefined repairs that tell, while they are chosen, whether their parts are
    there."""

    _inherit = "workmanager.operation"

    availability = fields.Text(
        string="Parts",
        compute="_compute_availability",
        help="What is free in the stock that serves the sheet.",
    )

    @api.depends("line_ids.product_id", "line_ids.quantity")
    @api.depends_context("sheet_id")
    def _compute_availability(self):
        sheet = self.env["workmanager.sheet"].browse(self.env.context.get("sheet_id"))
        rows = self.line_ids._get_checklist_rows(sheet)
        for operation in self:
            operation.availability = "\n".join(
                f"{row['name']}: {row['availability']}"
                for line in operation.line_ids
                if (row := rows[line])["availability"]
            )

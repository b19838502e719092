from collections import defaultdict

from odoo import api, fields, models


class Sheet(models.Model):
    """What the parts of a sheet cost us, whoever pays for them."""

    _inherit = "workmanager.sheet"

    parts_cost = fields.Monetary(
        string="Cost of Parts",
        currency_field="company_currency_id",
        compute="_compute_parts_cost",
        compute_sudo=True,
        groups="workmanager_service.group_manager",
        help="The stock value of the parts that were used.",
    )

    @api.depends(
        "line_ids.sale_line_id.move_ids.state", "line_ids.sale_line_id.move_ids.value"
    )
    def _compute_parts_cost(self):
        costs = defaultdict(float)
        for line, usage, value in self.env["stock.move"]._read_group(
            [
                ("sale_line_id", "in", self.line_ids.sale_line_id.ids),
                ("state", "=", "done"),
            ],
            ["sale_line_id", "location_id.usage"],
            ["value:sum"],
        ):
            costs[line] += -value if usage == "customer" else value
        for sheet in self:
            sheet.parts_cost = sum(costs[line] for line in sheet.line_ids.sale_line_id)

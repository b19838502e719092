from odoo import api, fields, models


class Sheet(models.Model):
    """What the parts of a sheet cost us, whoever pays for them."""

    _inherit = "workmanager.sheet"

    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
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
        for sheet in self:
            moves = sheet.line_ids.sale_line_id.move_ids.filtered(
                lambda move: move.state == "done"
            )
            back = moves.filtered(lambda move: move.location_id.usage == "customer")
            used = moves - back
            sheet.parts_cost = sum(used.mapped("value")) - sum(back.mapped("value"))

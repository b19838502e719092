from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang


class Operation(models.Model):
    _name = "workmanager.operation"
    _description = "Predefined Repair"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    equipment_type_ids = fields.Many2many(
        "workmanager.equipment.type", string="Equipment Types"
    )
    fault_ids = fields.Many2many("workmanager.fault", string="Faults")
    line_ids = fields.One2many(
        "workmanager.operation.line", "operation_id", string="Parts and Work", copy=True
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    price = fields.Monetary(
        compute="_compute_price",
        help="Sum of the products' sales prices, without taxes and price lists.",
    )
    cost = fields.Monetary(
        compute="_compute_cost",
        groups="workmanager_service.group_manager",
        help="Sum of the products' costs.",
    )
    margin = fields.Monetary(
        compute="_compute_cost",
        groups="workmanager_service.group_manager",
        help="Price less cost.",
    )

    @api.depends_context("company")
    def _compute_currency_id(self):
        self.currency_id = self.env.company.currency_id

    @api.depends("line_ids.price")
    @api.depends_context("company")
    def _compute_price(self):
        for operation in self:
            operation.price = sum(operation.line_ids.mapped("price"))

    @api.depends("price", "line_ids.cost")
    @api.depends_context("company")
    def _compute_cost(self):
        for operation in self:
            operation.cost = sum(operation.line_ids.mapped("cost"))
            operation.margin = operation.price - operation.cost

    def action_add_to_sheet(self):
        """Add the parts and work to the sheet from which the choice was opened.

        :raises UserError: it was opened from no sheet
        """
        self.check_access("read")
        sheet = self.env["workmanager.sheet"].browse(self.env.context.get("sheet_id"))
        if not sheet:
            raise UserError(
                self.env._("Open the repairs from a service sheet to add them to it.")
            )
        sheet.add_operations(self)
        return {"type": "ir.actions.act_window_close"}

    def _get_checklist_rows(self, sheet):
        """Return {operation: what the checklist shows of it} for ``sheet``."""
        lines = self.line_ids._get_checklist_rows(sheet)
        return {
            operation: {
                "id": operation.id,
                "name": operation.name,
                "price": formatLang(
                    self.env, operation.price, currency_obj=operation.currency_id
                ),
                "lines": [lines[line] for line in operation.line_ids],
            }
            for operation in self
        }

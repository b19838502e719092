from odoo import api, fields, models


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "workmanager.sheets.mixin"]

    # The other side of what Odoo's purchase orders keep: without it, each change of a
    # transfer searches all of them for the one that waits for it.
    purchase_order_ids = fields.Many2many(
        "purchase.order",
        "purchase_order_stock_picking_rel",
        "stock_picking_id",
        "purchase_order_id",
        string="Purchases",
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
    )

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

    def _complete_without_validation(self):
        """Date what is done: parts are moved one sheet at a time, and their transfers
        never validated as a whole."""
        self.filtered(
            lambda picking: picking.state == "done" and not picking.date_done
        ).date_done = fields.Datetime.now()

from odoo import api, fields, models

from ..quotation.sheet_line import AWAITED, SETTLED_STATES
from .purchase_order_line import UNCONFIRMED_STATES


class SheetLine(models.Model):
    """The buyer's list: parts that sheets wait for."""

    _inherit = "workmanager.sheet.line"

    quantity_ordered = fields.Float(
        string="On Order",
        compute="_compute_quantity_ordered",
        digits="Product Unit",
        help="What vendors or other warehouses were asked to bring for this line.",
    )
    vendor_id = fields.Many2one(
        "res.partner",
        compute="_compute_vendor_id",
        compute_sudo=True,
        help="The vendor that a part is ordered from by itself.",
    )

    @api.depends("parts_state", "quantity", "quantity_available", "quantity_missing")
    def _compute_quantity_ordered(self):
        for line in self:
            rest = line.quantity - line.quantity_available - line.quantity_missing
            awaited = line.parts_state in AWAITED
            line.quantity_ordered = max(rest, 0.0) if awaited else 0.0

    # Not by the quantity, which follows moves and orders: a record that depends on
    # their state makes Odoo look at all that depends on them twice for each change.
    @api.depends("product_id.seller_ids")
    def _compute_vendor_id(self):
        for line in self:
            company = line.company_id
            product = line.product_id.with_company(company)
            seller = product._select_seller(
                quantity=line.quantity_missing or line.quantity,
                uom_id=line.product_uom_id,
            ) or product._prepare_sellers(False).filtered(
                lambda seller, company=company: (
                    seller.company_id in (company, company.browse())
                )
            )
            line.vendor_id = seller[:1].partner_id

    # ----------------------------------------------------------------- ACTION

    def action_order_parts(self):
        """Reserve or order what these lines miss, and say what nobody sells.

        :raises AccessError: the user may not change the sheets
        """
        self.sheet_id._lock()
        self._supply_parts()
        return self._get_supply_notification()

    def action_view_sheet(self):
        """Open the sheet that waits for the part."""
        return self.sheet_id._get_records_action()

    # --------------------------------------------------------------- BUSINESS

    def _get_supply_notification(self):
        """Return the action that says whether these lines still miss something."""
        missing = self.filtered(
            lambda line: line.product_uom_id.compare(line.quantity_missing, 0.0) > 0
        )
        if missing:
            message = self.env._(
                "Still missing, set a vendor on them: %s",
                ", ".join(missing.product_id.mapped("display_name")),
            )
        elif drafts_sudo := self._get_unconfirmed_purchases():
            message = self.env._(
                "Every part is reserved or planned to be bought. A buyer has to "
                "confirm %s.",
                ", ".join(drafts_sudo.mapped("name")),
            )
        else:
            message = self.env._("Every part is reserved or on order.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if missing else "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_unconfirmed_purchases(self):
        """Return, as superuser, what is bought for these lines and not confirmed."""
        # Who asks for parts need not have rights on purchases.
        orders_sudo = self.sudo().sale_line_id._get_service_purchases().values()
        return (
            self.env["purchase.order"]
            .sudo()
            .union(*orders_sudo)
            .filtered(lambda order: order.state in UNCONFIRMED_STATES)
        )

    def _tidy_reservations(self):
        """Free what is reserved for nobody of the parts that these lines wait for.

        Two receipts at the same moment leave two quants of one product, between which
        Odoo loses count of what is reserved until it has merged them.
        """
        lines_sudo = self.sudo().filtered(lambda line: line.parts_state in AWAITED)
        products_sudo = lines_sudo.product_id | lines_sudo._get_part_moves().product_id
        quants_sudo = self.env["stock.quant"].sudo()
        quants_sudo = quants_sudo.search(
            [
                ("product_id", "in", products_sudo.ids),
                ("location_id.usage", "=", "internal"),
            ]
        )
        if quants_sudo:
            quants_sudo._quant_tasks()

    def _supply_parts(self):
        """Reserve what is free by now for these lines, and order the rest.

        It also replaces parts whose transfer was cancelled by hand, or that ordinary
        deliveries were to bring while the service route was archived.
        """
        # Technicians have no stock rights.
        lines_sudo = self.sudo().filtered(
            lambda line: (
                line._is_accepted_part() and line.sheet_id.state not in SETTLED_STATES
            )
        )
        moves_sudo = lines_sudo._get_part_moves()
        moves_sudo._lock_quants()
        moves_sudo.filtered(
            lambda move: (
                move.state != "done"
                and not move._is_service_part()
                and move.warehouse_id.service_route_id.active
                and not move.route_ids - move.warehouse_id.service_route_id
            )
        )._action_cancel()
        lines_sudo.sale_line_id._action_launch_stock_rule()
        moves_sudo = lines_sudo._get_part_moves().filtered(lambda m: m.state != "done")
        moves_sudo.filtered(lambda move: move._lacks_supply())._reset_supply()
        moves_sudo._order_missing_parts()
        lines_sudo.sheet_id._sync_missing_parts_activity()

from odoo import api, fields, models

from odoo.addons.workmanager_service.models.service.states import SETTLED_STATES

from ..quotation.sale_order_line import CONCURRENCY_ERRORS
from ..quotation.sheet_line import AWAITED
from .purchase_order_line import UNCONFIRMED_STATES


class SheetLine(models.Model):
    """The buyer's list: parts that sheets wait for."""

    _inherit = "workmanager.sheet.line"

    quantity_ordered = fields.Float(
        string="On Order",
        compute="_compute_quantity_ordered",
        digits="Product Unit",
        help="What vendors confirmed, or other warehouses send, for this line.",
    )
    is_plan_waiting = fields.Boolean(
        string="Done Once It Is There",
        readonly=True,
        copy=False,
        help="The repair started without this part: it is taken as done when it is "
        "there, unless somebody says that it is not.",
    )
    vendor_id = fields.Many2one(
        "res.partner",
        compute="_compute_vendor_id",
        compute_sudo=True,
        help="The vendor that a part is ordered from by itself.",
    )

    @api.depends(
        "parts_state",
        "quantity",
        "quantity_available",
        "quantity_missing",
        "quantity_unconfirmed",
        "is_supply_queued",
    )
    def _compute_quantity_ordered(self):
        for line in self:
            rest = (
                line.quantity
                - line.quantity_available
                - line.quantity_missing
                - line.quantity_unconfirmed
            )
            ordered = line.parts_state in AWAITED and not line.is_supply_queued
            line.quantity_ordered = max(rest, 0.0) if ordered else 0.0

    @api.depends(
        "product_id.seller_ids",
        "product_uom_id",
        "quantity",
        "quantity_missing",
        "company_id",
    )
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

    # ------------------------------------------------------------------- CRUD

    def write(self, vals):
        """What a person says is done, no arrival changes."""
        res = super().write(vals)
        if "quantity_done" in vals and (planned := self.filtered("is_plan_waiting")):
            planned._write_by_step({"is_plan_waiting": False})
        return res

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

    def _plan_done(self):
        """What is not there is not done: it is planned when it comes."""
        lines_sudo = self.sudo()  # technicians have no stock rights
        waiting = lines_sudo.filtered(
            lambda line: (
                line.parts_state in AWAITED
                and line.product_uom_id.is_zero(line.quantity_done)
            )
        )
        if waiting:
            waiting._write_by_step({"is_plan_waiting": True})
        return super(SheetLine, self - waiting.with_env(self.env))._plan_done()

    def _plan_arrived(self):
        """Take it that parts are done that were missing when the repair started, and
        are there by now."""
        for line in self.sudo().filtered("is_plan_waiting"):  # no stock rights
            if line.parts_state == "available":
                line.quantity_done = line.quantity

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
        self.sudo().filtered("is_supply_queued").is_supply_queued = False
        lines_sudo = self.sudo().filtered(
            lambda line: (
                line._is_accepted_part() and line.sheet_id.state not in SETTLED_STATES
            )
        )
        moves_sudo = lines_sudo._get_part_moves()
        moves_sudo._lock_quants()
        moves_sudo._cancel_ordinary_deliveries()
        lines_sudo._launch_supply()
        moves_sudo = lines_sudo._get_part_moves()
        moves_sudo.filtered(lambda move: move._lacks_supply())._reset_supply()
        lines_sudo._get_part_moves()._order_missing_parts()
        lines_sudo.sheet_id._sync_missing_parts_activity()

    def _launch_supply(self):
        """Reserve and order what these lines need now, not a moment later.

        To be called as superuser.
        """
        self.sale_line_id._launch_at_once()
        self.sheet_id._sync_missing_parts_activity()

    def _queue_supply(self):
        """Let the job reserve and order these parts a moment later: others take the
        same ones. To be called as superuser."""
        self.filtered(lambda line: line._is_accepted_part()).is_supply_queued = True
        self.env.ref("workmanager_stock_link.ir_cron_supply_parts")._trigger()

    @api.model
    def _cron_supply_parts(self):
        """Reserve and order what was left to a moment later, one sheet after the other.

        What meets somebody once more stays for the next run, which follows at once.
        """
        sheets = self.search([("is_supply_queued", "=", True)]).sheet_id
        self.env["ir.cron"]._commit_progress(remaining=len(sheets))
        for sheet in sheets.sorted("id"):
            try:
                queued = sheet._lock().line_ids.filtered("is_supply_queued")
                queued.with_company(sheet.company_id)._supply_parts()
                self.env["ir.cron"]._commit_progress(1)
            except CONCURRENCY_ERRORS:
                self.env.cr.rollback()

from markupsafe import Markup

from odoo import api, fields, models

from odoo.addons.workmanager_service.formats import format_quantity

from ..quotation.sheet_line import PARTS_STATES, SETTLED_STATES

MISSING_PARTS = "workmanager_stock_link.mail_activity_type_missing_parts"


class Sheet(models.Model):
    _inherit = "workmanager.sheet"

    warehouse_id = fields.Many2one(
        "stock.warehouse",
        compute="_compute_warehouse_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        help="Where the parts come from.",
    )
    parts_state = fields.Selection(
        PARTS_STATES,
        string="Parts",
        compute="_compute_parts_state",
        store=True,
        index=True,
    )
    parts_expected_date = fields.Datetime(
        string="Parts Expected",
        compute="_compute_parts_state",
        store=True,
        help="When the last part that is on order arrives. Empty as long as a part is "
        "not ordered.",
    )
    picking_ids = fields.Many2many(
        "stock.picking",
        string="Transfers",
        compute="_compute_picking_ids",
        compute_sudo=True,
        groups="stock.group_stock_user",
    )
    picking_count = fields.Integer(
        compute="_compute_picking_ids",
        compute_sudo=True,
        groups="stock.group_stock_user",
    )
    purchase_order_ids = fields.Many2many(
        "purchase.order",
        string="Purchase Orders",
        compute="_compute_purchase_order_ids",
        compute_sudo=True,
        groups="purchase.group_purchase_user",
    )
    purchase_order_count = fields.Integer(
        compute="_compute_purchase_order_ids",
        compute_sudo=True,
        groups="purchase.group_purchase_user",
    )

    # ---------------------------------------------------------------- COMPUTE

    @api.depends("company_id", "received_by_id")
    def _compute_warehouse_id(self):
        def key(sheet):
            return sheet.received_by_id or self.env.user, sheet.company_id

        for (user, company), sheets in self.grouped(key).items():
            # Reception and technicians have no stock rights.
            user_sudo = user.sudo().with_company(company)
            warehouse = user_sudo._get_default_warehouse_id()
            for sheet in sheets:
                if sheet.warehouse_id.sudo().company_id != company:
                    sheet.warehouse_id = warehouse.company_id == company and warehouse

    @api.depends(
        "line_ids.parts_state",
        "line_ids.parts_expected_date",
        "line_ids.quantity_missing",
    )
    def _compute_parts_state(self):
        for sheet in self:
            parts = sheet.line_ids.filtered(lambda line: line.parts_state != "none")
            awaited = parts.filtered(lambda line: line.parts_state != "available")
            states = set(parts.mapped("parts_state"))
            if not states:
                sheet.parts_state = "none"
            elif "late" in states:
                sheet.parts_state = "late"
            else:
                sheet.parts_state = states.pop() if len(states) == 1 else "partial"
            dates = awaited.mapped("parts_expected_date")
            sheet.parts_expected_date = all(dates) and max(dates, default=False)

    @api.depends("line_ids.sale_line_id.move_ids.picking_id")
    def _compute_picking_ids(self):
        pickings = dict(
            self.env["stock.move"]._read_group(
                [("sale_line_id", "in", self.line_ids.sale_line_id.ids)],
                ["sale_line_id"],
                ["picking_id:recordset"],
            )
        )
        none = self.env["stock.picking"]
        for sheet in self:
            sheet.picking_ids = none.union(
                *(pickings.get(line, none) for line in sheet.line_ids.sale_line_id)
            )
            sheet.picking_count = len(sheet.picking_ids)

    @api.depends("line_ids.sale_line_id.move_ids.created_purchase_line_ids.order_id")
    def _compute_purchase_order_ids(self):
        orders = self.line_ids.sale_line_id._get_service_purchases()
        none = self.env["purchase.order"]
        for sheet in self:
            sheet.purchase_order_ids = none.union(
                *(orders.get(line, none) for line in sheet.line_ids.sale_line_id)
            )
            sheet.purchase_order_count = len(sheet.purchase_order_ids)

    # ----------------------------------------------------------------- ACTION

    def action_check_parts(self):
        """Reserve what is free by now, and order what is missing and can be bought.

        It also replaces parts whose transfer was cancelled by hand, and frees what is
        reserved for nobody.
        """
        self._lock()
        self.line_ids._tidy_reservations()
        self.line_ids._supply_parts()
        return self.line_ids._get_supply_notification()

    def action_view_pickings(self):
        """Open the transfers that bring the parts to these sheets."""
        return self.picking_ids._get_records_action(name=self.env._("Transfers"))

    def action_view_purchase_orders(self):
        """Open the purchase orders with parts for these sheets."""
        return self.purchase_order_ids._get_records_action(
            name=self.env._("Purchase Orders")
        )

    # --------------------------------------------------------------- BUSINESS

    @api.depends("parts_state")
    def _compute_work_rank(self):
        return super()._compute_work_rank()

    def _is_waiting(self):
        """A repair that could start waits for its parts, too."""
        return super()._is_waiting() or (
            self.state == "approved"
            and self.parts_state in ("partial", "waiting", "late")
        )

    def _prepare_sale_order_values(self, payer):
        values = super()._prepare_sale_order_values(payer)
        if self.warehouse_id:
            values["warehouse_id"] = self.warehouse_id.id
        return values

    def _action_finish_repair(self):
        self._get_accepted_lines()._consume_parts()
        return super()._action_finish_repair()

    def _set_state(self, state, **values):
        # Whether it waits for parts: the steps between change nothing of that.
        turned = self.filtered(
            lambda sheet: (sheet.state in SETTLED_STATES) != (state in SETTLED_STATES)
        )
        res = super()._set_state(state, **values)
        lines_sudo = turned.sudo().line_ids
        computed = self.env.registry.field_computed[lines_sudo._fields["parts_state"]]
        for field in computed:
            self.env.add_to_compute(field, lines_sudo)
        lines_sudo.modified([field.name for field in computed])
        if state in SETTLED_STATES:
            self.sudo()._sync_missing_parts_activity()
        return res

    def _sync_missing_parts_activity(self, schedule=True):
        """Keep one activity for the buyer on each sheet with a missing part.

        To be called as superuser: whoever causes it may be the customer.

        :param bool schedule: False to change only what is there already
        """
        activity_type = self.env["mail.activity.type"].browse(
            self.env["ir.model.data"]._xmlid_to_res_id(
                MISSING_PARTS, raise_if_not_found=True
            )
        )
        for sheet in self:
            missing = sheet.line_ids.filtered(
                lambda l: l.product_uom_id.compare(l.quantity_missing, 0.0) > 0
            )
            if sheet.state in ("evaluation", "quoted") and not (missing and schedule):
                continue  # it was not accepted before: nothing was missing yet
            activity = sheet.activity_ids.filtered(
                lambda a: a.activity_type_id == activity_type
            )
            if not missing:
                activity.unlink()
                continue
            buyer = sheet._get_parts_buyer()
            reader = sheet.with_context(lang=buyer.lang or self.env.lang)
            note = reader._format_missing_parts(missing.with_env(reader.env))
            if not activity and schedule:
                reader.activity_schedule(MISSING_PARTS, note=note, user_id=buyer.id)
            elif activity and activity[0].note != note:
                activity[0].note = note

    def _format_missing_parts(self, lines):
        """Return the list of what is missing, for the activity."""
        return self._format_parts(
            self.env._(
                "Neither in stock nor on order, and no vendor is known. Set one on the "
                "product, then use Check Parts on the sheet."
            ),
            [(line.quantity_missing, line) for line in lines],
        )

    def _format_parts(self, title, items):
        """Return a list of parts with their quantities.

        :param str title: what they are
        :param list items: ``(quantity, workmanager.sheet.line)``
        """
        return Markup("<p>%s</p><ul>%s</ul>") % (
            title,
            Markup().join(
                Markup("<li>%s × %s</li>")
                % (
                    format_quantity(self.env, quantity, line.product_uom_id),
                    line.product_id.display_name,
                )
                for quantity, line in items
            ),
        )

    def _get_parts_buyer(self):
        """Return who buys the parts that are missing, nobody when there is no one.

        Never OdooBot or the customer, who act when a quotation is accepted online.
        """
        self.ensure_one()
        company = self.company_id
        for user in (company.service_buyer_id, self.received_by_id, self.user_id):
            if (
                user.active
                and user._is_internal()
                and company in user.company_ids
                and self.with_user(user)
                .with_company(company)
                .with_context(allowed_company_ids=company.ids)
                .has_access("read")
            ):
                return user
        return self.env["res.users"]

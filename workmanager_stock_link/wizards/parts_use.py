from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.workmanager_service.formats import format_quantity


class PartsUse(models.TransientModel):
    """What the technician takes for the repair: scanned, ticked or typed."""

    _name = "workmanager.parts.use"
    _description = "Use Parts"

    sheet_id = fields.Many2one(
        "workmanager.sheet",
        string="Service Sheet",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    barcode = fields.Char(
        string="Scan",
        store=False,
        help="Barcode or reference of a part, or its lot or serial number.",
    )
    scanned = fields.Char(string="Last Scan", readonly=True)
    line_ids = fields.One2many(
        "workmanager.parts.use.line",
        "use_id",
        string="Parts",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    has_excess = fields.Boolean(compute="_compute_has_excess")
    expired_lots = fields.Char(
        string="Expired",
        compute="_compute_expired_lots",
        help="Lots and serial numbers to be used that should not be any more.",
    )
    use_expired = fields.Boolean(
        string="Use them all the same",
        help="Whoever ticks it has looked at them.",
    )
    is_done = fields.Boolean(readonly=True)
    excess_policy = fields.Selection(
        [
            ("quote", "Ask for a supplementary quotation"),
            ("own_cost", "Use it at our cost (managers)"),
        ],
        string="Beyond the Plan",
        required=True,
        default="quote",
    )

    @api.depends("sheet_id")
    def _compute_line_ids(self):
        for use in self:
            # Reservations are read without stock rights.
            use.sheet_id.check_access("read")
            lines_sudo = use.sheet_id.sudo().line_ids.filtered(
                lambda line: line._is_accepted_part()
            )
            use.line_ids = [Command.clear()] + [
                Command.create(values)
                for line in lines_sudo.sorted()
                for values in line._prepare_use_values()
            ]

    @api.depends("line_ids.quantity", "line_ids.replaces_id")
    def _compute_has_excess(self):
        for use in self:
            rows = use.line_ids.filtered(lambda row: row.quantity > 0)
            planned = rows.filtered("line_id").grouped(
                lambda row: (row.line_id, row.product_id)
            )
            use.has_excess = any(
                not row.replaces_id for row in rows if not row.line_id
            ) or any(
                some.product_uom_id.compare(
                    sum(some.mapped("quantity")), some[0].planned - some[0].used
                )
                > 0
                for some in planned.values()
            )

    @api.depends("line_ids.quantity", "line_ids.lot_id")
    def _compute_expired_lots(self):
        for use in self:
            rows = use.line_ids.filtered(lambda row: row.quantity > 0)
            lots = rows.lot_id._filter_expired()
            use.expired_lots = ", ".join(lots.mapped("name"))

    # --------------------------------------------------------------- ONCHANGE

    @api.onchange("barcode")
    def _onchange_barcode(self):
        """Count one more of what was scanned; Enter of a scanner ends each code."""
        code = (self.barcode or "").strip()
        if not code:
            return None
        self.barcode = False
        product, lot = self._find_scanned(code)
        if not product:
            self.scanned = False
            return self._prepare_scan_warning(
                self.env._("Unknown code"),
                self.env._("No part has the barcode, reference or number “%s”.", code),
            )
        row = self._get_row(product, lot)
        if lot and product.tracking == "serial" and row.lot_id == lot and row.quantity:
            return self._prepare_scan_warning(
                self.env._("Scanned already"),
                self.env._("%s is on the list.", lot.name),
            )
        row = row or self._add_component(product) or self._add_row(product)
        if lot:
            row.lot_id = lot
        row.quantity += 1.0
        self.scanned = f"{product.display_name} {lot.name or ''}"
        return None

    def _prepare_scan_warning(self, title, message):
        return {"warning": {"title": title, "message": message}}

    def _add_row(self, product):
        """Add a row for a part that was not planned."""
        row = self.line_ids.new({"product_id": product.id, "is_extra": True})
        row.use_id = self
        row.product_uom_id = product.uom_id
        self.line_ids |= row
        return row

    def _add_component(self, product):
        """Add a row for a part that an accepted kit consists of, None when none
        does."""
        for line in self.line_ids.line_id:
            # Reservations are read without stock rights.
            line_sudo = line.sudo()
            if product in line_sudo._get_components():
                values = line_sudo._prepare_component_values(product)
                row = self.line_ids.new(values)
                row.use_id = self
                self.line_ids |= row
                return row
        return None

    def _find_scanned(self, code):
        """Return the product and the lot with this code, parts of the sheet first."""
        own = self.line_ids.product_id.union(
            *(
                self.env["product.product"].concat(*line_sudo._get_components())
                for line_sudo in self.line_ids.line_id.sudo()
            )
        )
        Lot, Product = self.env["stock.lot"], self.env["product.product"]
        company = [("company_id", "in", (self.sheet_id.company_id.id, False))]
        lots = Lot.search([("name", "=", code), *company], limit=20)
        lot = lots.filtered(lambda lot: lot.product_id in own)[:1] or lots[:1]
        products = Product.search(
            [
                "&",
                ("type", "=", "consu"),
                "|",
                ("barcode", "=", code),
                ("default_code", "=", code),
                *company,
            ],
            limit=20,
        )
        product = (products & own)[:1] or products[:1]
        if product and (product in own or lot.product_id not in own):
            return product, Lot
        return lot.product_id, lot

    def _get_row(self, product, lot):
        """Return the row that counts this part: the same lot, then one that has none
        yet, then one that is still to be used."""
        rows = self.line_ids.filtered(lambda row: row.product_id == product)
        if lot:
            return (
                rows.filtered(lambda row: row.lot_id == lot)[:1]
                or rows.filtered(lambda row: not row.quantity)[:1]
            )
        free = rows.filtered(
            lambda row: product.tracking != "serial" or not row.quantity
        )
        open_rows = free.filtered(lambda row: row.quantity < row.available)
        return open_rows[:1] or free[:1]

    # ----------------------------------------------------------------- ACTION

    def action_confirm(self):
        """Take these parts out of stock now; put back those below zero.

        :raises UserError: nothing is counted, it is not there, or it was taken already
        :raises AccessError: only a manager uses more at our cost
        """
        self.ensure_one()
        self.sheet_id._ensure_uses_parts()
        rows = self._get_counted_rows()
        if self.expired_lots and not self.use_expired:
            return self._ask_about_expired()
        self.is_done = True
        # Whoever confirms the same screen at the same moment is stopped here.
        self.flush_recordset(["is_done"])
        if self.has_excess and self.excess_policy == "own_cost":
            self.sheet_id._ensure_gives_away()
        planned = rows.filtered("line_id")
        for row in planned.filtered(lambda row: row.quantity < 0):
            row.line_id._return_to_stock(-row.quantity, row.lot_id, row.product_id)
        excess = planned.filtered(lambda row: row.quantity > 0)._use_planned()
        unplanned = rows - planned
        for row in unplanned.filtered("replaces_id"):
            row._exchange()
        excess += [
            (row._prepare_request(), row._get_lots())
            for row in unplanned
            if not row.replaces_id
        ]
        return self._settle_excess(excess)

    def _ask_about_expired(self):
        """Open this screen again, which says what expired."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Use Parts"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def _get_counted_rows(self):
        """Return the rows that are used or put back now.

        :raises UserError: there is none, one cannot be meant, or they were used
            already
        """
        self.ensure_one()
        if self.is_done:
            raise UserError(
                self.env._(
                    "%s: these parts were used already. Open “Use Parts” again to use "
                    "more.",
                    self.sheet_id.name,
                )
            )
        rows = self.line_ids.filtered(
            lambda row: not row.product_uom_id.is_zero(row.quantity)
        )
        if not rows:
            raise UserError(self.env._("Scan or tick the parts that you used."))
        rows._ensure_valid()
        return rows

    def _settle_excess(self, excess):
        """Use at our cost, or ask the customer for, what is beyond the plan.

        :param list excess: ``(values of a line, {lot: quantity})``
        :return: the action that ends the screen
        """
        close = {"type": "ir.actions.act_window_close"}
        if not excess:
            return close
        requests, lots = zip(*excess, strict=True)
        if self.excess_policy == "own_cost":
            self.sheet_id._use_at_own_cost(requests, lots)
            return close
        lines = self.sheet_id._ask_for_parts(requests)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "Not used yet, the customer has to accept it first: %s",
                    ", ".join(
                        f"{format_quantity(self.env, line.quantity)} × "
                        f"{line.product_id.display_name}"
                        for line in lines
                    ),
                ),
                "next": close,
            },
        }

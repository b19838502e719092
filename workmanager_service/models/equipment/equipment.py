import re
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

# By which two equipment are the same one.
IDENTITY_FIELDS = {"company_id", "serial_number", "brand_id", "active"}


class Equipment(models.Model):
    _name = "workmanager.equipment"
    _check_company_domain = models.check_company_domain_parent_of
    _description = "Equipment"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "workmanager.properties.mixin",
        "workmanager.sealed.mixin",
    ]
    _order = "id desc"
    _rec_names_search = [
        "ref",
        "serial_number",
        "serial_key",
        "model_name",
        "partner_id",
    ]
    _check_company_auto = True

    ref = fields.Char(
        string="Equipment ID",
        required=True,
        readonly=True,
        copy=False,
        index="trigram",
        default=lambda self: self.env._("New"),
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    equipment_type_id = fields.Many2one(
        required=True, index=True, tracking=True, ondelete="restrict"
    )
    brand_id = fields.Many2one(
        "workmanager.brand", index="btree_not_null", ondelete="restrict"
    )
    model_name = fields.Char(string="Model")
    serial_number = fields.Char(copy=False, tracking=True)
    serial_key = fields.Char(
        compute="_compute_serial_key",
        store=True,
        precompute=True,
        index="trigram",
        help="The serial number without spaces, dashes and case.",
    )
    product_id = fields.Many2one(
        "product.product",
        index="btree_not_null",
        check_company=True,
        help="The product it was sold as, when it is in the catalogue.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        tracking=True,
        check_company=True,
        help="The final customer, who owns and uses the equipment.",
    )
    sale_order_line_id = fields.Many2one(
        "sale.order.line",
        string="Sold On",
        index="btree_not_null",
        copy=False,
        check_company=True,
    )
    sale_date = fields.Date(string="Sold", tracking=True)
    warranty_start = fields.Date(
        compute="_compute_warranty_start", store=True, readonly=False, precompute=True
    )
    warranty_end = fields.Date(
        compute="_compute_warranty_end",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    warranty_document = fields.Char(
        help="Number of the invoice or warranty certificate that the dates come from."
    )
    warranty_source = fields.Char(compute="_compute_warranty_source")
    warranty_state = fields.Selection(
        [("none", "No Warranty"), ("valid", "Under Warranty"), ("expired", "Expired")],
        compute="_compute_warranty_state",
        search="_search_warranty_state",
    )
    note = fields.Html()
    owner_ids = fields.One2many(
        "workmanager.equipment.owner", "equipment_id", string="Owners"
    )
    sheet_ids = fields.One2many("workmanager.sheet", "equipment_id", string="Sheets")
    line_ids = fields.Many2many(
        "workmanager.sheet.line",
        string="Parts and Work Done",
        compute="_compute_line_ids",
    )
    sheet_count = fields.Integer(compute="_compute_sheet_count")

    _ref_uniq = models.UniqueIndex("(ref)", "This equipment ID is already in use.")
    _serial_uniq = models.UniqueIndex(
        "(company_id, serial_key, COALESCE(brand_id, 0))"
        " WHERE serial_key IS NOT NULL AND active",
        "This serial number is already registered for this brand.",
    )

    # ---------------------------------------------------------------- COMPUTE

    @api.depends("ref", "brand_id.name", "model_name", "equipment_type_id.name")
    def _compute_display_name(self):
        for equipment in self:
            name = equipment._get_short_name()
            equipment.display_name = f"[{equipment.ref}] {name}" if name else False

    @api.depends("serial_number")
    def _compute_serial_key(self):
        for equipment in self:
            equipment.serial_key = self._normalize_serial(equipment.serial_number)

    @api.depends("sale_date")
    def _compute_warranty_start(self):
        for equipment in self:
            equipment.warranty_start = equipment.sale_date

    @api.depends("warranty_start", "equipment_type_id")
    def _compute_warranty_end(self):
        for equipment in self:
            kind = equipment.equipment_type_id
            equipment.warranty_end = kind._get_warranty_end(equipment.warranty_start)

    @api.depends("warranty_start", "warranty_end")
    def _compute_warranty_state(self):
        today = fields.Date.context_today(self)
        for equipment in self:
            equipment.warranty_state = equipment._get_warranty_state(today)

    @api.depends(
        "warranty_start", "warranty_end", "warranty_document", "sale_order_line_id"
    )
    def _compute_warranty_source(self):
        """Say where the warranty comes from."""
        for equipment in self:
            order_sudo = equipment.sudo().sale_order_line_id.order_id
            source = order_sudo.name or equipment.warranty_document
            if not equipment.warranty_end:
                equipment.warranty_source = False
            elif source:
                equipment.warranty_source = self.env._(
                    "Until %(end)s, by %(document)s",
                    end=format_date(self.env, equipment.warranty_end),
                    document=source,
                )
            elif equipment.warranty_start:
                equipment.warranty_source = self.env._(
                    "Until %(end)s, counted from %(start)s",
                    end=format_date(self.env, equipment.warranty_end),
                    start=format_date(self.env, equipment.warranty_start),
                )
            else:
                equipment.warranty_source = self.env._(
                    "Until %(end)s", end=format_date(self.env, equipment.warranty_end)
                )

    def _search_warranty_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        domains = {
            "none": Domain("warranty_end", "=", False),
            "valid": Domain("warranty_end", ">=", today),
            "expired": Domain("warranty_end", "<", today),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    # Not by what is done, which follows the orders' state: see sheet.claim_order_ids.
    @api.depends("sheet_ids.line_ids")
    def _compute_line_ids(self):
        for equipment in self:
            equipment.line_ids = equipment.sheet_ids.line_ids.filtered("quantity_done")

    @api.depends("sheet_ids.active")
    def _compute_sheet_count(self):
        counts = dict(
            self.env["workmanager.sheet"]._read_group(
                [("equipment_id", "in", self.ids)], ["equipment_id"], ["__count"]
            )
        )
        for equipment in self:
            equipment.sheet_count = counts.get(equipment, 0)

    # ------------------------------------------------------------- CONSTRAINT

    @api.constrains("warranty_start", "warranty_end")
    def _check_warranty(self):
        for equipment in self:
            start, end = equipment.warranty_start, equipment.warranty_end
            if start and end and end < start:
                raise ValidationError(
                    self.env._(
                        "%(equipment)s: the warranty ends before it starts.",
                        equipment=equipment.serial_number or equipment.display_name,
                    )
                )

    # ------------------------------------------------------------------- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = self._with_customers(self._without_empty_cells(vals_list))
        self._ensure_serials_free(
            [{"company_id": self.env.company.id, **vals} for vals in vals_list]
        )
        equipment = super().create(vals_list)
        equipment._record_owner()
        return equipment

    def _prepare_create_values(self, vals_list):
        """Give each its ID, once Odoo knows that the user may create it."""
        new, sequence = self.env._("New"), self.env["ir.sequence"]
        values = super()._prepare_create_values(vals_list)
        for vals in values:
            if vals["ref"] == new:
                vals["ref"] = sequence.next_by_code("workmanager.equipment")
        return values

    def write(self, vals):
        vals = self._with_changed_customer(vals)
        changing = self.browse()
        if "partner_id" in vals:
            changing = self.filtered(lambda e: e.partner_id.id != vals["partner_id"])
        if not IDENTITY_FIELDS.isdisjoint(vals):
            self._ensure_serials_free(
                [{**equipment._get_identity(), **vals} for equipment in self],
                known=self,
            )
        types = {equipment: equipment.equipment_type_id for equipment in self}
        res = super().write(vals)
        changing._record_owner()
        if "equipment_type_id" in vals:
            retyped = self.filtered(lambda e: e.equipment_type_id != types[e])
            # A technician who corrects the type may see own sheets only.
            retyped.sudo().sheet_ids._renew_checks()
        return res

    # ----------------------------------------------------------------- ACTION

    def action_view_invoices(self):
        """Open the invoices of the equipment's sheets."""
        self.check_access("read")
        return self.sheet_ids.action_view_invoices()

    def action_view_sheets(self):
        """Open the equipment's history: its sheets, the newest first."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "workmanager_service.workmanager_sheet_action"
        )
        return {
            **action,
            "domain": [("equipment_id", "=", self.id)],
            "context": {"default_equipment_id": self.id},
        }

    # --------------------------------------------------------------- BUSINESS

    def _get_short_name(self):
        """Return brand and model or, where neither is known, the type."""
        self.ensure_one()
        what = [self.brand_id.name, self.model_name]
        return " ".join(filter(None, what)) or self.equipment_type_id.name

    @api.model
    def _normalize_serial(self, serial):
        """Return what makes a serial number the same one however it was typed."""
        return re.sub(r"[\s\-./_]+", "", serial or "").upper() or False

    def _record_owner(self):
        """Note who owns these equipment from now on."""
        self.env["workmanager.equipment.owner"].sudo().create(
            [
                {"equipment_id": equipment.id, "partner_id": equipment.partner_id.id}
                for equipment in self
                if equipment.partner_id
            ]
        )

    def _get_identity(self):
        """Return the values by which two equipment are the same one."""
        self.ensure_one()
        return {
            fname: self._fields[fname].convert_to_write(self[fname], self)
            for fname in IDENTITY_FIELDS
        }

    @api.model
    def _get_serial_slot(self, vals):
        """Return what only one equipment may have, as the unique index says it, or
        None where ``vals`` take nothing."""
        serial = self._normalize_serial(vals.get("serial_number"))
        if not serial or not vals.get("active", True):
            return None
        return vals["company_id"], serial, vals.get("brand_id") or False

    @api.model
    def _ensure_serials_free(self, vals_list, known=()):
        """Refuse serial numbers that are taken, naming the equipment that has them.

        The unique index would refuse them too, but could not say which one it is.

        :param vals_list: the values that the equipment are to have
        :param known: the equipment that are to have them, when they exist
        :raises ValidationError: a serial number is taken, or given twice
        """
        wanted = Counter(filter(None, map(self._get_serial_slot, vals_list)))
        if not wanted:
            return
        taken = self._get_taken_slots_sudo({serial for _c, serial, _b in wanted}, known)
        for slot, count in wanted.items():
            if slot in taken:
                raise ValidationError(taken[slot]._serial_taken_message())
            if count > 1:
                raise ValidationError(
                    self.env._("The serial number %s is given twice.", slot[1])
                )

    @api.model
    def _get_taken_slots_sudo(self, serials, known):
        """Return {slot: equipment} of all companies, but for the ``known``."""
        # As superuser: the unique index does not end at what a user sees.
        others_sudo = self.sudo().search(
            [
                ("serial_key", "in", list(serials)),
                ("active", "=", True),
                ("id", "not in", [equipment.id for equipment in known]),
            ]
        )
        return {
            self._get_serial_slot(other._get_identity()): other for other in others_sudo
        }

    def _serial_taken_message(self):
        """Return that the serial number is the one of this equipment."""
        self.ensure_one()
        return self.env._(
            "The serial number %(serial)s is already registered: %(equipment)s of "
            "%(customer)s.",
            serial=self.serial_number,
            equipment=self.display_name,
            customer=self.partner_id.display_name or self.env._("nobody"),
        )

    def _get_warranty_state(self, day):
        """Return the state of the manufacturer's warranty on ``day``."""
        self.ensure_one()
        if not self.warranty_end:
            return "none"
        return "valid" if day <= self.warranty_end else "expired"

import re

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

from ..models.evaluation.photo import is_picture
from ..models.service.states import CLOSED_STATES

MAX_PHOTO_SIZE = 20 * 1024 * 1024
PHONE_DIGITS = 9
# Six digits or more, with what people put between them.
PHONE = re.compile(r"\+?[\s()./-]*(\d[\s()./-]*){6,}")


class Intake(models.TransientModel):
    """One screen that finds or creates customer and equipment, and takes it in."""

    _name = "workmanager.intake"
    _inherit = ["workmanager.unlock.mixin", "workmanager.properties.mixin"]
    _description = "Intake"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    lookup = fields.Char(string="Look Up", store=False)
    # --- customer
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        check_company=True,
    )
    partner_phone = fields.Char(related="partner_id.phone", string="Customer's Phone")
    partner_email = fields.Char(related="partner_id.email", string="Customer's E-mail")
    customer_name = fields.Char(string="Name")
    customer_phone = fields.Char(string="Phone")
    customer_email = fields.Char(string="E-mail")
    customer_phone_error = fields.Char(compute="_compute_input_errors")
    customer_email_error = fields.Char(compute="_compute_input_errors")
    phone_twin_id = fields.Many2one("res.partner", compute="_compute_phone_twin_id")
    # --- equipment
    equipment_id = fields.Many2one("workmanager.equipment", check_company=True)
    equipment_type_id = fields.Many2one(
        compute="_compute_equipment_type_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    brand_id = fields.Many2one("workmanager.brand")
    model_name = fields.Char(string="Model")
    serial_number = fields.Char(string="Serial Number or IMEI")
    sale_date = fields.Date(string="Sold")
    sale_date_error = fields.Char(compute="_compute_input_errors")
    warranty_end = fields.Date(
        string="Warranty Until",
        compute="_compute_warranty_end",
        store=True,
        readonly=False,
        precompute=True,
    )
    warranty_end_error = fields.Char(compute="_compute_input_errors")
    warranty_document = fields.Char(
        string="By Document", help="Number of the invoice or warranty certificate."
    )
    serial_twin_id = fields.Many2one(
        "workmanager.equipment", compute="_compute_serial_twin_id"
    )
    # --- what is known of it
    open_sheet_id = fields.Many2one("workmanager.sheet", compute="_compute_history")
    sheet_count = fields.Integer(related="equipment_id.sheet_count")
    previous_sheet_id = fields.Many2one(
        "workmanager.sheet",
        string="Under the Warranty of",
        compute="_compute_history",
        help="The repair under whose warranty the equipment comes back.",
    )
    is_return_linked = fields.Boolean(
        string="Same Fault as Then", help="Links the sheet to the earlier repair."
    )
    is_duplicate_confirmed = fields.Boolean(string="Take It In Again")
    # --- service
    intake_mode = fields.Selection(
        selection=lambda self: (
            self.env["workmanager.sheet"]
            ._fields["intake_mode"]
            ._description_selection(self.env)
        ),
        required=True,
        default="shop",
    )
    priority = fields.Selection([("0", "Normal"), ("1", "Urgent")], default="0")
    user_id = fields.Many2one(
        "res.users",
        string="Technician",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    warranty_source = fields.Char(related="equipment_id.warranty_source")
    warranty_state = fields.Selection(
        [("none", "No Warranty"), ("valid", "Under Warranty"), ("expired", "Expired")],
        compute="_compute_warranty_state",
    )
    is_warranty = fields.Boolean(
        string="Under Warranty",
        compute="_compute_is_warranty",
        store=True,
        readonly=False,
    )
    fault_ids = fields.Many2many(related="equipment_type_id.all_fault_ids")
    claimed_fault_ids = fields.Many2many(
        "workmanager.fault",
        string="Claimed Faults",
        domain="[('id', 'in', fault_ids)]",
    )
    claimed_fault = fields.Text(string="Customer's Words")
    usual_accessory_ids = fields.Many2many(
        related="equipment_type_id.all_accessory_ids", string="Usual Accessories"
    )
    accessory_ids = fields.Many2many(
        "workmanager.accessory",
        string="Accessories Left",
        domain="[('id', 'in', usual_accessory_ids)]",
    )
    condition_note = fields.Text(string="Condition")
    photo_ids = fields.Many2many("ir.attachment", string="Add Photos")
    signed_by = fields.Char(
        string="Handed In By", compute="_compute_signed_by", store=True, readonly=False
    )
    signature = fields.Image(max_width=1024)
    is_customer_notified = fields.Boolean(
        string="Messages to the Customer",
        default=True,
        help="The customer gets the messages of the stages.",
    )
    is_consent_given = fields.Boolean(
        string="Consents to the Use of the Data",
        help="The customer was told how the data on the equipment is handled.",
    )
    warranty_reason = fields.Char(
        string="Reason",
        help="Why the warranty is judged otherwise than the dates say.",
    )
    is_warranty_overruled = fields.Boolean(compute="_compute_is_warranty_overruled")
    check_ids = fields.One2many(
        "workmanager.intake.check",
        "intake_id",
        string="Checks",
        compute="_compute_check_ids",
        store=True,
        readonly=False,
    )
    visit_sheet_id = fields.Many2one(
        "workmanager.sheet", string="Taken In With", readonly=True
    )
    sheet_id = fields.Many2one("workmanager.sheet", readonly=True)

    # ---------------------------------------------------------------- COMPUTE

    @api.depends("equipment_id")
    def _compute_display_name(self):
        for intake in self:
            intake.display_name = intake.equipment_id.display_name or self.env._(
                "New Intake"
            )

    @api.depends("equipment_id")
    def _compute_partner_id(self):
        for intake in self:
            intake.partner_id = intake.equipment_id.partner_id or intake.partner_id

    @api.depends("partner_id", "customer_name")
    def _compute_signed_by(self):
        for intake in self:
            intake.signed_by = intake.partner_id.name or intake.customer_name

    @api.depends("equipment_id")
    def _compute_equipment_type_id(self):
        for intake in self:
            kind = intake.equipment_id.equipment_type_id
            intake.equipment_type_id = kind or intake.equipment_type_id

    @api.depends("equipment_type_id")
    def _compute_user_id(self):
        for intake in self:
            technician = intake.equipment_type_id._get_inherited("user_id")
            intake.user_id = technician or intake.user_id

    @api.depends("serial_number", "brand_id", "equipment_id")
    def _compute_serial_twin_id(self):
        equipment = self.env["workmanager.equipment"]
        for intake in self:
            key = equipment._normalize_serial(intake.serial_number)
            intake.serial_twin_id = (
                equipment.search([("serial_key", "=", key)], limit=1)
                if key and not intake.equipment_id
                else False
            )

    @api.depends("equipment_id")
    def _compute_history(self):
        """Find what decides about the intake, also on sheets that a technician who sees
        only their own ones does not see."""
        sheets_sudo = self.env["workmanager.sheet"].sudo()
        for intake in self:
            sheets = sheets_sudo.search(
                [("equipment_id", "=", intake.equipment_id.id)], order="id desc"
            )
            intake.open_sheet_id = sheets.filtered(
                lambda sheet: sheet.state not in CLOSED_STATES
            )[:1]
            intake.previous_sheet_id = sheets.filtered_domain(
                [("repair_warranty_end", ">=", intake.company_id._get_day())]
            )[:1]

    @api.depends("customer_phone", "partner_id")
    def _compute_phone_twin_id(self):
        """Find the customer whose phone number was typed for a new one."""
        partners = self.env["res.partner"]
        for intake in self:
            digits = re.sub(r"\D", "", intake.customer_phone or "")
            is_new = len(digits) >= PHONE_DIGITS and not intake.partner_id
            intake.phone_twin_id = is_new and partners.search(
                [("phone_key", "=like", f"%{digits[-PHONE_DIGITS:]}")], limit=1
            )

    @api.depends("equipment_type_id", "sale_date")
    def _compute_warranty_end(self):
        for intake in self:
            end = intake.equipment_type_id._get_warranty_end(intake.sale_date)
            intake.warranty_end = end or intake.warranty_end

    @api.depends("equipment_id", "sale_date", "warranty_end")
    def _compute_warranty_state(self):
        today = fields.Date.context_today(self)
        for intake in self:
            is_typed = not intake.equipment_id and not intake._get_warranty_errors()
            end = intake.equipment_id.warranty_end or (is_typed and intake.warranty_end)
            state = ("valid" if today <= end else "expired") if end else "none"
            intake.warranty_state = state

    @api.depends("equipment_id", "sale_date", "warranty_end")
    def _compute_is_warranty(self):
        for intake in self:
            intake.is_warranty = intake.warranty_state == "valid"

    @api.depends("is_warranty", "warranty_state")
    def _compute_is_warranty_overruled(self):
        for intake in self:
            by_date = intake.warranty_state == "valid"
            intake.is_warranty_overruled = intake.is_warranty != by_date

    @api.depends(
        "partner_id",
        "customer_phone",
        "customer_email",
        "equipment_id",
        "sale_date",
        "warranty_end",
    )
    def _compute_input_errors(self):
        """Say beside the field what is wrong with it, before anything is saved."""
        for intake in self:
            errors = intake._get_input_errors()
            intake.customer_phone_error = errors.get("customer_phone")
            intake.customer_email_error = errors.get("customer_email")
            intake.sale_date_error = errors.get("sale_date")
            intake.warranty_end_error = errors.get("warranty_end")

    @api.depends("equipment_type_id")
    def _compute_check_ids(self):
        checkpoints = self.equipment_type_id._get_checkpoints()
        for intake in self:
            intake.check_ids = [Command.clear()] + [
                Command.create({"checkpoint_id": point.id, "user_id": point.user_id.id})
                for point in checkpoints.get(intake.equipment_type_id, ())
            ]

    # ------------------------------------------------------------- CONSTRAINT

    @api.constrains("customer_phone", "customer_email", "sale_date", "warranty_end")
    def _check_input(self):
        for intake in self:
            if errors := intake._get_input_errors():
                raise ValidationError("\n".join(errors.values()))

    @api.constrains("photo_ids")
    def _check_photos(self):
        for photo in self.photo_ids:
            if photo.file_size > MAX_PHOTO_SIZE:
                raise ValidationError(
                    self.env._(
                        "%(photo)s is too large: %(size)s MB. A photo may have %(max)s "
                        "MB.",
                        photo=photo.name,
                        size=round(photo.file_size / 1024 / 1024),
                        max=MAX_PHOTO_SIZE // 1024 // 1024,
                    )
                )
            if not is_picture(photo.raw):
                raise ValidationError(self.env._("%s is not a picture.", photo.name))

    # ----------------------------------------------------------------- ACTION

    def action_use_twin(self):
        """Take the registered equipment with the serial number that was typed."""
        self.ensure_one()
        self.equipment_id = self.serial_twin_id

    def action_use_phone_twin(self):
        """Take the known customer with the phone number that was typed."""
        self.ensure_one()
        self.partner_id = self.phone_twin_id

    def action_take_in(self):
        """Take the equipment in, and open its sheet."""
        self.ensure_one()
        return self._take_in()._get_records_action()

    def action_take_in_and_print(self):
        """Take the equipment in, and print the papers of the visit."""
        self.ensure_one()
        sheet = self._take_in()
        return {
            "type": "ir.actions.client",
            "tag": "workmanager_print",
            "params": {
                "reports": sheet._get_intake_reports(),
                "next": sheet._get_records_action(),
            },
        }

    def action_take_in_and_next(self):
        """Take the equipment in, and go on with another one of the same customer."""
        self.ensure_one()
        sheet = self._take_in()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "workmanager_service.workmanager_intake_action"
        )
        return {
            **action,
            "context": {
                "default_partner_id": sheet.partner_id.id,
                "default_visit_sheet_id": (sheet.visit_sheet_id or sheet).id,
                "default_intake_mode": self.intake_mode,
            },
        }

    # --------------------------------------------------------------- BUSINESS

    def _get_input_errors(self):
        """Return {field: what is wrong with what was typed into it}."""
        self.ensure_one()
        errors = {}
        if not self.partner_id:
            errors |= self._get_customer_errors()
        if not self.equipment_id:
            errors |= self._get_warranty_errors()
        return errors

    def _get_customer_errors(self):
        errors = {}
        phone = (self.customer_phone or "").strip()
        if phone and not PHONE.fullmatch(phone):
            errors["customer_phone"] = self.env._(
                "“%s” is not a phone number: it takes six digits or more, and nothing "
                "else but spaces, ( ) . / - and a leading +.",
                phone,
            )
        if self.customer_email and not email_normalize(self.customer_email):
            errors["customer_email"] = self.env._(
                "“%s” is not an e-mail address.", self.customer_email
            )
        return errors

    def _get_warranty_errors(self):
        start, end = self.sale_date, self.warranty_end
        if start and start > fields.Date.context_today(self):
            return {
                "sale_date": self.env._("The day of sale cannot lie in the future.")
            }
        if start and end and end < start:
            return {"warranty_end": self.env._("The warranty ends before it starts.")}
        return {}

import secrets

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .states import CLOSED_STATES, SETTLED_STATES

# Without the characters that people confuse on paper: 0 O, 1 I L.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 10

# What decides for whom, and for which device, a sheet is quoted.
CUSTOMER_FIELDS = {"partner_id", "equipment_id", "company_id"}


class Sheet(models.Model):
    _name = "workmanager.sheet"
    _description = "Service Sheet"
    _inherit = [
        "mail.thread.cc",
        "mail.activity.mixin",
        "mail.tracking.duration.mixin",
        "workmanager.sealed.mixin",
    ]
    _order = "priority desc, id desc"
    _rec_names_search = ["name", "serial_number", "partner_id.name"]
    _check_company_auto = True
    _track_duration_field = "stage_id"

    name = fields.Char(
        string="Number",
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
    priority = fields.Selection([("0", "Normal"), ("1", "Urgent")], default="0")
    location = fields.Char(help="Where the equipment is kept.", copy=False)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        tracking=True,
        check_company=True,
    )
    partner_phone = fields.Char(
        related="partner_id.phone", string="Phone", tracking=False
    )
    equipment_id = fields.Many2one(
        "workmanager.equipment",
        required=True,
        index=True,
        tracking=True,
        check_company=True,
        ondelete="restrict",
    )
    equipment_type_id = fields.Many2one(
        related="equipment_id.equipment_type_id",
        store=True,
        index=True,
        string="Equipment Type",
    )
    serial_number = fields.Char(
        related="equipment_id.serial_number",
        store=True,
        index="trigram",
        tracking=False,
    )
    stage_id = fields.Many2one(
        "workmanager.stage",
        required=True,
        index=True,
        copy=False,
        tracking=True,
        default=lambda self: self.env["workmanager.stage"]._get_first("received"),
        group_expand="_read_group_stage_ids",
        ondelete="restrict",
    )
    state = fields.Selection(
        related="stage_id.state", string="Status", store=True, index=True
    )
    outcome = fields.Selection(
        [
            ("repaired", "Repaired"),
            ("refused", "Refused by the Customer"),
            ("unrepairable", "Cannot Be Repaired"),
        ],
        readonly=True,
        copy=False,
        tracking=True,
    )
    intake_mode = fields.Selection(
        [("shop", "In the Shop"), ("on_site", "On Site"), ("courier", "Courier")],
        required=True,
        default="shop",
    )
    intake_date = fields.Datetime(
        string="Taken In", required=True, default=fields.Datetime.now, copy=False
    )
    deadline_date = fields.Datetime(
        string="Deadline",
        compute="_compute_deadline_date",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        copy=False,
        tracking=True,
    )
    proposed_deadline_date = fields.Datetime(
        compute="_compute_deadline_date",
        store=True,
        precompute=True,
        copy=False,
        help="A deadline that differs from this one was set by a person, and stays.",
    )
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    received_by_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        copy=False,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Technician",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    claimed_fault_ids = fields.Many2many(
        "workmanager.fault",
        "workmanager_sheet_claimed_fault_rel",
        string="Claimed Faults",
    )
    claimed_fault = fields.Text(
        tracking=True, help="What the customer says, in their own words."
    )
    accessory_ids = fields.Many2many("workmanager.accessory", string="Accessories Left")
    condition_note = fields.Text(
        string="Condition",
        tracking=True,
        help="Visible damage at arrival: scratches, dents, cracks.",
    )
    intake_signature = fields.Image(
        string="Customer's Signature", copy=False, attachment=True, max_width=1024
    )
    intake_signed_by = fields.Char(string="Handed In By", copy=False)
    is_consent_given = fields.Boolean(
        string="Consent about Data",
        copy=False,
        help="The customer was told how the data on the equipment is handled.",
    )
    visit_sheet_id = fields.Many2one(
        "workmanager.sheet",
        string="Taken In With",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="set null",
        help="The first sheet of the visit in which the customer left several "
        "equipments.",
    )
    evaluation_ids = fields.One2many(
        "workmanager.evaluation", "sheet_id", string="Evaluations"
    )
    line_ids = fields.One2many(
        "workmanager.sheet.line", "sheet_id", string="Parts and Work"
    )
    tracking_code = fields.Char(
        readonly=True,
        copy=False,
        index="btree_not_null",
        default=lambda self: self._generate_tracking_code(),
        help="Printed on the intake protocol; opens the status page.",
    )
    ready_date = fields.Datetime(string="Ready Since", readonly=True, copy=False)
    delivery_date = fields.Datetime(string="Handed Over", readonly=True, copy=False)
    delivery_signature = fields.Image(
        string="Signature at Hand-over", copy=False, attachment=True, max_width=1024
    )
    delivery_signed_by = fields.Char(string="Handed Over To", copy=False)

    _name_company_uniq = models.UniqueIndex(
        "(company_id, name)", "This sheet number is already in use."
    )
    _board_idx = models.Index("(company_id, stage_id, priority DESC, id DESC)")
    # The board, the lists and the dashboard show what is open; the words are those of
    # their domain, by which the database knows the index.
    _open_idx = models.Index(
        "(company_id, stage_id, priority DESC, id DESC)"
        " WHERE state NOT IN ('delivered', 'cancelled') OR state IS NULL"
    )
    _list_idx = models.Index("(priority DESC, id DESC)")

    # ---------------------------------------------------------------- COMPUTE

    @api.depends("name", "equipment_id.display_name")
    @api.depends_context("show_equipment")
    def _compute_display_name(self):
        for sheet in self:
            name = sheet.name
            if self.env.context.get("show_equipment"):
                name = f"{name} · {sheet.equipment_id.display_name}"
            sheet.display_name = name

    @api.depends("equipment_id")
    def _compute_partner_id(self):
        for sheet in self:
            sheet.partner_id = sheet.equipment_id.partner_id or sheet.partner_id

    @api.depends("intake_date", "equipment_id", "is_warranty")
    def _compute_deadline_date(self):
        """Take the turnaround of the type, or the legal deadline when it is sooner."""
        for sheet in self:
            kind = sheet.equipment_id.equipment_type_id
            days = kind._get_inherited("turnaround_days")
            deadlines = [sheet._get_legal_deadline()]
            if sheet.intake_date and days:
                deadlines.append(sheet.intake_date + relativedelta(days=days))
            proposal = min(filter(None, deadlines), default=False)
            if sheet.deadline_date in (False, sheet.proposed_deadline_date):
                sheet.deadline_date = proposal
            sheet.proposed_deadline_date = proposal

    @api.depends("deadline_date", "state")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for sheet in self:
            sheet.is_late = bool(
                sheet.deadline_date
                and sheet.deadline_date < now
                and sheet.state not in SETTLED_STATES
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [
            ("deadline_date", "<", fields.Datetime.now()),
            ("state", "not in", SETTLED_STATES),
        ]

    @api.depends("equipment_id")
    def _compute_user_id(self):
        for sheet in self:
            if not sheet.user_id:
                kind = sheet.equipment_id.equipment_type_id
                sheet.user_id = kind._get_inherited("user_id")

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """Show the empty stages on the board too."""
        return stages.search_fetch([], ["name", "fold"])

    # ------------------------------------------------------------------- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        """Take in equipments: each sheet begins at the beginning.

        :raises UserError: a stage is given that a sheet only reaches by its steps
        """
        # Odoo tells of a new record's stage only where its values name it.
        first = self.default_get(["stage_id"])
        vals_list = [{**first, **vals} for vals in vals_list]
        self._ensure_first_stage(vals_list)
        sheets = super().create(vals_list)
        sheets._create_evaluations()
        sheets._give_equipment_owner()
        sheets._start_stage_time()
        return sheets

    def write(self, vals):
        """Change the sheets; another stage is reached by the steps that lead there.

        :raises UserError: no step leads there, or what is written stands as it is
        """
        if "user_id" in vals:
            self._stop_former_technicians(vals["user_id"])
        self._ensure_signatures_kept(vals)
        is_for_another = bool(vals.keys() & CUSTOMER_FIELDS)
        if not self._is_step_write(vals):
            if "stage_id" in vals:
                self._move_to_stage(self.stage_id.browse(vals["stage_id"]))
            if is_for_another:
                self.line_ids._ensure_not_quoted()
        moved = self.filtered(
            lambda sheet: sheet.stage_id.id != vals.get("stage_id", sheet.stage_id.id)
        )
        former = self._get_customer_facts() if is_for_another else {}
        res = super().write(vals)
        self._follow_customer_facts(former)
        if vals.keys() & {"stage_id", "user_id"}:
            self._follow_check_activities()
        moved._record_stage()
        if "analytic_distribution" in vals:
            self.work_log_ids._sync_analytic()
        return res

    def _prepare_create_values(self, vals_list):
        """Number the sheets, once Odoo knows that the user may create them."""
        new = self.env._("New")
        values = super()._prepare_create_values(vals_list)
        for vals in values:
            if vals["name"] == new:
                company = self.env["res.company"].browse(vals["company_id"])
                moment = fields.Datetime.to_datetime(vals["intake_date"])
                vals["name"] = (
                    self.env["ir.sequence"]
                    .with_company(company)
                    .next_by_code(
                        "workmanager.sheet", sequence_date=company._get_day(moment)
                    )
                )
        return values

    @api.ondelete(at_uninstall=False)
    def _unlink_except_documents(self):
        for sheet in self:
            if (
                sheet.state not in ("received", "cancelled")
                or sheet.intake_signature
                or sheet.statement_number
                or any(line.sudo().sale_line_id for line in sheet.line_ids)
            ):
                raise UserError(
                    self.env._(
                        "%(sheet)s has a history or signed documents, and cannot "
                        "be deleted. Cancel it instead; archive it to take it out of "
                        "sight.",
                        sheet=sheet.name,
                    )
                )

    # --------------------------------------------------------------- BUSINESS

    @api.model
    def _ensure_first_stage(self, vals_list):
        stages = self.stage_id.browse({vals["stage_id"] for vals in vals_list})
        later = stages.filtered(lambda stage: stage.state != "received")
        if later and not self.env.su:
            raise UserError(
                self.env._(
                    "A new sheet is received first: create it without the stage "
                    "“%(stage)s”, and take its steps.",
                    stage=later[0].name,
                )
            )

    def _ensure_open(self):
        """Refuse sheets that are delivered or cancelled."""
        for sheet in self:
            if error := sheet._closed_error_message():
                raise UserError(error)

    def _closed_error_message(self):
        """Return why nothing of this sheet can be changed any more, or False."""
        self.ensure_one()
        return self.state in CLOSED_STATES and self.env._(
            "%(sheet)s is %(state)s and cannot be changed. Open a new sheet for the "
            "equipment.",
            sheet=self.name,
            state=self._get_state_label().lower(),
        )

    def _get_state_label(self):
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        return labels[self.state]

    @api.model
    def _generate_tracking_code(self):
        """Return a code that cannot be guessed: about 49 bits at random."""
        return "".join(secrets.choice(CODE_ALPHABET) for _i in range(CODE_LENGTH))

from odoo import SUPERUSER_ID, api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    service_delivery_policy = fields.Selection(
        [
            ("always", "At any time"),
            ("invoiced", "When it is invoiced"),
            ("paid", "When it is paid"),
        ],
        string="Hand-over Allowed",
        required=True,
        default="always",
    )
    service_claim_invoicing = fields.Selection(
        [
            ("each", "Each on an invoice of its own"),
            ("monthly", "Gathered by manufacturer and month"),
        ],
        string="Claims to Manufacturers",
        required=True,
        default="each",
    )
    service_claim_auto = fields.Boolean(
        string="Invoice Claims by Themselves",
        help="Drafts of last month's claim invoices are there when a month begins.",
    )
    service_intake_document = fields.Selection(
        [
            ("each", "One protocol each"),
            ("visit", "One protocol for the visit"),
        ],
        string="Several Equipments",
        required=True,
        default="each",
    )
    service_print_labels = fields.Boolean(string="Labels at Intake")
    service_label_format = fields.Selection(
        [
            ("roll", "Label printer, 62 × 29 mm"),
            ("a4", "A4 sheets of 3 × 8 labels, 70 × 37 mm"),
        ],
        string="Label Format",
        required=True,
        default="roll",
    )
    service_reminder_days = fields.Integer(
        string="Days of the Reminder",
        default=3,
        help="So many days before a quotation expires the customer is reminded of it. "
        "Zero: no reminder.",
    )

    service_warranty_days = fields.Integer(
        string="Days for a Repair under Warranty",
        default=15,
        help="The legal deadline, counted from the intake. Zero: none.",
    )
    service_warranty_days_unit = fields.Selection(
        [("calendar", "Calendar Days"), ("working", "Working Days")],
        string="Kind of Days",
        required=True,
        default="calendar",
    )
    service_unclaimed_days = fields.Integer(
        string="Days until Unclaimed",
        default=30,
        help="Equipment that stays ready for longer is shown as not picked up.",
    )
    service_share_equipment = fields.Boolean(
        string="Branches Find Our Equipment",
        default=True,
        help="The branches of the company find its register of equipment, and take in "
        "what is in it.",
    )
    service_warranty_extension = fields.Boolean(
        string="Extend the Warranty by the Time in Service", default=True
    )

    service_timer_limit = fields.Float(
        string="Longest Time of a Timer",
        default=10.0,
        help="A timer that runs for more hours was forgotten: it counts only once its "
        "technician says when the work ended. Zero: no limit.",
    )
    service_hourly_cost = fields.Monetary(
        string="Cost of an Hour of Work",
        groups="workmanager_service.group_manager",
        help="For technicians who have no hourly cost of their own.",
    )
    service_analytic_account_id = fields.Many2one(
        "account.analytic.account",
        string="Analytic Account of Service",
        check_company=True,
        help="Where the cost of work is booked, unless the sheet says otherwise.",
    )
    service_map_url = fields.Char(
        string="Link to the Map",
        default="geo:0,0?q={address}",
        help="{address} is replaced by the address of a visit. “geo:” opens the map "
        "that the phone prefers.",
    )

    _service_timer_limit_positive = models.Constraint(
        "CHECK(service_timer_limit >= 0)", "The limit of a timer cannot be negative."
    )

    def _get_day(self, moment=None):
        """Return the day of a moment, by default of now, where the company is.

        That is the time zone of its own contact, else that of the user: what is dated
        or numbered must not depend on who reads it, nor on the server.

        :param datetime moment: in UTC, as fields have it
        :rtype: datetime.date
        """
        company = self.with_context(tz=self.partner_id.tz or self.env.tz.zone)
        return fields.Date.context_today(company, moment)

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._create_sheet_sequence()
        return companies

    def _create_sheet_sequence(self):
        """Give each company its own numbering of sheets and of work statements:
        FS/2026/00001, DL/2026/00001."""
        names = {
            "workmanager.sheet": (self.env._("Service Sheets (%s)"), "FS"),
            "workmanager.statement": (self.env._("Work Statements (%s)"), "DL"),
        }
        sequences = self.env["ir.sequence"].sudo()  # managers create companies
        known = {
            (sequence.code, sequence.company_id)
            for sequence in sequences.search([("code", "in", list(names))])
        }
        sequences.create(
            [
                {
                    "name": name % company.name,
                    "code": code,
                    "prefix": f"{prefix}/%(range_year)s/",
                    "padding": 5,
                    "use_date_range": True,
                    "company_id": company.id,
                }
                for company in self
                for code, (name, prefix) in names.items()
                if (code, company) not in known
            ]
        )

    def _get_responsible(self, candidates):
        """Return to whom something to do is given: the first of ``candidates`` who is
        still there and works with sheets, else a manager, else the user.

        :param candidates: ``res.users``, the likeliest first
        """
        self.ensure_one()
        managers = self.env.ref("workmanager_service.group_manager").sudo().all_user_ids
        for user in [*candidates, *managers.sorted("id")]:
            if (
                user.active
                and user.id != SUPERUSER_ID
                and self in user.sudo().company_ids
                and user.has_group("workmanager_service.group_technician")
            ):
                return user
        return self.env.user

from collections import defaultdict
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date, format_duration, formatLang

# What the history reads of a line, in one query.
HISTORY_FIELDS = (
    *("sheet_id", "name", "quantity_done", "product_uom_id", "coverage"),
    "sale_line_id",
)


class Sheet(models.Model):
    """A sheet in the story of its equipment: warranties, and what was done before."""

    _inherit = "workmanager.sheet"

    is_own_goods = fields.Boolean(
        string="Own Goods",
        compute="_compute_is_own_goods",
        store=True,
        help="The equipment is the company's own: the customer is the company itself. "
        "Parts and work count at their cost, and nothing is invoiced.",
    )
    is_warranty = fields.Boolean(
        string="Under Warranty",
        compute="_compute_is_warranty",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="The manufacturer's warranty was valid at intake.",
    )
    previous_sheet_id = fields.Many2one(
        "workmanager.sheet",
        string="Returned After",
        compute="_compute_previous_sheet_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        copy=False,
        domain="[('equipment_id', '=', equipment_id), ('id', '!=', id)]",
        help="The repair under whose warranty the equipment came back.",
    )
    history_count = fields.Integer(
        compute="_compute_history_count", string="Earlier Sheets"
    )
    repair_warranty_end = fields.Date(
        string="Warranty of the Repair Ends", readonly=True, copy=False
    )
    warranty_basis = fields.Selection(
        [
            ("none", "None"),
            ("manufacturer", "Manufacturer's Warranty"),
            ("repair", "Warranty of the Repair"),
        ],
        string="Warranty",
        compute="_compute_warranty_basis",
        store=True,
    )
    warranty_reason = fields.Char(
        string="Reason",
        tracking=True,
        copy=False,
        help="Why the warranty is judged otherwise than the dates say.",
    )
    is_warranty_overruled = fields.Boolean(compute="_compute_is_warranty_overruled")
    warranty_source = fields.Char(
        related="equipment_id.warranty_source", string="Warranty Source"
    )

    # ---------------------------------------------------------------- COMPUTE

    @api.depends("partner_id.commercial_partner_id", "company_id.partner_id")
    def _compute_is_own_goods(self):
        for sheet in self:
            owner = sheet.partner_id.commercial_partner_id
            sheet.is_own_goods = bool(owner) and owner == sheet.company_id.partner_id

    @api.depends("equipment_id", "intake_date")
    def _compute_is_warranty(self):
        for sheet in self:
            sheet.is_warranty = sheet._is_warranty_by_date()

    @api.depends("equipment_id")
    def _compute_previous_sheet_id(self):
        """Link the repair under whose warranty the equipment comes back."""
        repaired = defaultdict(lambda: self.browse())
        for sheet in self.search(
            [
                ("equipment_id", "in", self.equipment_id.ids),
                ("state", "=", "delivered"),
                ("repair_warranty_end", ">=", self.env.company._get_day()),
            ],
            order="delivery_date, id",
        ):
            repaired[sheet.equipment_id] = sheet
        for sheet in self:
            previous = repaired[sheet.equipment_id]
            if previous != sheet._origin:
                sheet.previous_sheet_id = previous

    @api.depends("company_id", "equipment_id")
    def _compute_history_count(self):
        counts = self._count_others_with_same("equipment_id")
        for sheet in self:
            sheet.history_count = counts[sheet]

    @api.depends("is_warranty", "previous_sheet_id")
    def _compute_warranty_basis(self):
        for sheet in self:
            if sheet.previous_sheet_id:
                sheet.warranty_basis = "repair"
            else:
                sheet.warranty_basis = "manufacturer" if sheet.is_warranty else "none"

    @api.depends("is_warranty", "equipment_id.warranty_end", "intake_date")
    def _compute_is_warranty_overruled(self):
        for sheet in self:
            sheet.is_warranty_overruled = (
                sheet.is_warranty != sheet._is_warranty_by_date()
            )

    # ------------------------------------------------------------- CONSTRAINT

    @api.constrains("is_warranty", "warranty_reason")
    def _check_warranty_reason(self):
        for sheet in self:
            if sheet.is_warranty_overruled and not sheet.warranty_reason:
                raise ValidationError(
                    self.env._(
                        "%(sheet)s: the dates say otherwise about the manufacturer's "
                        "warranty. Give the reason.",
                        sheet=sheet.name,
                    )
                )

    # ----------------------------------------------------------------- ACTION

    def action_view_history(self):
        """Open the equipment, whose page tells all that happened to it."""
        self.ensure_one()
        return self.equipment_id._get_records_action()

    # --------------------------------------------------------------- WARRANTY

    def _is_warranty_by_date(self):
        """Whether the manufacturer's warranty was valid when the sheet was opened."""
        self.ensure_one()
        day = (self.company_id or self.env.company)._get_day(self.intake_date)
        equipment = self.equipment_id
        return bool(equipment) and equipment._get_warranty_state(day) == "valid"

    def _get_legal_deadline(self):
        """Return until when a repair under warranty must be done, or None.

        The number of days and their kind are the company's settings: in Romania at
        most 15 calendar days from the notice (OUG 140/2021, art. 12).
        """
        self.ensure_one()
        company = self.company_id
        days = company.service_warranty_days
        if not (self.is_warranty and days and self.intake_date):
            return None
        if company.service_warranty_days_unit == "calendar":
            return self.intake_date + timedelta(days=days)
        # The day of the notice does not count: plan_days counts it.
        planned = company.resource_calendar_id.plan_days(
            days + 1, pytz.utc.localize(self.intake_date), compute_leaves=True
        )
        return planned.astimezone(pytz.utc).replace(tzinfo=None) if planned else None

    def _extend_warranty(self):
        """Add the time in service to the warranty, where the company does so."""
        for sheet in self:
            equipment_sudo = sheet.equipment_id.sudo()
            if (
                sheet.is_warranty
                and sheet.company_id.service_warranty_extension
                and equipment_sudo.warranty_end
            ):
                get_day = sheet.company_id._get_day
                days = (get_day(sheet.delivery_date) - get_day(sheet.intake_date)).days
                equipment_sudo.warranty_end += timedelta(days=days)

    # ---------------------------------------------------------------- HISTORY

    def _count_others_with_same(self, *fnames):
        """Return {sheet: how many others have the same values}.

        Only the active sheets of the same company count, and never the sheet itself;
        a sheet that lacks a value shares it with nobody.
        """
        fnames = ("company_id", *fnames)
        domain = Domain("active", "=", True)
        for fname in fnames:
            values = self.mapped(fname)
            domain &= Domain(fname, "in", getattr(values, "ids", values))
            domain &= Domain(fname, "!=", False)
        counts = {
            tuple(values): count
            for *values, count in self._read_group(domain, fnames, ["__count"])
        }
        others = {}
        for sheet in self:
            values = tuple(sheet[fname] for fname in fnames)
            saved = tuple(sheet._origin[fname] for fname in fnames)
            count = counts.get(values, 0)
            is_counted = count and sheet._origin.active and saved == values
            others[sheet] = count - bool(is_counted)
        return others

    def _give_equipment_owner(self):
        """Whoever brings an equipment of nobody is its owner from now on."""
        for sheet in self.filtered(lambda s: not s.equipment_id.partner_id):
            sheet.equipment_id.partner_id = sheet.partner_id

    def _prepare_history(self, for_customer=False):
        """Return {sheet: entry} for the story of their equipment.

        :param bool for_customer: see :meth:`Equipment._get_history`
        """
        has_costs = not for_customer and self.equipment_id._has_history_costs()
        lines = self._get_history_lines(for_customer, has_costs)
        rows = lines._prepare_history_rows()
        lines_of = lines.grouped("sheet_id")
        findings = self._get_history_findings()
        hours = self._get_history_hours()
        history = {}
        for sheet in self:
            sheet_lines = lines_of.get(sheet, lines.browse())
            history[sheet] = {
                **sheet._prepare_history_facts(for_customer),
                **sheet._prepare_history_work(*hours.get(sheet, (0.0, []))),
                "findings": findings.get(sheet, []),
                "lines": [rows[line] for line in sheet_lines],
            }
            if has_costs and (cost := sheet._get_history_cost(sheet_lines)):
                history[sheet]["cost"] = cost
        return history

    def _prepare_history_facts(self, for_customer):
        """Return what the sheet itself says."""
        self.ensure_one()
        is_foreign = not self.equipment_id._is_owner(self.partner_id)
        hidden = for_customer and is_foreign
        return {
            "key": f"sheet-{self.id}",
            "kind": "sheet",
            "id": self.id,
            "title": self.name,
            "state": self._get_history_label("state"),
            "outcome": self._get_history_label("outcome"),
            "is_repaired": self.outcome == "repaired",
            "warranty": ""
            if self.warranty_basis == "none"
            else self._get_history_label("warranty_basis"),
            # It may be one that another technician had.
            "previous": self.sudo().previous_sheet_id.name or "",
            "delivered": format_date(self.env, self.delivery_date),
            "repair_warranty": format_date(self.env, self.repair_warranty_end),
            "customer": is_foreign and not hidden and self.partner_id.display_name,
            **self._prepare_history_words(hidden),
        }

    def _prepare_history_words(self, hidden):
        """Return what was said and billed.

        :param bool hidden: keep to what says nothing about the customer of the sheet
        """
        # What was claimed stays claimed when the catalogue drops it.
        claimed = self.with_context(active_test=False).claimed_fault_ids.mapped("name")
        if hidden:
            return {"claimed": claimed, "warranty_reason": "", "amount": ""}
        if self.claimed_fault:
            claimed.append(" ".join(self.claimed_fault.split()))
        return {
            "claimed": claimed,
            "warranty_reason": self.warranty_reason or "",
            "amount": self._format_history_amount(self.amount_total, self.currency_id),
        }

    def _prepare_history_work(self, hours, names):
        """Return how long the repair took, and who was at it."""
        return {
            "hours": format_duration(hours) if hours else "",
            "technicians": ", ".join(names or filter(None, [self.user_id.name])),
        }

    def _get_history_label(self, fname):
        labels = dict(self._fields[fname]._description_selection(self.env))
        return labels.get(self[fname], "")

    def _format_history_amount(self, amount, currency):
        """Return an amount as text, an empty one where there is nothing to say."""
        if currency.is_zero(amount):
            return ""
        return formatLang(self.env, amount, currency_obj=currency)

    def _get_history_findings(self):
        """Return {sheet: [text]} of what the completed evaluations found."""
        findings = defaultdict(list)
        evaluations = self.env["workmanager.evaluation"].with_context(active_test=False)
        for evaluation in evaluations.search_fetch(
            [("sheet_id", "in", self.ids), ("state", "=", "done")],
            ["sheet_id", "conclusion", "fault_ids"],
            order="id",
        ):
            found = findings[evaluation.sheet_id]
            found += evaluation.fault_ids.mapped("name")
            if evaluation.conclusion:
                found.append(" ".join(evaluation.conclusion.split()))
        return {sheet: list(dict.fromkeys(found)) for sheet, found in findings.items()}

    def _get_history_lines(self, for_customer, has_costs):
        """Return the parts used and the work done."""
        domain = Domain("sheet_id", "in", self.ids) & Domain("quantity_done", ">", 0)
        if for_customer:
            domain &= Domain("is_internal", "!=", True)
        fnames = (*HISTORY_FIELDS, "product_id", "unit_cost")
        return self.env["workmanager.sheet.line"].search_fetch(
            domain, fnames if has_costs else HISTORY_FIELDS, order="sequence, id"
        )

    def _get_history_hours(self):
        """Return {sheet: (hours, names of those who worked)}."""
        hours = {}
        for sheet, user, worked in self.env["workmanager.work.log"]._read_group(
            [("sheet_id", "in", self.ids)], ["sheet_id", "user_id"], ["hours:sum"]
        ):
            total, names = hours.setdefault(sheet, (0.0, []))
            hours[sheet] = (total + worked, [*names, user.name])
        return hours

    def _get_history_cost(self, lines):
        """Return what these parts and work of the sheet cost us, as text.

        As the figures of the service count it (``workmanager.sheet.report``, which
        would read every line of the company for it).
        """
        work = lines.filtered(lambda line: line.product_type == "service")
        parts_cost, work_cost = (
            sum(line.unit_cost * line.quantity_done for line in some)
            for some in (lines - work, work)
        )
        return self._format_history_amount(
            parts_cost + (self.work_cost or work_cost), self.company_currency_id
        )

    # --------------------------------------------- ANOTHER CUSTOMER OR EQUIPMENT

    def _get_customer_facts(self):
        """Return {sheet: (equipment type, currencies of the typed prices)}."""
        return {
            sheet: (sheet.equipment_type_id, sheet.line_ids._get_typed_prices())
            for sheet in self
        }

    def _follow_customer_facts(self, former):
        """Renew checks and typed prices of sheets that are for somebody else, or for
        something else, now.

        :param dict former: what :meth:`_get_customer_facts` returned before
        """
        for sheet, (equipment_type, currencies) in former.items():
            sheet.line_ids._convert_typed_prices(currencies)
            if sheet.equipment_type_id != equipment_type:
                sheet._renew_checks()

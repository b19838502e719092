from collections import defaultdict
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_duration, formatLang

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
                ("repair_warranty_end", ">=", fields.Date.context_today(self)),
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

    @api.depends("is_warranty", "equipment_id", "intake_date")
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
        day = fields.Date.context_today(self, self.intake_date)
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
                days = (sheet.delivery_date.date() - sheet.intake_date.date()).days
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
        claims, findings = self._get_history_faults()
        lines = self._get_history_lines(for_customer)
        hours = self._get_history_hours()
        has_costs = not for_customer and self.equipment_id._has_history_costs()
        costs = self._get_history_costs() if has_costs else {}
        history = {}
        for sheet in self:
            foreign = not sheet.equipment_id._is_owner(sheet.partner_id)
            hidden = for_customer and foreign
            worked, workers = hours.get(sheet, (0.0, []))
            entry = {
                **sheet._prepare_history_facts(hidden, claims.get(sheet, [])),
                "findings": findings.get(sheet, []),
                "lines": lines.get(sheet, []),
                "hours": format_duration(worked) if worked else "",
                "technicians": ", ".join(workers or filter(None, [sheet.user_id.name])),
                "customer": foreign and not hidden and sheet.partner_id.display_name,
            }
            if sheet in costs:
                entry["cost"] = costs[sheet]
            history[sheet] = entry
        return history

    def _prepare_history_facts(self, hidden, claims):
        """Return what the sheet itself says.

        :param claims: the names of the claimed faults
        :param bool hidden: keep to what says nothing about its customer
        """
        self.ensure_one()
        label = self._get_history_label
        warranty = label("warranty_basis") if self.warranty_basis != "none" else ""
        claimed = list(claims)
        if self.claimed_fault and not hidden:
            claimed.append(" ".join(self.claimed_fault.split()))
        has_amount = not hidden and not self.currency_id.is_zero(self.amount_total)
        return {
            "key": f"sheet-{self.id}",
            "kind": "sheet",
            "id": self.id,
            "title": self.name,
            "state": label("state"),
            "outcome": label("outcome") if self.outcome else "",
            "is_repaired": self.outcome == "repaired",
            "claimed": claimed,
            "warranty": warranty,
            "warranty_reason": "" if hidden else self.warranty_reason or "",
            # It may be one that another technician had.
            "previous": self.sudo().previous_sheet_id.name or "",
            "delivered": format_date(self.env, self.delivery_date),
            "repair_warranty": format_date(self.env, self.repair_warranty_end),
            "amount": self._format_history_amount(self.amount_total)
            if has_amount
            else "",
        }

    def _get_history_label(self, fname):
        labels = dict(self._fields[fname]._description_selection(self.env))
        return labels.get(self[fname], "")

    def _format_history_amount(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    def _get_history_faults(self):
        """Return what was claimed and what the completed evaluations found.

        :return: two dicts of {sheet: [text]}
        """
        claims, findings = defaultdict(list), defaultdict(list)
        faults = self.env["workmanager.fault"]
        for sheet_id, evaluation_id, conclusion, fault_ids in self._read_faults():
            sheet, names = (
                self.browse(sheet_id),
                faults.browse(fault_ids).mapped("name"),
            )
            if not evaluation_id:
                claims[sheet] += names
                continue
            findings[sheet] += names
            if conclusion:
                findings[sheet].append(" ".join(conclusion.split()))
        return claims, {
            sheet: list(dict.fromkeys(found)) for sheet, found in findings.items()
        }

    def _read_faults(self):
        """Return (sheet's ID, evaluation's ID or None, conclusion, faults' IDs)."""
        self.env["workmanager.evaluation"].flush_model(
            ["sheet_id", "state", "conclusion"]
        )
        return self.env.execute_query(
            SQL(
                """SELECT claimed.workmanager_sheet_id, NULL::int, NULL::text,
                          array_agg(fault.id ORDER BY fault.code, fault.id)
                     FROM workmanager_sheet_claimed_fault_rel claimed
                     JOIN workmanager_fault fault
                       ON fault.id = claimed.workmanager_fault_id
                    WHERE claimed.workmanager_sheet_id IN %(ids)s
                 GROUP BY 1
                UNION ALL
                   SELECT evaluation.sheet_id, evaluation.id, evaluation.conclusion,
                          array_remove(
                              array_agg(fault.id ORDER BY fault.code, fault.id), NULL)
                     FROM workmanager_evaluation evaluation
                LEFT JOIN workmanager_evaluation_workmanager_fault_rel found
                       ON found.workmanager_evaluation_id = evaluation.id
                LEFT JOIN workmanager_fault fault
                       ON fault.id = found.workmanager_fault_id
                    WHERE evaluation.sheet_id IN %(ids)s AND evaluation.state = 'done'
                 GROUP BY 1, 2
                 ORDER BY 2""",
                ids=tuple(self.ids) or (0,),
            )
        )

    def _get_history_lines(self, for_customer=False):
        """Return {sheet: [dict]} of the parts used and the work done."""
        domain = Domain("sheet_id", "in", self.ids) & Domain("quantity_done", ">", 0)
        if for_customer:
            domain &= Domain("is_internal", "!=", True)
        lines = self.env["workmanager.sheet.line"].search_fetch(
            domain,
            HISTORY_FIELDS,
            order="sequence, id",
        )
        lots = lines._get_history_lots()
        history = {}
        for line in lines:
            history.setdefault(line.sheet_id, []).append(
                line._prepare_history(lots.get(line, []))
            )
        return history

    def _get_history_hours(self):
        """Return {sheet: (hours, names of those who worked)}."""
        hours = {}
        for sheet, user, worked in self.env["workmanager.work.log"]._read_group(
            [("sheet_id", "in", self.ids)], ["sheet_id", "user_id"], ["hours:sum"]
        ):
            total, names = hours.setdefault(sheet, (0.0, []))
            hours[sheet] = (total + worked, [*names, user.name])
        return hours

    def _get_history_costs(self):
        """Return {sheet: what its parts and work cost us}, as text."""
        figures = self.env["workmanager.sheet.report"].search_fetch(
            [("sheet_id", "in", self.ids)], ["sheet_id", "cost", "currency_id"]
        )
        return {
            figure.sheet_id: formatLang(
                self.env, figure.cost, currency_obj=figure.currency_id
            )
            for figure in figures
            if not figure.currency_id.is_zero(figure.cost)
        }

from collections import defaultdict

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_duration, formatLang

# What the history reads of a line, in one query.
HISTORY_FIELDS = (
    *("sheet_id", "name", "quantity_done", "product_uom_id", "coverage"),
    "sale_line_id",
)


class Sheet(models.Model):
    """What a sheet adds to the equipment's story."""

    _inherit = "workmanager.sheet"

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

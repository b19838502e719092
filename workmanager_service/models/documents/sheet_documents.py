from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ...formats import format_moment, format_number


class Sheet(models.Model):
    """What the documents of a sheet say, and what their placeholders stand for."""

    _name = "workmanager.sheet"
    _inherit = ["workmanager.sheet", "workmanager.document.mixin"]

    def _get_qr_value(self):
        """Return what the QR code of the intake protocol says; ASCII only."""
        self.ensure_one()
        return self.name

    # ----------------------------------------------------------------- INTAKE

    def action_print_intake(self):
        """Print the papers of the whole visit: what the company's settings say."""
        reports = self._get_intake_reports()
        if len(reports) == 1:
            return reports[0]
        return {
            "type": "ir.actions.client",
            "tag": "workmanager_print",
            "params": {"reports": reports},
        }

    def action_print_labels(self):
        """Print the labels of the whole visit."""
        report = self._get_label_report()
        return report.report_action(self._get_visit(), config=False)

    def _get_intake_reports(self):
        """Return the actions that print the papers of the visit of these sheets."""
        visit = self._get_visit()
        company_sudo = self.company_id[:1].sudo()  # its settings are not for all
        name = "intake_protocol"
        if len(visit) > 1 and company_sudo.service_intake_document == "visit":
            name = "intake_protocol_visit"
        reports = self.env.ref(f"workmanager_service.action_report_{name}")
        if company_sudo.service_print_labels:
            reports += self._get_label_report()
        return [report.report_action(visit, config=False) for report in reports]

    def _get_label_report(self):
        """Return the report for the labels that the company uses."""
        name = "label_a4" if self._get_label_format() == "a4" else "label"
        return self.env.ref(f"workmanager_service.action_report_{name}")

    def _get_label_format(self):
        return self.company_id[:1].sudo().service_label_format

    def _get_visit(self):
        """Return the sheets that were taken in with these, in their order."""
        first = self.visit_sheet_id | self.filtered(lambda s: not s.visit_sheet_id)
        return self.search(
            ["|", ("id", "in", first.ids), ("visit_sheet_id", "in", first.ids)],
            order="id",
        )

    def _get_visits(self):
        """Return the whole visits of these sheets, one for each customer.

        :return: a list of ``workmanager.sheet`` recordsets
        """
        visits = self._get_visit().grouped(
            lambda sheet: (sheet.visit_sheet_id or sheet, sheet.partner_id)
        )
        return list(visits.values())

    def _get_visit_terms(self):
        """Return the terms of these sheets, each once.

        :return: a list of (types, terms)
        """

        def get_terms(sheet):
            # One fee says nothing about an equipment with another one.
            text = sheet._get_written_text("intake")
            return text, "diagnosis_fee" in (text or "") and sheet._get_diagnosis_fee()

        return [
            (sheets.equipment_type_id, sheets._get_document_text("intake"))
            for (text, _fee), sheets in self.grouped(get_terms).items()
            if text
        ]

    @api.model
    def _get_terms_title(self, kinds):
        """Return the heading of the terms for some types, where there are several."""
        if not kinds:
            return self.env._("Terms")
        return self.env._("Terms · %s", ", ".join(kinds.mapped("name")))

    # -------------------------------------------------------------- EQUIPMENT

    def _get_equipment_properties(self):
        """Return (label, text) for each property of the equipment that has a value."""
        self.ensure_one()
        properties = self.equipment_id.read(["properties"])[0]["properties"]
        return [
            (definition["string"], text)
            for definition in properties
            if (text := self._format_property(definition))
        ]

    @api.model
    def _format_property(self, definition):
        """Return the text of a property's value, or False where there is none."""
        kind, value = definition["type"], definition.get("value")
        if kind == "separator" or (not value and kind not in ("integer", "float")):
            return False
        if value is False or value is None:
            return False
        match kind:
            case "boolean":
                return self.env._("Yes")
            case "date":
                return format_date(self.env, value)
            case "datetime":
                return format_moment(self.env, fields.Datetime.to_datetime(value))
            case "float":
                return format_number(self.env, value, digits=6)
            case "selection":
                return dict(definition["selection"]).get(value, value)
            case "tags":
                labels = {tag[0]: tag[1] for tag in definition["tags"]}
                return ", ".join(labels.get(tag, tag) for tag in value)
            case "many2one":
                return value[1]
            case "many2many":
                return ", ".join(name for _id, name in value)
        return str(value)

    def _get_printed_evaluations(self):
        """Return what was found, also later, and what the final checks said."""
        self.ensure_one()
        found = self.evaluation_ids.filtered(
            lambda evaluation: (
                evaluation.phase == "before"
                and (evaluation.state == "done" or evaluation == self.evaluation_id)
            )
        )
        return found.sorted("id") | self.final_evaluation_id

    def _get_lines_done(self):
        """Return the accepted lines of which anything was used or done, without those
        that are no business of the customer."""
        return self._get_accepted_lines().filtered(
            lambda line: (
                not line.is_internal
                and not line.product_uom_id.is_zero(line.quantity_done)
            )
        )

    # ----------------------------------------------------------- PLACEHOLDERS

    def _get_document_outcome(self):
        return self.outcome

    @api.model
    def _get_placeholder_values(self, kind):
        def day(value):
            return format_date(self.env, value)

        getters = {
            "customer": lambda sheet: sheet.partner_id.display_name,
            "equipment": lambda sheet: sheet.equipment_id._get_short_name(),
            "serial": lambda sheet: sheet.equipment_id.serial_number,
            "number": lambda sheet: sheet.name,
            "date": lambda sheet: day(sheet.intake_date),
            "deadline": lambda sheet: day(sheet.deadline_date),
            "company": lambda sheet: sheet.company_id.sudo().name,
            "diagnosis_fee": lambda sheet: sheet._get_diagnosis_fee(),
        }
        if kind in ("evaluation", "quotation", "statement", "handover"):
            getters["technician"] = lambda sheet: sheet.user_id.sudo().name
        if kind in ("statement", "handover"):
            getters["statement"] = lambda sheet: sheet.statement_number
        if kind == "handover":
            getters["handed_over"] = lambda sheet: day(sheet.delivery_date)
            getters["warranty_months"] = lambda sheet: sheet._get_warranty_months()
            getters["warranty_end"] = lambda sheet: day(sheet.repair_warranty_end)
        if kind == "message":
            getters["link"] = lambda sheet: sheet._get_customer_url()
        return getters

    @api.model
    def _get_placeholder_samples(self):
        now, company = fields.Datetime.now(), self.env.company
        today = format_date(self.env, now)
        return {
            "customer": self.env._("Jane Smith"),
            "equipment": "Lenovo ThinkPad E15",
            "serial": "PF3K9081",
            "number": f"FS/{now.year}/00001",
            "date": today,
            "deadline": format_date(self.env, fields.Date.add(now, days=7)),
            "company": company.name,
            "diagnosis_fee": formatLang(
                self.env, 100.0, currency_obj=company.currency_id
            ),
            "technician": self.env.user.name,
            "statement": f"DL/{now.year}/00001",
            "handed_over": today,
            "warranty_months": "3",
            "warranty_end": format_date(self.env, fields.Date.add(now, months=3)),
        }

    def _get_warranty_months(self):
        """Return how long the warranty of the repair is, as text."""
        self.ensure_one()
        months = self.equipment_type_id._get_inherited("repair_warranty_months")
        return str(months) if months and self.outcome == "repaired" else ""

    def _get_diagnosis_fee(self):
        """Return what the diagnosis costs this customer with taxes, as text."""
        self.ensure_one()
        product = self.equipment_type_id._get_inherited("diagnosis_product_id")
        if not product:
            return ""
        line = self.env["workmanager.sheet.line"].new(
            {"sheet_id": self.id, "product_id": product.id, "coverage": "customer"}
        )
        proposal_sudo = line._propose_sale_lines()[line]
        return formatLang(
            self.env, proposal_sudo.price_total, currency_obj=proposal_sudo.currency_id
        )

from odoo import api, models
from odoo.tools import format_date, format_datetime, formatLang

from ...joined import fetch_joined

# What the documents of a sheet say, as :func:`fetch_joined` wants it.
PRINTED = (
    "sheet.company_id",
    "sheet.company_id.partner_id",
    "sheet.company_id.partner_id.country_id",
    "sheet.partner_id",
    "sheet.equipment_id",
    "sheet.evaluation_id",
    "sheet.user_id",
    "sheet.user_id.partner_id",
    "sheet.line_ids",
    "sheet.line_ids.product_id",
    "sheet.line_ids.product_id.product_tmpl_id",
    "sheet.line_ids.sale_line_id",
    "sheet.line_ids.sale_line_id.order_id",
)


class Sheet(models.Model):
    """What the printed documents of a sheet say."""

    _name = "workmanager.sheet"
    _inherit = ["workmanager.sheet", "workmanager.document.mixin"]

    def _fetch_printed(self):
        """Read in one query what most documents of a sheet say.

        :raises AccessError: the user may not see the sheet
        """
        self.ensure_one()
        fetch_joined({"sheet": self}, PRINTED)
        self.check_access("read")

    def _get_qr_value(self):
        """Return what the QR code of the intake protocol says; ASCII only."""
        self.ensure_one()
        return self.name

    # ----------------------------------------------------------------- INTAKE

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
                return format_datetime(self.env, value)
            case "float":
                return formatLang(self.env, value)
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

    @api.model
    def _format_measure(self, value):
        """Return a measured value in the language's notation, without idle zeros."""
        lang = self.env["res.lang"]._get_data(code=self.env.lang)
        text = formatLang(self.env, value, digits=3)
        return text.rstrip("0").rstrip(lang.decimal_point or ".")

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

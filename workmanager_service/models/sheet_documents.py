from odoo import api, fields, models
from odoo.tools import format_date, format_datetime, formatLang


class Sheet(models.Model):
    """What the printed documents of a sheet say."""

    _inherit = "workmanager.sheet"

    def _get_document_lang(self):
        """Return the language of the customer's documents."""
        self.ensure_one()
        return self.partner_id.lang or self.company_id.partner_id.lang or self.env.lang

    def _get_qr_value(self):
        """Return what the QR code of the intake protocol says; ASCII only."""
        self.ensure_one()
        return self.name

    def _get_company_line(self):
        """Return who issues the documents, in a line."""
        self.ensure_one()
        company_sudo = self.company_id.sudo()
        parts = [company_sudo.name, company_sudo.vat, company_sudo.phone]
        return " · ".join(filter(None, parts))

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

    def _get_intake_terms(self):
        """Return the terms of the intake with their placeholders filled, or False.

        Of several sheets with the same terms, these are filled with what is on each.
        """
        terms = self._get_raw_terms()
        return terms and self.equipment_type_id._fill_terms(
            terms, self._get_terms_values()
        )

    def _get_raw_terms(self):
        sheet = self[:1]
        return sheet.equipment_type_id.with_company(sheet.company_id)._get_terms()

    def _get_visit_terms(self):
        """Return the terms of these sheets, each once.

        :return: a list of (types, terms)
        """

        def get_terms(sheet):
            # One fee says nothing about an equipment with another one.
            terms = sheet._get_raw_terms()
            return terms, "diagnosis_fee" in (
                terms or ""
            ) and sheet._get_diagnosis_fee()

        return [
            (sheets.equipment_type_id, sheets._get_intake_terms())
            for (terms, _fee), sheets in self.grouped(get_terms).items()
            if terms
        ]

    def _get_terms_values(self):
        """Return {placeholder: text} for the terms of the intake."""
        rows = [sheet._prepare_terms_values() for sheet in self]
        return {
            name: ", ".join(dict.fromkeys(row[name] for row in rows if row[name]))
            for name in rows[0]
        }

    def _prepare_terms_values(self):
        self.ensure_one()
        return {
            "customer": self.partner_id.display_name,
            "equipment": self.equipment_id._get_short_name(),
            "serial": self.equipment_id.serial_number,
            "number": self.name,
            "date": format_date(self.env, self.intake_date),
            "deadline": format_date(self.env, self.deadline_date),
            "company": self.company_id.sudo().name,
            "diagnosis_fee": self._get_diagnosis_fee(),
        }

    @api.model
    def _get_terms_samples(self):
        """Return {placeholder: text} where there is no sheet to take it from."""
        now, company = fields.Datetime.now(), self.env.company
        return {
            "customer": self.env._("Jane Smith"),
            "equipment": "Lenovo ThinkPad E15",
            "serial": "PF3K9081",
            "number": f"FS/{now.year}/00001",
            "date": format_date(self.env, now),
            "deadline": format_date(self.env, fields.Date.add(now, days=7)),
            "company": company.name,
            "diagnosis_fee": formatLang(
                self.env, 100.0, currency_obj=company.currency_id
            ),
        }

    def _get_diagnosis_fee(self):
        """Return what the diagnosis costs this customer with taxes, as text."""
        self.ensure_one()
        product = self.equipment_type_id._get_inherited("diagnosis_product_id")
        if not product:
            return ""
        # Technicians print the fee and have no rights on prices and taxes.
        line_sudo = (
            self.env["workmanager.sheet.line"]
            .sudo()
            .new(
                {"sheet_id": self.id, "product_id": product.id, "coverage": "customer"}
            )
        )
        amounts = line_sudo.tax_ids.compute_all(
            line_sudo._get_pricelist_price(),
            currency=self.currency_id,
            product=product,
            partner=self.partner_id,
        )
        return formatLang(
            self.env, amounts["total_included"], currency_obj=self.currency_id
        )

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

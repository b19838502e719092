from odoo import api, fields, models
from odoo.tools import format_date, formatLang


class Sheet(models.Model):
    """What the placeholders in the texts of documents stand for."""

    _inherit = "workmanager.sheet"

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

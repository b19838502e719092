from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class Sheet(models.Model):
    """Under which warranty a sheet is, and what follows from it."""

    _inherit = "workmanager.sheet"

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

import re

from odoo import api, fields, models
from odoo.modules.db import FunctionStatus


def get_trigram_index(registry, column):
    """Return the index by which the counter finds a part of a text."""
    if not registry.has_trigram:
        return ""
    if registry.has_unaccent == FunctionStatus.INDEXABLE:
        column = registry.unaccent(column)
    return f"USING gin ({column} gin_trgm_ops)"


class ResPartner(models.Model):
    _inherit = "res.partner"

    phone_key = fields.Char(
        compute="_compute_phone_key",
        store=True,
        index="trigram",
        help="The digits of the phone number, by which the counter finds the customer.",
    )
    _complete_name_trgm_idx = models.Index(
        lambda registry: get_trigram_index(registry, "complete_name")
    )
    # Whatever Odoo finds a customer by: one without an index has all of them read.
    _email_trgm_idx = models.Index(
        lambda registry: get_trigram_index(registry, "email")
    )
    _ref_trgm_idx = models.Index(lambda registry: get_trigram_index(registry, "ref"))
    _company_registry_trgm_idx = models.Index(
        lambda registry: get_trigram_index(registry, "company_registry")
    )
    _vat_trgm_idx = models.Index(lambda registry: get_trigram_index(registry, "vat"))
    _email_normalized_idx = models.Index(
        "(email_normalized) WHERE email_normalized IS NOT NULL"
    )

    equipment_ids = fields.One2many("workmanager.equipment", "partner_id")
    equipment_count = fields.Integer(
        compute="_compute_service_counts",
        groups="workmanager_service.group_technician",
    )
    service_sheet_count = fields.Integer(
        compute="_compute_service_counts",
        groups="workmanager_service.group_technician",
    )

    @api.depends("phone")
    def _compute_phone_key(self):
        for partner in self:
            partner.phone_key = re.sub(r"\D", "", partner.phone or "") or False

    def _compute_service_counts(self):
        """Count what the customer and its contacts have with us."""
        family = self.with_context(active_test=False).search_fetch(
            [("id", "child_of", self.ids)], ["parent_id"]
        )
        for model, field in (
            ("workmanager.equipment", "equipment_count"),
            ("workmanager.sheet", "service_sheet_count"),
        ):
            self[field] = 0
            groups = self.env[model]._read_group(
                [("partner_id", "in", family.ids)], ["partner_id"], ["__count"]
            )
            for partner, count in groups:
                while partner:
                    if partner in self:
                        partner[field] += count
                    partner = partner.parent_id

    def action_view_equipment(self):
        """Open the equipment of the customer and of its contacts."""
        return self._action_view_service("workmanager_equipment_action")

    def action_view_service_sheets(self):
        """Open the sheets of the customer and of its contacts."""
        return self._action_view_service("workmanager_sheet_action")

    def _action_view_service(self, xml_name):
        self.ensure_one()
        self.env["workmanager.sheet"].check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            f"workmanager_service.{xml_name}"
        )
        return {
            **action,
            "domain": [("partner_id", "child_of", self.id)],
            "context": {"default_partner_id": self.id},
        }

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class DocumentText(models.Model):
    """What a document says above its signatures, for a type and an outcome."""

    _name = "workmanager.document.text"
    _description = "Text of a Document"
    _inherit = ["workmanager.printed.text.mixin"]
    _order = "document_id, equipment_type_id, outcome, id"
    _text_report = "workmanager_service.action_report_document_text"

    document_id = fields.Many2one(
        "workmanager.document", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(related="document_id.kind", string="Kind")
    equipment_type_id = fields.Many2one(
        "workmanager.equipment.type",
        index="btree_not_null",
        ondelete="cascade",
        help="Also for the types below it that have no text of their own. Empty: for "
        "all types.",
    )
    outcome = fields.Selection(
        selection=lambda self: (
            self.env["workmanager.sheet"]
            ._fields["outcome"]
            ._description_selection(self.env)
        ),
        help="Empty: whatever the outcome.",
    )
    text = fields.Html(
        translate=True,
        required=True,
        help="What stands in braces is replaced when it is printed.",
    )
    placeholders = fields.Char(related="document_id.placeholders")

    _type_outcome_uniq = models.UniqueIndex(
        "(document_id, COALESCE(equipment_type_id, 0), COALESCE(outcome, ''))",
        "The document has a text for this type and outcome already: change that one.",
    )

    @api.depends("kind", "equipment_type_id", "outcome")
    def _compute_display_name(self):
        for text in self:
            outcomes = dict(self._fields["outcome"]._description_selection(self.env))
            parts = [
                text.document_id.display_name,
                text.equipment_type_id.display_name,
                outcomes.get(text.outcome),
            ]
            text.display_name = " · ".join(filter(None, parts))

    @api.constrains("text")
    def _check_text(self):
        self._check_placeholders()

    @api.constrains("outcome", "document_id")
    def _check_outcome(self):
        for text in self:
            if text.outcome and text.kind != "handover":
                raise ValidationError(
                    self.env._("Only the handover protocol depends on the outcome.")
                )

    def _get_text_kind(self):
        return self.kind

    def _get_text_subject_domain(self):
        company = self.document_id.company_id or self.env.company
        domain = [("company_id", "=", company.id)]
        if self.equipment_type_id:
            domain.append(("equipment_type_id", "child_of", self.equipment_type_id.ids))
        if self.outcome:
            domain.append(("outcome", "=", self.outcome))
        return domain

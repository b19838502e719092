from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

KINDS = [
    ("intake", "Intake Protocol"),
    ("label", "Label"),
    ("evaluation", "Evaluation Report"),
    ("quotation", "Quotation"),
    ("statement", "Work Statement"),
    ("handover", "Handover Protocol"),
    ("history", "Equipment History"),
]
# What shows a document, and of which records.
REPORTS = {
    "intake": ("workmanager_service.action_report_intake_protocol", []),
    "label": ("workmanager_service.action_report_label", []),
    "evaluation": (
        "workmanager_service.action_report_evaluation",
        [("evaluation_id", "!=", False)],
    ),
    "quotation": (
        "sale.action_report_saleorder",
        [("line_ids.sale_line_id", "!=", False)],
    ),
    "statement": (
        "workmanager_service.action_report_work_statement",
        [("state", "in", ("repair", "ready", "delivered"))],
    ),
    "handover": (
        "workmanager_service.action_report_handover_protocol",
        [("state", "in", ("ready", "delivered"))],
    ),
    "history": ("workmanager_service.action_report_equipment_history", []),
}


@dataclass(frozen=True)
class Setup:
    """How a company prints a document: its id and kind, the codes of its
    blocks and its paper."""

    document_id: int
    kind: str
    blocks: frozenset
    paper: str


class Document(models.Model):
    """How a document is printed: its blocks, its texts and its paper.

    One for each kind comes with the addon, for all companies; a company can have its
    own instead.
    """

    _name = "workmanager.document"
    _description = "Document of the Service"
    _order = "sequence, company_id, id"
    _rec_name = "kind"

    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, string="Document", required=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        help="Without a company, the document is that of all companies that have none "
        "of their own.",
    )
    paper = fields.Selection(
        [("company", "The company's paper format"), ("a5", "A5")],
        required=True,
        default="company",
        help="The paper format of the company is chosen in the general settings, under "
        "the document layout.",
    )
    block_ids = fields.Many2many(
        "workmanager.document.block",
        string="Printed Blocks",
        domain="[('kind', '=', kind)]",
    )
    text_ids = fields.One2many(
        "workmanager.document.text", "document_id", string="Texts", copy=True
    )
    placeholders = fields.Char(compute="_compute_placeholders")

    _kind_company_uniq = models.UniqueIndex(
        "(kind, COALESCE(company_id, 0))",
        "The company has this document already: change that one.",
    )

    # ---------------------------------------------------------------- COMPUTE

    @api.depends("kind", "company_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for document in self:
            parts = [kinds.get(document.kind), document.company_id.name]
            document.display_name = " · ".join(filter(None, parts))

    @api.depends("kind")
    def _compute_placeholders(self):
        texts = self.env["workmanager.placeholder.mixin"]
        for document in self:
            kind = document.kind
            document.placeholders = kind and texts._describe_placeholders(kind)

    # ------------------------------------------------------------------- CRUD

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shared(self):
        for document in self.filtered(lambda document: not document.company_id):
            raise UserError(
                self.env._(
                    "%(document)s is for all companies and stays. Switch off the "
                    "blocks that you do not want.",
                    document=document.display_name,
                )
            )

    # ----------------------------------------------------------------- ACTION

    def action_preview(self):
        """Print the document of the newest record that has one; without any, show its
        texts with made-up values.

        :raises UserError: there is neither
        """
        self.ensure_one()
        self.check_access("write")
        report, domain = REPORTS[self.kind]
        company = self.company_id or self.env.company
        subject = self._get_subject(self.kind).search(
            [("company_id", "=", company.id), *domain], order="id desc", limit=1
        )
        if not subject and not self.text_ids:
            raise UserError(
                self.env._(
                    "There is nothing to show yet: the first one that is taken in "
                    "fills the preview."
                )
            )
        if not subject:
            return self.text_ids.action_preview_text()
        if self.kind == "quotation":
            subject = subject.sudo().sale_order_ids[:1].with_env(self.env)
        return self.env.ref(report).report_action(subject, config=False)

    def action_copy_for_company(self):
        """Give the present company its own document, which begins like this one."""
        self.ensure_one()
        copy = self.copy({"company_id": self.env.company.id})
        return copy._get_records_action()

    # --------------------------------------------------------------- BUSINESS

    @api.model
    def _get_subject(self, kind):
        """Return the model that a kind of document, or a message, is about."""
        name = "equipment" if kind == "history" else "sheet"
        return self.env[f"workmanager.{name}"]

    @api.model
    def _get_setup(self, kind, company):
        """Return how ``company`` prints a kind of document.

        :rtype: Setup
        """
        # Whoever prints, portal users among them, need have no rights on settings.
        document_sudo = self.sudo().search(
            [("kind", "=", kind), ("company_id", "in", (company.id, False))],
            order="company_id",  # the shared one comes last
            limit=1,
        )
        blocks = frozenset(document_sudo.block_ids.mapped("code"))
        return Setup(document_sudo.id, kind, blocks, document_sudo.paper)

    @api.model
    def _find_text(self, setup, kinds, outcome=False):
        """Return the text that is nearest to what it is printed for, or False.

        To be called as superuser: who prints need have no rights on settings.

        :param Setup setup: how the document is printed
        :param kinds: ``workmanager.equipment.type``, the nearest first
        :param outcome: that of the sheet, where there is one
        """
        texts = {
            (text.equipment_type_id, text.outcome): text
            for text in self.browse(setup.document_id).text_ids
        }
        for kind in [*kinds, kinds.browse()]:
            for key in ((kind, outcome), (kind, False)):
                if key in texts and (found := texts[key]._get_written_text()):
                    return found
            # The type's own terms are those of all companies.
            terms = setup.kind == "intake" and kind.intake_terms
            if not is_html_empty(terms):
                return terms
        return False

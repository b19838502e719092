from odoo import api, fields, models

from .document import KINDS


class DocumentBlock(models.Model):
    """A part of a document that a company can leave out.

    Addons bring blocks as data; their templates print one where ``code in blocks``.
    """

    _name = "workmanager.document.block"
    _description = "Block of a Document"
    _order = "kind, sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    kind = fields.Selection(KINDS, string="Document", required=True)
    sequence = fields.Integer(default=10)
    is_default = fields.Boolean(
        string="Printed by Default",
        default=True,
        help="Whether the documents that exist when the block is added print it.",
    )

    _code_uniq = models.Constraint(
        "UNIQUE(kind, code)", "A document has each block once."
    )

    @api.model_create_multi
    def create(self, vals_list):
        blocks = super().create(vals_list)
        blocks._add_to_documents()
        return blocks

    def _add_to_documents(self):
        """Print new blocks on all documents of their kind."""
        new = self.filtered("is_default").grouped("kind")
        for document in self.env["workmanager.document"].search(
            [("kind", "in", list(new))]
        ):
            document.block_ids |= new[document.kind]

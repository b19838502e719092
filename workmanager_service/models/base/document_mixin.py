import base64
import io
from functools import cache

import qrcode
from lxml.html import fragment_fromstring, tostring
from markupsafe import Markup

from odoo import api, models

from ...formats import format_moment, format_quantity


class DocumentMixin(models.AbstractModel):
    """What documents are printed about: a sheet, an equipment."""

    _name = "workmanager.document.mixin"
    _description = "Printed on Documents"

    def _get_document_lang(self):
        """Return the language of the customer's documents."""
        self.ensure_one()
        return self.partner_id.lang or self.company_id.partner_id.lang or self.env.lang

    def _get_company_line(self):
        """Return who issues the documents, in a line."""
        self.ensure_one()
        company_sudo = self.company_id.sudo()
        parts = [company_sudo.name, company_sudo.vat, company_sudo.phone]
        return " · ".join(filter(None, parts))

    def _get_document_setup(self, kind):
        """Return how the company prints a kind of document.

        :rtype: odoo.addons.workmanager_service.models.documents.document.Setup
        """
        return self.env["workmanager.document"]._get_setup(kind, self[:1].company_id)

    def _get_document_setups(self, kind):
        """Return {company: how it prints a kind of document} for many records."""
        document = self.env["workmanager.document"]
        return {
            company: document._get_setup(kind, company) for company in self.company_id
        }

    @api.model
    def _format_quantity(self, value, unit=None):
        """Return a quantity as the reader of the document writes it."""
        return format_quantity(self.env, value, unit)

    @api.model
    def _format_moment(self, value):
        """Return a date and time as the reader of the document writes it."""
        return format_moment(self.env, value)

    # ----------------------------------------------------------------- CODES

    @api.model
    def _get_qr_image(self, text):
        """Return a QR code without a margin, as ``image_data_uri`` wants it."""
        stream = io.BytesIO()
        # Odoo's own takes five times as long, and prints have fifty of them.
        qrcode.make(text, border=0, box_size=8).save(stream, "PNG")
        return base64.b64encode(stream.getvalue())

    @api.model
    def _get_bar_image(self, text):
        """Return a bar code without a margin, as ``image_data_uri`` wants it.

        :rtype: bytes, or False where the text has characters that it cannot hold
        """
        if not text or not text.isascii():
            return False
        png = self.env["ir.actions.report"].barcode("Code128", text, quiet=0)
        return base64.b64encode(png)

    # ---------------------------------------------------------- PAGE BREAKS

    @api.model
    def _split_text(self, text):
        """Return the paragraphs of an HTML text, between which a page may break.

        :rtype: list[Markup]
        """
        if not text:
            return []
        root = fragment_fromstring(text, create_parent="div")
        if (root.text or "").strip():
            return [text]
        return [Markup(tostring(node, encoding="unicode")) for node in root]

    @api.model
    def _split_lines(self, text):
        """Return the lines of a plain text, between which a page may break; the first
        ones together.

        :rtype: list[str]
        """
        lines = text.strip().splitlines()
        return ["\n".join(lines[:3]), *lines[3:]]

    # ------------------------------------------------------------------ TEXTS

    def _get_document_text(self, kind):
        """Return the text of a document with its placeholders filled, or False.

        Of several records with the same text, it is filled with what is on each.
        """
        text = self[:1]._get_written_text(kind)
        return text and self.env["workmanager.placeholder.mixin"]._fill_text(
            text, self._get_placeholder_getter(kind)
        )

    def _get_written_text(self, kind):
        """Return the text of a document as it was written, or False."""
        self.ensure_one()
        setup = self._get_document_setup(kind)
        if "terms" not in setup.blocks:
            return False
        return (
            self.env["workmanager.document"]
            .sudo()
            ._find_text(
                setup,
                self.equipment_type_id.sudo()._get_nearest_first(),
                self._get_document_outcome(),
            )
        )

    def _get_document_outcome(self):
        """Return the outcome on which the text depends, or False."""
        return False

    def _get_placeholder_getter(self, kind):
        """Return a function that returns what a placeholder stands for, as text.

        Only what a text uses is looked up.
        """
        getters = self._get_placeholder_values(kind)

        @cache
        def get_value(name):
            if name not in getters:
                return ""  # a wrong one that was never saved through a form
            texts = [getters[name](record) for record in self]
            return ", ".join(dict.fromkeys(filter(None, texts)))

        return get_value

    @api.model
    def _get_placeholder_values(self, kind):
        """Return {placeholder: a function that returns its text for a record}."""
        raise NotImplementedError

    @api.model
    def _get_placeholder_samples(self):
        """Return {placeholder: text} where there is no record to take it from."""
        raise NotImplementedError

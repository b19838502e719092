import re

from markupsafe import Markup, escape

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import is_html_empty

# A tag, or in the text what stands in braces; a brace alone is a slip of the keyboard.
TAG_OR_PLACEHOLDER = re.compile(r"<[^>]*>|(\{[^{}<]*\}?|\})")


class PlaceholderMixin(models.AbstractModel):
    """A text of a document, with placeholders for what the document is about.

    The placeholders of a document are those that ``_get_placeholder_values`` of the
    model it is about names.
    """

    _name = "workmanager.placeholder.mixin"
    _description = "Text with Placeholders"

    _text_field = "text"
    _text_report = None

    # ----------------------------------------------------------------- ACTION

    def action_preview_text(self):
        """Show these texts, to who may change them, as they are printed."""
        self.check_access("write")
        return self.env.ref(self._text_report).report_action(self, config=False)

    # --------------------------------------------------------------- BUSINESS

    def _get_text_document(self):
        """Return the kind of the document that the text is printed on."""
        raise NotImplementedError

    def _get_text_subject_domain(self):
        """Return the domain of the records on whose document the text is printed."""
        raise NotImplementedError

    def _get_written_text(self):
        """Return the text as it was written, or False."""
        self.ensure_one()
        text = self[self._text_field]
        return False if is_html_empty(text) else text

    def _check_placeholders(self):
        """Refuse placeholders that nothing would replace, in any language.

        :raises ValidationError: names the wrong one, and the right ones
        """
        field = self._fields[self._text_field]
        for record in self:
            known = self._get_placeholder_samples(record._get_text_document())
            for text in (field._get_stored_translations(record) or {}).values():
                for wrong in self._find_wrong_placeholders(text, known):
                    raise ValidationError(
                        self.env._(
                            "“%(wrong)s” in the text of %(record)s is no placeholder. "
                            "Choose from %(known)s.",
                            wrong=wrong,
                            record=record.display_name,
                            known=", ".join(f"{{{name}}}" for name in known),
                        )
                    )

    @api.model
    def _find_wrong_placeholders(self, text, known):
        """Return what stands in braces and is not in ``known``."""
        found = filter(None, TAG_OR_PLACEHOLDER.findall(text or ""))
        return [brace for brace in found if self._get_placeholder(brace) not in known]

    @api.model
    def _get_placeholder(self, brace):
        return brace[1:-1].strip() if brace.endswith("}") else ""

    @api.model
    def _get_placeholder_samples(self, kind):
        """Return {placeholder: text} where there is nothing to take them from."""
        subject = self.env["workmanager.document"]._get_subject(kind)
        names = subject._get_placeholder_values(kind)
        samples = subject._get_placeholder_samples()
        return {name: samples[name] for name in names}

    @api.model
    def _fill_text(self, text, get_value):
        """Replace the placeholders; values are text, and what has none is a dash.

        :param get_value: a function that returns the text for a placeholder's name
        :rtype: Markup
        """

        def fill(match):
            if not match[1]:
                return match[0]
            return escape(get_value(self._get_placeholder(match[1])) or "–")

        return Markup(TAG_OR_PLACEHOLDER.sub(fill, text or ""))

    def _get_text_preview(self):
        """Return what the preview shows.

        The newest record fills the text or, where there is none, made-up values do.

        :return: (the record, which can be an empty one, a list of (language, text))
        """
        self.ensure_one()
        kind = self._get_text_document()
        subject = self.env["workmanager.document"]._get_subject(kind)
        newest = subject.search(
            self._get_text_subject_domain(), order="id desc", limit=1
        )
        pages = []
        for code, name in self.env["res.lang"].get_installed():
            text = self.with_context(lang=code)
            if newest:
                get_value = newest.with_context(lang=code)._get_placeholder_getter(kind)
            else:
                get_value = text._get_placeholder_samples(kind).get
            pages.append((name, self._fill_text(text._get_written_text(), get_value)))
        return newest, pages

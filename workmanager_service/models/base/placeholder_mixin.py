import re

from markupsafe import Markup, escape

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import LazyTranslate, is_html_empty

_lt = LazyTranslate(__name__)

# What stands in braces; a brace alone is a slip of the keyboard.
IN_TEXT = re.compile(r"(\{[^{}<]*\}?|\})")
IN_HTML = re.compile(rf"<[^>]*>|{IN_TEXT.pattern}")
MEANINGS = {
    "customer": _lt("the customer's name"),
    "equipment": _lt("brand and model"),
    "serial": _lt("the serial number"),
    "number": _lt("the number of the sheet, in the history the equipment's ID"),
    "date": _lt("the day of the intake, in the history today"),
    "deadline": _lt("the day for which it is promised"),
    "company": _lt("the company's name"),
    "diagnosis_fee": _lt("what the diagnosis costs, with taxes"),
    "technician": _lt("the technician's name"),
    "statement": _lt("the number of the work statement"),
    "handed_over": _lt("the day of the hand-over"),
    "warranty_months": _lt("the months of warranty of the repair"),
    "warranty_end": _lt("the day on which that warranty ends"),
    "link": _lt("where the customer follows the sheet"),
}


class PlaceholderMixin(models.AbstractModel):
    """A text with placeholders for what it is about.

    Which ones it may have is for the model to say that it is about, in
    ``_get_placeholder_values``; what they mean stands above.
    """

    _name = "workmanager.placeholder.mixin"
    _description = "Text with Placeholders"

    _text_field = "text"

    def _get_text_kind(self):
        """Return what the text is for: a kind of document, or ``message``."""
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
        for record in self:
            known = self._get_placeholder_names(record._get_text_kind())
            for wrong in record._find_wrong_placeholders(known):
                raise ValidationError(
                    self.env._(
                        "“%(wrong)s” in the text of %(record)s is no placeholder. "
                        "Choose from %(known)s.",
                        wrong=wrong,
                        record=record.display_name,
                        known=", ".join(f"{{{name}}}" for name in known),
                    )
                )

    def _find_wrong_placeholders(self, known):
        """Return what stands in braces in any language, and is not in ``known``."""
        field = self._fields[self._text_field]
        pattern = IN_HTML if field.type == "html" else IN_TEXT
        texts = (field._get_stored_translations(self) or {}).values()
        return [
            brace
            for text in texts
            for brace in filter(None, pattern.findall(text or ""))
            if self._get_placeholder(brace) not in known
        ]

    @api.model
    def _get_placeholder(self, brace):
        return brace[1:-1].strip() if brace.endswith("}") else ""

    @api.model
    def _get_placeholder_names(self, kind):
        """Return the placeholders that a text may have."""
        subject = self.env["workmanager.document"]._get_subject(kind)
        return list(subject._get_placeholder_values(kind))

    @api.model
    def _describe_placeholders(self, kind):
        """Return the placeholders of a text with their meanings, to be read."""
        return ", ".join(
            f"{{{name}}} ({self.env._(MEANINGS[name])})"
            for name in self._get_placeholder_names(kind)
        )

    @api.model
    def _fill_text(self, text, get_value):
        """Replace the placeholders of a text; on paper, what has no value is a dash.

        :param text: Markup, in which the values stay text, or plain text
        :param get_value: a function that returns the text for a placeholder's name
        :return: the same type
        """
        is_html = isinstance(text, Markup)

        def fill(match):
            if not match[1]:
                return match[0]
            value = get_value(self._get_placeholder(match[1]))
            return escape(value or "–") if is_html else value or ""

        return type(text)((IN_HTML if is_html else IN_TEXT).sub(fill, text))

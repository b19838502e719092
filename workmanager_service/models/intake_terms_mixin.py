import re

from markupsafe import Markup, escape

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import is_html_empty

TERMS_HELP = (
    "Printed on the intake protocol, above the signatures. What stands in braces is "
    "replaced when it is printed: {customer}, {equipment}, {serial}, {number} (of the "
    "sheet), {date} (of the intake), {deadline}, {company}, {diagnosis_fee}."
)
# A tag, or in the text what stands in braces; a brace alone is a slip of the keyboard.
TAG_OR_PLACEHOLDER = re.compile(r"<[^>]*>|(\{[^{}<]*\}?|\})")


class IntakeTermsMixin(models.AbstractModel):
    """Terms of the intake, with placeholders for what is on the sheet."""

    _name = "workmanager.intake.terms.mixin"
    _description = "Intake Terms with Placeholders"

    _terms_field = "intake_terms"
    _terms_report = None

    def action_preview_terms(self):
        """Show the terms, to who may change them, as they are printed."""
        self.ensure_one()
        self.check_access("write")
        return self.env.ref(self._terms_report).report_action(self, config=False)

    def _check_terms(self):
        """Refuse placeholders that nothing would replace, in any language.

        :raises ValidationError: names the wrong one, and the right ones
        """
        field = self._fields[self._terms_field]
        known = self.env["workmanager.sheet"]._get_terms_samples()
        for record in self:
            for terms in (field._get_stored_translations(record) or {}).values():
                for wrong in self._find_wrong_placeholders(terms, known):
                    raise ValidationError(
                        self.env._(
                            "“%(wrong)s” in the intake terms of %(record)s is no "
                            "placeholder. Choose from %(known)s.",
                            wrong=wrong,
                            record=record.display_name,
                            known=", ".join(f"{{{name}}}" for name in known),
                        )
                    )

    @api.model
    def _find_wrong_placeholders(self, terms, known):
        """Return what stands in braces and is not in ``known``."""
        found = filter(None, TAG_OR_PLACEHOLDER.findall(terms or ""))
        return [text for text in found if self._get_placeholder_name(text) not in known]

    @api.model
    def _get_placeholder_name(self, text):
        return text[1:-1].strip() if text.endswith("}") else ""

    @api.model
    def _fill_terms(self, terms, values):
        """Replace the placeholders; values are text, and what has none is a dash.

        :param dict values: {name of the placeholder: text}
        :rtype: Markup
        """

        def fill(match):
            if not match[1]:
                return match[0]
            return escape(values.get(self._get_placeholder_name(match[1])) or "–")

        return Markup(TAG_OR_PLACEHOLDER.sub(fill, terms or ""))

    def _get_terms(self):
        """Return the terms that count here as they were written, or False."""
        self.ensure_one()
        terms = self[self._terms_field]
        return False if is_html_empty(terms) else terms

    def _get_terms_sheet_domain(self):
        """Return the domain of the sheets on which these terms are printed."""
        raise NotImplementedError

    def _get_terms_preview(self):
        """Return what the preview shows.

        The newest sheet fills the terms or, where there is none, made-up values do.

        :return: (the ``workmanager.sheet``, a list of (language, terms))
        """
        self.ensure_one()
        sheet = self.env["workmanager.sheet"].search(
            self._get_terms_sheet_domain(), order="id desc", limit=1
        )
        pages = []
        for code, name in self.env["res.lang"].get_installed():
            translated = sheet.with_context(lang=code)
            values = (
                translated._get_terms_values()
                if sheet
                else translated._get_terms_samples()
            )
            terms = self.with_context(lang=code)._get_terms()
            pages.append((name, self._fill_terms(terms, values)))
        return sheet, pages

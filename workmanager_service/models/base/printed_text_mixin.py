from odoo import models


class PrintedTextMixin(models.AbstractModel):
    """A text that is printed on a document, with a preview."""

    _name = "workmanager.printed.text.mixin"
    _description = "Text of a Printed Document"
    _inherit = ["workmanager.placeholder.mixin"]

    _text_report = None

    def action_preview_text(self):
        """Show these texts, to who may change them, as they are printed."""
        self.check_access("write")
        return self.env.ref(self._text_report).report_action(self, config=False)

    def _get_text_subject_domain(self):
        """Return the domain of the records on whose document the text is printed."""
        raise NotImplementedError

    def _get_text_preview(self):
        """Return what the preview shows.

        The newest record fills the text or, where there is none, made-up values do.

        :return: (the record, which can be an empty one, a list of (language, text))
        """
        self.ensure_one()
        kind = self._get_text_kind()
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
                samples = subject.with_context(lang=code)._get_placeholder_samples()
                get_value = samples.get
            pages.append((name, self._fill_text(text._get_written_text(), get_value)))
        return newest, pages

import lxml.html
from lxml.html import builder as E

from odoo import api, models

from odoo.addons.base.models.ir_actions_report import _wkhtml

# In millimetres, where there is no header and footer to leave room for.
INLINE_MARGIN = "12"
# With an unpatched Qt, web fonts become drawings, whose text can be neither searched
# nor copied; and a CSS pixel is smaller than with a patched one, be it with smart
# shrinking (the documents) or without (the labels).
UNPATCHED_STYLE = """
body, body *:not(.fa) {{
    font-family: "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif !important;
}}
.article {{ zoom: {zoom}; }}
.o_service_letterhead {{ position: relative; margin-bottom: 1.25rem; }}
"""
DOCUMENT_ZOOM = 1.08
LABEL_ZOOM = 1.3
# What a customer of the service gets on paper.
DOCUMENT_MODELS = (
    "workmanager.sheet",
    "workmanager.equipment",
    "sale.order",
    "account.move",
)
# What some layouts draw behind the page; it has no place in the text.
SHAPES = ".//svg | .//*[contains(@class, 'o_folder_header_container')]"


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _prepare_html(self, html, report_model=False):
        if report_model in DOCUMENT_MODELS and not _wkhtml().is_patched_qt:
            html = self._adapt_to_unpatched_qt(html)
        return super()._prepare_html(html, report_model=report_model)

    @api.model
    def _adapt_to_unpatched_qt(self, html):
        """Prepare documents for a wkhtmltopdf on unpatched Qt, such as Debian's.

        It drops the headers and footers that are handed to it, and refuses to print
        several documents into one file: all becomes one article with page breaks.

        :param str html: what a report rendered
        :return: the same, ready for :meth:`_prepare_html`
        """
        parser = lxml.html.HTMLParser(encoding="utf-8")
        root = lxml.html.fromstring(html, parser=parser)
        if not root.find_class("article"):
            return html  # a report of somebody else's making
        zoom = LABEL_ZOOM
        parts = {len(root.find_class(name)) for name in ("header", "article", "footer")}
        if len(parts) == 1:
            zoom = DOCUMENT_ZOOM
            self._inline_headers(root)
            root.set("data-report-margin-top", INLINE_MARGIN)
            root.set("data-report-margin-bottom", INLINE_MARGIN)
        style = E.STYLE(UNPATCHED_STYLE.format(zoom=zoom))
        root.find_class("article")[0].insert(0, style)
        return lxml.html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")

    @api.model
    def _inline_headers(self, root):
        """Make each header and footer the letterhead of its document, and all
        documents one article."""
        for counter in root.xpath("//span[@class='page']"):
            counter.getparent().drop_tree()
        main = root.xpath("//main")[0]
        whole = E.DIV(E.CLASS("article"))
        parts = list(
            zip(*map(root.find_class, ("header", "article", "footer")), strict=True)
        )
        if len(parts) == 1:  # Odoo attaches the file to the record that it names
            for name in ("data-oe-model", "data-oe-id"):
                whole.set(name, parts[0][1].get(name, ""))
        for header, article, footer in parts:
            for shape in [*header.xpath(SHAPES), *footer.xpath(SHAPES)]:
                shape.drop_tree()
            letterhead = E.DIV(E.CLASS("o_service_letterhead"), header, footer)
            if len(whole):
                letterhead.set("style", "page-break-before: always")
            elif lang := article.get("data-oe-lang"):
                whole.set("data-oe-lang", lang)
            for node in (header, article, footer):
                node.classes -= {"header", "article", "footer"}
            whole.extend([letterhead, article])
        main.append(whole)

import lxml.html
from lxml.html import builder as E

from odoo import api, models

from odoo.addons.base.models.ir_actions_report import _wkhtml

# An unpatched Qt draws a CSS pixel smaller than a patched one; wkhtmltopdf zooms by
# 96 / dpi. These give the same size as 90 dpi with smart shrinking (the documents)
# and as 96 dpi without (the labels).
INLINE_DPI = "83"
LABEL_DPI = "73"
# In millimetres, where there is no header and footer to leave room for.
INLINE_MARGIN = "12"
# Web fonts become drawings there, and their text can be neither searched nor copied.
INLINE_FONTS = '"Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif'


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _prepare_html(self, html, report_model=False):
        if report_model == "workmanager.sheet" and not _wkhtml().is_patched_qt:
            html = self._adapt_to_unpatched_qt(html)
        return super()._prepare_html(html, report_model=report_model)

    @api.model
    def _adapt_to_unpatched_qt(self, html):
        """Prepare documents for a wkhtmltopdf on unpatched Qt, such as Debian's.

        It drops the headers and footers that are handed to it, and refuses to print
        several documents into one file: all becomes one article with page breaks.

        :param str html: what a report of sheets rendered
        :return: the same, ready for :meth:`_prepare_html`
        """
        parser = lxml.html.HTMLParser(encoding="utf-8")
        root = lxml.html.fromstring(html, parser=parser)
        if root.find_class("header"):
            self._inline_headers(root)
            root.set("data-report-margin-top", INLINE_MARGIN)
            root.set("data-report-margin-bottom", INLINE_MARGIN)
            root.set("data-report-dpi", INLINE_DPI)
        else:
            root.set("data-report-dpi", LABEL_DPI)
        style = E.STYLE(f"body, body *:not(.fa) {{ font-family: {INLINE_FONTS} !important; }}")
        root.find_class("article")[0].insert(0, style)
        return lxml.html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")

    @api.model
    def _inline_headers(self, root):
        """Put headers and footers into the text, and all documents into one article."""
        for counter in root.xpath("//span[@class='page']"):
            counter.getparent().drop_tree()
        headers = root.find_class("header")
        for header in headers[1:]:
            header.set("style", f"page-break-before: always; {header.get('style', '')}")
        lang = root.find_class("article")[0].get("data-oe-lang")
        for name in ("header", "article", "footer"):
            for node in root.find_class(name):
                node.classes.discard(name)
                node.classes.add(f"o_service_{name}")
        main = root.xpath("//main")[0]
        documents = list(main)
        article = E.DIV(E.CLASS("article"))
        if lang:
            article.set("data-oe-lang", lang)
        main.append(article)
        article.extend(documents)

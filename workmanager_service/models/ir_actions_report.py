import lxml.html

from odoo import api, models

from odoo.addons.base.models.ir_actions_report import _wkhtml

# In millimetres, where there is no header and footer to leave room for.
INLINE_MARGIN = "12"


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _prepare_html(self, html, report_model=False):
        if report_model == "workmanager.sheet" and not _wkhtml().is_patched_qt:
            html = self._inline_headers(html)
        return super()._prepare_html(html, report_model=report_model)

    @api.model
    def _inline_headers(self, html):
        """Put the headers and footers of the documents into the text, as one document.

        A wkhtmltopdf on unpatched Qt, such as Debian's, drops the headers and footers
        that are handed to it, and refuses to print several documents into one file.

        :param str html: what a report that uses ``web.external_layout`` rendered
        :return: the same, with one article that holds everything; html without
            headers is returned as it is
        """
        parser = lxml.html.HTMLParser(encoding="utf-8")
        root = lxml.html.fromstring(html, parser=parser)
        headers = root.find_class("header")
        if not headers:
            return html
        for counter in root.xpath("//span[@class='page']"):
            counter.getparent().drop_tree()
        lang = root.find_class("article")[0].get("data-oe-lang")
        for name in ("header", "article", "footer"):
            for node in root.find_class(name):
                node.classes.discard(name)
                node.classes.add(f"o_service_{name}")
        for header in headers[1:]:
            header.set("style", f"page-break-before: always; {header.get('style', '')}")
        main = root.xpath("//main")[0]
        article = lxml.html.Element("div", {"class": "article"})
        if lang:
            article.set("data-oe-lang", lang)
        article.extend(list(main))
        main.append(article)
        root.set("data-report-margin-top", INLINE_MARGIN)
        root.set("data-report-margin-bottom", INLINE_MARGIN)
        return lxml.html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")

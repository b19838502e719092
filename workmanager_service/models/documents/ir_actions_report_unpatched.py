import io
import re

import lxml.html
from lxml.html import builder as E

from odoo import api, models
from odoo.tools.pdf import PdfFileReader

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
.o_service_letterhead > div {{ overflow: hidden; }}
.o_service_letterhead.o_service_small {{ zoom: .78; }}
"""
DOCUMENT_ZOOM = 1.08
LABEL_ZOOM = 1.3
# What some layouts draw behind the page; it has no place in the text.
SHAPES = ".//svg | .//*[contains(@class, 'o_folder_header_container')]"

# How many millimetres the head of a list takes on the pages after the first.
HEAD_HEIGHT = 9
# So much of a row's text tells it from what stands before it.
ROW_START = 60
LISTS = "data-report-service-lists"
BOTTOM = "data-report-margin-bottom"


class IrActionsReport(models.Model):
    """What makes documents right with a wkhtmltopdf on unpatched Qt, as Debian's."""

    _inherit = "ir.actions.report"

    @api.model
    def _adapt_to_unpatched_qt(self, root):
        """Prepare documents for a wkhtmltopdf on unpatched Qt, such as Debian's.

        It drops the headers and footers that are handed to it, refuses to print
        several documents into one file, and cuts rows of tables in two: all becomes
        one article with page breaks, and each row a table of its own.

        :param root: the element of the whole page
        """
        for number, table in enumerate(root.find_class("sd-list")):
            self._part_rows(table, number)
            root.set(LISTS, "1")
        zoom = LABEL_ZOOM
        parts = {len(root.find_class(name)) for name in ("header", "article", "footer")}
        if len(parts) == 1:
            zoom = DOCUMENT_ZOOM
            self._inline_headers(root)
            root.set("data-report-margin-top", INLINE_MARGIN)
            root.set(BOTTOM, INLINE_MARGIN)
        style = E.STYLE(UNPATCHED_STYLE.format(zoom=zoom))
        root.find_class("article")[0].insert(0, style)

    @api.model
    def _part_rows(self, table, number):
        """Make each row of a list a block that no page break cuts.

        :param int number: tells the list from others in the document
        """
        rows = [row for row in table.iter("tr") if row.getparent().getparent() is table]
        for row in rows:
            part = row.getparent().tag
            block = E.DIV(E.CLASS(f"sd-together sd-part-{part}"), *row[0])
            block.set("data-list", str(number))
            table.addprevious(block)
        table.drop_tree()

    # ------------------------------------------------- HEADS ON EACH PAGE

    @api.model
    def _run_wkhtmltopdf(self, bodies, *args, specific_paperformat_args=None, **kwargs):
        about = dict(specific_paperformat_args or {})

        def run(texts):
            return super(IrActionsReport, self)._run_wkhtmltopdf(
                texts, *args, specific_paperformat_args=about, **kwargs
            )

        if not about.pop(LISTS, None) or BOTTOM not in about:
            return run(bodies)
        # First with room for the heads on each page, then with the heads.
        bottom = about[BOTTOM]
        about[BOTTOM] = str(int(bottom) + HEAD_HEIGHT)
        draft = run(bodies)
        about[BOTTOM] = bottom
        body = self._repeat_heads(bodies[0], self._read_pages(draft))
        return run([body]) if body else draft

    @api.model
    def _read_pages(self, pdf):
        """Return the text of each page; an old PyPDF2 cannot read it."""
        return [
            page.extract_text() if hasattr(page, "extract_text") else ""
            for page in PdfFileReader(io.BytesIO(pdf)).pages
        ]

    @api.model
    def _repeat_heads(self, body, pages):
        """Put the head of a list above each row of it that begins a page.

        :param list pages: the text of each page, as it was without these heads
        :return: the new HTML, or False where no list goes on on another page
        """
        root = lxml.html.document_fromstring(str(body))
        heads = {
            head.get("data-list"): head for head in root.find_class("sd-part-thead")
        }
        row_page = self._find_pages(root.find_class("sd-part-tbody"), pages)
        is_changed, before, before_page = False, None, 0
        for row, page in row_page:
            number = row.get("data-list")
            if page > before_page and number == before and number in heads:
                head = lxml.html.fromstring(lxml.html.tostring(heads[number]))
                row.insert(0, head)
                row.set("style", "page-break-before: always")
                is_changed = True
            before, before_page = number, page
        return is_changed and lxml.html.tostring(
            root, encoding="unicode", doctype="<!DOCTYPE html>"
        )

    @api.model
    def _find_pages(self, rows, pages):
        """Return (row, number of its page) for each row, in their order."""
        texts = [re.sub(r"\s", "", page) for page in pages]
        found, number, position = [], 0, 0
        for row in rows:
            wanted = re.sub(r"\s", "", row.text_content())[:ROW_START]
            for page in range(number, len(texts)):
                place = texts[page].find(wanted, position if page == number else 0)
                if place >= 0:
                    number, position = page, place + len(wanted)
                    break
            found.append((row, number))
        return found

    # ------------------------------------------------------------- LETTERHEAD

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
            if article.find_class("o_service_a5"):
                letterhead.classes.add("o_service_small")
            if len(whole):
                letterhead.set("style", "page-break-before: always")
            elif lang := article.get("data-oe-lang"):
                whole.set("data-oe-lang", lang)
            for node in (header, article, footer):
                node.classes -= {"header", "article", "footer"}
            whole.extend([letterhead, article])
        main.append(whole)

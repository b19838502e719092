"""Printing with a wkhtmltopdf on unpatched Qt, such as Debian's.

It drops the headers and footers that are handed to it, refuses several documents in one
file, cuts rows of tables in two and prints the head of a table once. So the page is
adapted before it is printed (:func:`adapt`: the letterhead stands in the body, a row is
a block of its own), and what depends on where the pages break is added once a first
print shows where they do (:func:`print_lists`).
"""

import io
import re

import lxml.html
from lxml.html import builder as E

from odoo.tools.pdf import PdfFileReader

# In millimetres, where there is no header and footer to leave room for.
INLINE_MARGIN = "12"
# Web fonts become drawings, whose text can be neither searched nor copied; and a CSS
# pixel is smaller than with a patched Qt, be it with smart shrinking (the documents) or
# without (the labels).
STYLE = """
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
# What the page tells the command line about itself.
LISTS = "data-report-service-lists"
BOTTOM = "data-report-margin-bottom"

# ----------------------------------------------------------------- BEFORE IT IS PRINTED


def adapt(root):
    """Prepare documents: all become one article, and each row of a list a block.

    :param root: the element of the whole page
    """
    lists = root.find_class("sd-list")
    for number, table in enumerate(lists):
        _part_rows(table, number)
    zoom = LABEL_ZOOM
    parts = {len(root.find_class(name)) for name in ("header", "article", "footer")}
    if len(parts) == 1:
        zoom = DOCUMENT_ZOOM
        _inline_headers(root)
        root.set("data-report-margin-top", INLINE_MARGIN)
        root.set(BOTTOM, INLINE_MARGIN)
        if lists:
            root.set(LISTS, "1")
    root.find_class("article")[0].insert(0, E.STYLE(STYLE.format(zoom=zoom)))


def _part_rows(table, number):
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


def _inline_headers(root):
    """Make each header and footer the letterhead of its document, and all documents one
    article."""
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
        letterhead = _make_letterhead(header, footer)
        if article.find_class("o_service_a5"):
            letterhead.classes.add("o_service_small")
        if len(whole):
            letterhead.set("style", "page-break-before: always")
        elif lang := article.get("data-oe-lang"):
            whole.set("data-oe-lang", lang)
        article.classes.discard("article")
        whole.extend([letterhead, article])
    main.append(whole)


def _make_letterhead(header, footer):
    """Return a header and a footer as one block."""
    for node, name in ((header, "header"), (footer, "footer")):
        for shape in node.xpath(SHAPES):
            shape.drop_tree()
        node.classes.discard(name)
    return E.DIV(E.CLASS("o_service_letterhead"), header, footer)


# ------------------------------------------------------------------ AFTER A FIRST PRINT


def print_lists(run, bodies, about):
    """Print a page with lists, with the head of a list on each page that it goes on on.

    :param run: a function that prints bodies with what they say about themselves
    :return: the PDF
    """
    # First with room for the heads on each page, then with the heads.
    room = {**about, BOTTOM: str(int(about[BOTTOM]) + HEAD_HEIGHT)}
    draft = run(bodies, room)
    with_heads = _repeat_heads(bodies[0], read_pages(draft))
    return run([with_heads], about) if with_heads else draft


def read_pages(pdf):
    """Return the text of each page; an old PyPDF2 cannot read it."""
    return [
        page.extract_text() if hasattr(page, "extract_text") else ""
        for page in PdfFileReader(io.BytesIO(pdf)).pages
    ]


def find_pages(nodes, pages):
    """Return on which page each node begins; they stand there in their order.

    :param list pages: see :func:`read_pages`
    :rtype: list[int]
    """
    texts = [re.sub(r"\s", "", page) for page in pages]
    found, number, position = [], 0, 0
    for node in nodes:
        wanted = re.sub(r"\s", "", node.text_content())[:ROW_START]
        for page in range(number, len(texts)):
            place = texts[page].find(wanted, position if page == number else 0)
            if place >= 0:
                number, position = page, place + len(wanted)
                break
        found.append(number)
    return found


def _repeat_heads(body, pages):
    """Put the head of a list above each row of it that begins a page.

    :param list pages: the text of each page, as it was without these heads
    :return: the new HTML, or False where no list goes on on another page
    """
    root = lxml.html.document_fromstring(str(body))
    heads = {node.get("data-list"): node for node in root.find_class("sd-part-thead")}
    rows = root.find_class("sd-part-tbody")
    is_changed, before, before_page = False, None, 0
    for row, page in zip(rows, find_pages(rows, pages), strict=True):
        number = row.get("data-list")
        if page > before_page and number == before and number in heads:
            row.insert(0, lxml.html.fromstring(lxml.html.tostring(heads[number])))
            row.set("style", "page-break-before: always")
            is_changed = True
        before, before_page = number, page
    return is_changed and lxml.html.tostring(
        root, encoding="unicode", doctype="<!DOCTYPE html>"
    )

"""The guide names what is on the screens, in both languages, and its links lead on."""

import ast
import re
from collections import Counter
from pathlib import Path

import polib
import pytest
from lxml import html

from odoo.modules import get_module_path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
ADDONS = sorted(path.parent.name for path in ROOT.glob("*/__manifest__.py"))
# Whose screens the guide leads through, beside ours.
ODOO_MODULES = (
    "account",
    "base",
    "base_import",
    "base_setup",
    "mail",
    "portal",
    "product",
    "purchase",
    "purchase_stock",
    "sale",
    "stock",
    "web",
    "website",
)
PAGES = sorted(path.name for path in (DOCS / "en").glob("*.md"))
TEXTS = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
)
LABEL = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^(#+) +(.+)$", re.MULTILINE)
CODE = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)
ALL_PICTURES = 4 * 2**20


def without_code(path):
    return CODE.sub("", path.read_text())


def labels(text):
    """The words in bold; a path of menus is one for each of its steps."""
    return [
        " ".join(step.split())
        for label in LABEL.findall(text)
        for step in label.split("▸")
    ]


def sections(path):
    """The labels under each heading, and before the first one."""
    return [labels(part) for part in re.split(r"(?m)^#+ ", without_code(path))]


def on_screen(text):
    """What a person reads of a term: all of it, and each piece between its tags."""
    if "<" not in text:
        return [text]
    pieces = html.fragment_fromstring(text, create_parent=True).itertext()
    pieces = [" ".join(piece.split()) for piece in pieces]
    pieces = [piece for piece in pieces if piece]
    return [" ".join(pieces), *pieces]


@pytest.fixture(scope="module")
def translations():
    """Label → its Romanian ones, on our screens and on Odoo's."""
    found = {}
    folders = [ROOT / addon for addon in ADDONS]
    folders += [Path(get_module_path(module)) for module in ODOO_MODULES]
    for folder in folders:
        for entry in polib.pofile(str(folder / "i18n" / "ro.po")):
            for source, translated in zip(
                on_screen(entry.msgid), on_screen(entry.msgstr), strict=False
            ):
                found.setdefault(source, set()).add(translated)
    return found


def test_languages_have_the_same_pages():
    assert "README.md" in PAGES
    assert PAGES == sorted(path.name for path in (DOCS / "ro").glob("*.md"))


@pytest.mark.parametrize("page", PAGES)
def test_labels_are_on_the_screens(translations, page):
    unknown = set(labels(without_code(DOCS / "en" / page))) - set(translations)
    assert not unknown, "no screen says so"


@pytest.mark.parametrize("page", PAGES)
def test_romanian_says_the_same(translations, page):
    english, romanian = sections(DOCS / "en" / page), sections(DOCS / "ro" / page)
    assert len(english) == len(romanian), "other headings"
    for ours, theirs in zip(english, romanian, strict=True):
        left = Counter(theirs)
        for label in ours:
            known = translations.get(label, set()) & set(+left)
            assert known, f"{label} is not named among {theirs}"
            left[known.pop()] -= 1
        assert not +left, "not named in English"


@pytest.mark.parametrize("page", PAGES)
def test_languages_have_the_same_pictures(page):
    english, romanian = (
        [link for link in LINK.findall((DOCS / lang / page).read_text()) if "/" in link]
        for lang in ("en", "ro")
    )
    pictures = [link for link in english if link.startswith("images/")]
    assert pictures == [link for link in romanian if link.startswith("images/")]


def test_romanian_has_no_cedilla():
    for path in (DOCS / "ro").glob("*.md"):
        assert not set("şţŞŢ") & set(path.read_text()), path


def slug(heading):
    """The anchor that a heading gets where the files are read."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    for link in LINK.findall(without_code(path)):
        if re.match(r"https?:|mailto:", link):
            continue
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        assert target.exists(), link
        if anchor:
            headings = HEADING.findall(without_code(target))
            assert anchor in {slug(text) for _level, text in headings}, link


def test_pictures_are_used_and_small():
    pictures = {path.resolve() for path in DOCS.rglob("*.png")}
    used = {
        (path.parent / link).resolve()
        for path in TEXTS
        for link in LINK.findall(path.read_text())
        if link.endswith(".png")
    }
    assert not pictures - used
    shown = [*pictures, *ROOT.glob("*/static/description/*.png")]
    assert sum(path.stat().st_size for path in shown) < ALL_PICTURES


@pytest.mark.parametrize("addon", ADDONS)
def test_page_in_apps(addon):
    manifest = ast.literal_eval((ROOT / addon / "__manifest__.py").read_text())
    assert all(manifest[key] for key in ("name", "summary", "author", "category"))
    assert manifest["license"] == "LGPL-3"
    assert all((ROOT / addon / image).exists() for image in manifest["images"])

    folder = ROOT / addon / "static" / "description"
    page = html.fromstring((folder / "index.html").read_text())
    # What Odoo Apps takes out, and what would come from elsewhere.
    assert not page.xpath("//script | //style | //link | //iframe | //@style")
    shown = {(folder / source).resolve() for source in page.xpath("//img/@src")}
    assert all(picture.exists() for picture in shown)
    others = {folder / "icon.png", folder / "banner.png"}
    assert {path.resolve() for path in folder.glob("*.png")} == shown | others

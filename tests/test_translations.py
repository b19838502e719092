"""The Romanian is whole, and the templates hold what the sources say."""

import os
import re
import subprocess
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).parents[1]
ADDONS = sorted(path.parent.name for path in ROOT.glob("*/__manifest__.py"))
# Customers and colleagues are addressed as "dumneavoastră", never as friends.
FAMILIAR = re.compile(
    r"\b(tu|tău|ta|tăi|tale|te|ți|îți|vrei|poți|tine)\b", re.IGNORECASE
)
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdf]|\{[\w.]*\}")


def catalogue(addon, name):
    return polib.pofile(str(ROOT / addon / "i18n" / name))


@pytest.mark.parametrize("addon", ADDONS)
def test_template_is_fresh(addon, tmp_path):
    exported = tmp_path / f"{addon}.pot"
    subprocess.run(
        [
            *("odoo", "i18n", "export", "-l", "pot"),
            *("-d", os.environ["WORKMANAGER_TEST_TEMPLATE"], "-o", exported, addon),
        ],
        check=True,
        capture_output=True,
    )
    committed = {entry.msgid for entry in catalogue(addon, f"{addon}.pot")}
    current = {entry.msgid for entry in polib.pofile(str(exported))}
    assert committed == current, "run scripts/i18n"


@pytest.mark.parametrize("addon", ADDONS)
def test_romanian_is_complete(addon):
    romanian = catalogue(addon, "ro.po")
    template = {entry.msgid for entry in catalogue(addon, f"{addon}.pot")}
    assert {entry.msgid for entry in romanian} == template, "run scripts/i18n"
    assert not [entry.msgid for entry in romanian if not entry.translated()]


@pytest.mark.parametrize("addon", ADDONS)
def test_romanian_is_well_formed(addon):
    for entry in catalogue(addon, "ro.po"):
        assert not set("şţŞŢ") & set(entry.msgstr), f"cedilla in {entry.msgstr!r}"
        assert not FAMILIAR.search(entry.msgstr), entry.msgstr
        assert sorted(PLACEHOLDER.findall(entry.msgstr)) == sorted(
            PLACEHOLDER.findall(entry.msgid)
        ), entry.msgid
        for tag in ("<t ", "<span", "<br", "<strong", "<p>"):
            assert entry.msgstr.count(tag) == entry.msgid.count(tag), entry.msgid

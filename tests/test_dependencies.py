"""Every Python package here is pinned, and its licence is known.

``WORKMANAGER_WRITE_DOCS=1 scripts/test tests/test_dependencies.py`` writes the table of
``docs/dependencies.md`` anew.
"""

import importlib.metadata
import os
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs" / "dependencies.md"
REQUIREMENT = re.compile(r"([\w.-]+)==([\w.]+)(?:; python_(?:full_)?version .*)?")
# All are free; those with copyleft are tools and libraries that run beside the addons,
# whose own licence (LGPL-3) they leave alone.
FREE = re.compile(
    r"MIT|BSD|Apache|MPL|Mozilla|PSF|Python Software Foundation|Public Domain"
    r"|ZPL|LGPL|Lesser General Public|GPL|Affero"
)


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements():
    """Return {name: versions} that are pinned, for any version of Python."""
    pinned = {}
    names = ("requirements.txt", "constraints.txt")
    for line in "\n".join((ROOT / name).read_text() for name in names).splitlines():
        if line and not line.startswith("#"):
            match = REQUIREMENT.fullmatch(line)
            assert match, f"not pinned: {line}"
            pinned.setdefault(canonical(match[1]), set()).add(match[2])
    return pinned


def installed():
    """Return {name: distribution} of this environment."""
    found = {
        canonical(dist.metadata["Name"]): dist
        for dist in importlib.metadata.distributions()
    }
    found.pop("pip", None)  # comes with Python
    found.pop("odoo", None)  # is beside the environment
    return found


def get_licence(dist):
    metadata = dist.metadata
    classifiers = [
        text.rpartition(" :: ")[2]
        for text in metadata.get_all("Classifier") or []
        if text.startswith("License ::")
    ]
    return (
        metadata.get("License-Expression")
        or ", ".join(classifiers)
        or (metadata.get("License") or "unknown").splitlines()[0]
    )


@pytest.mark.skipif(
    sys.version_info < (3, 11, 5), reason="some packages are older for this Python"
)
def test_all_are_pinned():
    pinned = requirements()
    assert {
        name: dist.version
        for name, dist in installed().items()
        if dist.version not in pinned.get(name, ())
    } == {}


def test_licences_are_free():
    unknown = {name: get_licence(dist) for name, dist in installed().items()}
    assert {n: text for n, text in unknown.items() if not FREE.search(text)} == {}


def test_licences_are_listed():
    dists = installed()
    head, begin, rest = DOCS.read_text().partition("| --- | --- |\n")
    rows = dict(re.findall(r"^\| (\S+) \| (.+) \|$", rest, re.MULTILINE))
    if os.environ.get("WORKMANAGER_WRITE_DOCS"):
        rows = {name: get_licence(dists[name]) for name in sorted(dists)}
        table = "".join(f"| {name} | {text} |\n" for name, text in rows.items())
        DOCS.write_text(f"{head}{begin}{table}")
    # What only another version of Python needs may be listed, too.
    assert {name: rows.get(name) for name in dists} == {
        name: get_licence(dist) for name, dist in dists.items()
    }

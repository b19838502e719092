"""The addons on databases of many kinds, and over their own earlier versions.

Each of them takes minutes to make: scripts/soak runs this.
"""

import ast
import os
import subprocess
import tarfile
from pathlib import Path

import pytest
from consistency import find_inconsistencies
from test_install import ADDONS, Database

pytestmark = pytest.mark.skipif(
    "WORKMANAGER_SOAK" not in os.environ, reason="takes minutes: see scripts/soak"
)

ROOT = Path(__file__).parent.parent
# What was released, and the commit that it was made of.
RELEASES = {"19.0.1.0.0": "95d52e0", "19.0.1.1.0": "cfec090"}
LOCALISATIONS = ["l10n_ro", "l10n_de", "l10n_fr", "l10n_us"]


def get_applications():
    """Return Odoo's applications; Odoo adds what bridges them."""
    manifests = Path(os.environ["WORKMANAGER_ODOO_ADDONS"]).glob("*/__manifest__.py")
    return sorted(
        path.parent.name
        for path in manifests
        if ast.literal_eval(path.read_text()).get("application")
    )


class EmptyDatabase(Database):
    """A database without any module of Odoo's."""

    def install_odoo(self, *modules, with_demo=False):
        options = ["--with-demo"] if with_demo else []
        done = self.run("-d", self.name, "-i", ",".join(modules), *options)
        assert not done.returncode, done.stderr[-3000:]

    @staticmethod
    def run(*arguments, script=None, env=None):
        """Run Odoo to its end, whatever Odoo's own modules log."""
        command = ["odoo", *arguments]
        if script is None:
            command.append("--stop-after-init")
        return subprocess.run(
            [*command, "--no-http"],
            input=script,
            capture_output=True,
            text=True,
            check=False,
            env=env,
        )


@pytest.fixture
def empty():
    database = EmptyDatabase("matrix")
    database.server._on_postgres("CREATE DATABASE {}", database.name)
    yield database
    database.server.drop_database()


@pytest.fixture
def base():
    database = EmptyDatabase("upgrade")
    database.server.create_database(os.environ["WORKMANAGER_TEST_BASE"])
    yield database
    database.server.drop_database()


def assert_sound(database):
    with database.server.cursor() as cursor:
        assert find_inconsistencies(cursor) == []


def assert_comes_and_goes(database):
    before = database.contents()
    database.install(*ADDONS)
    assert database.installed() == set(ADDONS)
    assert_sound(database)
    database.uninstall(*ADDONS)
    assert not database.installed()
    assert database.contents() <= before
    database.install(*ADDONS)
    assert database.installed() == set(ADDONS)


@pytest.mark.parametrize("localisation", LOCALISATIONS)
def test_with_the_chart_of_a_country(empty, localisation):
    empty.install_odoo(localisation, "sale_management", "sale_stock", "purchase_stock")
    assert_comes_and_goes(empty)


def test_among_many_modules_with_demo_data(empty, record_property):
    empty.install_odoo(*get_applications(), with_demo=True)
    [(count,)] = empty.fetch(
        "SELECT count(*) FROM ir_module_module WHERE state = 'installed'"
    )
    record_property("modules_of_odoo", count)
    assert count >= 100
    assert_comes_and_goes(empty)


@pytest.mark.parametrize("version", RELEASES)
def test_upgrade_from(base, version, tmp_path, record_property):
    """The shop of the version's own demo, brought up to the present version."""
    archive = tmp_path / "release.tar"
    subprocess.run(
        ["git", "-C", ROOT, "archive", "-o", archive, RELEASES[version]], check=True
    )
    with tarfile.open(archive) as files:
        files.extractall(tmp_path / "release", filter="data")
    release = tmp_path / "release"
    configuration = Path(os.environ["ODOO_RC"]).read_text()
    old = tmp_path / "odoo.conf"
    old.write_text(
        configuration.replace(f"addons_path = {ROOT},", f"addons_path = {release},")
    )
    env = {**os.environ, "ODOO_RC": str(old)}
    done = base.run("-d", base.name, "-i", ",".join(ADDONS), env=env)
    assert not done.returncode, done.stderr[-3000:]
    for script in ("scripts/demo_base.py", "demo/load.py"):
        source = (release / script).read_text() + "\nenv.cr.commit()\n"
        done = base.run("shell", "-d", base.name, script=source, env=env)
        assert not done.returncode, done.stderr[-3000:]
    [(sheets,)] = base.fetch("SELECT count(*) FROM workmanager_sheet")
    [(amount,)] = base.fetch("SELECT sum(amount_total) FROM workmanager_sheet")
    assert sheets
    record_property("sheets", sheets)
    base.odoo("-d", base.name, "-u", ",".join(ADDONS), "--stop-after-init", "--no-http")
    assert base.fetch("SELECT count(*), sum(amount_total) FROM workmanager_sheet") == [
        (sheets, amount)
    ]
    assert_sound(base)
    base.uninstall(*ADDONS)
    assert not base.installed()

"""The three wheels, built and installed with pip into an environment of their own.

Building them fetches a tool, and takes longer than the tests of the rest: scripts/soak
runs this.
"""

import os
import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from server import OdooServer

pytestmark = pytest.mark.skipif(
    "WORKMANAGER_SOAK" not in os.environ, reason="takes minutes: see scripts/soak"
)

ROOT = Path(__file__).parents[1]
ADDONS = sorted(path.parent.name for path in ROOT.glob("*/__manifest__.py"))
WHERE = """
for name in env["ir.module.module"].search(
    [("name", "like", "workmanager"), ("state", "=", "installed")]
).mapped("name"):
    print("INSTALLED", name, odoo.modules.get_module_path(name))
"""


@pytest.fixture
def python(tmp_path):
    """The Python of a new environment, where Odoo is and our checkout is not."""
    home = tmp_path / "environment"
    venv.create(home, with_pip=True)
    packages = Path(
        sysconfig.get_path("purelib", "venv", {"base": home, "platbase": home})
    )
    (packages / "odoo_of_the_machine.pth").write_text(
        f"{os.environ['PYTHONPATH']}\n{sysconfig.get_path('purelib')}\n"
    )
    return home / "bin" / "python"


@pytest.fixture
def database(tmp_path):
    server = OdooServer("wheels")
    server.create_database(os.environ["WORKMANAGER_TEST_BASE"])
    yield server.database
    server.drop_database()


def run(*command, **kwargs):
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, **kwargs
    )
    assert not done.returncode, done.stdout + done.stderr
    return done.stdout


def test_odoo_installs_the_addons_from_their_wheels(python, database, tmp_path):
    wheels = tmp_path / "wheels"
    for addon in ADDONS:
        run(
            *(sys.executable, "-m", "pip", "wheel", "--no-deps"),
            *("--wheel-dir", wheels, ROOT / addon),
        )
    built = {
        re.match(r"odoo_addon_(\w+?)-19\.0\.", p.name)[1] for p in wheels.iterdir()
    }
    assert built == set(ADDONS)

    # Odoo is a folder here, of which pip may not know.
    run(python, "-m", "pip", "install", "--no-deps", "--no-index", *wheels.iterdir())
    conf = tmp_path / "odoo.conf"
    conf.write_text(
        "".join(
            f"data_dir = {tmp_path / 'data'}\n" if line.startswith("data_dir") else line
            for line in Path(os.environ["ODOO_RC"]).read_text().splitlines(True)
            if not line.startswith("addons_path")
        )
    )
    environment = {
        **{k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        "ODOO_RC": str(conf),
    }
    odoo = (python, "-m", "odoo")
    run(
        *odoo,
        *("-d", database, "-i", ",".join(ADDONS), "--stop-after-init", "--no-http"),
        env=environment,
        cwd=tmp_path,
    )
    told = run(
        *(*odoo, "shell", "-d", database, "--no-http"),
        env=environment,
        cwd=tmp_path,
        input=WHERE,
    )
    found = dict(re.findall(r"INSTALLED (\S+) (\S+)", told))
    assert set(found) == set(ADDONS)
    for addon, folder in found.items():
        assert Path(folder).parts[-3:] == ("odoo", "addons", addon)
        assert Path(folder).is_relative_to(tmp_path), folder

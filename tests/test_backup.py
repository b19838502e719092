"""A database that is dumped and restored with Odoo's own tools has everything."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from server import OdooServer

KEY = "bm90IGEgc2VjcmV0LCBhIGtleSBmb3IgYSB0ZXN0IDE="
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)
CREATE = """
def take_in(serial, code):
    kind = env["workmanager.equipment.type"].create({"name": serial})
    partner = env["res.partner"].create({"name": "Ștefan Țăranu"})
    equipment = env["workmanager.equipment"].create({
        "equipment_type_id": kind.id,
        "partner_id": partner.id,
        "serial_number": serial,
    })
    return env["workmanager.sheet"].create(
        {"equipment_id": equipment.id, "unlock_code": code}
    )
"""
FILES = f"""
sheet = take_in("BACKUP-1", "4711")
env["workmanager.photo"].create({{"sheet_id": sheet.id, "image_1920": "{PIXEL}"}})
env["ir.attachment"].create({{
    "name": "note.txt",
    "raw": b"Garan\\xc8\\x9bie",
    "res_model": sheet._name,
    "res_id": sheet.id,
}})
env.cr.commit()
"""
READ = """
import json
from odoo.exceptions import UserError

def read(serial):
    sheet = env["workmanager.sheet"].search([("serial_number", "=", serial)])
    try:
        code = sheet._decrypt_unlock()
    except UserError as error:
        code = str(error)
    note = env["ir.attachment"].search(
        [("res_model", "=", sheet._name), ("res_id", "=", sheet.id),
         ("name", "=", "note.txt")]
    )
    photos = [photo.image_1920.decode() for photo in sheet.photo_ids]
    return {
        "partner": sheet.partner_id.name,
        "code": code,
        "note": (note.raw or b"").decode(),
        "photos": photos,
    }

print("ANSWER", json.dumps([read("BACKUP-1"), read("BACKUP-2")]))
"""


def odoo(*args, script=None, conf=None):
    """Run Odoo's command line.

    :return: what it printed
    """
    done = subprocess.run(
        ["odoo", *map(str, args)],
        input=script,
        text=True,
        capture_output=True,
        check=False,  # what it says is worth more than its status
        env={**os.environ, **({"ODOO_RC": str(conf)} if conf else {})},
    )
    assert not done.returncode, done.stderr
    return done.stdout


def read(database, conf=None):
    """Return what the two sheets have, read by a server on ``database``."""
    answer = odoo("shell", "-d", database, "--no-http", script=READ, conf=conf)
    [line] = [x for x in answer.splitlines() if x.startswith("ANSWER")]
    return json.loads(line.removeprefix("ANSWER"))


@pytest.fixture(scope="module")
def server():
    """A database with a sheet whose code is kept with the key of the filestore, and one
    with the key of a configuration file."""
    server = OdooServer("backup")
    server.create_database()
    shell = ("shell", "-d", server.database, "--no-http")
    odoo(*shell, script=CREATE + FILES)
    odoo(
        *shell,
        script=f'{CREATE}\ntake_in("BACKUP-2", "0815")\nenv.cr.commit()\n',
        conf=with_key(server),
    )
    yield server
    server.drop_database()


def with_key(server):
    """Return a configuration file that names the key."""
    conf = server.run / "with_key.conf"
    text = Path(os.environ["ODOO_RC"]).read_text()
    conf.write_text(f"{text}\nworkmanager_secret_key = {KEY}\n")
    return conf


@pytest.fixture(scope="module")
def restored(server):
    """The same from a backup with the files, under another name."""
    name, dump = f"{server.database}_restored", server.run / "backup.zip"
    odoo("db", "dump", server.database, dump)
    odoo("db", "load", name, dump)
    yield name
    odoo("db", "drop", name)


@pytest.fixture(scope="module")
def bare(server, restored):
    """The same on a machine where the files are lost."""
    name = f"{server.database}_bare"
    odoo("db", "load", name, server.run / "backup.zip")
    shutil.rmtree(server.run / "data" / "filestore" / name)
    yield name
    odoo("db", "drop", name)


def test_backup_has_everything(restored):
    first, second = read(restored)
    assert first == {
        "partner": "Ștefan Țăranu",
        "code": "4711",
        "note": "Garanție",
        "photos": [PIXEL],
    }
    assert "has another key" in second["code"]


def test_key_of_the_configuration_file(server, restored):
    first, second = read(restored, with_key(server))
    assert second["code"] == "0815"
    assert "has another key" in first["code"]


def test_lost_key_is_told(server, bare):
    first, second = read(bare)
    for sheet in (first, second):
        assert "missing or damaged" in sheet["code"]
        assert "Restore the filestore" in sheet["code"]
        assert sheet["partner"] == "Ștefan Țăranu"
    assert read(bare, with_key(server))[1]["code"] == "0815"

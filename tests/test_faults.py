"""What is left after the worst: killed servers, a restarted PostgreSQL, a mail server
that hangs, a full disk, a report engine that fails.

Each step happens whole or not at all, what was answered stays, and scripts/check finds
nothing. It takes long: scripts/soak runs this.
"""

import base64
import io
import os
import random
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest
import requests
from consistency import find_inconsistencies
from PIL import Image
from server import SIGNATURE, OdooServer, RpcError, running_server

pytestmark = pytest.mark.skipif(
    "WORKMANAGER_SOAK" not in os.environ, reason="takes minutes: see scripts/soak"
)

KILLS = int(os.environ.get("WORKMANAGER_KILLS", "50"))
RESTARTS = int(os.environ.get("WORKMANAGER_RESTARTS", "10"))
PEOPLE = 4
WAY = ["received", "evaluation", "quoted", "approved", "repair", "ready", "delivered"]
STOCK = 10000
# As scripts/setup makes them; a dump has them without the change.
EXTENSIONS = """
    CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent;
    ALTER FUNCTION unaccent(text) IMMUTABLE
"""
PATIENCE = 120  # seconds for some calls to be done
LARGE = 1 << 20  # what does not fit on the full disk


class Cluster:
    """A PostgreSQL of the test's own, which it may restart as it likes."""

    def __init__(self, programs):
        self.programs = Path(programs)
        self.home = Path(tempfile.mkdtemp(prefix="workmanager-", dir="/tmp"))
        if os.geteuid() == 0:
            shutil.chown(self.home, "postgres")

    def run(self, program, *arguments):
        command = [str(self.programs / program), *map(str, arguments)]
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(
            command,
            check=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def control(self, *arguments):
        self.run("pg_ctl", "-w", "-D", self.home / "data", *arguments)

    def start(self):
        database = ("-E", "UTF8", "--locale=C", "-D", self.home / "data")
        self.run("initdb", "-A", "trust", "-U", "workmanager", *database)
        # Crashes of PostgreSQL alone need no fsync: the machine goes on.
        options = f"-k {self.home} -c listen_addresses='' -c fsync=off"
        self.control("-o", options, "-l", self.home / "log", "start")

    def remove(self):
        self.control("-m", "immediate", "stop")
        shutil.rmtree(self.home)


@pytest.fixture(scope="module")
def cluster():
    """A cluster with a copy of the template, to which all clients now connect."""
    started = Cluster(os.environ["WORKMANAGER_POSTGRES_BIN"])
    template = os.environ["WORKMANAGER_TEST_TEMPLATE"]
    before = dict(os.environ)
    try:
        started.start()
        dump = subprocess.Popen(
            ["pg_dump", "--no-owner", template], stdout=subprocess.PIPE
        )
        os.environ.update(PGHOST=str(started.home), PGPORT="5432", PGUSER="workmanager")
        subprocess.run(["createdb", "-T", "template0", template], check=True)
        subprocess.run(["psql", "-Xq", "-d", template, "-c", EXTENSIONS], check=True)
        subprocess.run(
            ["psql", "-Xq", "-o", os.devnull, "-d", template],
            check=True,
            stdin=dump.stdout,
        )
        yield started
    finally:
        os.environ.clear()
        os.environ.update(before)
        started.remove()


class Person(threading.Thread):
    """Takes sheets all the way, one after the other, whatever happens to the server."""

    def __init__(self, server, catalogue, number):
        super().__init__()
        self.server, self.catalogue = server, catalogue
        self.random = random.Random(number)
        self.stopped = threading.Event()
        self.session = None
        self.sheet = None
        self.answered = {}  # the last state of each sheet that the server told
        self.counts = Counter()
        self.errors = []

    def run(self):
        while not self.stopped.is_set():
            try:
                self.step()
            except (requests.RequestException, psutil.Error):
                self.counts["no answer"] += 1
                self.stopped.wait(0.2)
            except RpcError as error:
                if error.name.startswith("odoo.exceptions."):
                    self.counts["refused"] += 1
                elif error.name.startswith("psycopg2."):
                    self.counts["database away"] += 1
                    self.stopped.wait(0.2)
                else:
                    self.errors.append(error.debug)
            except Exception as error:  # noqa: BLE001 the thread must tell its test
                self.errors.append(repr(error))

    def call(self, model, method, *args, **kwargs):
        answer = self.session.call(model, method, *args, **kwargs)
        self.counts["done"] += 1
        return answer

    def step(self):
        if not self.session:
            self.session = self.server.session("admin")
        if not self.sheet:
            self.sheet = self.take_in()
            self.answered[self.sheet] = "received"
            return
        state = self.get("state")
        if state != "delivered":  # it may be, though nobody answered
            getattr(self, f"from_{state}")()
        self.answered[self.sheet] = self.get("state")
        if self.answered[self.sheet] == "delivered":
            self.sheet = None

    def get(self, field):
        [values] = self.session.call("workmanager.sheet", "read", [self.sheet], [field])
        return values[field]

    def take(self, step):
        self.call("workmanager.sheet", f"action_{step}", [self.sheet])

    def take_in(self):
        partner = self.call(
            "res.partner", "create", {"name": "Client", "email": "client@example.com"}
        )
        equipment = self.call(
            "workmanager.equipment",
            "create",
            {"equipment_type_id": self.catalogue["kind"], "partner_id": partner},
        )
        lines = [
            (0, 0, {"product_id": product, "quantity": self.random.choice([1, 2])})
            for product in (self.catalogue["stocked"], self.catalogue["bought"])
        ]
        return self.call(
            "workmanager.sheet",
            "create",
            {
                "equipment_id": equipment,
                "line_ids": lines,
                "intake_signature": SIGNATURE,
            },
        )

    def from_received(self):
        self.take("start_evaluation")

    def from_evaluation(self):
        evaluation = self.get("evaluation_id")[0]
        if self.get("evaluation_state") == "draft":
            self.call("workmanager.evaluation", "action_set_rest_ok", [evaluation])
            self.take("complete_evaluation")
        else:
            self.take("create_quotation")

    def from_quoted(self):
        if self.random.random() < 0.2:
            self.take("refuse_quotation")
        elif self.random.random() < 0.2:
            self.accept_online()
        else:
            self.take("accept_quotation")

    def accept_online(self):
        [order] = self.get("sale_order_ids")
        self.call("sale.order", "action_preview_sale_order", [order])
        [values] = self.call("sale.order", "read", [order], ["access_token"])
        self.session.rpc(
            f"/my/orders/{order}/accept",
            access_token=values["access_token"],
            name="Client",
            signature=SIGNATURE,
        )
        self.counts["accepted online"] += 1

    def from_approved(self):
        self.take(self.random.choice(["check_parts", "start_repair", "start_repair"]))

    def from_repair(self):
        if self.get("parts_state") != "available":
            self.receive()
        self.take("start_timer")
        lines = self.get("line_ids")
        used = self.call("workmanager.sheet.line", "read", lines, ["quantity_used"])
        todo = [line["id"] for line in used if not line["quantity_used"]]
        if todo and self.random.random() < 0.7:
            self.call("workmanager.sheet.line", "action_use", todo[:1])
        else:
            self.take("finish_repair")

    def receive(self):
        for order in self.get("purchase_order_ids"):
            [values] = self.call("purchase.order", "read", [order], ["state"])
            if values["state"] in ("draft", "sent"):
                self.call("purchase.order", "button_confirm", [order])
        receipts = self.call(
            "stock.picking",
            "search",
            [
                ("purchase_id", "in", self.get("purchase_order_ids")),
                ("state", "=", "assigned"),
            ],
        )
        for receipt in receipts:
            self.call("stock.picking", "button_validate", [receipt])

    def from_ready(self):
        if self.get("outcome") == "repaired" and not self.get("invoice_ids"):
            self.take("create_invoice")
            return
        self.take("deliver")


@pytest.fixture(scope="module")
def server(cluster):
    """A server on that cluster; its log is full of what was done to it."""
    started = OdooServer("faults", workers=3)
    try:
        started.create_database()
        started.start()
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="module")
def catalogue(server):
    admin = server.session_for_crowds("admin")
    vendor = admin.call("res.partner", "create", {"name": "Piese SRL"})
    values = {
        "type": "consu",
        "is_storable": True,
        "list_price": 100,
        "invoice_policy": "order",
        "seller_ids": [(0, 0, {"partner_id": vendor, "price": 60, "delay": 5})],
    }
    stocked, bought = admin.call(
        "product.product",
        "create",
        [{"name": name, **values} for name in ("Baterie", "Ecran")],
    )
    admin.put_in_stock({stocked: STOCK})
    kind = {"name": "Telefon", "checkpoint_ids": [(0, 0, {"name": "Pornește"})]}
    return {
        "kind": admin.call("workmanager.equipment.type", "create", kind),
        "stocked": stocked,
        "bought": bought,
    }


def work_through(server, catalogue, disturb, times, record_property):
    """Let people work, ``disturb`` them now and then, and look at what is left."""
    people = [Person(server, catalogue, number) for number in range(PEOPLE)]

    def wait_for_calls(count):
        goal = count + sum(person.counts["done"] for person in people)
        deadline = time.monotonic() + PATIENCE
        while sum(person.counts["done"] for person in people) < goal:
            assert time.monotonic() < deadline, "nothing is done any more"
            # As systemd does: Odoo stops when it cannot start a worker, which it cannot
            # without its database.
            if server.process.poll() is not None:
                server.start()
            time.sleep(0.01)

    for person in people:
        person.start()
    try:
        for number in range(times):
            wait_for_calls(random.randint(1, 40))
            time.sleep(random.uniform(0, 0.3))  # anywhere in the next call
            disturb(number)
        wait_for_calls(100)
    finally:
        for person in people:
            person.stopped.set()
        for person in people:
            person.join()
    assert [error for person in people for error in person.errors] == []
    answered = {s: state for person in people for s, state in person.answered.items()}
    counts = sum((person.counts for person in people), Counter())
    record_property("sheets", len(answered))
    for name, count in counts.items():
        record_property(f"calls_{name.replace(' ', '_')}", count)
    with server.cursor() as cursor:
        cursor.execute(
            "SELECT id, state FROM workmanager_sheet WHERE id IN %s", [tuple(answered)]
        )
        states = dict(cursor.fetchall())
        found = find_inconsistencies(
            cursor, server.run / "data" / "filestore" / server.database
        )
    lost = [
        (sheet, state, states.get(sheet))
        for sheet, state in answered.items()
        if sheet not in states or WAY.index(states[sheet]) < WAY.index(state)
    ]
    record_property("answers_lost", len(lost))
    record_property("disagreements", len(found))
    assert not lost
    assert [
        f"{each.check.subject}: {each.document}: {each.detail}" for each in found
    ] == []
    assert "delivered" in answered.values()


def test_killed_servers_lose_nothing(server, catalogue, record_property):
    def kill(_number):
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()
        server.start()

    record_property("kills", KILLS)
    work_through(server, catalogue, kill, KILLS, record_property)


def test_restarted_postgres_loses_nothing(server, catalogue, cluster, record_property):
    def restart(number):
        cluster.control("-m", ("fast", "immediate")[number % 2], "restart")

    record_property("restarts", RESTARTS)
    work_through(server, catalogue, restart, RESTARTS, record_property)


# ----------------------------------------------------------------- what else fails


@pytest.fixture
def shop():
    """A server of its own on the usual PostgreSQL, and a sheet in it."""
    with running_server("outage") as started:
        started.expect_log("[Ww]khtmltopdf|ir_mail_server|mail_mail|disk of the server")
        yield started


@pytest.fixture
def admin(shop):
    return shop.session_for_crowds("admin")


@pytest.fixture
def sheet(admin):
    kind = admin.call("workmanager.equipment.type", "create", {"name": "Telefon"})
    customer = {"name": "Maria", "email": "maria@example.com"}
    partner = admin.call("res.partner", "create", customer)
    equipment = admin.call(
        "workmanager.equipment",
        "create",
        {"equipment_type_id": kind, "partner_id": partner},
    )
    part = admin.call("product.product", "create", {"name": "Ecran", "list_price": 9})
    return admin.call(
        "workmanager.sheet",
        "create",
        {"equipment_id": equipment, "line_ids": [(0, 0, {"product_id": part})]},
    )


def read_state(admin, sheet):
    return admin.call("workmanager.sheet", "read", [sheet], ["state"])[0]["state"]


def quote(admin, sheet):
    for step in ("start_evaluation", "complete_evaluation", "create_quotation"):
        admin.call("workmanager.sheet", f"action_{step}", [sheet])


def assert_sound(server):
    with server.cursor() as cursor:
        filestore = server.run / "data" / "filestore" / server.database
        assert not find_inconsistencies(cursor, filestore)


def test_mail_server_that_hangs_stops_no_step(shop, admin, sheet):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        admin.call(
            "ir.mail_server",
            "create",
            {
                "name": "Silent",
                "smtp_host": "127.0.0.1",
                "smtp_port": silent.getsockname()[1],
            },
        )
        quote(admin, sheet)
        [values] = admin.call("workmanager.sheet", "read", [sheet], ["sale_order_ids"])
        admin.call("sale.order", "action_quotation_sent", values["sale_order_ids"])
    assert read_state(admin, sheet) == "quoted"
    mails = admin.call(
        "mail.mail", "search_read", [("model", "=", "workmanager.sheet")], ["state"]
    )
    # None of them is lost: each waits, or tells that it failed.
    assert mails
    assert {mail["state"] for mail in mails} <= {"outgoing", "exception"}
    assert_sound(shop)


def limit_files(server, size):
    """Let the processes of the server write no file that is larger than ``size``."""
    main = psutil.Process(server.process.pid)
    for process in (main, *main.children(recursive=True)):
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, -1))


def make_photo():
    image = Image.frombytes("RGB", (1000, 1000), random.randbytes(3_000_000))
    file = io.BytesIO()
    image.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def test_full_disk_takes_no_half_of_a_step(shop, admin, sheet):
    photo = {"sheet_id": sheet, "name": "Spart", "image_1920": make_photo()}
    limit_files(shop, LARGE)
    with pytest.raises(RpcError, match="disk of the server is full"):
        admin.call("workmanager.photo", "create", photo)
    assert not admin.call("workmanager.photo", "search_count", [])
    with pytest.raises(RpcError, match="disk of the server is full"):
        admin.call(
            "workmanager.sheet",
            "write",
            [sheet],
            {"location": "Raft 4", "intake_signature": make_photo()},
        )
    [values] = admin.call("workmanager.sheet", "read", [sheet], ["location"])
    assert not values["location"]
    assert_sound(shop)
    limit_files(shop, -1)
    saved = admin.call("workmanager.photo", "create", photo)
    [values] = admin.call("workmanager.photo", "read", [saved], ["image_1920"])
    assert len(values["image_1920"]) > LARGE
    assert_sound(shop)


# An exit code of 1 is only a warning to Odoo, though no PDF was made.
@pytest.fixture(params=[1, 2])
def broken_printer(request, tmp_path, monkeypatch):
    program = tmp_path / "wkhtmltopdf"
    program.write_text(
        "#!/bin/sh\n"
        'case "$*" in *--version*) echo "wkhtmltopdf 0.12.6.1 (with patched qt)";;\n'
        f"*) echo broken >&2; exit {request.param};; esac\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")


def test_report_engine_that_fails_takes_no_half_of_a_step(
    broken_printer, shop, admin, sheet
):
    quote(admin, sheet)
    [values] = admin.call("workmanager.sheet", "read", [sheet], ["sale_order_ids"])
    [order] = values["sale_order_ids"]
    admin.call("sale.order", "action_preview_sale_order", [order])
    [values] = admin.call("sale.order", "read", [order], ["access_token"])
    with pytest.raises(RpcError) as refusal:
        shop.session().rpc(
            f"/my/orders/{order}/accept",
            access_token=values["access_token"],
            name="Maria",
            signature=SIGNATURE,
        )
    assert refusal.value.name == "odoo.exceptions.UserError"
    assert read_state(admin, sheet) == "quoted"
    [values] = admin.call("sale.order", "read", [order], ["state", "signed_by"])
    assert (values["state"], values["signed_by"]) == ("draft", False)
    # What needs no paper goes on.
    admin.call("workmanager.sheet", "action_accept_quotation", [sheet])
    assert read_state(admin, sheet) == "approved"
    assert_sound(shop)

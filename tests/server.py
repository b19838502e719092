"""Real Odoo servers for the journeys, each with a database of its own.

``scripts/test`` says through ``WORKMANAGER_TEST_*`` which template to copy and where
the run keeps its files; it also removes what a killed run leaves behind.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import psycopg2
import pytest
import requests
from psycopg2 import sql

READY_TIMEOUT = 90
REQUEST_TIMEOUT = 120
# A drawing of one pixel, as the web client sends what was drawn.
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)
LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (WARNING|ERROR|CRITICAL) ")


class RpcError(Exception):
    """What Odoo answers when a call raises.

    ``name`` is the exception's dotted name, the text is its message.
    """

    def __init__(self, error):
        data = error.get("data") or {}
        super().__init__(data.get("message") or error.get("message"))
        self.name = data.get("name")
        self.debug = data.get("debug")


class OdooSession(requests.Session):
    """One user's browser: cookies, pages and JSON-RPC calls.

    Paths are relative to the server's address.
    """

    def __init__(self, server):
        super().__init__()
        self.server = server
        self.user = None

    def request(self, method, url, **kwargs):
        kwargs.setdefault("timeout", REQUEST_TIMEOUT)
        if url.startswith("/"):
            url = self.server.url + url
        return super().request(method, url, **kwargs)

    def rpc(self, path, **params):
        """Call a ``type='jsonrpc'`` route.

        :return: its result
        :raise RpcError: when the server answers with an error
        """
        response = self.post(path, json={"jsonrpc": "2.0", "params": params})
        response.raise_for_status()
        answer = response.json()
        if "error" in answer:
            raise RpcError(answer["error"])
        return answer.get("result")

    def login(self, login, password):
        self.user = self.rpc(
            "/web/session/authenticate",
            db=self.server.database,
            login=login,
            password=password,
        )
        return self

    def call(self, model, method, *args, **kwargs):
        """Call a public method of a model as the web client does."""
        return self.rpc(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=list(args),
            kwargs=kwargs,
        )

    def put_in_stock(self, quantities):
        """Count what is in the main stock.

        :param dict quantities: {ID of the product: how many}
        """
        [warehouse] = self.call(
            "stock.warehouse", "search_read", [], ["lot_stock_id"], limit=1
        )
        values = [
            {
                "product_id": product,
                "location_id": warehouse["lot_stock_id"][0],
                "inventory_quantity": quantity,
            }
            for product, quantity in quantities.items()
        ]
        quants = self.call(
            "stock.quant", "create", values, context={"inventory_mode": True}
        )
        self.call("stock.quant", "action_apply_inventory", quants)


class OdooServer:
    """An ``odoo`` process with several workers on a copy of the template database."""

    def __init__(self, name, workers=2, crons=0):
        run = os.environ.get("WORKMANAGER_TEST_RUN")
        if not run:
            pytest.fail("journeys need scripts/test, which prepares their databases")
        self.run = Path(run)
        self.workers = workers
        self.crons = crons
        self.database = f"{os.environ['WORKMANAGER_TEST_DATABASE']}_{name}"
        self.log_path = self.run / f"{self.database}.log"
        # The same ones after a restart: addresses that were handed out stay good.
        self.port, self.gevent_port = self._free_ports(2)
        self.process = None
        self.expected = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def session(self, login=None, password=None):
        """A new browser, logged in where a login is given (password: the login)."""
        session = OdooSession(self)
        return session.login(login, password or login) if login else session

    def session_for_crowds(self, login):
        """A browser of an administrator's that readies the server for many at once.

        An acceptance online prints the order, and the printer asks the server for its
        styles: when every worker is busy with an acceptance, none is left to answer.
        """
        session = self.session(login)
        session.call(
            "ir.config_parameter",
            "set_param",
            "report.url",
            f"http://127.0.0.1:{self.gevent_port}",
        )
        return session

    @contextlib.contextmanager
    def cursor(self):
        """A cursor on the database, for what no user could see or do."""
        connection = psycopg2.connect(dbname=self.database)
        try:
            with connection, connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def expect_log(self, pattern):
        """Let the test provoke log lines that match the regular expression."""
        self.expected.append(re.compile(pattern))

    def log_problems(self):
        """The warnings and errors in the log that no test has announced."""
        lines = self.log_path.read_text(errors="replace").splitlines()
        return [
            line
            for line in lines
            if LOG_LINE.match(line)
            and not any(pattern.search(line) for pattern in self.expected)
        ]

    def create_database(self, template=None):
        """Copy ``template``; by default the one with all our addons."""
        template = template or os.environ["WORKMANAGER_TEST_TEMPLATE"]
        self._on_postgres("CREATE DATABASE {} TEMPLATE {}", self.database, template)
        shutil.copytree(
            Path(os.environ["WORKMANAGER_TEST_FILESTORES"]) / template,
            self.run / "data" / "filestore" / self.database,
            copy_function=os.link,
        )

    def install(self, *modules):
        """Add modules of Odoo's own to the database, before the server starts."""
        command = ["odoo", "-d", self.database, "--no-http"]
        with self.log_path.open("ab") as log:
            subprocess.run(
                [*command, "-i", ",".join(modules), "--stop-after-init"],
                stdout=log,
                stderr=log,
                check=True,
            )

    def drop_database(self):
        try:
            self._on_postgres("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.database)
        except psycopg2.errors.InsufficientPrivilege:
            # Autovacuum is in it, a superuser's: that goes away for a plain drop.
            self._on_postgres("DROP DATABASE IF EXISTS {}", self.database)
        shutil.rmtree(
            self.run / "data" / "filestore" / self.database, ignore_errors=True
        )

    def start(self):
        """Start the server and wait until it answers."""
        command = [
            "odoo",
            f"--database={self.database}",
            f"--db-filter=^{self.database}$",
            f"--workers={self.workers}",
            f"--max-cron-threads={self.crons}",
            f"--http-port={self.port}",
            f"--gevent-port={self.gevent_port}",
        ]
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(  # its own group, to end with its workers
                command, stdout=log, stderr=log, start_new_session=True
            )
        self._pid_path.write_text(str(self.process.pid))
        deadline = time.monotonic() + READY_TIMEOUT
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                tail = self.log_path.read_text(errors="replace")[-3000:]
                self.stop()
                pytest.fail(f"the server does not start:\n{tail}")
            time.sleep(0.1)

    def stop(self):
        if not self.process:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None
        self._pid_path.unlink(missing_ok=True)

    @property
    def _pid_path(self):
        return self.run / f"{self.database}.pid"

    def _is_ready(self):
        with contextlib.suppress(requests.ConnectionError, requests.Timeout):
            return requests.get(f"{self.url}/web/health", timeout=10).ok
        return False

    @staticmethod
    def _free_ports(count):
        with contextlib.ExitStack() as stack:
            sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
            for sock in sockets:
                sock.bind(("127.0.0.1", 0))
            return [sock.getsockname()[1] for sock in sockets]

    @staticmethod
    def _on_postgres(query, *names):
        connection = psycopg2.connect(dbname="postgres")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL(query).format(*map(sql.Identifier, names)))
        finally:
            connection.close()


@contextlib.contextmanager
def running_server(name, workers=2, modules=(), crons=0):
    """A started server; at its end the log must hold no unannounced problem.

    :param modules: what its database has besides our addons
    :param crons: how many workers run scheduled jobs, of Odoo's own ones too
    """
    server = OdooServer(name, workers=workers, crons=crons)
    try:
        server.create_database()
        if modules:
            server.install(*modules)
        server.start()
        yield server
        server.stop()
        problems = server.log_problems()
        assert not problems, "the server logged:\n" + "\n".join(problems)
    finally:
        server.stop()
        server.drop_database()

"""How quick the pages are for several people at once, beside Odoo's own.

The queries are counted inside this process; the times come from a server with one
worker and with two, asked by one client and by eight.
"""

import contextlib
import os
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import requests

from .client import Client
from .database import as_user, say
from .growth import OPEN, prepare
from .measure import Cost, Row
from .pages import Pages
from .shop import GROUPS

REQUESTS = 40
WARM = 4
WORKERS = (1, 2)
CLIENTS = (1, 8)
READY_TIMEOUT = 120
QUERIES = {"personal link": 25, "portal list": 15, "status page": 25}
LIMITS = {
    "status page": "Odoo's portal layout",
    "personal link": "Odoo's portal layout and its chatter",
    "portal list": "Odoo's portal layout",
    "board": "eight columns of cards, and the progress bars",
    "saving a check": "the transaction",
}


def run(bench):
    """Return the rows of the web."""
    database = f"{bench.database}_web"
    bench.drop_database(database)
    bench.create_database(database, prepare(bench, min(bench.sizes)))
    try:
        with bench.open(database) as env:
            pages = get_pages(env)
            rows = [count(database, name, *sides) for name, sides in pages.items()]
        for workers in WORKERS:
            say(f"  {workers} workers")
            with serving(database, workers) as server:
                for clients in CLIENTS:
                    for name, sides in pages.items():
                        rows.append(time_page(server, name, sides, clients, workers))
        return rows
    finally:
        bench.drop_database(database)


class Server(NamedTuple):
    """A server that runs."""

    url: str
    database: str


class Page:
    """A request: a page, or a call of JSON-RPC.

    :param path: its address
    :param login: who asks; nobody by default
    :param params: what is posted; a page is only read
    """

    def __init__(self, path, login=None, params=None):
        self.path, self.login, self.params = path, login, params

    def send(self, session, server):
        """Send it in a session of ``requests``."""
        if self.params is None:
            response = session.get(server.url + self.path, timeout=60)
        else:
            response = session.post(
                server.url + self.path,
                json={"jsonrpc": "2.0", "params": self.params},
                timeout=60,
            )
        response.raise_for_status()
        if self.params is not None and "error" in response.json():
            raise RuntimeError(response.json()["error"])


def get_pages(env):
    """Return (ours, Odoo's) by the name of the page."""
    sheet = env["workmanager.sheet"].search([("state", "=", "quoted")], limit=1)
    order = sheet.sale_order_ids
    check = env["workmanager.evaluation.check"].search(
        [("sheet_id.state", "=", "evaluation")], limit=1
    )
    check.evaluation_id.state = "draft"
    manager = as_user(env, "manager", *GROUPS["manager"])
    customer = as_user(env, "customer", "base.group_portal").user
    customer.partner_id.parent_id = sheet.partner_id
    quotation = Page(order.get_portal_url())
    orders = Page("/my/orders", "customer")
    pages = {
        "status page": (Page(f"/s/{sheet.tracking_code}"), quotation),
        "personal link": (Page(sheet.get_portal_url()), quotation),
        "portal list": (Page("/my/services", "customer"), orders),
        "board": (
            get_board(manager, "workmanager.sheet", "stage_id", OPEN),
            get_board(manager, "repair.order", "state", []),
        ),
        "saving a check": (
            get_call(
                check._name,
                "web_save",
                [check.ids, {"note": "seen"}],
                {"specification": {"result": {}, "note": {}}},
            ),
            None,
        ),
    }
    env.cr.commit()
    return pages


def get_board(env, model, group, domain):
    """Return the request with which the web client fills the columns of a board."""
    _arch, specification = Client(env).get_arch(model, "kanban")
    return get_call(
        model,
        "web_read_group",
        [domain, [group]],
        {
            "auto_unfold": True,
            "unfold_read_specification": specification,
            "unfold_read_default_limit": 40,
        },
    )


def get_call(model, method, args, kwargs):
    """Return a call of a model's method by the manager."""
    params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
    return Page(f"/web/dataset/call_kw/{model}/{method}", "manager", params)


def count(database, name, ours, theirs):
    """Return the row with the queries of a page."""
    row = Row("web", name, limited_by=LIMITS[name])
    row.ours = count_side(database, ours)
    row.theirs = theirs and count_side(database, theirs)
    if name in QUERIES:
        row.bound("queries", row.ours.queries, QUERIES[name])
    return row


def count_side(database, page):
    """Return what a page costs inside this process."""
    pages = Pages(database, page.login)
    if page.params is None:
        return pages.measure(lambda: pages.get(page.path))
    return pages.measure(lambda: pages.call(page.path, **page.params))


def time_page(server, name, sides, clients, workers):
    """Return the row with the times of a page under load."""
    row = Row("web", f"{name}, clients {clients}, workers {workers}")
    row.ours, row.theirs = (page and time_side(server, page, clients) for page in sides)
    if name == "personal link":
        row.bound("time ratio", row.time_ratio, 0.85, is_hard=False)
    return row


def time_side(server, page, clients):
    """Return the times of a page when so many clients ask for it at once."""

    def ask(_number):
        with requests.Session() as session:
            if page.login:
                log_in(session, server, page.login)
            times = []
            for turn in range(WARM + REQUESTS // clients):
                started = time.perf_counter()
                page.send(session, server)
                if turn >= WARM:
                    times.append((time.perf_counter() - started) * 1000)
            return times

    with ThreadPoolExecutor(clients) as pool:
        results = list(pool.map(ask, range(clients)))
    return Cost.of([], [value for times in results for value in times])


def log_in(session, server, login):
    """Log in by the login, which is the password too."""
    params = {"db": server.database, "login": login, "password": login}
    Page("/web/session/authenticate", params=params).send(session, server)


@contextlib.contextmanager
def serving(database, workers):
    """Start a server; return it as a context manager."""
    http, gevent = free_ports(2)
    process = subprocess.Popen(
        [
            "odoo",
            f"--database={database}",
            f"--db-filter=^{database}$",
            f"--workers={workers}",
            "--max-cron-threads=0",
            f"--http-port={http}",
            f"--gevent-port={gevent}",
            "--log-level=error",
            # Odoo tries again what another client was quicker with.
            "--log-handler=odoo.sql_db:CRITICAL",
        ],
        start_new_session=True,
    )
    server = Server(f"http://127.0.0.1:{http}", database)
    try:
        wait(process, server)
        yield server
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def wait(process, server):
    """Wait until the server answers."""
    deadline = time.monotonic() + READY_TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(requests.ConnectionError, requests.Timeout):
            if requests.get(f"{server.url}/web/health", timeout=10).ok:
                return
        time.sleep(0.2)
    raise RuntimeError("the server does not start")


def free_ports(count):
    """Return so many ports that nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for sock in sockets:
            sock.bind(("127.0.0.1", 0))
        return [sock.getsockname()[1] for sock in sockets]

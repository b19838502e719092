"""The customers' pages, asked for inside this process, beside Odoo's own."""

import time

from werkzeug.test import Client

import odoo.http
from odoo.tools import config

from .database import as_user
from .history import prepare
from .measure import counting, take_turns

VISITOR = {"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": "bench"}
REPEAT = 20


def run(bench):
    """Return the rows of the pages."""
    size = bench.sizes[len(bench.sizes) // 2]
    with bench.copied("web", prepare(bench, size)) as database:
        with bench.open(database) as env:
            sheet = env["workmanager.sheet"].search([("state", "=", "quoted")], limit=1)
            customer = as_user(env, "customer", "base.group_portal").user
            customer.partner_id.parent_id = sheet.partner_id
            quotation = sheet.sale_order_ids.get_portal_url()
            paths = {
                "status page": (None, f"/s/{sheet.tracking_code}", quotation),
                "personal link": (None, sheet.get_portal_url(), quotation),
                "portal list": ("customer", "/my/services", "/my/orders"),
            }
            env.cr.commit()
        rows = []
        for name, (login, *sides) in paths.items():
            visitor = Visitor(database, login)
            samples = {path: visitor.sampler(path) for path in sides}
            ours, theirs = take_turns(samples, REPEAT).values()
            rows += ours.rows("web", name, theirs, 1.0, 1.0)
        return rows


class Visitor:
    """A visitor's browser.

    :param database: the database that answers
    :param login: the user, whose password is the login; nobody by default
    """

    def __init__(self, database, login=None):
        config["db_name"] = [database]
        odoo.http.root.initialize()
        self.client = Client(odoo.http.root)
        if login:
            self.client.post(
                "/web/session/authenticate",
                json={"params": {"db": database, "login": login, "password": login}},
                environ_base=VISITOR,
            )

    def sampler(self, path):
        """Return what measures a page once, all its transactions together."""

        def sample():
            with counting() as queries:
                started = time.perf_counter()
                response = self.client.get(path, environ_base=VISITOR)
                elapsed = (time.perf_counter() - started) * 1000
            if response.status_code != 200:
                raise RuntimeError(f"{path} answers {response.status}")
            return len(queries), elapsed

        return sample

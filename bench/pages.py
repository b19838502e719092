"""Odoo's web pages, asked for inside this process, with the queries that they take."""

import contextlib
import time
from unittest.mock import patch

from werkzeug.test import Client

import odoo.http
from odoo.sql_db import Cursor
from odoo.tools import config

from .measure import Cost

VISITOR = {"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": "bench"}


class Pages:
    """A visitor's browser.

    :param database: the database that answers
    :param login: the user, whose password is the login; nobody by default
    """

    def __init__(self, database, login=None):
        config["db_name"] = [database]
        odoo.http.root.initialize()
        self.client = Client(odoo.http.root)
        if login:
            self.call(
                "/web/session/authenticate",
                db=database,
                login=login,
                password=login,
            )

    def get(self, path):
        """Return the text of a page.

        :raise RuntimeError: it is not there
        """
        response = self.client.get(path, environ_base=VISITOR)
        if response.status_code != 200:
            raise RuntimeError(f"{path} answers {response.status}")
        return response.text

    def call(self, path, **params):
        """Call a route of JSON-RPC, and return its result."""
        response = self.client.post(
            path, json={"jsonrpc": "2.0", "params": params}, environ_base=VISITOR
        )
        if "error" in response.json:
            raise RuntimeError(response.json["error"]["data"]["debug"])
        return response.json.get("result")

    def measure(self, request, repeat=15, warm=2):
        """Measure a request, all its transactions together.

        :param callable request: sends it
        :rtype: Cost
        """
        queries, times = [], []
        for turn in range(warm + repeat):
            with counting() as count:
                started = time.perf_counter()
                request()
            if turn >= warm:
                times.append((time.perf_counter() - started) * 1000)
                queries.append(count[0])
        return Cost.of(queries, times)


@contextlib.contextmanager
def counting():
    """Count the queries of all cursors; yields a list with their number."""
    count, execute = [0], Cursor.execute

    def counted(*args, **kwargs):
        count[0] += 1
        return execute(*args, **kwargs)

    with patch.object(Cursor, "execute", counted):
        yield count

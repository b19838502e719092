"""Odoo's web pages, asked for inside this process, with the queries that they take."""

import contextlib
import time
from unittest.mock import patch

from werkzeug.test import Client

import odoo.http
from odoo.sql_db import Cursor
from odoo.tools import config

from .measure import take_turns

VISITOR = {"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": "bench"}


class Pages:
    """A visitor's browser.

    :param database: the database that answers
    :param login: the user, whose password is the login; nobody by default
    """

    def __init__(self, database, login=None):
        self.database = database
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
        response = self._send("GET", path)
        if response.status_code != 200:
            raise RuntimeError(f"{path} answers {response.status}")
        return response.text

    def call(self, path, **params):
        """Call a route of JSON-RPC, and return its result."""
        payload = {"jsonrpc": "2.0", "params": params}
        response = self._send("POST", path, json=payload)
        if "error" in response.json:
            raise RuntimeError(response.json["error"]["data"]["debug"])
        return response.json.get("result")

    def _send(self, method, path, **kwargs):
        # Several databases may be open: the server has just this one.
        config["db_name"] = [self.database]
        return self.client.open(path, method=method, environ_base=VISITOR, **kwargs)

    def measure(self, request, repeat=15, warm=2):
        """Measure a request, all its transactions together.

        :param callable request: sends it
        :rtype: Cost
        """
        return take_turns({"": lambda: self.sample(request)}, repeat, warm)[""]

    def sample(self, request):
        """Return what one request costs: queries and milliseconds.

        :param callable request: sends it
        """
        with counting() as count:
            started = time.perf_counter()
            request()
            elapsed = (time.perf_counter() - started) * 1000
        return count[0], elapsed


@contextlib.contextmanager
def counting():
    """Count the queries of all cursors; yields a list with their number."""
    count, execute = [0], Cursor.execute

    def counted(*args, **kwargs):
        count[0] += 1
        return execute(*args, **kwargs)

    with patch.object(Cursor, "execute", counted):
        yield count

"""The databases that the bench measures in."""

import contextlib
import os
import shutil
import sys
import time
from pathlib import Path

import psycopg2
from psycopg2 import sql

import odoo
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config


class Bench:
    """The place where a run of the bench finds its databases.

    :ivar database: the template: Odoo's Repairs and our addons, no data
    :ivar sizes: the numbers of sheets that growth is measured with
    :ivar chromium: the browser
    """

    def __init__(self, options):
        config.parse_config(["-c", os.environ["ODOO_RC"], "--log-level", "error"])
        self.database, self.chromium = options.database, options.chromium
        self.sizes = options.sizes

    @contextlib.contextmanager
    def copied(self, name, template=None):
        """Make, as a context manager, a copy of a database that is gone afterwards.

        :param template: what to copy, the bench's own by default
        :return: its name
        """
        database = f"{self.database}_{name}"
        self.drop_database(database)
        self.create_database(database, template or self.database)
        try:
            yield database
        finally:
            self.drop_database(database)

    @contextlib.contextmanager
    def throwaway(self, name):
        """Open such a copy of the bench's own database."""
        with self.copied(name) as database, self.open(database) as env:
            yield env

    @contextlib.contextmanager
    def open(self, database):
        """Open a database.

        What is not committed is rolled back at the end.

        :return: as a context manager, the superuser's environment on it
        """
        registry = Registry(database)
        try:
            with registry.cursor() as cr:
                yield api.Environment(cr, api.SUPERUSER_ID, {})
                cr.rollback()
        finally:
            Registry.delete(database)
            odoo.sql_db.close_db(database)

    @staticmethod
    def database_exists(database):
        """Whether there is a database of that name."""
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        return bool(run_sql(query, params=[database]))

    @staticmethod
    def create_database(database, template):
        """Copy a database with its files."""
        run_sql("CREATE DATABASE {} TEMPLATE {}", database, template)
        source = Path(config.filestore(template))
        if source.exists():
            # Odoo never changes a file of its store, so links do.
            shutil.copytree(
                source,
                config.filestore(database),
                copy_function=os.link,
                dirs_exist_ok=True,
            )

    @staticmethod
    def drop_database(database):
        """Drop a database with its files, if it is there."""
        odoo.sql_db.close_db(database)
        run_sql("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)
        shutil.rmtree(config.filestore(database), ignore_errors=True)

    @staticmethod
    def rename_database(old, new):
        """Give a database and its files another name."""
        run_sql("ALTER DATABASE {} RENAME TO {}", old, new)
        if Path(config.filestore(old)).exists():
            os.rename(config.filestore(old), config.filestore(new))


def run_sql(statement, *names, params=None, database="postgres"):
    """Run a statement outside of a transaction, and return the rows that it finds.

    :param names: of what stands in braces
    """
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            query = sql.SQL(statement).format(*map(sql.Identifier, names))
            cursor.execute(query, params)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def as_user(env, login, *groups):
    """Return the environment of an employee, who is created where there is none.

    :param login: the name, too
    :param groups: XML ids of the groups
    """
    user = env["res.users"].search([("login", "=", login)])
    if not user:
        user = (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": login,
                    "login": login,
                    "password": login,
                    "group_ids": [env.ref(group).id for group in groups],
                }
            )
        )
    return env(user=user, context={"lang": user.lang or "en_US", "tz": "UTC"})


def say(text):
    """Tell the person at the terminal what takes the time."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")

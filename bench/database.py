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

SEED = 20260701


class Bench:
    """The place where a run of the bench finds its databases.

    :ivar database: the template: Odoo's Repairs and our addons, no data
    :ivar template: our addons without Repairs
    :ivar base: Odoo's addons that ours depend on, without ours
    :ivar folder: where the results go
    :ivar sizes: the numbers of sheets that growth is measured with
    """

    def __init__(self, options):
        config.parse_config(["-c", os.environ["ODOO_RC"], "--log-level", "error"])
        self.database = options.database
        self.template = options.template
        self.base = options.base
        self.folder = Path(options.folder)
        self.sizes = options.sizes

    @contextlib.contextmanager
    def throwaway(self, name, template=None):
        """Open a throwaway copy of a database, which is gone afterwards.

        :param name: what sets it apart from other copies
        :param template: what to copy, the bench's own by default
        :return: as a context manager, the superuser's environment on it
        """
        database = f"{self.database}_{name}"
        self.drop_database(database)
        self.create_database(database, template or self.database)
        try:
            with self.open(database) as env:
                yield env
        finally:
            self.drop_database(database)

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
        with _on_postgres() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
            return bool(cursor.fetchone())

    @staticmethod
    def create_database(database, template):
        """Copy a database with its files."""
        with _on_postgres() as cursor:
            cursor.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(database), sql.Identifier(template)
                )
            )
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
        with _on_postgres() as cursor:
            cursor.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                    sql.Identifier(database)
                )
            )
        shutil.rmtree(config.filestore(database), ignore_errors=True)

    @staticmethod
    def rename_database(old, new):
        """Give a database and its files another name."""
        with _on_postgres() as cursor:
            cursor.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(old), sql.Identifier(new)
                )
            )
        if Path(config.filestore(old)).exists():
            os.rename(config.filestore(old), config.filestore(new))


@contextlib.contextmanager
def _on_postgres():
    connection = psycopg2.connect(dbname="postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
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

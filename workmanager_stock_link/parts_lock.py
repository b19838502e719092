"""Locks that outlive the rollback between two tries of a request.

A transaction sees the stock as it was at its first query: whoever waits for another
one and then finds the stock changed has to start again, which Odoo does, five times at
most. Among many who accept at the same moment somebody would lose five times. Here who
waited keeps the lock while Odoo starts the transaction again: the second try finds the
others waiting.
"""

import contextlib
import sys

import psycopg2

from odoo.modules import module
from odoo.sql_db import Cursor


def lock(cr, kind, ids):
    """Wait for whoever holds ``ids``, and hold them until commit or the cursor's end.

    A test is one transaction with nobody to wait for.

    :param str kind: what the ids are of; everyone locks the kinds in the same order
    """
    if ids and isinstance(cr, Cursor) and not module.current_test:
        _Locks.of(cr).take(kind, ids)


class _Locks:
    """PostgreSQL's advisory locks of a session, which a rollback does not release.

    They live with the connection. Each rollback's hooks arm those of the next one,
    because Odoo forgets all hooks at the end of a transaction.
    """

    def __init__(self, cr):
        self.cr = cr
        self.keys = set()
        self._keep()

    @classmethod
    def of(cls, cr):
        locks = getattr(cr._cnx, "parts_locks", None)
        if not locks:
            locks = cr._cnx.parts_locks = cls(cr)
        elif locks.cr is not cr:  # left by a cursor that ended without its hooks
            locks.cr = cr
            locks._keep()
        return locks

    def take(self, kind, ids):
        """Take what is not held yet, in a fixed order."""
        try:
            for key in sorted({(kind, record_id) for record_id in ids} - self.keys):
                self.cr.execute(
                    "SELECT pg_advisory_lock(hashtext(%s), %s)",
                    key,
                    log_exceptions=False,
                )
                self.keys.add(key)
        except psycopg2.Error:
            # Two wait for each other: who has to start again lets the other one go.
            self.cr.postrollback.add(self.release)
            raise

    def _keep(self):
        self.cr.prerollback.add(self._before_rollback)
        # First of all: another hook that fails must not leave the locks behind.
        self.cr.postcommit._funcs.appendleft(self.release)

    def _before_rollback(self):
        # Whoever holds a lock from the first try, and waits for a sheet of somebody who
        # waits for that lock, lets them go: the next try would end the same way.
        deadlock = isinstance(sys.exc_info()[1], psycopg2.errors.DeadlockDetected)
        self.cr.postrollback.add(self.release if deadlock else self._after_rollback)

    def _after_rollback(self):
        if "_obj" in vars(self.cr):
            self._keep()
        else:  # the cursor is being closed
            self.release()

    def release(self):
        """Let the next one go on; the connection is in no transaction."""
        connection = self.cr._cnx
        connection.parts_locks = None
        with contextlib.suppress(psycopg2.Error), connection.cursor() as cursor:
            for key in self.keys:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s), %s)", key)
            connection.rollback()
        self.keys.clear()

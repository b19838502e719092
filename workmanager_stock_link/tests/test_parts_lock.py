import contextlib
import threading
from unittest import mock

from psycopg2.errors import SerializationFailure

from odoo.modules import module
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.tests.common import BaseCommon

from ..parts_lock import lock

KIND, ROW = "wm.test.part", 4711
# Changes nothing, and yet two transactions cannot both do it.
TAKE = (
    "UPDATE ir_module_category SET write_date = write_date"
    " WHERE id = (SELECT min(id) FROM ir_module_category)"
)
DEADLINE = 60


@tagged("post_install", "-at_install")
class TestPartsLock(BaseCommon):
    """Real transactions, beside the one of the test."""

    def setUp(self):
        super().setUp()
        # Within a test nobody locks.
        self.startPatcher(mock.patch.object(module, "current_test", None))

    def _open(self):
        cursor = db_connect(self.env.cr.dbname).cursor()
        self.addCleanup(cursor.close)
        return cursor

    def assertHeld(self, is_held):
        with db_connect(self.env.cr.dbname).cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s), %s)", (KIND, ROW))
            [is_free] = cursor.fetchone()
            if is_free:
                cursor.execute("SELECT pg_advisory_unlock_all()")
            self.assertEqual(not is_free, is_held)

    def test_commit_releases(self):
        cursor = self._open()
        lock(cursor, KIND, [ROW])
        self.assertHeld(True)
        cursor.commit()
        self.assertHeld(False)

    def test_rollback_keeps(self):
        cursor = self._open()
        lock(cursor, KIND, [ROW])
        for _try in range(3):
            cursor.rollback()
            self.assertHeld(True)
            lock(cursor, KIND, [ROW])
        cursor.commit()
        self.assertHeld(False)

    def test_close_releases(self):
        cursor = self._open()
        lock(cursor, KIND, [ROW])
        cursor.close()
        self.assertHeld(False)

    def test_failing_hooks_release(self):
        def fail():
            raise ZeroDivisionError

        cursor = self._open()
        lock(cursor, KIND, [ROW])
        cursor.postcommit.add(fail)
        with self.assertRaises(ZeroDivisionError):
            cursor.commit()
        self.assertHeld(False)
        lock(cursor, KIND, [ROW])
        cursor.postrollback.add(fail)
        with self.assertRaises(ZeroDivisionError):
            cursor.rollback()
        cursor.close()
        self.assertHeld(False)

    def test_connection_is_used_again(self):
        """The next request on the same connection holds nothing of the last one."""
        first = self._open()
        lock(first, KIND, [ROW])
        first.commit()
        first.close()
        second = self._open()
        second.execute("SELECT 1")
        self.assertHeld(False)
        lock(second, KIND, [ROW])
        self.assertHeld(True)
        second.rollback()
        self.assertHeld(True)
        second.close()
        self.assertHeld(False)

    @mute_logger("odoo.sql_db")
    def test_who_starts_again_is_next(self):
        """Who found the stock changed is not overtaken in the second try."""
        first, second = self._open(), self._open()
        second.execute("SELECT 1")  # sees the stock as it is before the first
        lock(first, KIND, [ROW])
        first.execute(TAKE)
        first.commit()
        lock(second, KIND, [ROW])
        with self.assertRaises(SerializationFailure):
            second.execute(TAKE)
        second.rollback()  # as Odoo does before it tries again
        second.execute("SELECT 1")
        third = self._start_third()
        lock(second, KIND, [ROW])
        second.execute(TAKE)
        second.commit()
        third.join(DEADLINE)
        self.assertFalse(third.is_alive())

    def _start_third(self):
        """Let somebody take the part, and return once they wait or have it."""
        cursor = self._open()
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
        cursor.commit()

        def take():
            lock(cursor, KIND, [ROW])
            with contextlib.suppress(SerializationFailure):  # they try again, too
                cursor.execute(TAKE)
            cursor.commit()

        thread = threading.Thread(target=take)
        thread.start()
        while thread.is_alive() and not self._is_waiting(pid):
            pass
        return thread

    def _is_waiting(self, pid):
        with db_connect(self.env.cr.dbname).cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_locks"
                " WHERE pid = %s AND locktype = 'advisory' AND NOT granted",
                [pid],
            )
            return bool(cursor.fetchone())

"""Lets the past happen on its own days.

The demo is made by the addons' own methods, which take the time from Odoo's fields
and from the database's transaction. Both are told another time here; nothing is
written into records behind the methods' back.
"""

import datetime
from unittest import mock

from odoo.orm import fields_temporal


class _Meta(type):
    """Real dates stay instances of the classes that stand for them."""

    def __instancecheck__(cls, instance):
        return isinstance(instance, cls.__mro__[1])


class Clock:
    """A clock that is set by hand; within ``with`` it is Odoo's own."""

    def __init__(self, env):
        self._cr = env.cr
        self.real = datetime.datetime.now().replace(microsecond=0)
        self._moment = self.real

    def __enter__(self):
        clock = self

        class ClockDate(datetime.date, metaclass=_Meta):
            @classmethod
            def today(cls):
                return clock._moment.date()

        class ClockDatetime(datetime.datetime, metaclass=_Meta):
            @classmethod
            def now(cls, tz=None):
                return clock._moment

        self._patches = [
            mock.patch.object(fields_temporal, "date", ClockDate),
            mock.patch.object(fields_temporal, "datetime", ClockDatetime),
        ]
        for patch in self._patches:
            patch.start()
        self._transaction_start = self._cr.now()
        return self

    def __exit__(self, *exc_info):
        for patch in self._patches:
            patch.stop()
        self._cr._now = self._transaction_start

    @property
    def now(self):
        return self._moment

    def set(self, moment):
        """Make it ``moment`` (UTC), for defaults, transitions and records' dates."""
        self._moment = moment
        self._cr._now = moment

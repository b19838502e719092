import functools
import inspect
import sys

from odoo.addons.base.tests.common import BaseCommon

OURS = "odoo.addons.workmanager_"
# What Odoo gives every model, and people reach through the web client.
COMMON = {"copy", "create", "read", "unlink", "web_read", "web_save", "write"}


class EmptyCacheCase(BaseCommon):
    """A shop where each call of a test finds nothing read, as a request does.

    What a test's setup or an earlier step has read, as superuser or as somebody else,
    stands in the cache for rights that the next caller does not have. So each public
    method, of the models that our addons make or extend, starts with an empty cache
    whenever a test calls it; what calls it while it works keeps the cache.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for model_class in cls.registry.values():
            for name in _get_public_names(model_class):
                method = getattr(model_class, name)
                setattr(model_class, name, _with_empty_cache(method))
                cls.addClassCleanup(delattr, model_class, name)


def _get_public_names(model_class):
    """Return the names of the methods with which a request can begin."""
    bases = model_class.mro()
    if model_class._abstract or not any(_is_ours(base) for base in bases):
        return []
    return [
        name
        for name, _method in inspect.getmembers(model_class, inspect.isroutine)
        if not name.startswith("_")
        and name not in vars(model_class)
        and (
            name in COMMON
            or name.startswith(("action_", "button_"))
            or any(name in vars(base) for base in bases if _is_ours(base))
        )
    ]


def _is_ours(base):
    return base.__module__.startswith(OURS)


def _with_empty_cache(method):
    @functools.wraps(method)
    def call(records, *args, **kwargs):
        # The code of a server action has no name: a test has started the action.
        if _is_a_test(sys._getframe(1).f_globals.get("__name__", "odoo.")):
            records.env.flush_all()
            records.env.invalidate_all()
        return method(records, *args, **kwargs)

    return call


def _is_a_test(module):
    """Whether a test calls, itself or through ``assertRaises`` and the like."""
    return (
        ".tests." in module
        or not module.startswith("odoo.")
        or module == "odoo.service.model"
    )

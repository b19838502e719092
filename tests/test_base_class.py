"""No test of the addons is written past the base class that empties the cache."""

import importlib
import inspect
import unittest

import pytest

ADDONS = ("workmanager_service", "workmanager_stock_link", "workmanager_portal")


@pytest.mark.parametrize("addon", ADDONS)
def test_every_class_starts_with_an_empty_cache(addon):
    from odoo.addons.workmanager_service.tests.empty_cache import EmptyCacheCase

    tests = importlib.import_module(f"odoo.addons.{addon}.tests")
    classes = [
        cls
        for _name, module in inspect.getmembers(tests, inspect.ismodule)
        for _title, cls in inspect.getmembers(module, inspect.isclass)
        if issubclass(cls, unittest.TestCase) and cls.__module__ == module.__name__
    ]
    assert classes
    assert [cls for cls in classes if not issubclass(cls, EmptyCacheCase)] == []

"""Our tests of parts where other modules of Odoo's change what stock and purchases do.

Without the modules these tests are skipped; installing them takes minutes: scripts/soak
runs this.
"""

import os

import pytest
from test_odoo_suites import run_tests

pytestmark = pytest.mark.skipif(
    "WORKMANAGER_SOAK" not in os.environ, reason="takes minutes: see scripts/soak"
)

CONFIGURATIONS = {
    "kits": (["mrp"], ["TestKits", "TestUse", "TestSupply"]),
    "expiry": (["product_expiry"], ["TestExpired", "TestInHand", "TestUse"]),
    "agreements": (["purchase_requisition"], ["TestRequests", "TestSupply"]),
    "all": (
        ["mrp", "product_expiry", "purchase_requisition", "sale_loyalty"],
        [""],
    ),
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_parts(name, record_property):
    modules, classes = CONFIGURATIONS[name]
    tags = ",".join(
        f"/workmanager_stock_link:{some}" if some else "/workmanager_stock_link"
        for some in classes
    )
    count, failed, log = run_tests(
        f"configuration_{name}", "WORKMANAGER_TEST_TEMPLATE", tags, modules
    )
    record_property("tests", count)
    assert not failed, log[-3000:]
    assert "is not installed" not in log or name != "all"

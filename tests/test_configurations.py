"""Our tests of parts where other modules of Odoo's change what stock and purchases do.

Without the modules some of these tests are skipped; installing them takes minutes:
scripts/soak runs this.
"""

import os

import pytest
from test_odoo_suites import run_tests

pytestmark = pytest.mark.skipif(
    "WORKMANAGER_SOAK" not in os.environ, reason="takes minutes: see scripts/soak"
)

MODULES = ["mrp", "product_expiry", "purchase_requisition"]


def test_parts(record_property):
    tags = "post_install/workmanager_stock_link"
    count, failed, log = run_tests(
        "configurations", "WORKMANAGER_TEST_TEMPLATE", tags, MODULES
    )
    record_property("tests", count)
    assert not failed, "\n".join(
        line for line in log.splitlines() if any(name in line for name in failed)
    )
    assert "is not installed" not in log

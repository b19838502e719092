"""Odoo's own tests give the same results beside our addons as without them.

They take an hour: scripts/soak runs this. Tests of the kind ``at_install`` run before
our addons are loaded, and cannot tell anything about them.
"""

import os
import re
import subprocess

import pytest
from server import OdooServer

pytestmark = pytest.mark.skipif(
    "WORKMANAGER_SOAK" not in os.environ, reason="takes an hour: see scripts/soak"
)

SUITES = os.environ.get(
    "WORKMANAGER_SUITES",
    "sale,sale_stock,purchase,purchase_stock,stock,account,portal,mail,product,repair",
).split(",")
FAILED = re.compile(r"(?:FAIL|ERROR): (?:Subtest )?([\w.]+)")
COUNT = re.compile(r"odoo\.tests\.result: .*of (\d+) tests")
OURS = re.compile(r"workmanager_\w+")


def run_tests(name, template, tags, modules):
    """Run tests of Odoo's on a copy of ``template`` with ``modules`` added.

    :return: how many there were, the names of those that failed, and the log
    """
    server = OdooServer(name)
    port = str(server._free_ports(1)[0])
    command = ["odoo", "-d", server.database, "--stop-after-init"]
    try:
        server.create_database(os.environ[template])
        subprocess.run(
            [*command, "--no-http", "-i", ",".join(modules)],
            check=True,
            capture_output=True,
        )
        done = subprocess.run(
            [*command, "--test-tags", tags, "--http-port", port],
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        server.drop_database()
    counts = COUNT.findall(done.stderr)
    assert counts, done.stderr[-3000:]
    return int(counts[-1]), set(FAILED.findall(done.stderr)), done.stderr


@pytest.mark.parametrize("suite", SUITES)
def test_the_same_results(suite, record_property):
    results = [
        run_tests(f"suite_{label}", template, f"post_install/{suite}", [suite])
        for label, template in (
            ("without", "WORKMANAGER_TEST_BASE"),
            ("with", "WORKMANAGER_TEST_TEMPLATE"),
        )
    ]
    (count_without, failed_without, _log), (count_with, failed_with, log) = results
    record_property("tests", count_with)
    record_property("failed_without_our_addons", len(failed_without))
    record_property("failed_with_our_addons", len(failed_with))
    more = sorted(failed_with - failed_without)
    assert not more, "\n".join(
        line for line in log.splitlines() if any(name in line for name in more)
    )
    assert count_with == count_without


@pytest.mark.parametrize("suite", ["test_lint", "test_access_rights"])
def test_nothing_is_ours(suite, record_property):
    count, failed, log = run_tests(
        suite, "WORKMANAGER_TEST_TEMPLATE", f"post_install/{suite}", [suite]
    )
    record_property("tests", count)
    record_property("failed", len(failed))
    assert count
    assert not [line for line in log.splitlines() if OURS.search(line.split("]")[-1])]

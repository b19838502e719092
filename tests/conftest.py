"""Fixtures of the journeys: tests against real Odoo servers, some in a real browser."""

import os
import resource

import pytest
from playwright.sync_api import sync_playwright
from server import running_server


@pytest.fixture(scope="module")
def odoo_server(request):
    """The server that the journeys of one file share."""
    with running_server(request.module.__name__.rpartition(".")[2]) as server:
        yield server


@pytest.fixture(scope="module")
def chromium():
    """The browser that the journeys of one file share."""
    # Odoo limits the memory of the process, and Chromium reserves more than that.
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["WORKMANAGER_TEST_CHROMIUM"],
            args=["--no-sandbox", "--disable-gpu"],
        )
        yield browser
        browser.close()
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))

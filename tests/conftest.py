"""Fixtures of the journeys: tests against real Odoo servers."""

import pytest
from server import running_server


@pytest.fixture(scope="module")
def odoo_server(request):
    """The server that the journeys of one file share."""
    with running_server(request.module.__name__.rpartition(".")[2]) as server:
        yield server

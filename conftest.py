"""What every run of the tests needs, wherever its files are."""

import os
import shutil
from pathlib import Path
from unittest import mock

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_filestore(load_registry):
    """Give each process of a parallel run a filestore of its own.

    pytest-odoo gives each one a copy of the database but one filestore for all, and
    Odoo empties the filestore at the end of each class of tests: of every file that
    *its* database does not know, hence also of those that the others have just written.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        yield
        return
    # Odoo must not be imported before pytest-odoo has set it up.
    from odoo.tools import config

    common = Path(config.filestore(os.environ["WORKMANAGER_TEST_DATABASE"]))
    own = common.with_name(f"{common.name}-{worker}")
    shutil.copytree(common, own, copy_function=os.link)
    with mock.patch.object(config, "filestore", return_value=str(own)):
        yield

"""The addons come and go, alone and together, and leave Odoo as they found it."""

import os
import re
import subprocess

import pytest
from server import OdooServer

SERVICE, STOCK, PORTAL = ADDONS = (
    "workmanager_service",
    "workmanager_stock_link",
    "workmanager_portal",
)
# Among many modules one of Odoo's asks for a library that nobody else needs.
PROBLEM = re.compile(
    r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?:WARNING|ERROR|CRITICAL) "
    r"(?!.*\.attachment_indexation\.).*",
    re.MULTILINE,
)

# What an addon may leave behind: schema, screens, rights, numbers, jobs, settings.
CONTENTS = """
    SELECT 'column', table_name || '.' || column_name FROM information_schema.columns
     WHERE table_schema = 'public'
    UNION SELECT 'index', indexname FROM pg_indexes WHERE schemaname = 'public'
    UNION SELECT 'constraint', conname FROM pg_constraint
    UNION SELECT 'view', model || ' ' || name FROM ir_ui_view
    UNION SELECT 'menu', name->>'en_US' FROM ir_ui_menu
    UNION SELECT 'rule', name FROM ir_rule
    UNION SELECT 'group', name->>'en_US' FROM res_groups
    UNION SELECT 'sequence', coalesce(code, name) FROM ir_sequence
    UNION SELECT 'job', cron_name FROM ir_cron
    UNION SELECT 'parameter', key FROM ir_config_parameter
    UNION SELECT 'model', model FROM ir_model
    UNION SELECT 'XML id', module || '.' || name FROM ir_model_data
     WHERE module LIKE 'workmanager%'
    UNION SELECT 'operation type', sequence_code FROM stock_picking_type
    UNION SELECT 'route', name->>'en_US' FROM stock_route
"""


class Database:
    """A database without our addons, and Odoo's command line on it."""

    def __init__(self, name):
        self.server = OdooServer(name)
        self.name = self.server.database

    def odoo(self, *arguments):
        """Run Odoo to its end; its log must hold no warning and no error."""
        done = subprocess.run(
            ["odoo", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        problems = PROBLEM.findall(done.stderr)
        assert not problems and not done.returncode, "\n".join(problems) or done.stderr

    def install(self, *addons):
        self.odoo("-d", self.name, "-i", ",".join(addons), "--stop-after-init")

    def uninstall(self, *addons):
        self.odoo("module", "uninstall", "-d", self.name, *addons)

    def fetch(self, query):
        with self.server.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def contents(self):
        return set(self.fetch(CONTENTS))

    def installed(self):
        rows = self.fetch(
            "SELECT name FROM ir_module_module"
            " WHERE name LIKE 'workmanager%' AND state = 'installed'"
        )
        return {name for (name,) in rows}


@pytest.fixture
def database(request):
    database = Database(re.sub(r"\W", "_", request.node.name)[-20:])
    database.server.create_database(os.environ["WORKMANAGER_TEST_BASE"])
    yield database
    database.server.drop_database()


@pytest.mark.parametrize(
    "order",
    [(PORTAL, STOCK), (STOCK, PORTAL)],
    ids=lambda order: "-".join(name.removeprefix("workmanager_") for name in order),
)
def test_one_by_one_in_any_order_and_out_again(database, order):
    before = database.contents()
    for addon in order:
        database.install(addon)
    assert database.installed() == set(ADDONS)
    for addon in (*order, SERVICE):
        if addon in database.installed():
            database.uninstall(addon)
    assert not database.installed()
    assert database.contents() <= before


def test_together_removed_together_and_again(database):
    before = database.contents()
    database.install(*ADDONS)
    database.uninstall(*ADDONS)
    assert database.contents() <= before
    database.install(*ADDONS)
    assert database.installed() == set(ADDONS)

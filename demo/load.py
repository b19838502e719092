"""Load the demo shop into a database: ``scripts/odoo shell -d NAME < demo/load.py``.

Odoo's shell gives ``env``. A database that has the demo already stays as it is.
"""

import sys
from pathlib import Path

from odoo.modules import get_module_path

sys.path.insert(0, str(Path(get_module_path("workmanager_service")).parent / "demo"))

from shop import load

print(load(env))  # noqa: F821 (the shell's) pylint: disable=print-used
env.cr.commit()  # noqa: F821

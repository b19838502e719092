"""Finds the sheets whose documents do not tell the same story: see scripts/check.

Each check is one query over the whole database that answers with what disagrees, as
``(document, what is wrong with it)``; in a sound database it answers with nothing.
"""

from pathlib import Path

from . import money, parts, people, purchases, quotations, sheets, stock, work
from .check import SERVICE, STOCK, Check, Finding

# Quantities are compared as the database has them, to a thousandth.
CHECKS = [
    *sheets.CHECKS,
    *people.CHECKS,
    *quotations.CHECKS,
    *money.CHECKS,
    *work.CHECKS,
    *parts.CHECKS,
    *stock.CHECKS,
    *purchases.CHECKS,
]

# Whether a file is there cannot be asked in SQL.
FILES = Check(
    "files",
    "Every photo, signature and document has its file",
    """
    SELECT format('%s %s', coalesce(res_model, '–'), coalesce(res_id, 0)),
           coalesce(res_field, name), store_fname
      FROM ir_attachment
     WHERE store_fname IS NOT NULL
       AND (res_model LIKE 'workmanager.%'
            OR res_model IN ('sale.order', 'account.move'))
    """,
)


def find_inconsistencies(cursor, filestore=None):
    """Look at the whole database.

    :param cursor: of psycopg2, or Odoo's
    :param filestore: the folder with the database's files, where they are to be checked
    :return: a list of :class:`Finding`
    """
    installed = get_installed(cursor)
    found = []
    for check in CHECKS:
        if check.addon in installed:
            cursor.execute(check.query)
            found += [
                Finding(check, document, detail)
                for document, detail in cursor.fetchall()
            ]
    if filestore and SERVICE in installed:
        cursor.execute(FILES.query)
        found += [
            Finding(FILES, document, f"the file of {name} is missing")
            for document, name, path in cursor.fetchall()
            if not (Path(filestore) / path).is_file()
        ]
    return found


def get_installed(cursor):
    cursor.execute(
        "SELECT name FROM ir_module_module WHERE state = 'installed' AND name IN %s",
        [(SERVICE, STOCK)],
    )
    return {name for (name,) in cursor.fetchall()}

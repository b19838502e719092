"""The one way to keep others off records until a transaction ends."""

from odoo.tools import SQL


def lock_records(records):
    """Wait for whoever changes these records, and keep others off until commit.

    A transaction that waited for one that changed them is repeated by Odoo on what
    that one left, so the same step done twice has one effect.

    :param records: locked in the order of their IDs, whatever order they have
    :return: the records
    :raises AccessError: the user may not change them; nothing is locked then
    """
    records.check_access("write")
    if records.ids:
        records.env.cr.execute(
            SQL(
                "SELECT id FROM %s WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                SQL.identifier(records._table),
                tuple(records.ids),
            ),
            log_exceptions=False,  # it is how a transaction learns that it waited
        )
    return records

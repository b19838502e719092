"""Answers that were given before tell who gave them: whoever changed the check last."""


def migrate(cr, version):
    """Fill who checked and when from the record's own log."""
    cr.execute(
        """
        UPDATE workmanager_evaluation_check
           SET checked_by_id = write_uid, checked_date = write_date
         WHERE result IS NOT NULL AND checked_date IS NULL
        """
    )

def migrate(cr, version):
    """Tell no technician anew of parts that were there before the update."""
    cr.execute(
        "UPDATE workmanager_sheet SET is_parts_notice_sent = TRUE"
        " WHERE parts_state = 'available' AND state IN ('approved', 'repair')"
    )

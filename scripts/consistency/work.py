"""Timers and pauses."""

from .check import Check

CHECKS = [
    Check(
        "timers",
        "No timer runs and no pause lasts on a closed sheet",
        """
        SELECT sheet.name, format('%s, and %s', sheet.state, running.what)
          FROM (
            SELECT sheet_id, 'a timer of ' || partner.name AS what
              FROM workmanager_work_log log
              JOIN res_users people ON people.id = log.user_id
              JOIN res_partner partner ON partner.id = people.partner_id
             WHERE log.state = 'running'
             UNION ALL
            SELECT sheet_id, 'a pause' FROM workmanager_pause WHERE stop IS NULL
          ) running
          JOIN workmanager_sheet sheet ON sheet.id = running.sheet_id
         WHERE sheet.state IN ('delivered', 'cancelled')
        """,
    ),
    Check(
        "timers",
        "A timer runs as long as nobody stopped it",
        """
        SELECT sheet.name, format('work log %s is %s', log.id, log.state)
          FROM workmanager_work_log log
          JOIN workmanager_sheet sheet ON sheet.id = log.sheet_id
         WHERE log.state IS DISTINCT FROM
               CASE WHEN log.is_forgotten THEN 'forgotten'
                    WHEN log.stop IS NOT NULL OR coalesce(log.hours, 0) <> 0 THEN 'done'
                    ELSE 'running' END
        """,
    ),
    Check(
        "timers",
        "The hours of a sheet and of its work are those of their entries",
        """
        SELECT sheet.name, format('%s hours, and %s in its entries', counted.hours,
                                  coalesce(logged.hours, 0))
          FROM (
            SELECT id AS sheet_id, NULL::integer AS line_id, hours
              FROM workmanager_sheet
             UNION ALL
            SELECT sheet_id, id, hours FROM workmanager_sheet_line
          ) counted
          JOIN workmanager_sheet sheet ON sheet.id = counted.sheet_id
          LEFT JOIN (
            SELECT sheet_id, line_id, sum(hours) AS hours
              FROM workmanager_work_log
             GROUP BY GROUPING SETS ((sheet_id), (sheet_id, line_id))
            HAVING grouping(line_id) = 1 OR line_id IS NOT NULL
          ) logged ON logged.sheet_id = counted.sheet_id
                  AND logged.line_id IS NOT DISTINCT FROM counted.line_id
         WHERE abs(coalesce(counted.hours, 0) - coalesce(logged.hours, 0)) > 0.001
        """,
    ),
]

"""The times that sheets spent in their stages, from what the chatter tracked."""


def migrate(cr, version):
    """Fill the times of the sheets that have none."""
    cr.execute(
        """
        CREATE TEMPORARY TABLE wm_moves ON COMMIT DROP AS
        SELECT sheet.id AS sheet_id,
               value.old_value_integer AS stage_id,
               LAG(message.date, 1, sheet.create_date) OVER moves AS start,
               message.date AS stop
          FROM mail_tracking_value AS value
          JOIN mail_message AS message ON message.id = value.mail_message_id
          JOIN ir_model_fields AS field ON field.id = value.field_id
          JOIN workmanager_sheet AS sheet ON sheet.id = message.res_id
         WHERE message.model = 'workmanager.sheet'
           AND field.model = 'workmanager.sheet'
           AND field.name = 'stage_id'
        WINDOW moves AS (PARTITION BY sheet.id ORDER BY value.id)
        """
    )
    cr.execute(
        """
        INSERT INTO workmanager_stage_time (
            sheet_id, company_id, equipment_type_id, stage_id, state, start, stop,
            hours, create_uid, write_uid, create_date, write_date
        )
        SELECT sheet.id, sheet.company_id, sheet.equipment_type_id, stage.id,
               stage.state, move.start, move.stop,
               COALESCE(EXTRACT(EPOCH FROM move.stop - move.start) / 3600, 0),
               1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
          FROM (
                SELECT * FROM wm_moves
                 UNION ALL
                SELECT sheet.id, sheet.stage_id,
                       COALESCE(MAX(wm_moves.stop), sheet.create_date), NULL
                  FROM workmanager_sheet AS sheet
                  LEFT JOIN wm_moves ON wm_moves.sheet_id = sheet.id
                 GROUP BY sheet.id
               ) AS move
          JOIN workmanager_sheet AS sheet ON sheet.id = move.sheet_id
          JOIN workmanager_stage AS stage ON stage.id = move.stage_id
         WHERE NOT EXISTS (
                SELECT FROM workmanager_stage_time WHERE sheet_id = sheet.id
               )
        """
    )

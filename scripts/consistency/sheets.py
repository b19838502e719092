"""The sheet itself: its state, days, evaluation and company."""

from .check import Check

CHECKS = [
    Check(
        "state",
        "The state of a sheet is the one of its stage",
        """
        SELECT sheet.name, format('%s, and its stage is %s', sheet.state, stage.state)
          FROM workmanager_sheet sheet
          JOIN workmanager_stage stage ON stage.id = sheet.stage_id
         WHERE sheet.state IS DISTINCT FROM stage.state
        """,
    ),
    Check(
        "outcome",
        "A sheet has an outcome once it is ready, and none before",
        """
        SELECT name, format('%s, with the outcome %s', state, coalesce(outcome, '–'))
          FROM workmanager_sheet
         WHERE CASE WHEN state IN ('ready', 'delivered') THEN outcome IS NULL
                    WHEN state = 'cancelled' THEN outcome = 'repaired'
                    ELSE outcome IS NOT NULL END
        """,
    ),
    Check(
        "dates",
        "A sheet is ready, and handed over, on a day, and not before",
        """
        SELECT name, format('%s, ready %s, handed over %s', state,
                            coalesce(ready_date::text, '–'),
                            coalesce(delivery_date::text, '–'))
          FROM workmanager_sheet
         WHERE (state IN ('ready', 'delivered') AND ready_date IS NULL)
            OR (state NOT IN ('ready', 'delivered', 'cancelled')
                AND ready_date IS NOT NULL)
            OR (state = 'delivered') <> (delivery_date IS NOT NULL)
        """,
    ),
    Check(
        "statement",
        "What was repaired has a numbered work statement",
        """
        SELECT DISTINCT sheet.name, format('%s, without a number', sheet.state)
          FROM workmanager_sheet sheet
          JOIN workmanager_sheet_line line ON line.sheet_id = sheet.id
          JOIN sale_order_line sold ON sold.id = line.sale_line_id
         WHERE sheet.state IN ('ready', 'delivered')
           AND sheet.outcome = 'repaired'
           AND sheet.statement_number IS NULL
           AND sheet.statement_user_id IS NOT NULL  -- not before there were numbers
           AND sold.state = 'sale'
           AND line.is_internal IS NOT TRUE
           AND line.quantity_done > 0
           AND line.fee IS NULL
        """,
    ),
    Check(
        "secrets",
        "No unlock code outlives the hand-over",
        """
        SELECT name, format('%s, and keeps an unlock code', state)
          FROM workmanager_sheet
         WHERE state IN ('delivered', 'cancelled') AND unlock_secret IS NOT NULL
        """,
    ),
    Check(
        "company",
        "What belongs to a sheet belongs to its company",
        """
        SELECT sheet.name, format('%s of another company', part.what)
          FROM (
            SELECT 'a line' AS what, sheet_id, company_id FROM workmanager_sheet_line
             UNION ALL
            SELECT 'a work log', sheet_id, company_id FROM workmanager_work_log
             UNION ALL
            SELECT 'a pause', sheet_id, company_id FROM workmanager_pause
             UNION ALL
            SELECT 'a quotation', line.sheet_id, sold.company_id
              FROM workmanager_sheet_line line
              JOIN sale_order_line sold ON sold.id = line.sale_line_id
          ) part
          JOIN workmanager_sheet sheet ON sheet.id = part.sheet_id
         WHERE part.company_id IS DISTINCT FROM sheet.company_id
        """,
    ),
    Check(
        "evaluation",
        "A completed evaluation has its date and all required answers",
        """
        SELECT sheet.name, format('evaluation %s is %s, completed %s, %s answers lack',
                                  evaluation.id, evaluation.state,
                                  coalesce(evaluation.date_done::text, '–'),
                                  coalesce(lacking.count, 0))
          FROM workmanager_evaluation evaluation
          JOIN workmanager_sheet sheet ON sheet.id = evaluation.sheet_id
          LEFT JOIN (
            SELECT evaluation_id, count(*)
              FROM workmanager_evaluation_check
             WHERE is_required AND result IS NULL
             GROUP BY evaluation_id
          ) lacking ON lacking.evaluation_id = evaluation.id
         WHERE (evaluation.state = 'done') <> (evaluation.date_done IS NOT NULL)
            OR (evaluation.state = 'done' AND lacking.count > 0)
        """,
    ),
    Check(
        "evaluation",
        "What is checked is what the type of the equipment asks for",
        """
        SELECT sheet.name, format('“%s” is a check of another type', min(answer.name))
          FROM workmanager_evaluation evaluation
          JOIN workmanager_sheet sheet ON sheet.id = evaluation.sheet_id
          JOIN workmanager_equipment equipment ON equipment.id = sheet.equipment_id
          JOIN workmanager_equipment_type kind ON kind.id = equipment.equipment_type_id
          JOIN workmanager_evaluation_check answer
            ON answer.evaluation_id = evaluation.id
          JOIN workmanager_checkpoint point ON point.id = answer.checkpoint_id
         WHERE sheet.state IN ('received', 'evaluation')
           AND evaluation.state = 'draft'
           AND NOT point.equipment_type_id::text
                   = ANY(string_to_array(kind.parent_path, '/'))
           AND NOT EXISTS (  -- what was answered stays
            SELECT FROM workmanager_evaluation_check other
             WHERE other.evaluation_id = evaluation.id AND other.result IS NOT NULL
           )
         GROUP BY sheet.id, evaluation.id
        """,
    ),
]

"""What vendors are asked for."""

from .check import STOCK, Check

CHECKS = [
    Check(
        "purchases",
        "A missing part is ordered once",
        """
        SELECT min(sheet.name), format('%s orders each bring all %s × “%s”', count(*),
                                       min(move.product_qty), min(line.name))
          FROM workmanager_sheet_line line
          JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
          JOIN stock_move move ON move.sale_line_id = line.sale_line_id
          JOIN stock_move_created_purchase_line_rel rel ON rel.move_id = move.id
          JOIN purchase_order_line bought ON bought.id = rel.created_purchase_line_id
          JOIN purchase_order purchase ON purchase.id = bought.order_id
         WHERE move.state NOT IN ('done', 'cancel')
           AND purchase.state <> 'cancel'
           AND bought.product_qty >= move.product_uom_qty
         GROUP BY move.id
        HAVING count(*) > 1
        """,
        STOCK,
    ),
    Check(
        "purchases",
        "No vendor is asked for a part that nobody waits for",
        """
        SELECT purchase.name, format('%s × “%s”, and %s of it for nobody: %s',
                                     bought.product_qty, bought.name,
                                     round((asked.quantity - asked.needed)::numeric, 3),
                                     asked.sheets)
          FROM purchase_order_line bought
          JOIN purchase_order purchase ON purchase.id = bought.order_id
          JOIN (
            SELECT bought.id,
                   min(bought.product_qty * unit.factor / own.factor) AS quantity,
                   coalesce(sum(move.product_qty)
                     FILTER (WHERE move.state <> 'cancel'), 0) AS needed,
                   sum(move.product_qty) FILTER (
                     WHERE move.state = 'cancel' AND sheet.id IS NOT NULL) AS given_up,
                   string_agg(DISTINCT sheet.name, ', ') FILTER (
                     WHERE move.state = 'cancel') AS sheets
              FROM purchase_order_line bought
              JOIN product_product product ON product.id = bought.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom unit ON unit.id = bought.product_uom_id
              JOIN uom_uom own ON own.id = template.uom_id
              JOIN stock_move_created_purchase_line_rel rel
                ON rel.created_purchase_line_id = bought.id
              JOIN stock_move move ON move.id = rel.move_id
              LEFT JOIN workmanager_sheet_line line
                ON line.sale_line_id = move.sale_line_id
              LEFT JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
             GROUP BY bought.id
          ) asked ON asked.id = bought.id
         WHERE purchase.state IN ('draft', 'sent')
           AND asked.given_up > 0
           AND asked.quantity - asked.needed > asked.given_up - 0.001
        """,
        STOCK,
    ),
    Check(
        "purchases",
        "What a line says is on order is on an open order",
        """
        WITH moves AS (
            SELECT line.id AS line_id, move.id, move.product_id = line.product_id AS own
              FROM workmanager_sheet_line line
              JOIN stock_move move ON move.sale_line_id = line.sale_line_id
             WHERE move.state NOT IN ('done', 'cancel')
        ), coming AS (
            SELECT moves.line_id, 'line ' || bought.id AS source,
                   bought.product_qty * unit.factor / own.factor AS quantity
              FROM moves
              JOIN stock_move_created_purchase_line_rel rel ON rel.move_id = moves.id
              JOIN purchase_order_line bought
                ON bought.id = rel.created_purchase_line_id
              JOIN purchase_order purchase ON purchase.id = bought.order_id
              JOIN product_product product ON product.id = bought.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom unit ON unit.id = bought.product_uom_id
              JOIN uom_uom own ON own.id = template.uom_id
             WHERE purchase.state IN ('draft', 'sent', 'to approve')
             UNION
            SELECT moves.line_id, 'move ' || origin.id, origin.product_qty
              FROM moves
              JOIN stock_move_move_rel rel ON rel.move_dest_id = moves.id
              JOIN stock_move origin ON origin.id = rel.move_orig_id
             WHERE origin.state NOT IN ('done', 'cancel')
        ), sources AS (
            SELECT line_id, sum(quantity) AS quantity, count(*) AS number,
                   min(source) AS source
              FROM coming
             GROUP BY line_id
        ), stated AS (
            SELECT line.id, line.name, sheet.name AS sheet,
                   (line.quantity - coalesce(line.quantity_available, 0)
                    - coalesce(line.quantity_missing, 0))
                   * unit.factor / own.factor AS quantity
              FROM workmanager_sheet_line line
              JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom unit ON unit.id = line.product_uom_id
              JOIN uom_uom own ON own.id = template.uom_id
             WHERE coalesce(line.parts_state, 'none') NOT IN ('none', 'available')
               AND line.is_supply_queued IS NOT TRUE
               AND NOT EXISTS (  -- of a kit the components are ordered
                SELECT FROM moves WHERE moves.line_id = line.id AND NOT moves.own
               )
        ), compared AS (
            -- What one source alone is to bring to several lines is counted together.
            SELECT min(stated.sheet) AS sheet, min(stated.name) AS name,
                   sum(stated.quantity) AS stated, max(sources.quantity) AS coming
              FROM stated
              JOIN sources ON sources.line_id = stated.id AND sources.number = 1
             GROUP BY sources.source
             UNION ALL
            SELECT stated.sheet, stated.name, stated.quantity,
                   coalesce(sources.quantity, 0)
              FROM stated
              LEFT JOIN sources ON sources.line_id = stated.id
             WHERE sources.number IS DISTINCT FROM 1
        )
        SELECT sheet, format('%s of “%s” on order, and orders bring %s',
                             round(stated::numeric, 3), name, round(coming::numeric, 3))
          FROM compared
         WHERE stated > coming + 0.01
        """,
        STOCK,
    ),
    Check(
        "purchases",
        "No purchase asks for nothing",
        """
        SELECT DISTINCT purchase.name, format('0 × “%s”, for %s', bought.name,
                                              sheet.name)
          FROM purchase_order_line bought
          JOIN purchase_order purchase ON purchase.id = bought.order_id
          LEFT JOIN stock_move_created_purchase_line_rel rel
            ON rel.created_purchase_line_id = bought.id
          LEFT JOIN stock_move move ON move.id = rel.move_id
          JOIN workmanager_sheet_line line
            ON line.sale_line_id = move.sale_line_id
            OR line.product_id = bought.product_id
          JOIN workmanager_sheet sheet
            ON sheet.id = line.sheet_id
           AND (line.sale_line_id = move.sale_line_id
                OR sheet.name = ANY(string_to_array(purchase.origin, ', ')))
         WHERE purchase.state <> 'cancel'
           AND bought.display_type IS NULL
           AND bought.is_downpayment IS NOT TRUE
           AND bought.product_qty < 0.0001
        """,
        STOCK,
    ),
]

"""What sheets say of their parts, and what transfers do."""

from .check import STOCK, Check

# What moves of parts bring to a line, in the unit of the line; kits are left out, whose
# components are other products. Stock cannot tell apart what is less than a ``step``: a
# hundredth of the unit in which the product is kept.
PART_MOVES = """
    WITH moved AS (
        SELECT line.id AS line_id,
               max(0.01 * greatest(1, kept.factor / own.factor)) AS step,
               bool_or(move.product_id <> line.product_id) AS is_kit,
               count(*) FILTER (WHERE target.usage = 'customer') AS moves,
               sum(move.product_uom_qty * unit.factor / own.factor) FILTER (
                 WHERE target.usage = 'customer') AS asked,
               sum(move.quantity * unit.factor / own.factor) FILTER (
                 WHERE target.usage = 'customer') AS held,
               sum(move.quantity * unit.factor / own.factor) FILTER (
                 WHERE target.usage = 'customer' AND move.state = 'done') AS used,
               coalesce(sum(move.quantity * unit.factor / own.factor) FILTER (
                 WHERE source.usage = 'customer' AND move.state = 'done'), 0)
                 AS returned,
               count(*) FILTER (
                 WHERE target.usage = 'customer' AND move.state <> 'done') AS open
          FROM workmanager_sheet_line line
          JOIN stock_move move ON move.sale_line_id = line.sale_line_id
          JOIN stock_location source ON source.id = move.location_id
          JOIN stock_location target ON target.id = move.location_dest_id
          JOIN uom_uom unit ON unit.id = move.product_uom
          JOIN uom_uom own ON own.id = line.product_uom_id
          JOIN product_product product ON product.id = line.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
          JOIN uom_uom kept ON kept.id = template.uom_id
         WHERE move.state <> 'cancel'
         GROUP BY line.id
    )
"""

CHECKS = [
    Check(
        "parts",
        "The parts of a sheet are as available as its lines say together",
        """
        SELECT sheet.name, format('%s, and its lines %s', sheet.parts_state,
                                  coalesce(lines.states::text, 'none'))
          FROM workmanager_sheet sheet
          LEFT JOIN (
            SELECT sheet_id, array_agg(DISTINCT parts_state::text) AS states
              FROM workmanager_sheet_line
             WHERE parts_state <> 'none'
             GROUP BY sheet_id
          ) lines ON lines.sheet_id = sheet.id
         WHERE coalesce(sheet.parts_state, 'none') <>
               CASE WHEN lines.states IS NULL THEN 'none'
                    WHEN 'late' = ANY(lines.states) THEN 'late'
                    WHEN 'to_confirm' = ANY(lines.states) THEN 'to_confirm'
                    WHEN cardinality(lines.states) = 1 THEN lines.states[1]
                    ELSE 'partial' END
        """,
        STOCK,
    ),
    Check(
        "parts",
        "A line waits for parts that it does not have",
        """
        SELECT sheet.name, format('“%s” is %s, with %s of %s', line.name,
                                  line.parts_state, line.quantity_available,
                                  line.quantity)
          FROM workmanager_sheet_line line
          JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
          LEFT JOIN sale_order_line sold ON sold.id = line.sale_line_id
          JOIN product_product product ON product.id = line.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
         WHERE coalesce(line.parts_state, 'none') NOT IN ('available', 'none')
               IS DISTINCT FROM (
                 template.type = 'consu'
                 AND sold.state IS NOT DISTINCT FROM 'sale'
                 AND sheet.state NOT IN ('ready', 'delivered', 'cancelled')
                 AND line.quantity > 0.0001
                 AND line.quantity - coalesce(line.quantity_available, 0) > 0.0001
               )
        """,
        STOCK,
    ),
    Check(
        "parts",
        "A line has what its transfers have reserved or taken",
        PART_MOVES
        + """
        SELECT sheet.name, format('“%s” has %s, its transfers %s', line.name,
                                  line.quantity_available,
                                  coalesce(moved.held - moved.returned, 0))
          FROM workmanager_sheet_line line
          JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
          LEFT JOIN moved ON moved.line_id = line.id
         WHERE moved.is_kit IS NOT TRUE
           AND abs(coalesce(line.quantity_available, 0)
                   - coalesce(moved.held, 0) + coalesce(moved.returned, 0))
               > coalesce(moved.step, 0.01)
        """,
        STOCK,
    ),
    Check(
        "transfers",
        "The transfers of a repair ask for what was accepted, once",
        PART_MOVES
        + """
        SELECT sheet.name, format('“%s”: %s accepted, %s on transfers, %s missing',
                                  line.name, line.quantity,
                                  coalesce(moved.asked - moved.returned, 0),
                                  line.quantity_missing)
          FROM workmanager_sheet_line line
          JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
          JOIN sale_order_line sold ON sold.id = line.sale_line_id
          JOIN product_product product ON product.id = line.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
          LEFT JOIN moved ON moved.line_id = line.id
         WHERE sheet.state IN ('approved', 'repair')
           AND sold.state = 'sale'
           AND template.type = 'consu'
           AND moved.is_kit IS NOT TRUE
           AND (moved.asked - moved.returned > line.quantity + moved.step
                OR (coalesce(moved.asked - moved.returned, 0)
                    < line.quantity - coalesce(moved.step, 0.01)
                    AND coalesce(line.quantity_missing, 0) = 0))
        """,
        STOCK,
    ),
    Check(
        "transfers",
        "Nothing is kept for a sheet that needs it no more",
        PART_MOVES
        + """
        SELECT sheet.name, format('%s, and %s transfers of “%s” are open', sheet.state,
                                  moved.open, line.name)
          FROM moved
          JOIN workmanager_sheet_line line ON line.id = moved.line_id
          JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
         WHERE sheet.state IN ('ready', 'delivered', 'cancelled') AND moved.open > 0
        """,
        STOCK,
    ),
    Check(
        "transfers",
        "What was used in a repair has left the stock",
        PART_MOVES
        + """
        SELECT sheet.name, format('%s × “%s” used, %s left the stock',
                                  line.quantity_done, line.name,
                                  coalesce(moved.used, 0))
          FROM moved
          JOIN workmanager_sheet_line line ON line.id = moved.line_id
          JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
          JOIN sale_order_line sold ON sold.id = line.sale_line_id
         WHERE sheet.state IN ('ready', 'delivered')
           AND sheet.outcome = 'repaired'
           AND sold.state = 'sale'
           AND moved.moves > 0
           AND NOT moved.is_kit
           AND coalesce(moved.used, 0) < line.quantity_done - moved.step
        """,
        STOCK,
    ),
    Check(
        "transfers",
        "The parts of a repair go to the workshop",
        """
        SELECT sheet.name, format('“%s” leaves by %s', line.name,
                                  coalesce(transfer.name, kind.name->>'en_US'))
          FROM workmanager_sheet_line line
          JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
          JOIN stock_move move ON move.sale_line_id = line.sale_line_id
          JOIN stock_location source ON source.id = move.location_id
          JOIN stock_location target ON target.id = move.location_dest_id
          JOIN stock_picking_type kind ON kind.id = move.picking_type_id
          JOIN stock_warehouse warehouse ON warehouse.id = kind.warehouse_id
          JOIN stock_route route ON route.id = warehouse.service_route_id
          LEFT JOIN stock_picking transfer ON transfer.id = move.picking_id
         WHERE sheet.state IN ('approved', 'repair')
           AND move.state NOT IN ('done', 'cancel')
           AND source.usage IN ('internal', 'transit')
           AND target.usage = 'customer'
           AND route.active
           AND kind.id <> warehouse.service_type_id
           AND NOT EXISTS (  -- unless a person chose another way
            SELECT FROM sale_order_line_stock_route_rel chosen
             WHERE chosen.sale_order_line_id = line.sale_line_id
               AND chosen.stock_route_id <> route.id
           )
        """,
        STOCK,
    ),
]

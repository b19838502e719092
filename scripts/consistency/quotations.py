"""What is quoted and accepted."""

from .check import Check

CHECKS = [
    Check(
        "quotation",
        "A line and its order line are the same thing",
        """
        SELECT sheet.name, format('“%s” is %s × %s at %s, on %s %s × %s at %s',
                                  line.name, line.quantity, line.product_id,
                                  line.price_unit, sale.name, sold.product_uom_qty,
                                  sold.product_id, sold.price_unit)
          FROM workmanager_sheet_line line
          JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
          JOIN sale_order_line sold ON sold.id = line.sale_line_id
          JOIN sale_order sale ON sale.id = sold.order_id
         WHERE line.product_id IS DISTINCT FROM sold.product_id
            OR line.product_uom_id IS DISTINCT FROM sold.product_uom_id
            OR abs(line.quantity - sold.product_uom_qty) > 0.001
            -- Orders keep more digits of a price than are shown.
            OR abs(line.price_unit - sold.price_unit) > 0.0051
            OR (line.is_internal IS TRUE) <> (sold.is_internal IS TRUE)
        """,
    ),
    Check(
        "quotation",
        "An order line is for one line of one sheet",
        """
        SELECT min(sheet.name), format('%s lines stand for the order line %s',
                                       count(*), line.sale_line_id)
          FROM workmanager_sheet_line line
          JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
         WHERE line.sale_line_id IS NOT NULL
         GROUP BY line.sale_line_id
        HAVING count(*) > 1
        """,
    ),
    Check(
        "quotation",
        "A quoted sheet has a quotation that waits for the customer",
        """
        SELECT sheet.name, 'quoted, and no quotation waits'
          FROM workmanager_sheet sheet
         WHERE sheet.state = 'quoted'
           AND NOT EXISTS (
            SELECT
              FROM workmanager_sheet_line line
              JOIN sale_order_line sold ON sold.id = line.sale_line_id
             WHERE line.sheet_id = sheet.id AND sold.state IN ('draft', 'sent')
           )
        """,
    ),
    Check(
        "quotation",
        "What is approved, repaired or under repair was accepted",
        """
        SELECT sheet.name, format('%s, and no order of it is confirmed', sheet.state)
          FROM workmanager_sheet sheet
         WHERE (sheet.state IN ('approved', 'repair') OR sheet.outcome = 'repaired')
           AND NOT EXISTS (
            SELECT
              FROM workmanager_sheet_line line
              JOIN sale_order_line sold ON sold.id = line.sale_line_id
             WHERE line.sheet_id = sheet.id
               AND sold.state = 'sale'
               AND line.fee IS DISTINCT FROM 'charged'
           )
        """,
    ),
    Check(
        "quotation",
        "Nothing is ordered on a sheet that is not to be repaired",
        """
        SELECT sheet.name, format('%s %s, and %s × “%s” stand on the order %s',
                                  sheet.state, coalesce(sheet.outcome, ''),
                                  sold.product_uom_qty, line.name, sale.name)
          FROM workmanager_sheet sheet
          JOIN workmanager_sheet_line line ON line.sheet_id = sheet.id
          JOIN sale_order_line sold ON sold.id = line.sale_line_id
          JOIN sale_order sale ON sale.id = sold.order_id
         WHERE (sheet.state = 'cancelled'
                OR (sheet.state IN ('ready', 'delivered')
                    AND sheet.outcome <> 'repaired'))
           AND sold.state = 'sale'
           AND sold.product_uom_qty <> 0
           AND (line.fee IS NULL OR sheet.state = 'cancelled')
        """,
    ),
    Check(
        "quotation",
        "What the customer has accepted goes on",
        """
        SELECT DISTINCT sheet.name, format('%s, and %s is accepted', sheet.state,
                                           sale.name)
          FROM workmanager_sheet sheet
          JOIN workmanager_sheet_line line ON line.sheet_id = sheet.id
          JOIN sale_order_line sold ON sold.id = line.sale_line_id
          JOIN sale_order sale ON sale.id = sold.order_id
         WHERE sheet.state IN ('received', 'evaluation', 'quoted')
           AND sale.state = 'sale'
           AND line.fee IS NULL
           AND line.coverage = 'customer'
           AND line.is_internal IS NOT TRUE
           AND NOT EXISTS (
            SELECT
              FROM workmanager_sheet_line other
              JOIN sale_order_line open ON open.id = other.sale_line_id
             WHERE other.sheet_id = sheet.id AND open.state IN ('draft', 'sent')
           )
        """,
    ),
    Check(
        "decision",
        "A quotation that waits has neither a decision nor a free signature",
        """
        SELECT sale.name, format('%s, %s by %s', sale.state,
                                 coalesce(sale.service_decision, 'signed'),
                                 coalesce(sale.service_decided_by, sale.signed_by))
          FROM sale_order sale
         WHERE sale.state IN ('draft', 'sent')
           AND (sale.service_decision IS NOT NULL
                OR (sale.signed_on IS NOT NULL AND sale.require_payment IS NOT TRUE))
           AND EXISTS (
            SELECT
              FROM sale_order_line sold
              JOIN workmanager_sheet_line line ON line.sale_line_id = sold.id
             WHERE sold.order_id = sale.id
           )
        """,
    ),
    Check(
        "quotation",
        "What was added to an accepted order is on its sheet",
        """
        SELECT sale.name, format('%s × “%s” was added, and is not on %s',
                                 sold.product_uom_qty, sold.name, min(sheet.name))
          FROM sale_order sale
          JOIN sale_order_line sold ON sold.order_id = sale.id
          JOIN product_product product ON product.id = sold.product_id
          JOIN sale_order_line sibling ON sibling.order_id = sale.id
          JOIN workmanager_sheet_line line ON line.sale_line_id = sibling.id
          JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
         WHERE sale.state = 'sale'
           AND sold.display_type IS NULL
           AND sold.is_downpayment IS NOT TRUE
           AND sold.combo_item_id IS NULL
           AND sold.price_unit >= 0  -- a discount is no part
           AND NOT EXISTS (
            SELECT FROM workmanager_sheet_line own WHERE own.sale_line_id = sold.id
           )
         GROUP BY sale.id, sold.id
        HAVING count(DISTINCT sheet.id) = 1
           AND min(sheet.state) IN ('evaluation', 'quoted', 'approved', 'repair')
           AND NOT bool_and(line.fee IS NOT NULL)
        """,
    ),
]

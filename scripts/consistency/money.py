"""What is quoted, charged and invoiced, and what is free."""

from .check import Check

CHECKS = [
    Check(
        "total",
        "The total of a sheet is the one of its quotations",
        """
        WITH orders AS (
            SELECT sale.id, sale.amount_total, sale.currency_id, sale.state,
                   sale.is_service_claim, count(DISTINCT line.sheet_id) AS sheets
              FROM workmanager_sheet_line line
              JOIN sale_order_line sold ON sold.id = line.sale_line_id
              JOIN sale_order sale ON sale.id = sold.order_id
             GROUP BY sale.id
        ), parts AS (
            SELECT line.sheet_id, orders.*, sum(sold.price_total) AS own
              FROM workmanager_sheet_line line
              JOIN sale_order_line sold ON sold.id = line.sale_line_id
              JOIN orders ON orders.id = sold.order_id
             GROUP BY line.sheet_id, orders.id, orders.amount_total,
                      orders.currency_id, orders.state, orders.is_service_claim,
                      orders.sheets
        ), totals AS (
            SELECT sheet_id, array_agg(DISTINCT currency_id) AS currencies,
                   coalesce(sum(CASE WHEN sheets = 1 THEN amount_total ELSE own END)
                     FILTER (WHERE state <> 'cancel' AND is_service_claim IS NOT TRUE),
                     0) AS total,
                   -- An order of several sheets is shared, with the cents of rounding.
                   max(CASE WHEN sheets = 1 THEN 0.001 ELSE 0.05 END) AS tolerance
              FROM parts
             GROUP BY sheet_id
        )
        SELECT sheet.name, format('%s on the sheet, %s on its orders',
                                  coalesce(sheet.amount_total, 0), totals.total)
          FROM workmanager_sheet sheet
          JOIN totals ON totals.sheet_id = sheet.id
         WHERE totals.currencies = ARRAY[sheet.currency_id]
           AND abs(coalesce(sheet.amount_total, 0) - totals.total) > totals.tolerance
        """,
    ),
    Check(
        "free",
        "What nobody pays is on no order at a price",
        """
        SELECT sheet.name, format('“%s” is %s, and costs %s on %s', line.name,
                                  CASE WHEN line.is_internal THEN 'internal'
                                       ELSE 'goodwill' END,
                                  sold.price_subtotal, sale.name)
          FROM workmanager_sheet_line line
          JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
          JOIN sale_order_line sold ON sold.id = line.sale_line_id
          JOIN sale_order sale ON sale.id = sold.order_id
         WHERE sale.state <> 'cancel'
           AND (line.is_internal OR line.coverage = 'goodwill'
                OR sold.is_internal OR sold.is_goodwill)
           AND (abs(sold.price_unit) > 0.00001 OR abs(sold.price_subtotal) > 0.001)
        """,
    ),
    Check(
        "free",
        "What nobody pays is not charged on an invoice",
        """
        SELECT sheet.name, format('“%s” is goodwill, and %s are charged on %s',
                                  line.name, entry.price_subtotal,
                                  coalesce(move.name, 'a draft'))
          FROM workmanager_sheet_line line
          JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
          JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.sale_line_id
          JOIN account_move_line entry ON entry.id = rel.invoice_line_id
          JOIN account_move move ON move.id = entry.move_id
         WHERE move.state <> 'cancel'
           AND line.coverage = 'goodwill'
           AND line.is_internal IS NOT TRUE
           AND abs(entry.price_subtotal) > 0.001
        """,
    ),
    Check(
        "free",
        "What is internal is on no invoice",
        """
        SELECT sheet.name, format('“%s” is internal, and on %s', line.name,
                                  coalesce(move.name, 'a draft'))
          FROM workmanager_sheet_line line
          JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
          JOIN sale_order_line sold ON sold.id = line.sale_line_id
          JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sold.id
          JOIN account_move_line entry ON entry.id = rel.invoice_line_id
          JOIN account_move move ON move.id = entry.move_id
         WHERE move.state <> 'cancel'
           AND (line.is_internal OR sold.is_internal)
        """,
    ),
    Check(
        "invoices",
        "Nothing is billed twice",
        """
        SELECT min(sheet.name), format('%s × “%s” billed on %s invoices, %s done',
                                       sum(billed.quantity), min(line.name),
                                       count(DISTINCT move.id),
                                       max(line.quantity_done))
          FROM workmanager_sheet_line line
          JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
          JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.sale_line_id
          JOIN account_move_line billed ON billed.id = rel.invoice_line_id
          JOIN account_move move ON move.id = billed.move_id
         WHERE move.state <> 'cancel'
           AND move.move_type = 'out_invoice'
           AND NOT EXISTS (
            SELECT FROM account_move credit
             WHERE credit.reversed_entry_id = move.id AND credit.state <> 'cancel'
           )
         GROUP BY line.id
        HAVING count(DISTINCT move.id) > 1
           AND sum(billed.quantity) > max(line.quantity_done) + 0.001
        """,
    ),
    Check(
        "invoices",
        "What an order has billed is what its invoices say",
        """
        SELECT min(sheet.name), format('%s of “%s” billed on the order, %s on invoices',
                                       sold.qty_invoiced, min(line.name),
                                       coalesce(sum(billed.quantity), 0))
          FROM workmanager_sheet_line line
          JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
          JOIN sale_order_line sold ON sold.id = line.sale_line_id
          LEFT JOIN (
            SELECT rel.order_line_id, entry.product_uom_id,
                   CASE move.move_type WHEN 'out_invoice' THEN entry.quantity
                                       WHEN 'out_refund' THEN -entry.quantity
                                       ELSE 0 END AS quantity
              FROM sale_order_line_invoice_rel rel
              JOIN account_move_line entry ON entry.id = rel.invoice_line_id
              JOIN account_move move ON move.id = entry.move_id
             WHERE move.state <> 'cancel'
          ) billed ON billed.order_line_id = sold.id
         GROUP BY sold.id
        HAVING coalesce(bool_and(billed.product_uom_id = sold.product_uom_id), TRUE)
           AND abs(coalesce(sold.qty_invoiced, 0) - coalesce(sum(billed.quantity), 0))
               > 0.001
        """,
    ),
    Check(
        "invoices",
        "A cancelled sheet is not billed",
        """
        SELECT sheet.name, format('cancelled, and %s billed',
                                  sum(entry.price_total * CASE move.move_type
                                      WHEN 'out_refund' THEN -1 ELSE 1 END))
          FROM workmanager_sheet sheet
          JOIN workmanager_sheet_line line ON line.sheet_id = sheet.id
          JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.sale_line_id
          JOIN account_move_line entry ON entry.id = rel.invoice_line_id
          JOIN account_move move ON move.id = entry.move_id
         WHERE sheet.state = 'cancelled' AND move.state = 'posted'
         GROUP BY sheet.id
        HAVING sum(entry.price_total * CASE move.move_type
                   WHEN 'out_refund' THEN -1 ELSE 1 END) > 0.009
        """,
    ),
    Check(
        "invoices",
        "What is invoiced, and still to be invoiced, is what was done",
        """
        WITH billed AS (
            SELECT rel.order_line_id,
                   sum(CASE move.move_type WHEN 'out_refund' THEN entry.quantity
                                           ELSE 0 END) AS credited
              FROM sale_order_line_invoice_rel rel
              JOIN account_move_line entry ON entry.id = rel.invoice_line_id
              JOIN account_move move ON move.id = entry.move_id
             WHERE move.state <> 'cancel'
             GROUP BY rel.order_line_id
        )
        SELECT sheet.name, format('%s of “%s” done, %s invoiced, %s to invoice',
                                  line.quantity_done, line.name,
                                  coalesce(sold.qty_invoiced, 0),
                                  coalesce(sold.qty_to_invoice, 0))
          FROM workmanager_sheet_line line
          JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
          JOIN sale_order_line sold ON sold.id = line.sale_line_id
          LEFT JOIN billed ON billed.order_line_id = sold.id
          CROSS JOIN LATERAL (
            SELECT coalesce(sold.qty_invoiced, 0) + coalesce(sold.qty_to_invoice, 0)
                   - coalesce(line.quantity_done, 0) AS excess
          ) compared
         WHERE sheet.state IN ('ready', 'delivered')
           AND sold.state = 'sale'
           AND line.is_internal IS NOT TRUE
           AND (compared.excess > 0.001
                -- What was credited may stay so.
                OR compared.excess < -0.001 - coalesce(billed.credited, 0))
        """,
    ),
    Check(
        "invoices",
        "Nothing is invoiced at more than its order says",
        """
        SELECT sheet.name, format('“%s” is %s on %s, and %s on %s', line.name,
                                  round(compared.agreed, 4), sale.name,
                                  round(compared.charged, 4),
                                  coalesce(move.name, 'a draft'))
          FROM workmanager_sheet_line line
          JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
          JOIN sale_order_line sold ON sold.id = line.sale_line_id
          JOIN sale_order sale ON sale.id = sold.order_id
          JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sold.id
          JOIN account_move_line entry ON entry.id = rel.invoice_line_id
          JOIN account_move move ON move.id = entry.move_id
          CROSS JOIN LATERAL (
            SELECT sold.price_unit * (1 - coalesce(sold.discount, 0) / 100) AS agreed,
                   entry.price_unit * (1 - coalesce(entry.discount, 0) / 100) AS charged
          ) compared
         WHERE move.move_type = 'out_invoice'
           AND move.state <> 'cancel'
           AND entry.currency_id = sold.currency_id
           AND entry.product_uom_id = sold.product_uom_id
           AND compared.charged > compared.agreed + 0.009
        """,
    ),
]

"""Finds the sheets whose documents do not tell the same story: see scripts/check.

Each check is one query over the whole database that answers with what disagrees, as
``(document, what is wrong with it)``; in a sound database it answers with nothing.
"""

# pylint: disable=print-used; it is a command, and prints its answer
import argparse
import os
import sys
from collections import Counter
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path

import psycopg2

SERVICE, STOCK = "workmanager_service", "workmanager_stock_link"
SHOWN = 10


@dataclass(frozen=True)
class Check:
    """One question about the database.

    ``subject`` is where to look, ``claim`` what must hold, ``addon`` whose tables the
    query needs.
    """

    subject: str
    claim: str
    query: str
    addon: str = SERVICE


@dataclass(frozen=True)
class Finding:
    """A document that disagrees with the rest."""

    check: Check
    document: str
    detail: str


# Quantities are compared as the database has them, to a thousandth.
CHECKS = [
    # ------------------------------------------------------------ state and outcome
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
    # ------------------------------------------------------------------- evaluation
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
    # -------------------------------------------------------------------- quotation
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
            OR abs(line.price_unit - sold.price_unit) > 0.001
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
        "total",
        "The total of a sheet is the one of its quotations",
        """
        SELECT sheet.name, format('%s on the sheet, %s on its orders',
                                  coalesce(sheet.amount_total, 0), coalesce(sum, 0))
          FROM workmanager_sheet sheet
          JOIN (
            SELECT line.sheet_id,
                   coalesce(sum(sold.price_total) FILTER (
                     WHERE line.coverage <> 'warranty' AND sold.state <> 'cancel'
                   ), 0) AS sum,
                   array_agg(DISTINCT sold.currency_id) AS currencies
              FROM workmanager_sheet_line line
              JOIN sale_order_line sold ON sold.id = line.sale_line_id
             GROUP BY line.sheet_id
          ) orders ON orders.sheet_id = sheet.id
         WHERE orders.currencies = ARRAY[sheet.currency_id]
           AND abs(coalesce(sheet.amount_total, 0) - orders.sum) > 0.009
        """,
    ),
    # ------------------------------------------------------------------------- time
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
    # --------------------------------------------------------------------- invoices
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
]

# What moves of parts bring to a line, in the unit of the line; kits are left out, whose
# components are other products.
PART_MOVES = """
    WITH moved AS (
        SELECT line.id AS line_id,
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
         WHERE move.state <> 'cancel'
         GROUP BY line.id
    )
"""

CHECKS += [
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
                   - coalesce(moved.held, 0) + coalesce(moved.returned, 0)) > 0.01
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
           AND (coalesce(moved.asked - moved.returned, 0) > line.quantity + 0.01
                OR (coalesce(moved.asked - moved.returned, 0) < line.quantity - 0.01
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
           AND coalesce(moved.used, 0) < line.quantity_done - 0.01
        """,
        STOCK,
    ),
    Check(
        "reservations",
        "What is reserved of a part is what transfers have reserved",
        """
        WITH parts AS (
            SELECT DISTINCT product_id FROM workmanager_sheet_line
        ), reserved AS (
            SELECT quant.product_id, quant.location_id AS place_id,
                   sum(quant.reserved_quantity) AS quantity
              FROM stock_quant quant
              JOIN parts USING (product_id)
              JOIN stock_location location ON location.id = quant.location_id
             WHERE location.usage IN ('internal', 'transit')
             GROUP BY quant.product_id, quant.location_id
        ), taken AS (
            SELECT moved.product_id, moved.location_id AS place_id,
                   sum(moved.quantity_product_uom) AS quantity
              FROM stock_move_line moved
              JOIN parts USING (product_id)
              JOIN stock_location location ON location.id = moved.location_id
              JOIN product_product product ON product.id = moved.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE location.usage IN ('internal', 'transit')
               AND template.is_storable
               AND moved.state IN ('assigned', 'partially_available', 'waiting',
                                   'confirmed')
             GROUP BY moved.product_id, moved.location_id
        )
        SELECT coalesce(template.name->>'en_US', '?'),
               format('%s reserved in %s, %s by transfers',
                      coalesce(reserved.quantity, 0), location.complete_name,
                      coalesce(taken.quantity, 0))
          FROM reserved
          FULL JOIN taken USING (product_id, place_id)
          JOIN product_product product ON product.id = product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
          JOIN stock_location location ON location.id = place_id
         WHERE abs(coalesce(reserved.quantity, 0) - coalesce(taken.quantity, 0)) > 0.001
        """,
        STOCK,
    ),
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
        SELECT purchase.name, format('%s × “%s” for %s, which needs it no more',
                                     bought.product_qty, bought.name, min(sheet.name))
          FROM purchase_order_line bought
          JOIN purchase_order purchase ON purchase.id = bought.order_id
          JOIN stock_move_created_purchase_line_rel rel
            ON rel.created_purchase_line_id = bought.id
          JOIN stock_move move ON move.id = rel.move_id
          LEFT JOIN workmanager_sheet_line line ON line.sale_line_id = move.sale_line_id
          LEFT JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
         WHERE purchase.state IN ('draft', 'sent')
         GROUP BY purchase.id, bought.id
        HAVING bool_and(move.state = 'cancel') AND count(sheet.id) > 0
        """,
        STOCK,
    ),
]

# Whether a file is there cannot be asked in SQL.
FILES = Check(
    "files",
    "Every photo, signature and document has its file",
    """
    SELECT format('%s %s', coalesce(res_model, '–'), coalesce(res_id, 0)),
           coalesce(res_field, name), store_fname
      FROM ir_attachment
     WHERE store_fname IS NOT NULL
       AND (res_model LIKE 'workmanager.%'
            OR res_model IN ('sale.order', 'account.move'))
    """,
)


def find_inconsistencies(cursor, filestore=None):
    """Look at the whole database.

    :param cursor: of psycopg2, or Odoo's
    :param filestore: the folder with the database's files, where they are to be checked
    :return: a list of :class:`Finding`
    """
    installed = _get_installed(cursor)
    found = []
    for check in CHECKS:
        if check.addon in installed:
            cursor.execute(check.query)
            found += [
                Finding(check, document, detail)
                for document, detail in cursor.fetchall()
            ]
    if filestore and SERVICE in installed:
        cursor.execute(FILES.query)
        found += [
            Finding(FILES, document, f"the file of {name} is missing")
            for document, name, path in cursor.fetchall()
            if not (Path(filestore) / path).is_file()
        ]
    return found


def _get_installed(cursor):
    cursor.execute(
        "SELECT name FROM ir_module_module WHERE state = 'installed' AND name IN %s",
        [(SERVICE, STOCK)],
    )
    return {name for (name,) in cursor.fetchall()}


def _get_filestore(database):
    """Return the folder of the database's files, where Odoo's configuration tells."""
    config = ConfigParser(interpolation=None)
    config.read(os.environ.get("ODOO_RC", ""))
    data = config.get("options", "data_dir", fallback=None)
    folder = Path(data) / "filestore" / database if data else None
    return folder if folder and folder.is_dir() else None


def _print_table(found):
    counts = Counter(finding.check for finding in found)
    width = max(len(check.claim) for check in (*CHECKS, FILES))
    for check in (*CHECKS, FILES):
        mark = f"{counts[check]:6} wrong" if counts[check] else "          ok"
        print(f"{check.subject:13} {check.claim:{width}} {mark}")
    for check, count in counts.items():
        print(f"\n{check.claim}:")
        for finding in [f for f in found if f.check == check][:SHOWN]:
            print(f"  {finding.document:20} {finding.detail}")
        if count > SHOWN:
            print(f"  … and {count - SHOWN} more")


def main():
    parser = argparse.ArgumentParser(prog="scripts/check")
    parser.add_argument("--db", default="workmanager_demo")
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    if arguments.list:
        for check in (*CHECKS, FILES):
            print(f"{check.subject:13} {check.claim}")
        return 0
    try:
        connection = psycopg2.connect(dbname=arguments.db)
    except psycopg2.OperationalError as error:
        print(f"scripts/check: {error}".strip(), file=sys.stderr)
        return 2
    with connection, connection.cursor() as cursor:
        # All checks see the same moment, and change nothing.
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        if SERVICE not in _get_installed(cursor):
            print(f"scripts/check: {arguments.db} has no {SERVICE}", file=sys.stderr)
            return 2
        found = find_inconsistencies(cursor, _get_filestore(arguments.db))
    _print_table(found)
    print(
        f"\n{len(found)} disagreements in {arguments.db}" if found else "\nConsistent."
    )
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())

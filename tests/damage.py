"""What scripts/check is to find, broken behind the addons' back."""

# What is done to a table behind the addons' back, and the claim that it breaks. Sheets
# go by their place: quoted, approved and waiting, under repair, repaired, cancelled.
DAMAGE = {
    "The state of a sheet is the one of its stage": """
        UPDATE workmanager_sheet SET state = 'received' WHERE id = %(quoted)s""",
    "A sheet has an outcome once it is ready, and none before": """
        UPDATE workmanager_sheet SET outcome = NULL WHERE id = %(repaired)s""",
    "A sheet is ready, and handed over, on a day, and not before": """
        UPDATE workmanager_sheet SET ready_date = now() WHERE id = %(approved)s""",
    "What was repaired has a numbered work statement": """
        UPDATE workmanager_sheet SET statement_number = NULL WHERE id = %(repaired)s""",
    "No unlock code outlives the hand-over": """
        UPDATE workmanager_sheet SET unlock_secret = 'x' WHERE id = %(cancelled)s""",
    "What belongs to a sheet belongs to its company": """
        UPDATE workmanager_work_log SET company_id = NULL
         WHERE sheet_id = %(repair)s""",
    "A completed evaluation has its date and all required answers": """
        UPDATE workmanager_evaluation SET date_done = NULL
         WHERE sheet_id = %(quoted)s""",
    "A line and its order line are the same thing": """
        UPDATE workmanager_sheet_line SET quantity = 7 WHERE sheet_id = %(quoted)s""",
    "An order line is for one line of one sheet": """
        UPDATE workmanager_sheet_line SET sale_line_id = (
            SELECT sale_line_id FROM workmanager_sheet_line WHERE sheet_id = %(repair)s
        ) WHERE sheet_id = %(repaired)s""",
    "A quoted sheet has a quotation that waits for the customer": """
        UPDATE workmanager_sheet_line SET sale_line_id = NULL
         WHERE sheet_id = %(quoted)s""",
    "What is approved, repaired or under repair was accepted": """
        UPDATE workmanager_sheet_line SET sale_line_id = NULL
         WHERE sheet_id = %(repair)s""",
    "Nothing is ordered on a sheet that is not to be repaired": """
        UPDATE workmanager_sheet SET outcome = 'refused' WHERE id = %(repaired)s""",
    "What the customer has accepted goes on": """
        UPDATE workmanager_sheet sheet SET state = stage.state, stage_id = stage.id
          FROM workmanager_stage stage
         WHERE stage.state = 'evaluation' AND sheet.id = %(approved)s""",
    "A quotation that waits has neither a decision nor a free signature": """
        UPDATE sale_order SET service_decision = 'accepted'
         WHERE origin = (
            SELECT name FROM workmanager_sheet WHERE id = %(quoted)s)""",
    "What is checked is what the type of the equipment asks for": """
        UPDATE workmanager_equipment SET equipment_type_id = %(other_type)s
         WHERE id = (
            SELECT equipment_id FROM workmanager_sheet WHERE id = %(received)s)""",
    "Who is asked for something works here and has the right to do it": """
        UPDATE mail_activity SET user_id = %(archived)s
         WHERE res_model = 'workmanager.sheet' AND res_id = %(received)s""",
    "Who buys parts works here and has the right to buy": """
        INSERT INTO mail_activity (res_model, res_model_id, res_id, user_id, active,
               date_deadline)
        SELECT model.model, model.id, bought.order_id, %(technician)s, TRUE, now()
          FROM ir_model model, workmanager_sheet_line line
          JOIN stock_move move ON move.sale_line_id = line.sale_line_id
          JOIN stock_move_created_purchase_line_rel rel ON rel.move_id = move.id
          JOIN purchase_order_line bought ON bought.id = rel.created_purchase_line_id
         WHERE model.model = 'purchase.order' AND line.sheet_id = %(approved)s""",
    "What was added to an accepted order is on its sheet": """
        INSERT INTO sale_order_line (order_id, product_id, product_uom_id, name,
               product_uom_qty, price_unit, customer_lead)
        SELECT sold.order_id, sold.product_id, sold.product_uom_id, 'Added', 1, 100, 0
          FROM workmanager_sheet_line line
          JOIN sale_order_line sold ON sold.id = line.sale_line_id
         WHERE line.sheet_id = %(approved)s""",
    "What nobody pays is on no order at a price": """
        UPDATE sale_order_line SET price_unit = 100, price_subtotal = 100
          FROM workmanager_sheet_line line
         WHERE line.sale_line_id = sale_order_line.id AND line.id = %(goodwill)s""",
    "What nobody pays is not charged on an invoice": """
        UPDATE account_move_line SET price_subtotal = 100
          FROM sale_order_line_invoice_rel rel
          JOIN workmanager_sheet_line line ON line.sale_line_id = rel.order_line_id
         WHERE rel.invoice_line_id = account_move_line.id
           AND line.id = %(goodwill)s""",
    "What is internal is on no invoice": """
        UPDATE workmanager_sheet_line SET is_internal = TRUE
         WHERE sheet_id = %(delivered)s""",
    "The total of a sheet is the one of its quotations": """
        UPDATE workmanager_sheet SET amount_total = 1 WHERE id = %(quoted)s""",
    "No timer runs and no pause lasts on a closed sheet": """
        UPDATE workmanager_work_log SET state = 'running', stop = NULL, hours = 0,
               sheet_id = %(cancelled)s
         WHERE sheet_id = %(repair)s""",
    "A timer runs as long as nobody stopped it": """
        UPDATE workmanager_work_log SET state = 'running'
         WHERE sheet_id = %(repair)s""",
    "The hours of a sheet and of its work are those of their entries": """
        UPDATE workmanager_sheet SET hours = 5 WHERE id = %(repair)s""",
    "Nothing is billed twice": """
        INSERT INTO sale_order_line_invoice_rel (order_line_id, invoice_line_id)
        SELECT mine.sale_line_id, rel.invoice_line_id
          FROM workmanager_sheet_line mine, workmanager_sheet_line other
          JOIN sale_order_line_invoice_rel rel
            ON rel.order_line_id = other.sale_line_id
         WHERE mine.sheet_id = %(repaired)s AND other.sheet_id = %(delivered)s""",
    "What an order has billed is what its invoices say": """
        UPDATE sale_order_line SET qty_invoiced = 0
          FROM workmanager_sheet_line line
         WHERE line.sale_line_id = sale_order_line.id
           AND line.sheet_id = %(repaired)s""",
    "What is invoiced, and still to be invoiced, is what was done": """
        UPDATE workmanager_sheet_line SET quantity_done = 0
         WHERE sheet_id = %(delivered)s""",
    "Nothing is invoiced at more than its order says": """
        UPDATE account_move_line SET price_unit = 120
          FROM sale_order_line_invoice_rel rel
          JOIN workmanager_sheet_line line ON line.sale_line_id = rel.order_line_id
         WHERE rel.invoice_line_id = account_move_line.id
           AND line.sheet_id = %(repaired)s""",
    "A cancelled sheet is not billed": """
        INSERT INTO sale_order_line_invoice_rel (order_line_id, invoice_line_id)
        SELECT mine.sale_line_id, rel.invoice_line_id
          FROM workmanager_sheet_line mine, workmanager_sheet_line other
          JOIN sale_order_line_invoice_rel rel
            ON rel.order_line_id = other.sale_line_id
         WHERE mine.sheet_id = %(cancelled)s AND other.sheet_id = %(delivered)s""",
    "The parts of a sheet are as available as its lines say together": """
        UPDATE workmanager_sheet SET parts_state = 'available'
         WHERE id = %(approved)s""",
    "A line waits for parts that it does not have": """
        UPDATE workmanager_sheet_line SET parts_state = 'available'
         WHERE sheet_id = %(approved)s""",
    "A line has what its transfers have reserved or taken": """
        UPDATE workmanager_sheet_line SET quantity_available = 0.5
         WHERE sheet_id = %(repair)s""",
    "The transfers of a repair ask for what was accepted, once": """
        UPDATE stock_move SET product_uom_qty = 2
          FROM workmanager_sheet_line line
         WHERE line.sale_line_id = stock_move.sale_line_id
           AND line.sheet_id = %(approved)s""",
    "The parts of a repair go to the workshop": """
        UPDATE stock_move SET picking_type_id = warehouse.out_type_id
          FROM workmanager_sheet_line line, stock_warehouse warehouse
         WHERE line.sale_line_id = stock_move.sale_line_id
           AND line.sheet_id = %(approved)s
           AND warehouse.lot_stock_id = %(stock)s""",
    "Nothing is kept for a sheet that needs it no more": """
        UPDATE stock_move SET state = 'assigned'
          FROM workmanager_sheet_line line
         WHERE line.sale_line_id = stock_move.sale_line_id
           AND line.sheet_id = %(cancelled)s""",
    "What was used in a repair has left the stock": """
        UPDATE stock_move SET quantity = 0
          FROM workmanager_sheet_line line
         WHERE line.sale_line_id = stock_move.sale_line_id
           AND line.sheet_id = %(repaired)s""",
    "What is reserved of a part is what transfers have reserved": """
        UPDATE stock_quant SET reserved_quantity = reserved_quantity + 1
          FROM workmanager_sheet_line line
         WHERE line.product_id = stock_quant.product_id
           AND line.sheet_id = %(repair)s""",
    "Nothing was used in a repair from where it was not": """
        UPDATE stock_quant SET quantity = -2
          FROM workmanager_sheet_line line
         WHERE line.product_id = stock_quant.product_id
           AND line.sheet_id = %(repaired)s
           AND location_id = %(stock)s""",
    "What was put back is the lot, and has the owner, that was taken": """
        UPDATE stock_move_line SET owner_id = %(owner)s
          FROM stock_move move
          JOIN workmanager_sheet_line line ON line.sale_line_id = move.sale_line_id
         WHERE stock_move_line.move_id = move.id
           AND line.sheet_id = %(put_back)s
           AND move.origin_returned_move_id IS NOT NULL""",
    "A missing part is ordered once": """
        WITH again AS (
            INSERT INTO purchase_order_line (order_id, product_id, product_qty,
                   product_uom_id, price_unit, name, date_planned)
            SELECT bought.order_id, bought.product_id, bought.product_qty,
                   bought.product_uom_id, bought.price_unit, bought.name,
                   bought.date_planned
              FROM workmanager_sheet_line line
              JOIN stock_move move ON move.sale_line_id = line.sale_line_id
              JOIN stock_move_created_purchase_line_rel rel ON rel.move_id = move.id
              JOIN purchase_order_line bought
                ON bought.id = rel.created_purchase_line_id
             WHERE line.sheet_id = %(approved)s
         RETURNING id
        )
        INSERT INTO stock_move_created_purchase_line_rel
        SELECT again.id, move.id
          FROM again, workmanager_sheet_line line
          JOIN stock_move move ON move.sale_line_id = line.sale_line_id
         WHERE line.sheet_id = %(approved)s""",
    "No vendor is asked for a part that nobody waits for": """
        UPDATE stock_move SET state = 'cancel'
          FROM workmanager_sheet_line line
         WHERE line.sale_line_id = stock_move.sale_line_id
           AND line.sheet_id = %(approved)s""",
    "What a line says is on order is on an open order": """
        UPDATE purchase_order_line SET product_qty = 0.5
          FROM workmanager_sheet_line line
          JOIN stock_move move ON move.sale_line_id = line.sale_line_id
          JOIN stock_move_created_purchase_line_rel rel ON rel.move_id = move.id
         WHERE rel.created_purchase_line_id = purchase_order_line.id
           AND line.sheet_id = %(approved)s""",
    "No purchase asks for nothing": """
        UPDATE purchase_order_line SET product_qty = 0
          FROM workmanager_sheet_line line
          JOIN stock_move move ON move.sale_line_id = line.sale_line_id
          JOIN stock_move_created_purchase_line_rel rel ON rel.move_id = move.id
         WHERE rel.created_purchase_line_id = purchase_order_line.id
           AND line.sheet_id = %(approved)s""",
}


# The same claims, broken in other ways.
MORE_DAMAGE = [
    (
        "Who is asked for something works here and has the right to do it",
        """
        UPDATE mail_activity SET user_id = %(portal)s
         WHERE res_model = 'workmanager.sheet' AND res_id = %(received)s""",
    ),
    (
        "Who is asked for something works here and has the right to do it",
        """
        DELETE FROM res_company_users_rel WHERE user_id IN (
            SELECT user_id FROM mail_activity
             WHERE res_model = 'workmanager.sheet' AND res_id = %(received)s)""",
    ),
    (
        "What nobody pays is on no order at a price",
        """
        UPDATE workmanager_sheet_line SET coverage = 'goodwill'
         WHERE sheet_id = %(approved)s""",
    ),
    (
        "What nobody pays is on no order at a price",
        """
        UPDATE sale_order_line SET is_internal = TRUE
          FROM workmanager_sheet_line line
         WHERE line.sale_line_id = sale_order_line.id
           AND line.sheet_id = %(quoted)s""",
    ),
    (
        "The total of a sheet is the one of its quotations",  # by a cent
        """
        UPDATE workmanager_sheet SET amount_total = amount_total + 0.01
         WHERE id = %(repaired)s""",
    ),
    (
        "What is invoiced, and still to be invoiced, is what was done",
        """
        UPDATE sale_order_line SET qty_to_invoice = 1
          FROM workmanager_sheet_line line
         WHERE line.sale_line_id = sale_order_line.id
           AND line.sheet_id = %(credited)s
           AND sale_order_line.qty_invoiced = 0;
        UPDATE sale_order_line SET qty_invoiced = 1
          FROM workmanager_sheet_line line
         WHERE line.sale_line_id = sale_order_line.id
           AND line.sheet_id = %(credited)s""",
    ),
    (
        "What is invoiced, and still to be invoiced, is what was done",
        """
        UPDATE workmanager_sheet_line SET quantity_done = 3
         WHERE sheet_id = %(credited)s""",
    ),
    (
        "No vendor is asked for a part that nobody waits for",  # after two were merged
        """
        WITH merged AS (
            UPDATE purchase_order_line SET product_qty = 2
              FROM workmanager_sheet_line line
              JOIN stock_move move ON move.sale_line_id = line.sale_line_id
              JOIN stock_move_created_purchase_line_rel rel ON rel.move_id = move.id
             WHERE rel.created_purchase_line_id = purchase_order_line.id
               AND line.sheet_id = %(approved)s
         RETURNING purchase_order_line.id
        )
        INSERT INTO stock_move_created_purchase_line_rel
               (created_purchase_line_id, move_id)
        SELECT merged.id, move.id
          FROM merged, workmanager_sheet_line line
          JOIN stock_move move ON move.sale_line_id = line.sale_line_id
         WHERE line.sheet_id = %(cancelled)s""",
    ),
    (
        "What a line says is on order is on an open order",
        """
        UPDATE purchase_order SET state = 'cancel' WHERE id IN (
            SELECT bought.order_id
              FROM workmanager_sheet_line line
              JOIN stock_move move ON move.sale_line_id = line.sale_line_id
              JOIN stock_move_created_purchase_line_rel rel ON rel.move_id = move.id
              JOIN purchase_order_line bought
                ON bought.id = rel.created_purchase_line_id
             WHERE line.sheet_id = %(approved)s)""",
    ),
    (
        "What a line says is on order is on an open order",  # one brings both
        """
        INSERT INTO stock_move_created_purchase_line_rel
               (created_purchase_line_id, move_id)
        SELECT rel.created_purchase_line_id, other.id
          FROM workmanager_sheet_line line
          JOIN stock_move move ON move.sale_line_id = line.sale_line_id
          JOIN stock_move_created_purchase_line_rel rel ON rel.move_id = move.id,
               workmanager_sheet_line own
          JOIN stock_move other ON other.sale_line_id = own.sale_line_id
         WHERE line.sheet_id = %(approved)s AND own.sheet_id = %(waiting)s;
        DELETE FROM stock_move_created_purchase_line_rel rel
         USING stock_move move, workmanager_sheet_line line
         WHERE rel.move_id = move.id AND line.sale_line_id = move.sale_line_id
           AND line.sheet_id = %(waiting)s
           AND rel.created_purchase_line_id IN (
            SELECT id FROM purchase_order_line WHERE product_qty = 3)""",
    ),
]

"""scripts/check finds what was broken, and nothing in what the addons make."""

from consistency import CHECKS, find_inconsistencies

from odoo.addons.workmanager_stock_link.tests.common import PartsCase

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
}


class TestCheck(PartsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._stock_up(cls.part, 4)
        repaired, delivered, repair, cancelled, approved = (
            cls._accept((cls.part, 1)) for _number in range(5)
        )
        (repair | repaired | delivered).action_start_repair()
        cls.env["workmanager.work.log"].create({"sheet_id": repair.id, "hours": 1})
        (repaired | delivered).action_finish_repair()
        (repaired | delivered).action_create_invoice()
        delivered.invoice_ids.action_post()
        delivered.action_deliver()
        cancelled.action_cancel()
        quoted = cls._create_sheet((cls.part, 1))
        quoted.action_create_quotation()
        cls.sheets = {
            "quoted": quoted.id,
            "approved": approved.id,
            "repair": repair.id,
            "repaired": repaired.id,
            "delivered": delivered.id,
            "cancelled": cancelled.id,
        }
        cls.env.flush_all()

    def test_what_the_addons_make_is_consistent(self):
        self.assertEqual(find_inconsistencies(self.cr), [])

    def test_each_kind_of_damage_is_found(self):
        self.assertEqual({check.claim for check in CHECKS}, set(DAMAGE))
        for claim, statement in DAMAGE.items():
            with self.subTest(claim), self.cr.savepoint() as savepoint:
                self.cr.execute(statement, self.sheets)
                self.assertTrue(self.cr.rowcount, "nothing was broken")
                found = {f.check.claim for f in find_inconsistencies(self.cr)}
                self.assertIn(claim, found)
                savepoint.rollback()

    def test_a_lost_file_is_found(self):
        attachment = self.env["ir.attachment"].create(
            {
                "name": "photo.png",
                "raw": b"a photo of the damage",
                "res_model": "workmanager.sheet",
                "res_id": self.sheets["repair"],
            }
        )
        filestore = attachment._filestore()
        self.assertEqual(find_inconsistencies(self.cr, filestore), [])
        attachment.flush_recordset()
        self.cr.execute(
            "UPDATE ir_attachment SET store_fname = 'ab/lost' WHERE id = %s",
            [attachment.id],
        )
        [finding] = find_inconsistencies(self.cr, filestore)
        self.assertIn("photo.png", finding.detail)
        self.assertEqual(finding.document, f"workmanager.sheet {self.sheets['repair']}")

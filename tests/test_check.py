"""scripts/check finds what was broken, and nothing in what the addons make."""

import time

from consistency import CHECKS, find_inconsistencies
from damage import DAMAGE, MORE_DAMAGE

from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.workmanager_stock_link.tests.common import PartsCase


class TestCheck(PartsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._stock_up(cls.part, 6)
        repaired, delivered, repair, cancelled, credited, put_back, approved = (
            cls._accept((cls.part, 1)) for _number in range(7)
        )
        waiting = cls._accept((cls._create_part("Wheel"), 3))
        (repair | repaired | delivered | put_back).action_start_repair()
        cls.env["workmanager.work.log"].create({"sheet_id": repair.id, "hours": 1})
        (repaired | delivered).action_finish_repair()
        (repaired | delivered).action_create_invoice()
        delivered.invoice_ids.action_post()
        delivered.action_deliver()
        cancelled.action_cancel()
        quoted = cls._create_sheet((cls.part, 1))
        quoted.action_create_quotation()
        cls._put_back(put_back)
        cls._credit(credited)
        goodwill = cls._invoice_goodwill()
        sheets = {
            "quoted": quoted,
            "approved": approved,
            "waiting": waiting,
            "repair": repair,
            "put_back": put_back,
            "repaired": repaired,
            "credited": credited,
            "delivered": delivered,
            "cancelled": cancelled,
            "received": cls._take_in(),
        }
        cls.sheets = {name: sheet.id for name, sheet in sheets.items()}
        cls.places = {
            **cls.sheets,
            "archived": cls._create_user("left", active=False),
            "goodwill": goodwill.id,
            "other_type": cls.equipment_type.create({"name": "Bicycle"}).id,
            "owner": cls.vendor.id,
            "portal": cls._create_user("guest", groups="base.group_portal"),
            "stock": cls.stock.id,
            "technician": cls.technician.id,
        }
        cls.env.flush_all()

    @classmethod
    def _create_user(cls, login, groups="base.group_user", **values):
        return new_test_user(cls.env, login, groups, **values).id

    @classmethod
    def _take_in(cls):
        """Return a sheet with a check that nobody answered, and somebody's activity."""
        cls.equipment_type.checkpoint_ids = [Command.create({"name": "Brakes"})]
        equipment = cls.env["workmanager.equipment"].create(
            {"equipment_type_id": cls.equipment_type.id, "partner_id": cls.customer.id}
        )
        sheet = cls.env["workmanager.sheet"].create(
            {
                "equipment_id": equipment.id,
                "received_by_id": cls.reception.id,
                "user_id": cls.technician.id,
            }
        )
        sheet.activity_schedule(
            "mail.mail_activity_data_todo", user_id=cls.reception.id
        )
        return sheet

    @classmethod
    def _put_back(cls, sheet):
        """Use the part of a sheet, and put it back."""
        sheet.line_ids.action_use()
        use = (
            cls.env["workmanager.parts.use"]
            .with_context(default_sheet_id=sheet.id)
            .create({})
        )
        use.line_ids.quantity = -1
        use.action_confirm()

    @classmethod
    def _credit(cls, sheet):
        """Invoice a sheet, and credit it."""
        sheet.action_start_repair()
        sheet.action_finish_repair()
        sheet.action_create_invoice()
        sheet.invoice_ids.action_post()
        reversal = cls.env["account.move.reversal"].with_context(
            active_ids=sheet.invoice_ids.ids, active_model="account.move"
        )
        reversal = reversal.create({"journal_id": sheet.invoice_ids.journal_id.id})
        reversal.refund_moves()

    @classmethod
    def _invoice_goodwill(cls):
        """Return a line that nobody pays, beside one that was invoiced."""
        sheet = cls._create_sheet((cls.work, 1), (cls.work, 1))
        sheet.line_ids[0].coverage = "goodwill"
        sheet.action_create_quotation()
        sheet.action_accept_quotation()
        sheet.action_start_repair()
        sheet.action_finish_repair()
        sheet.action_create_invoice()
        return sheet.line_ids[0]

    def test_what_the_addons_make_is_consistent(self):
        self.assertEqual(find_inconsistencies(self.cr), [])

    def test_each_kind_of_damage_is_found(self):
        self.assertEqual({check.claim for check in CHECKS}, set(DAMAGE))
        for claim, statement in [*DAMAGE.items(), *MORE_DAMAGE]:
            with self.subTest(claim), self.cr.savepoint() as savepoint:
                self.cr.execute(statement, self.places)
                self.assertTrue(self.cr.rowcount, "nothing was broken")
                found = {f.check.claim for f in find_inconsistencies(self.cr)}
                self.assertIn(claim, found)
                savepoint.rollback()

    def test_it_is_quick(self):
        started = time.monotonic()
        find_inconsistencies(self.cr)
        self.assertLess(time.monotonic() - started, 5)

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

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestBatch(ServiceCommon):
    """A step for a selection: what can be done is done, the rest says why not."""

    def _run(self, step, sheets, user):
        """Do ``step`` from the menu of the list."""
        action = self.env.ref(
            f"workmanager_service.workmanager_sheet_batch_action_{step}"
        )
        return (
            action.with_user(user)
            .with_context(active_model=sheets._name, active_ids=sheets.ids)
            .run()
        )

    def _assign(self, sheets, technician, user=None):
        batch = self.env["workmanager.sheet.batch"].with_user(user or self.reception)
        form = Form(
            batch.with_context(active_model=sheets._name, active_ids=sheets.ids)
        )
        form.user_id = technician
        return form.save().action_apply()

    def _get_refusals(self, action):
        """Return {sheet: reason} of the dialog that ``action`` opens."""
        self.assertEqual(action["res_model"], "workmanager.sheet.batch")
        batch = self.env["workmanager.sheet.batch"].browse(action["res_id"])
        return {line.sheet_id: line.reason for line in batch.refusal_ids}

    def test_assign(self):
        open_sheets = self._create_sheet(user_id=False) | self._create_sheet()
        closed = self._create_sheet()
        closed.action_cancel()
        action = self._assign(open_sheets | closed, self.manager)
        self.assertEqual(open_sheets.user_id, self.manager)
        self.assertEqual(closed.user_id, self.technician)
        refusals = self._get_refusals(action)
        self.assertEqual(list(refusals), [closed])
        self.assertIn("cannot be changed", refusals[closed])

    def test_nothing_refused_is_a_note(self):
        sheets = self._create_sheet() | self._create_sheet()
        action = self._assign(sheets, self.manager)
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("2", action["params"]["message"])

    def test_assign_without_a_technician(self):
        with self.assertRaisesRegex(UserError, "Choose the technician"):
            self._assign(self._create_sheet(), self.env["res.users"])

    def test_start_evaluation(self):
        received = self._create_sheet() | self._create_sheet()
        approved = self._approve(self._create_sheet())
        action = self._run("start_evaluation", received | approved, self.technician)
        self.assertEqual(set(received.mapped("state")), {"evaluation"})
        self.assertEqual(approved.state, "approved")
        self.assertEqual(list(self._get_refusals(action)), [approved])

    def test_start_evaluation_withdraws_no_quotation(self):
        quoted = self._quote(self._create_sheet())
        action = self._run("start_evaluation", quoted, self.technician)
        self.assertIn("has to decide", self._get_refusals(action)[quoted])
        self.assertEqual(quoted.sudo().sale_order_ids.state, "draft")

    def test_start_repair(self):
        approved = self._approve(self._create_sheet())
        received = self._create_sheet()
        action = self._run("start_repair", approved | received, self.technician)
        self.assertEqual(approved.state, "repair")
        self.assertIn("Start its evaluation", self._get_refusals(action)[received])

    def test_labels(self):
        sheets, closed = (
            self._create_sheet() | self._create_sheet(),
            self._create_sheet(),
        )
        closed.action_cancel()
        action = self._run("labels", sheets | closed, self.technician)
        (report,) = action["params"]["reports"]
        self.assertEqual(report["context"]["active_ids"], sheets.ids)
        self.assertEqual(list(self._get_refusals(action["params"]["next"])), [closed])

    def test_one_invoice_for_each_customer(self):
        other = self.env["res.partner"].create({"name": "Alt client"})
        theirs = self._create_equipment("SN-9", partner_id=other.id)
        sheets = (
            self._repair(self._create_sheet())
            | self._repair(self._create_sheet())
            | self._repair(self._create_sheet(equipment_id=theirs.id))
        )
        early = self._create_sheet()
        again = self._repair(self._create_sheet())
        again.with_user(self.reception).action_create_invoice()
        action = self._run("invoice", sheets | early | again, self.reception)
        refusals = self._get_refusals(action)
        self.assertEqual(set(refusals), {early, again})
        self.assertIn("nothing that waits", refusals[again])
        self.assertEqual(len(sheets.invoice_ids), 2)
        self.assertEqual(sheets[0].invoice_ids, sheets[1].invoice_ids)
        self.assertEqual(sheets.invoice_ids.partner_id, self.customer | other)

    def test_invoice_again_makes_nothing(self):
        sheet = self._repair(self._create_sheet())
        self._run("invoice", sheet, self.reception)
        invoices = sheet.invoice_ids
        self._run("invoice", sheet, self.reception)
        self.assertEqual(sheet.invoice_ids, invoices)

    def test_refused_sheet_keeps_nothing_of_the_step(self):
        """A step that fails half way leaves the sheet as it was."""
        sheet = self._create_sheet()
        batch = self.env["workmanager.sheet.batch"].create({"sheet_ids": sheet.ids})

        reason = "No."

        def fail_half_way(one):
            one.location = "Half done"
            one.flush_recordset()
            raise UserError(reason)

        self.assertEqual(
            batch._try_each(fail_half_way), (sheet.browse(), {sheet: reason})
        )
        self.assertFalse(sheet.location)

    def test_technicians_neither_assign_nor_invoice(self):
        sheet = self._repair(self._create_sheet())
        with self.assertRaises(AccessError):
            self._assign(sheet, self.manager, user=self.technician)
        with self.assertRaises(AccessError):
            self._run("invoice", sheet, self.technician)
        for step in ("assign", "invoice"):
            batch = self.env["workmanager.sheet.batch"].with_user(self.technician)
            with self.assertRaises(AccessError):
                batch.create({"step": step, "sheet_ids": sheet.ids}).action_apply()
        self.assertFalse(sheet.invoice_ids)

    def test_sheets_of_other_companies_are_out_of_reach(self):
        other = self.env["res.company"].create({"name": "Altă firmă"})
        theirs = self.env["workmanager.equipment"].create(
            {"equipment_type_id": self.laptop.id, "company_id": other.id}
        )
        sheet = self.env["workmanager.sheet"].create(
            {
                "company_id": other.id,
                "equipment_id": theirs.id,
                "partner_id": self.customer.id,
            }
        )
        with self.assertRaises(AccessError):
            self._run("start_evaluation", sheet, self.technician)
        self.assertEqual(sheet.state, "received")

    def test_assign_a_stranger_of_the_company(self):
        other = self.env["res.company"].create({"name": "Altă firmă"})
        stranger = self.technician.copy(
            {
                "login": "wm_elsewhere",
                "company_id": other.id,
                "company_ids": [Command.set(other.ids)],
            }
        )
        sheet = self._create_sheet()
        batch = self.env["workmanager.sheet.batch"].create(
            {"sheet_ids": sheet.ids, "user_id": stranger.id}
        )
        refusals = self._get_refusals(batch.action_apply())
        self.assertIn("does not work for", refusals[sheet])

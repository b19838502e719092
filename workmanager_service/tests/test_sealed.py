from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged

from .common import ServiceCommon

SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestSealed(ServiceCommon):
    """What the steps fill in is written by no program, whatever its user's group."""

    def _call(self, user, record, method, *args, **kwargs):
        """Call a method as a program does over RPC."""
        model = self.env[record._name].with_user(user)
        return call_kw(model, method, list(args), kwargs)

    def assertNotWritable(self, user, record, **values):
        self.env.flush_all()
        self.env.invalidate_all()
        for name, value in values.items():
            before = record.sudo()[name]
            with (
                self.subTest(model=record._name, field=name, user=user.login),
                self.assertRaises(AccessError),
            ):
                self._call(user, record, "write", record.ids, {name: value})
            self.assertEqual(record.sudo()[name], before)

    def test_every_sealed_field(self):
        """Found in the code: what becomes read-only tomorrow is tried here too."""
        sheet = self._approve(self._create_sheet())
        sheet.action_start_repair()
        self.env["workmanager.pause"].with_user(self.technician).create(
            {"sheet_id": sheet.id, "reason": "part"}
        )
        self.env["workmanager.work.log"].with_user(self.technician).create(
            {"sheet_id": sheet.id, "hours": 1}
        )
        early = self._create_sheet()
        tried = set()
        for record in (
            sheet,
            sheet.line_ids[0],
            early.evaluation_id,
            early.check_ids[0],
            sheet.equipment_id,
            sheet.pause_ids,
            sheet.work_log_ids,
            sheet.sudo().sale_order_ids,
            sheet.sudo().sale_order_ids.order_line[0],
        ):
            names = [
                name
                for name, field in record._fields.items()
                if record._is_sealed(field)
            ]
            tried.update(f"{record._name}.{name}" for name in names)
            current = record.sudo().read(names, load=None)[0]
            current.pop("id")
            self.assertNotWritable(self.manager, record, **current)
        self.assertLessEqual(
            {
                "workmanager.sheet.name",
                "workmanager.sheet.state",
                "workmanager.sheet.outcome",
                "workmanager.sheet.tracking_code",
                "workmanager.sheet.statement_number",
                "workmanager.sheet.delivery_date",
                "workmanager.sheet.line.fee",
                "workmanager.sheet.line.sale_line_id",
                "workmanager.sheet.line.is_by_time",
                "workmanager.sheet.line.quantity_offered",
                "workmanager.evaluation.state",
                "workmanager.evaluation.check.checked_by_id",
                "workmanager.pause.start",
                "workmanager.pause.stop",
                "workmanager.work.log.is_forgotten",
                "workmanager.equipment.ref",
                "sale.order.service_decided_by",
                "sale.order.line.qty_reinvoiced",
            },
            tried,
        )

    def test_create(self):
        """Nor are they given to a new record, by its values or by the context."""
        values = {"equipment_id": self.equipment.id}
        sheet = self.env["workmanager.sheet"]
        for extra in (
            {"name": "FS/2026/00001"},
            {"outcome": "repaired"},
            {"tracking_code": "AAAAAAAAAA"},
            {"delivery_date": "2026-01-01"},
        ):
            with self.subTest(extra=extra), self.assertRaises(AccessError):
                self._call(self.reception, sheet, "create", {**values, **extra})
        # An action that opened the form may have left it there: it counts for nothing.
        context = {"default_outcome": "repaired", "default_tracking_code": "AAAAAAAAAA"}
        new = sheet.browse(
            self._call(self.reception, sheet, "create", values, context=context)
        )
        self.assertFalse(new.outcome)
        self.assertNotEqual(new.tracking_code, "AAAAAAAAAA")
        with self.assertRaisesRegex(AccessError, "use their buttons"):
            self._call(
                self.reception,
                sheet,
                "create",
                {**values, "name": "FS/1"},
                context={"sealed_fields": True},
            )

    def test_new_sheet_begins_at_the_beginning(self):
        stage = self.env["workmanager.stage"]._get_first("delivered")
        values = {"equipment_id": self.equipment.id, "stage_id": stage.id}
        with self.assertRaisesRegex(UserError, "is received first"):
            self._call(self.reception, self.env["workmanager.sheet"], "create", values)

    def test_decision_and_reference(self):
        seller = new_test_user(
            self.env, "wm_seller", groups="sales_team.group_sale_manager"
        )
        accountant = new_test_user(
            self.env, "wm_accountant", groups="account.group_account_manager"
        )
        sheet = self._repair(self._create_sheet())
        order = sheet.sudo().sale_order_ids
        self.assertNotWritable(
            seller,
            order,
            service_decision="refused",
            service_decided_by="Nobody",
            service_decision_channel="phone",
            service_decision_date="2020-01-01",
            superseded_by_id=order.id,
        )
        sheet.with_user(self.reception).action_create_invoice()
        invoice = sheet.sudo().invoice_ids
        self.assertEqual(invoice.service_reference, sheet.name)
        self.assertNotWritable(accountant, invoice, service_reference="FS/1")

    def test_context_of_a_step(self):
        """What a program sends along with a step reaches nothing that is sealed."""
        sheet = self._evaluate(self._create_sheet())
        self._call(
            self.technician,
            sheet,
            "action_create_quotation",
            sheet.ids,
            context={"default_service_decision": "accepted", "default_fee": "charged"},
        )
        self.assertFalse(sheet.sudo().sale_order_ids.service_decision)
        self.assertFalse(any(sheet.line_ids.mapped("fee")))

    def test_quotation_is_taken_up_again(self):
        sheet = self._quote(self._create_sheet())
        sheet.with_user(self.reception).action_refuse_quotation()
        order = sheet.sudo().sale_order_ids.filtered(
            lambda o: not o._is_diagnosis_fee()
        )
        self.assertEqual(order.service_decision, "refused")
        order.with_user(self.reception).action_draft()
        self.assertFalse(order.service_decision)

    def test_invoice_without_service_names_no_sheet(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [(0, 0, {"product_id": self.part.id})],
            }
        )
        order.action_confirm()
        self.assertIs(order._create_invoices().service_reference, False)

    def test_pause(self):
        sheet = self._approve(self._create_sheet())
        pause = self.env["workmanager.pause"].with_user(self.technician)
        pause = pause.create({"sheet_id": sheet.id, "reason": "part"})
        self.assertNotWritable(
            self.technician,
            pause,
            start="2020-01-01",
            stop="2020-01-02",
            note="I was ill",
            reason="other",
            sheet_id=self._create_sheet(),
            user_id=self.manager,
        )
        with self.assertRaises(AccessError):
            pause.create(
                {"sheet_id": sheet.id, "reason": "part", "start": "2020-01-01"}
            )
        sheet.with_user(self.technician).action_resume()
        self.assertTrue(pause.stop)

    def test_signatures(self):
        sheet = self._create_sheet()
        write = {"intake_signature": SIGNATURE, "intake_signed_by": "Ana"}
        self._call(self.reception, sheet, "write", sheet.ids, write)
        sheet = self._repair(sheet)
        sheet.with_user(self.technician).delivery_signed_by = "Ion"
        for name in ("intake_signature", "intake_signed_by"):
            with self.assertRaisesRegex(UserError, "signature stands"):
                self._call(self.reception, sheet, "write", sheet.ids, {name: False})
        sheet.with_user(self.reception).action_deliver()
        for name in ("delivery_signature", "delivery_signed_by"):
            with self.assertRaisesRegex(UserError, "signature stands"):
                self._call(self.manager, sheet, "write", sheet.ids, {name: False})
        self.assertEqual(sheet.delivery_signed_by, "Ion")

    def test_right_of_a_step_is_for_its_own_write(self):
        """Odoo's automation rules run inside of a write, in its context."""
        sheet, other = self._create_sheet(), self._create_sheet()
        delivered = self.env["workmanager.stage"]._get_first("delivered")
        deeds = []

        def run_rule(records):
            if deeds:
                deeds.pop()(records.env)

        def check(deed, error):
            deeds[:] = [deed]
            with (
                patch.object(type(sheet), "_record_stage", run_rule),
                self.assertRaises(error),
                self.cr.savepoint(),
            ):
                sheet.with_user(self.technician).action_start_evaluation()

        check(
            lambda env: other.with_env(env).write({"stage_id": delivered.id}), UserError
        )
        check(
            lambda env: sheet.with_env(env).write({"stage_id": delivered.id}), UserError
        )
        check(
            lambda env: other.with_env(env).write({"outcome": "repaired"}), AccessError
        )
        check(
            lambda env: sheet.with_env(env).write({"ready_date": "2026-01-01"}),
            AccessError,
        )

    def test_right_of_a_step_ends_with_its_write(self):
        sheet = self._create_sheet().with_user(self.technician)
        with sheet._let_through({"outcome": "refused"}) as let_through:
            let_through.write({"outcome": "refused"})
        self.assertEqual(sheet.outcome, "refused")
        with self.assertRaises(AccessError):
            let_through.write({"outcome": "refused"})

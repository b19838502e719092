import base64

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .documents_common import DocumentsCommon

PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEA"
    b"fbLI3wAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestHandover(DocumentsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bag = cls.env["workmanager.accessory"].create({"name": "Bag"})

    def _open(self, sheets):
        """Open the dialog as reception; return its record."""
        action = sheets.with_user(self.reception).action_open_handover()
        self.assertEqual(action["target"], "new")
        return (
            self.env[action["res_model"]]
            .with_user(self.reception)
            .browse(action["res_id"])
        )

    def _create_ready_sheet(self, **values):
        accessories = self.charger | self.bag
        return self._repair(self._create_sheet(accessory_ids=accessories.ids, **values))

    def test_what_was_taken_in_is_settled_at_the_handover(self):
        sheet = self._create_ready_sheet()
        with Form(sheet.with_user(self.reception)) as form:
            form.condition_note = "A scratch"
        sheet.with_user(self.reception).action_deliver()
        form = Form(sheet.with_user(self.reception))
        for name in ("claimed_fault", "condition_note"):
            with (
                self.subTest(name),
                self.assertRaisesRegex(AssertionError, "readonly"),
            ):
                form[name] = "Another one"

    def test_accessories_are_ticked_off_and_the_missing_explained(self):
        sheet = self._create_ready_sheet()
        handover = self._open(sheet)
        self.assertEqual(handover.line_ids.accessory_id, self.charger | self.bag)
        self.assertEqual(handover.signed_by, "Ștefan Țăranu")
        with self.assertRaisesRegex(UserError, "Charger 65 W"):
            handover.action_hand_over()
        self.assertEqual(sheet.state, "ready")
        with Form(handover) as form:
            form.signed_by = "Maria Țăranu"
            form.signature = PIXEL
            with form.line_ids.edit(0) as line:
                line.is_returned = True
            with form.line_ids.edit(1) as line:
                line.note = "Torn, thrown away"
        missing = handover.line_ids.filtered(lambda line: not line.is_returned)
        action = handover.action_hand_over()
        self.assertEqual(action["tag"], "workmanager_print")
        self.assertRecordValues(
            sheet,
            [
                {
                    "state": "delivered",
                    "delivery_signed_by": "Maria Țăranu",
                    "delivered_by_id": self.reception.id,
                    "missing_accessory_note": f"{missing.accessory_id.name}: "
                    "Torn, thrown away",
                    "returned_accessory_ids": (
                        (self.charger | self.bag) - missing.accessory_id
                    ).ids,
                }
            ],
        )
        self.assertEqual(base64.b64decode(sheet.delivery_signature)[1:4], b"PNG")
        pages = self._print("handover_protocol", sheet)
        self.assertEqual(len(pages), 1)
        self.assertPrinted(
            pages,
            "Handover Protocol",
            "× Charger 65 W" if missing.accessory_id == self.bag else "× Bag",
            "Not given back",
            "Torn, thrown away",
            "Maria Țăranu",
            "wm_reception",
            "repaired and working",
        )

    def test_somebody_takes_it(self):
        handover = self._open(self._repair(self._create_sheet()))
        handover.signed_by = " "
        with self.assertRaisesRegex(UserError, "who takes"):
            handover.action_hand_over_only()

    def test_handing_over_twice_has_one_effect(self):
        sheet = self._create_ready_sheet()
        first, second = self._open(sheet), self._open(sheet)
        first.action_tick_all()
        first.action_hand_over_only()
        date, end = sheet.delivery_date, sheet.repair_warranty_end
        second.action_tick_all()
        second.signed_by = "Somebody else"
        with self.assertRaisesRegex(UserError, "was handed over on"):
            second.action_hand_over_only()
        with self.assertRaisesRegex(UserError, "was handed over on"):
            sheet.with_user(self.reception).action_open_handover()
        sheet.with_user(self.reception).action_deliver()
        sheet.with_user(self.reception).stage_id = self.env[
            "workmanager.stage"
        ]._get_first("delivered")
        self.assertRecordValues(
            sheet,
            [
                {
                    "delivery_date": date,
                    "repair_warranty_end": end,
                    "delivery_signed_by": "Ștefan Țăranu",
                }
            ],
        )

    def test_dragging_to_delivered_gives_everything_back(self):
        sheet = self._create_ready_sheet().with_user(self.reception)
        sheet.stage_id = self.env["workmanager.stage"]._get_first("delivered")
        self.assertTrue(sheet.delivery_date)
        self.assertEqual(sheet.returned_accessory_ids, self.charger | self.bag)

    def test_dragging_obeys_the_policy(self):
        self.env.company.service_delivery_policy = "invoiced"
        sheet = self._create_ready_sheet().with_user(self.reception)
        with self.assertRaisesRegex(UserError, "not invoiced yet"):
            sheet.stage_id = self.env["workmanager.stage"]._get_first("delivered")
        with self.assertRaisesRegex(UserError, "not invoiced yet"):
            sheet.action_open_handover()

    def test_what_else_is_ready_leaves_with_it(self):
        sheet = self._create_ready_sheet()
        other = self._create_ready_sheet(
            equipment_id=self._create_equipment("SER-2").id
        )
        stranger = self.env["res.partner"].create({"name": "Ana Pop"})
        foreign = self._create_ready_sheet(
            equipment_id=self._create_equipment("SER-3", partner_id=stranger.id).id
        )
        handover = self._open(sheet)
        self.assertEqual(handover.other_sheet_ids, other)
        handover.action_add_others()
        self.assertEqual(len(handover.line_ids), 4)
        self.assertFalse(handover.other_sheet_ids)
        action = handover.action_tick_all()
        self.assertEqual((action["name"], action["target"]), ("Hand Over", "new"))
        handover.action_hand_over()
        self.assertEqual((sheet | other).mapped("state"), ["delivered"] * 2)
        with self.assertRaisesRegex(UserError, "several customers"):
            (
                foreign
                | self._create_ready_sheet(
                    equipment_id=self._create_equipment("SER-4").id
                )
            ).with_user(self.reception).action_open_handover()

    def test_the_counter_is_told_what_is_not_paid(self):
        sheet = self._repair(self._create_sheet()).with_user(self.reception)
        self.assertIn("not invoiced yet", self._open(sheet).warning)
        sheet.action_create_invoice()
        sheet.invoice_ids.action_post()
        self.assertIn("not paid yet", self._open(sheet).warning)

    def test_the_counter_is_told_what_is_left_to_pay(self):
        sheet = self._repair(self._create_sheet()).with_user(self.reception)
        sheet.action_create_invoice()
        invoice = sheet.invoice_ids
        invoice.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": invoice.amount_total - 10}).action_create_payments()
        self.assertEqual(invoice.payment_state, "partial")
        warning = self._open(sheet).warning
        self.assertIn(invoice.name, warning)
        self.assertRegex(warning, r"10[.,]00.* left to pay")

    def test_accessory_that_came_later_is_not_forgotten(self):
        sheet = self._create_ready_sheet()
        handover = self._open(sheet)
        handover.action_tick_all()
        sheet.accessory_ids |= self.env["workmanager.accessory"].create(
            {"name": "Power cord"}
        )
        with self.assertRaisesRegex(UserError, "Power cord came to .* open it again"):
            handover.action_hand_over_only()
        again = self._open(sheet)
        again.action_tick_all()
        again.action_hand_over_only()
        self.assertEqual(sheet.returned_accessory_ids, sheet.accessory_ids)

    def test_down_payment_of_a_cancelled_order_is_told(self):
        self.env.company.service_delivery_policy = "paid"
        sheet = self._approve(self._create_sheet())
        order = sheet.sudo().sale_order_ids
        wizard = self.env["sale.advance.payment.inv"].with_context(active_ids=order.ids)
        invoice = wizard.create(
            {"advance_payment_method": "fixed", "fixed_amount": 121.0}
        )._create_invoices(order)
        invoice.action_post()
        sheet.action_mark_unrepairable()
        self.assertEqual(order.state, "cancel")
        warning = self._open(sheet).warning
        self.assertIn(invoice.name, warning)
        self.assertIn("has to be given back", warning)

    def test_refused_equipment_has_its_own_protocol_and_no_warranty(self):
        sheet = self._quote(self._create_sheet())
        sheet.with_user(self.reception).action_refuse_quotation()
        handover = self._open(sheet)
        handover.action_hand_over_only()
        self.assertFalse(sheet.repair_warranty_end)
        pages = self._print("handover_protocol", sheet)
        self.assertPrinted(
            pages, "Return Protocol", "The customer refused the repair", "no warranty"
        )
        self.assertNotIn("Warranty of the repair", " ".join(pages))

    def test_unrepairable_equipment_has_its_own_protocol(self):
        sheet = self._quote(self._create_sheet())
        sheet.action_mark_unrepairable()
        self._open(sheet).action_hand_over_only()
        self.assertFalse(sheet.repair_warranty_end)
        self.assertPrinted(
            self._print("handover_protocol", sheet),
            "Return Protocol",
            "cannot be repaired",
        )

    def test_fee_of_a_refused_repair_is_paid_first(self):
        self.env.company.service_delivery_policy = "paid"
        self.laptop.diagnosis_product_id = self.diagnosis
        sheet = self._quote(self._create_sheet()).with_user(self.reception)
        sheet.action_refuse_quotation()
        with self.assertRaisesRegex(UserError, "not invoiced yet"):
            sheet.action_open_handover()
        sheet.action_create_invoice()
        sheet.invoice_ids.action_post()
        with self.assertRaisesRegex(UserError, "not paid yet"):
            sheet.action_open_handover()

    def test_credit_note_that_is_not_paid_out_holds_nothing_back(self):
        self.env.company.service_delivery_policy = "paid"
        sheet = self._repair(self._create_sheet()).with_user(self.reception)
        sheet.action_create_invoice()
        invoice = sheet.invoice_ids
        invoice.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({}).action_create_payments()
        self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"journal_id": invoice.journal_id.id}).reverse_moves()
        (sheet.invoice_ids - invoice).action_post()
        sheet.action_deliver()
        self.assertEqual(sheet.state, "delivered")

    def test_warranty_of_the_repair_comes_from_the_parent_type(self):
        self.laptop.write(
            {
                "repair_warranty_months": 0,
                "parent_id": self.env["workmanager.equipment.type"]
                .create({"name": "Computers", "repair_warranty_months": 6})
                .id,
            }
        )
        sheet = self._repair(self._create_sheet()).with_user(self.reception)
        sheet.action_deliver()
        self.assertTrue(sheet.repair_warranty_end)

    def test_unlock_code_is_wiped_by_the_dialog(self):
        sheet = self._repair(self._create_sheet(unlock_code="1234"))
        self.assertTrue(sheet.has_unlock_code)
        self._open(sheet).action_hand_over_only()
        self.assertFalse(sheet.has_unlock_code)

    def test_sheet_with_documents_is_not_deleted(self):
        signed = self._create_sheet(intake_signature=PIXEL)
        with self.assertRaisesRegex(UserError, "Cancel it instead"):
            signed.with_user(self.manager).unlink()
        sheet = self._quote(self._create_sheet())
        sheet.with_user(self.reception).action_cancel()
        with self.assertRaisesRegex(UserError, "has a history or signed"):
            sheet.with_user(self.manager).unlink()
        mistaken = self._create_sheet()
        mistaken.with_user(self.manager).unlink()
        self.assertFalse(mistaken.exists())

    def test_accessories_of_a_delivered_sheet_are_history(self):
        sheet = self._create_ready_sheet().with_user(self.reception)
        sheet.action_deliver()
        copy = sheet.copy()
        self.assertFalse(copy.returned_accessory_ids)
        self.assertFalse(copy.statement_number)
        self.assertCountEqual(
            sheet.read(["returned_accessory_ids"])[0]["returned_accessory_ids"],
            (self.charger | self.bag).ids,
        )

from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestClaim(ServiceCommon):
    """What the manufacturer's warranty pays."""

    def _finish_under_warranty(self, serial, brand=None, **lines):
        """Repair under the manufacturer's warranty; ``lines`` go to the lines."""
        equipment = self._create_equipment(serial, brand_id=(brand or self.brand).id)
        sheet = self._evaluate(self._create_sheet(equipment_id=equipment.id))
        sheet.line_ids.write({"coverage": "warranty", **lines})
        sheet.action_create_quotation()
        self.assertEqual(sheet.claim_state, "open")
        sheet.action_start_repair()
        sheet.action_finish_repair()
        return sheet.with_user(self.reception)

    def test_claim_names_sheet_serial_and_fault(self):
        sheet = self._finish_under_warranty("SN-001")
        self.assertEqual(sheet.claim_state, "to_invoice")
        self.assertEqual(sheet.claim_order_ids.partner_id, self.manufacturer)
        sheet.action_create_invoice()
        invoice = sheet.invoice_ids
        self.assertEqual(invoice.partner_id, self.manufacturer)
        title = invoice.invoice_line_ids.filtered(
            lambda line: line.display_type == "line_section"
        ).name
        for text in (sheet.name, "SN-001", "Battery worn out"):
            self.assertIn(text, title)
        self.assertEqual(sheet.claim_state, "invoiced")
        invoice.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({}).action_create_payments()
        self.assertEqual(sheet.claim_state, "paid")

    def test_sheets_are_found_by_their_claim(self):
        unclaimed = self._create_sheet(equipment_id=self._create_equipment("SN-0").id)
        waiting = self._finish_under_warranty("SN-1")
        invoiced = self._finish_under_warranty("SN-2")
        invoiced.action_create_invoice()
        sheets = unclaimed | waiting | invoiced
        for domain, expected in (
            ([("claim_state", "=", "to_invoice")], waiting),
            ([("claim_state", "in", ("to_invoice", "invoiced"))], waiting | invoiced),
            ([("claim_state", "=", False)], unclaimed),
            ([("claim_state", "!=", False)], waiting | invoiced),
            ([("claim_state", "!=", "invoiced")], unclaimed | waiting),
        ):
            with self.subTest(domain=domain):
                found = waiting.search([("id", "in", sheets.ids), *domain])
                self.assertEqual(found, expected.sorted(lambda s: -s.id))

    def test_internal_line_is_no_claim(self):
        sheet = self._evaluate(self._create_sheet())
        sheet.line_ids.coverage = "warranty"
        sheet.line_ids[1].is_internal = True
        sheet.action_create_quotation()
        self.assertEqual(sheet.claim_order_ids.partner_id, self.manufacturer)

    def test_claim_that_was_credited_is_refused(self):
        sheet = self._finish_under_warranty("SN-002")
        sheet.action_create_invoice()
        sheet.invoice_ids.action_post()
        sheet.invoice_ids._reverse_moves(cancel=True)
        self.assertEqual(sheet.claim_state, "refused")
        self.assertFalse(sheet.is_to_invoice)

    def test_claims_are_gathered_by_manufacturer_and_month(self):
        self.env.company.service_claim_invoicing = "monthly"
        other = self.env["workmanager.brand"].create(
            {
                "name": "Other brand",
                "partner_id": self.env["res.partner"].create({"name": "Alta SRL"}).id,
            }
        )
        sheets = self.env["workmanager.sheet"]
        for serial, brand, day in (
            ("SN-1", self.brand, 3),
            ("SN-2", self.brand, 28),
            ("SN-3", other, 28),
        ):
            with freeze_time(datetime(2031, 1, day, 10)):
                sheets |= self._finish_under_warranty(serial, brand)
        with freeze_time(datetime(2031, 2, 2, 10)):
            sheets |= self._finish_under_warranty("SN-4")
        with self.assertRaisesRegex(UserError, "nothing to invoice"):
            sheets[0].action_create_invoice()
        claims = sheets.claim_order_ids
        self.assertEqual(
            set(claims.mapped("service_date")),
            {date(2031, 1, 3), date(2031, 1, 28), date(2031, 2, 2)},
        )
        action = claims.action_invoice_claims()
        moves = self.env["account.move"].search(action["domain"])
        self.assertEqual(len(moves), 3)
        self.assertEqual(
            {(m.partner_id.name, m.service_reference, len(m.sheet_ids)) for m in moves},
            {
                ("Fabrica SRL", "Claims 2031-01", 2),
                ("Alta SRL", "Claims 2031-01", 1),
                ("Fabrica SRL", "Claims 2031-02", 1),
            },
        )
        gathered = moves.filtered(lambda move: len(move.sheet_ids) == 2)
        text = "\n".join(gathered.invoice_line_ids.mapped("name"))
        self.assertIn("SN-1", text)
        self.assertIn("SN-2", text)
        with self.assertRaisesRegex(UserError, "no claim to invoice"):
            claims.action_invoice_claims()

    def test_month_that_is_over_is_invoiced_by_itself(self):
        self.env.company.write(
            {"service_claim_invoicing": "monthly", "service_claim_auto": True}
        )
        with freeze_time(datetime(2031, 1, 15, 10)):
            january = self._finish_under_warranty("SN-1")
        with freeze_time(datetime(2031, 2, 3, 10)):
            february = self._finish_under_warranty("SN-2")
            self.env["sale.order"]._cron_invoice_claims()
            self.assertEqual(january.invoice_ids.state, "draft")
            self.assertFalse(february.invoice_ids)
            self.env["sale.order"]._cron_invoice_claims()
            self.assertEqual(len(january.invoice_ids), 1)

    def test_claim_that_fails_holds_no_other_back(self):
        self.env.company.write(
            {"service_claim_invoicing": "monthly", "service_claim_auto": True}
        )
        other = self.env["workmanager.brand"].create(
            {
                "name": "Other brand",
                "partner_id": self.env["res.partner"].create({"name": "Alta SRL"}).id,
            }
        )
        with freeze_time(datetime(2031, 1, 15, 10)):
            wrong = self._finish_under_warranty("SN-1")
            right = self._finish_under_warranty("SN-2", other)
        journal = self.env["account.journal"].search(
            [("type", "=", "purchase"), ("company_id", "=", self.env.company.id)],
            limit=1,
        )
        wrong.claim_order_ids.journal_id = journal
        with freeze_time(datetime(2031, 2, 3, 10)):
            for _night in range(2):
                self.env["sale.order"]._cron_invoice_claims()
        self.assertEqual(right.invoice_ids.state, "draft")
        self.assertFalse(wrong.invoice_ids)
        activity = wrong.claim_order_ids.activity_ids.filtered(
            lambda activity: activity.summary == "Claim Not Invoiced"
        )
        self.assertEqual(len(activity), 1, "it is told once, not each night")
        self.assertIn("journal", activity.note)
        wrong.claim_order_ids.journal_id = False
        wrong.claim_order_ids.action_invoice_claims()
        self.assertEqual(wrong.invoice_ids.state, "draft")

    def test_warranty_holds_no_hand_over_back(self):
        self.env.company.service_delivery_policy = "paid"
        self.env.company.service_claim_invoicing = "monthly"
        sheet = self._finish_under_warranty("SN-1")
        self.assertFalse(sheet.is_to_invoice)
        sheet.action_deliver()
        self.assertEqual(sheet.state, "delivered")
        sheet.claim_order_ids.action_invoice_claims()
        self.assertEqual(sheet.claim_state, "invoiced")

    def test_customers_part_waits_for_the_customer_only(self):
        self.env.company.service_delivery_policy = "paid"
        sheet = self._evaluate(self._create_sheet())
        sheet.line_ids[0].coverage = "warranty"
        sheet.action_create_quotation()
        sheet.with_user(self.reception).action_accept_quotation()
        sheet.action_start_repair()
        sheet.action_finish_repair()
        sheet = sheet.with_user(self.reception)
        with self.assertRaisesRegex(UserError, "not invoiced yet"):
            sheet.action_deliver()
        sheet.action_create_invoice()
        self.assertEqual(len(sheet.invoice_ids), 2)
        own = sheet.invoice_ids.filtered(lambda m: m.partner_id == self.customer)
        own.action_post()
        with self.assertRaisesRegex(UserError, "not paid yet"):
            sheet.action_deliver()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=own.ids
        ).create({}).action_create_payments()
        sheet.action_deliver()
        self.assertEqual(sheet.state, "delivered")

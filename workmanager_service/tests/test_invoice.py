from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestInvoice(ServiceCommon):
    def test_invoice_is_what_was_quoted_when_all_is_done(self):
        sheet = self._repair(self._create_sheet()).with_user(self.reception)
        action = sheet.action_create_invoice()
        invoice = sheet.invoice_ids
        self.assertEqual(action["res_id"], invoice.id)
        invoice.action_post()
        self.assertAlmostEqual(invoice.amount_total, sheet.amount_total)
        self.assertAlmostEqual(invoice.amount_total, 390 * 1.21)

    def test_less_work_is_invoiced_as_less(self):
        sheet = self._approve(self._create_sheet())
        sheet.action_start_repair()
        work = sheet.line_ids.filtered(lambda line: line.product_id == self.work)
        work.quantity_done = 1
        sheet.action_finish_repair()
        sheet.with_user(self.reception).action_create_invoice()
        lines = sheet.with_user(self.reception).invoice_ids.invoice_line_ids
        line = lines.filtered(lambda line: line.product_id == self.work)
        self.assertEqual(line.quantity, 1.0)

    def test_nothing_to_invoice_is_said(self):
        sheet = self._quote(self._create_sheet())
        sheet.with_user(self.reception).action_refuse_quotation()
        with self.assertRaisesRegex(UserError, "nothing to invoice"):
            sheet.with_user(self.reception).action_create_invoice()

    def test_orders_without_a_sheet_are_invoiced_as_ever(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    (0, 0, {"product_id": self.work.id, "product_uom_qty": 3})
                ],
            }
        )
        order.action_confirm()
        self.assertEqual(order.order_line.qty_to_invoice, 3.0)
        self.assertFalse(order.sheet_count)

    # ------------------------------------------------------------ NOTHING TWICE

    def _invoice(self, sheet):
        """Create and post the invoices of a sheet; return the new ones."""
        known = sheet.with_user(self.reception).invoice_ids
        sheet.with_user(self.reception).action_create_invoice()
        moves = sheet.with_user(self.reception).invoice_ids - known
        moves.action_post()
        return moves

    def _credit(self, move):
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.reception)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id})
        )
        wizard.reverse_moves()
        return wizard.new_move_ids

    def test_what_was_credited_is_not_invoiced_again_by_itself(self):
        self.env.company.service_delivery_policy = "paid"
        sheet = self._repair(self._create_sheet()).with_user(self.reception)
        invoice = self._invoice(sheet)
        self._credit(invoice).action_post()
        self.assertFalse(sheet.is_to_invoice)
        sheet.action_create_invoice()
        live = sheet.invoice_ids.filtered(lambda m: m.move_type == "out_invoice")
        self.assertEqual(live, invoice)
        [table] = sheet._get_work_statement_values()
        self.assertAlmostEqual(table["due"], invoice.amount_total)
        sheet.action_deliver()
        self.assertEqual(sheet.state, "delivered")

    def test_a_person_invoices_again_what_was_credited(self):
        sheet = self._repair(self._create_sheet()).with_user(self.reception)
        with self.assertRaisesRegex(UserError, "nothing to invoice again"):
            sheet.action_invoice_again()
        invoice = self._invoice(sheet)
        credit = self._credit(invoice)
        credit.action_post()
        self.assertTrue(sheet.is_credited)
        sheet.action_invoice_again()
        again = sheet.invoice_ids - invoice - credit
        self.assertAlmostEqual(again.amount_total, invoice.amount_total)
        self.assertFalse(sheet.is_credited)
        [table] = sheet._get_work_statement_values()
        self.assertAlmostEqual(table["due"], again.amount_total)
        again.action_post()
        self._credit(again).action_post()
        self.assertFalse(sheet.is_to_invoice)

    def test_invoice_that_was_cancelled_or_deleted_is_made_again(self):
        sheet = self._repair(self._create_sheet()).with_user(self.reception)
        sheet.action_create_invoice()
        sheet.invoice_ids.button_cancel()
        self.assertTrue(sheet.is_to_invoice)
        sheet.action_create_invoice()
        draft = sheet.invoice_ids.filtered(lambda move: move.state == "draft")
        self.assertEqual(len(draft), 1)
        draft.unlink()
        self.assertTrue(sheet.is_to_invoice)
        self.assertAlmostEqual(self._invoice(sheet).amount_total, 390 * 1.21)

    def test_statement_follows_an_invoice_that_was_changed_by_hand(self):
        sheet = self._repair(self._create_sheet()).with_user(self.reception)
        sheet.action_create_invoice()
        invoice = sheet.invoice_ids
        invoice.invoice_line_ids = [
            Command.update(invoice.invoice_line_ids.sorted()[0].id, {"discount": 10}),
            Command.create({"name": "Transport", "quantity": 1, "price_unit": 33.33}),
        ]
        [table] = sheet._get_work_statement_values()
        self.assertAlmostEqual(table["due"], invoice.amount_total)
        names = [row["name"] for group in table["groups"] for row in group["lines"]]
        self.assertIn("Transport", names)

    def test_statement_follows_an_invoice_in_another_currency(self):
        sheet = self._repair(self._create_sheet()).with_user(self.reception)
        sheet.action_create_invoice()
        currency = self.env.ref("base.CHF")
        currency.active = True
        sheet.invoice_ids.currency_id = currency
        [table] = sheet._get_work_statement_values()
        self.assertEqual(table["currency"], currency)
        self.assertAlmostEqual(table["due"], sheet.invoice_ids.amount_total)

    def test_locked_order_is_finished_and_invoiced(self):
        sheet = self._approve(self._create_sheet())
        sheet.sudo().sale_order_ids.action_lock()
        sheet.action_start_repair()
        sheet.action_finish_repair()
        self.assertAlmostEqual(self._invoice(sheet).amount_total, 390 * 1.21)

    def test_several_sheets_get_an_invoice_each(self):
        sheets = self._repair(self._create_sheet()) | self._repair(
            self._create_sheet(equipment_id=self._create_equipment("SER-2").id)
        )
        sheets = sheets.with_user(self.reception)
        action = sheets.action_create_invoice()
        self.assertEqual(len(sheets.invoice_ids), 2)
        self.assertEqual(
            set(sheets.invoice_ids.mapped("service_reference")),
            set(sheets.mapped("name")),
        )
        self.assertEqual(action["res_model"], "account.move")
        for sheet in sheets:
            self.assertEqual(len(sheet.invoice_ids), 1)
            self.assertEqual(sheet.invoice_ids.sheet_ids, sheet)

    def test_orders_gathered_in_sales_are_one_invoice(self):
        sheets = self._repair(self._create_sheet()) | self._repair(self._create_sheet())
        orders = sheets.sudo().sale_order_ids
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_ids=orders.ids
        )
        invoice = wizard.create({})._create_invoices(orders)
        self.assertEqual(len(invoice), 1)
        for sheet in sheets:
            self.assertIn(sheet.name, invoice.service_reference)
        dues = [sheet._get_work_statement_values()[0]["due"] for sheet in sheets]
        self.assertAlmostEqual(sum(dues), invoice.amount_total)

    def test_supplementary_work_is_on_the_same_invoice(self):
        sheet = self._approve(self._create_sheet())
        sheet.action_start_repair()
        self.env["workmanager.sheet.line"].with_user(self.technician).create(
            {"sheet_id": sheet.id, "product_id": self.work.id}
        )
        sheet.action_create_quotation()
        sheet.with_user(self.reception).action_accept_quotation()
        sheet.action_finish_repair()
        self.assertAlmostEqual(self._invoice(sheet).amount_total, 490 * 1.21)

    def test_unused_down_payment_is_given_back(self):
        sheet = self._approve(self._create_sheet())
        order = sheet.sudo().sale_order_ids
        wizard = self.env["sale.advance.payment.inv"].with_context(active_ids=order.ids)
        wizard.create(
            {"advance_payment_method": "fixed", "fixed_amount": 121.0}
        )._create_invoices(order).action_post()
        sheet.action_start_repair()
        sheet.action_finish_repair()
        sheet.line_ids.sudo().quantity_done = 0
        credit = self._invoice(sheet)
        self.assertEqual(credit.move_type, "out_refund")
        self.assertAlmostEqual(credit.amount_total, 121.0)

    def test_technician_has_no_right_to_invoice(self):
        sheet = self._repair(self._create_sheet())
        with self.assertRaises(AccessError):
            sheet.with_user(self.technician).action_create_invoice()

    def test_free_work_needs_no_invoice(self):
        self.env.company.service_delivery_policy = "paid"
        sheet = self._evaluate(self._create_sheet())
        sheet.line_ids.coverage = "goodwill"
        sheet.action_create_quotation()
        if sheet.state == "quoted":
            sheet.with_user(self.reception).action_accept_quotation()
        sheet.action_start_repair()
        sheet.action_finish_repair()
        sheet = sheet.with_user(self.reception)
        self.assertFalse(sheet.is_to_invoice)
        with self.assertRaisesRegex(UserError, "nobody has to pay for it"):
            sheet.action_create_invoice()
        sheet.action_deliver()

    # ----------------------------------------------------------------- NUMBERS

    def test_statement_is_numbered_once_when_the_work_ends(self):
        sheet = self._approve(self._create_sheet())
        self.assertFalse(sheet.statement_number)
        sheet.action_start_repair()
        sheet.action_finish_repair()
        number = sheet.statement_number
        self.assertRegex(number, r"^DL/\d{4}/\d{5}$")
        self.assertEqual(sheet.statement_user_id, self.technician)
        sheet.action_finish_repair()
        self.assertEqual(sheet.statement_number, number)
        other = self._repair(self._create_sheet())
        self.assertNotEqual(other.statement_number, number)

    def test_each_company_numbers_its_own_statements(self):
        company = self.env["res.company"].create({"name": "Second shop"})
        sequence = self.env["ir.sequence"].with_company(company)
        number = sequence.next_by_code("workmanager.statement")
        self.assertTrue(number.endswith("/00001"))

    def test_work_of_nothing_has_no_number(self):
        sheet = self._quote(self._create_sheet())
        sheet.with_user(self.reception).action_refuse_quotation()
        self.assertFalse(sheet.statement_number)
        self.laptop.diagnosis_product_id = self.diagnosis
        charged = self._quote(self._create_sheet())
        charged.with_user(self.reception).action_refuse_quotation()
        self.assertTrue(charged.statement_number)

    def test_total_is_in_the_currency_of_the_sheet(self):
        euro = self.env.ref("base.CHF")
        euro.active = True
        sheet = self._create_sheet()
        prices = self.env["product.pricelist"].create(
            {"name": "CHF", "currency_id": euro.id}
        )
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": fields.Date.today(), "rate": 2.0}
        )
        self._evaluate(sheet)
        sheet.action_create_quotation()
        order = sheet.sudo().sale_order_ids
        order.pricelist_id = prices
        order.currency_id = euro
        self.env.flush_all()
        self.assertAlmostEqual(
            sheet.amount_total,
            order.currency_id._convert(order.amount_total, sheet.currency_id),
            places=2,
        )

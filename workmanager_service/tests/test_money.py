from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import ServiceCommon


class MoneyCommon(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo asks whether its own user has the feature.
        cls.robot = cls.env.ref("base.user_root")
        cls.robot.group_ids += cls.env.ref("product.group_product_pricelist")
        # The first one is everybody's who has no other.
        cls.env["product.pricelist"].create({"name": "Test shop", "sequence": -1})

    @classmethod
    def _create_evaluated(cls, *lines, **values):
        """Return a sheet that waits to be quoted, with a line for each dict."""
        sheet = cls._create_sheet(**values).with_user(cls.technician)
        sheet.action_start_evaluation()
        sheet.check_ids.filtered(lambda check: check.kind == "pass_fail").result = "ok"
        sheet.check_ids.filtered(lambda check: check.kind == "measure").value = 11.0
        sheet.action_complete_evaluation()
        base = {"sheet_id": sheet.id, "product_id": cls.part.id}
        cls.env["workmanager.sheet.line"].with_user(cls.technician).create(
            [{**base, **line} for line in lines]
        )
        return sheet

    def _invoice(self, sheet):
        self.env.invalidate_all()
        sheet.with_user(self.reception).action_create_invoice()
        moves = sheet.sudo().invoice_ids.filtered(lambda m: m.state == "draft")
        moves.action_post()
        return moves


@tagged("post_install", "-at_install")
class TestFree(MoneyCommon):
    """What nobody pays stays free, whatever Odoo's own buttons do to the order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sheet = cls._create_evaluated({"coverage": "goodwill"}, {})
        cls.sheet.action_create_quotation()
        cls.order = cls.sheet.sudo().sale_order_ids.with_user(cls.env.user)
        cls.free = cls.sheet.line_ids[0].sudo().sale_line_id
        cls.untaxed = cls.order.amount_untaxed

    def assertFree(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.free.price_unit, 0.0)
        self.assertEqual(self.free.price_total, 0.0)
        self.assertEqual(self.sheet.line_ids[0].coverage, "goodwill")

    def test_quoted(self):
        self.assertFree()
        self.assertEqual(self.untaxed, 240.0)

    def test_update_prices(self):
        self.order.with_user(self.reception).action_update_prices()
        self.assertFree()
        self.assertEqual(self.order.amount_untaxed, self.untaxed)

    def test_discount_wizard(self):
        self.env["sale.order.discount"].create(
            {
                "sale_order_id": self.order.id,
                "discount_type": "sol_discount",
                "discount_percentage": 0.1,
            }
        ).action_apply_discount()
        self.assertFree()
        self.assertAlmostEqual(self.order.amount_untaxed, 216.0)

    def test_other_price_list_and_fiscal_position(self):
        self.order.pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Dearer",
                "item_ids": [
                    Command.create({"compute_price": "fixed", "fixed_price": 500.0})
                ],
            }
        )
        self.order.action_update_prices()
        self.order.fiscal_position_id = self.env["account.fiscal.position"].create(
            {"name": "Abroad"}
        )
        self.order.action_update_taxes()
        self.assertFree()

    def test_copied_order(self):
        copy = self.order.with_user(self.reception).copy()
        copy.action_update_prices()
        self.assertEqual(copy.amount_untaxed, self.untaxed)

    def test_quantity(self):
        self.free.product_uom_qty = 7
        self.assertFree()

    def test_price_cannot_be_typed(self):
        with self.assertRaisesRegex(ValidationError, "goodwill: nobody pays"):
            self.free.price_unit = 10.0

    def test_unticked_on_the_quotation_is_paid_by_the_customer(self):
        self.free.is_goodwill = False
        self.assertEqual(self.sheet.line_ids[0].coverage, "customer")
        self.assertEqual(self.free.price_unit, 240.0)

    def test_stays_once_it_is_accepted(self):
        self.sheet.with_user(self.reception).action_accept_quotation()
        with self.assertRaisesRegex(UserError, "supplementary quotation"):
            self.free.is_goodwill = False
        self.order.action_update_prices()
        self.assertFree()

    def test_internal_line_is_on_no_invoice_that_odoo_makes(self):
        sheet = self._create_evaluated({"is_internal": True}, {})
        sheet.action_create_quotation()
        sheet.with_user(self.reception).action_accept_quotation()
        order = sheet.sudo().sale_order_ids
        order._force_lines_to_invoice_policy_order()
        lines = order._create_invoices(final=True).invoice_line_ids.sale_line_ids
        self.assertFalse(lines.filtered("is_internal"))

    def test_till_of_odoo_does_not_settle_service_work(self):
        with self.assertRaisesRegex(UserError, "from its service sheet"):
            self.order.load_sale_order_from_pos(1)


@tagged("post_install", "-at_install")
class TestShownIsQuoted(MoneyCommon):
    """The sheet shows what will be quoted, the quotation says what the sheet showed."""

    def assertQuotedAsShown(self, sheet):
        self.env.invalidate_all()
        shown = sheet.line_ids.mapped("price_subtotal")
        sheet.action_create_quotation()
        self.env.invalidate_all()
        order_lines = sheet.line_ids.sudo().sale_line_id
        quoted = [
            line._convert_to_currency(line.price_subtotal, sheet.currency_id)
            for line in order_lines
        ]
        self.assertEqual(shown, quoted)
        self.assertEqual(sheet.line_ids.mapped("price_subtotal"), quoted)
        return order_lines

    def _set_price_list(self, **item):
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {"name": "Test list", "item_ids": [Command.create(item)]}
        )

    def test_price_list_that_shows_its_discount(self):
        self.robot.group_ids += self.env.ref("sale.group_discount_per_so_line")
        self._set_price_list(compute_price="percentage", percent_price=10)
        sheet = self._create_evaluated({}, {"discount": 5}, {"price_unit": 80})
        self.assertEqual(sheet.line_ids.mapped("discount")[:2], [10.0, 5.0])
        self.assertQuotedAsShown(sheet)

    def test_taxes_in_the_price_and_fiscal_position(self):
        included = self.tax.copy({"price_include_override": "tax_included"})
        self.part.taxes_id = included
        self.customer.property_account_position_id = self.env[
            "account.fiscal.position"
        ].create({"name": "Exempt"})
        lines = self.assertQuotedAsShown(self._create_evaluated({}, {"quantity": 3}))
        self.assertTrue(lines)

    def test_foreign_price_list_with_more_digits(self):
        currency = self._create_foreign_currency(rate=0.2)
        self.env["decimal.precision"].search(
            [("name", "=", "Product Price")]
        ).digits = 4
        self._set_price_list(compute_price="fixed", fixed_price=1.2345)
        self.customer.property_product_pricelist.currency_id = currency
        sheet = self._create_evaluated({"quantity": 7})
        self.assertEqual(sheet.currency_id, currency)
        self.assertQuotedAsShown(sheet)
        self.assertAlmostEqual(sheet.line_ids.price_unit, 1.2345, 4)

    def _create_foreign_currency(self, rate):
        return self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "T",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": rate})],
            }
        )

    def _claim_in(self, currency):
        self.manufacturer.property_product_pricelist = self.env[
            "product.pricelist"
        ].create({"name": "Claims", "currency_id": currency.id})

    def test_typed_price_is_claimed_at_its_worth(self):
        self._claim_in(self._create_foreign_currency(rate=0.2))
        sheet = self._create_evaluated({"coverage": "warranty", "price_unit": 500.0})
        lines = self.assertQuotedAsShown(sheet)
        self.assertAlmostEqual(lines.price_unit, 100.0)
        self.assertAlmostEqual(sheet.line_ids.price_unit, 500.0)

    def test_payer_changed_after_quoting(self):
        self._claim_in(self._create_foreign_currency(rate=0.2))
        sheet = self._create_evaluated({"price_unit": 500.0})
        sheet.action_create_quotation()
        sheet.action_start_evaluation()
        sheet.line_ids.coverage = "warranty"
        sheet.evaluation_id.sudo().state = "done"
        lines = self.assertQuotedAsShown(sheet)
        self.assertAlmostEqual(lines.price_unit, 100.0)

    def test_typed_price_follows_the_customers_currency(self):
        sheet = self._create_evaluated({"price_unit": 500.0})
        other = self.customer.copy({"name": "Abroad"})
        currency = self._create_foreign_currency(rate=0.2)
        other.property_product_pricelist = self.env["product.pricelist"].create(
            {"name": "Abroad", "currency_id": currency.id}
        )
        sheet.with_user(self.reception).partner_id = other
        self.assertEqual(sheet.currency_id, currency)
        self.assertAlmostEqual(sheet.line_ids.price_unit, 100.0)

    def test_total_is_that_of_the_order(self):
        self.env.company.tax_calculation_rounding_method = "round_globally"
        prices = (10.07, 10.07, 10.07, 3.33)
        sheet = self._create_evaluated(*({"price_unit": price} for price in prices))
        self.assertQuotedAsShown(sheet)
        order = sheet.sudo().sale_order_ids
        self.assertAlmostEqual(sheet.amount_total, order.amount_total)
        self.assertNotAlmostEqual(
            sheet.amount_total, sum(order.order_line.mapped("price_total"))
        )


@tagged("post_install", "-at_install")
class TestInvoicedByOdoo(MoneyCommon):
    """What Odoo invoices by itself, and what is reversed by hand, is right too."""

    def _repair_two(self):
        sheet = self._create_evaluated({"product_id": self.work.id, "quantity": 2.0})
        sheet.action_create_quotation()
        sheet.with_user(self.reception).action_accept_quotation()
        sheet.action_start_repair()
        return sheet

    def _get_statement(self, sheet):
        self.env.invalidate_all()
        [table] = sheet._get_work_statement_values()
        return table

    def test_less_was_done_than_was_invoiced_before(self):
        sheet = self._repair_two()
        order = sheet.sudo().sale_order_ids
        order._force_lines_to_invoice_policy_order()
        invoice = order._create_invoices(final=True)
        invoice.action_post()
        sheet.line_ids.quantity_done = 0
        sheet.action_finish_repair()
        expected = self._get_statement(sheet)["tax_totals"]["total_amount_currency"]
        credit = self._invoice(sheet)
        self.assertEqual(credit.move_type, "out_refund")
        table = self._get_statement(sheet)
        total = table["tax_totals"]["total_amount_currency"]
        self.assertAlmostEqual(total, expected)
        self.assertAlmostEqual(total, invoice.amount_total - credit.amount_total)
        self.assertFalse(table["groups"])

    def _reverse(self, move, method):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_ids=move.ids, active_model="account.move")
            .create({"reason": "x", "journal_id": move.journal_id.id})
        )
        getattr(wizard, method)()

    def test_replaced_invoice_is_not_invoiced_again(self):
        sheet = self._repair_two()
        sheet.action_finish_repair()
        invoice = self._invoice(sheet)
        self._reverse(invoice, "modify_moves")
        sheet.sudo().invoice_ids.filtered(lambda m: m.state == "draft").action_post()
        self.env.invalidate_all()
        self.assertFalse(sheet.is_credited)
        self.assertFalse(sheet.is_to_invoice)

    def test_replaced_in_part(self):
        sheet = self._repair_two()
        sheet.action_finish_repair()
        invoice = self._invoice(sheet)
        self._reverse(invoice, "modify_moves")
        new = sheet.sudo().invoice_ids.filtered(lambda m: m.state == "draft")
        new.invoice_line_ids.filtered("product_id").quantity = 1.0
        new.action_post()
        self.env.invalidate_all()
        self.assertTrue(sheet.is_credited)
        sheet.with_user(self.reception).action_invoice_again()
        draft = sheet.sudo().invoice_ids.filtered(lambda m: m.state == "draft")
        self.assertEqual(sum(draft.invoice_line_ids.mapped("quantity")), 1.0)
        draft.action_post()
        self.env.invalidate_all()
        self.assertFalse(sheet.is_credited)

    def test_cost_is_that_of_the_sheets_company(self):
        other = self.env["res.company"].create({"name": "Dear shop"})
        self.work.with_company(other).standard_price = 999.0
        sheet = self._repair_two().sudo().with_company(other)
        self.env.invalidate_all()
        sheet.line_ids._freeze_unit_cost()
        self.assertEqual(sheet.line_ids.unit_cost, 40.0)

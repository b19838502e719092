from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestQuotationLines(ServiceCommon):
    """Lines that the customer does not see, and lines that the customer may choose."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.grease = cls._create_product("Thermal grease", 15.0, 4.0, "consu")
        cls.cleaning = cls._create_product("Cleaning", 80.0, 20.0, "service")

    def _add(self, sheet, product, **values):
        return (
            self.env["workmanager.sheet.line"]
            .with_user(self.technician)
            .create({"sheet_id": sheet.id, "product_id": product.id, **values})
        )

    def _order_of(self, sheet):
        return sheet.sudo().sale_order_ids

    # ----------------------------------------------------------------- AMOUNT

    def test_line_shows_before_the_quotation_what_it_shows_after(self):
        included = self.env["account.tax"].create(
            {"name": "In it", "amount": 21.0, "price_include_override": "tax_included"}
        )
        gross = self._create_product("Battery, gross", 121.0, 40.0, "consu")
        gross.taxes_id = included
        sheet = self._create_sheet()
        sheet.with_user(self.technician).action_start_evaluation()
        lines = (
            self._add(sheet, self.cleaning, quantity=1.5, discount=10),
            self._add(sheet, gross, quantity=2),
            self._add(sheet, self.grease, coverage="goodwill"),
            self._add(sheet, self.grease, is_internal=True),
            self._add(sheet, self.grease, is_optional=True),
        )
        lines = self.env["workmanager.sheet.line"].union(*lines)
        expected = [108.0, 200.0, 0.0, 0.0, 0.0]
        self.assertEqual(lines.mapped("price_subtotal"), expected)
        sheet._create_sale_orders()
        self.assertTrue(all(lines.sudo().mapped("sale_line_id")))
        self.assertEqual(lines.mapped("price_subtotal"), expected)
        self.assertEqual(sum(expected), self._order_of(sheet).amount_untaxed)

    # --------------------------------------------------------------- INTERNAL

    def test_internal_line_is_ordered_at_no_price_and_out_of_sight(self):
        sheet = self._evaluate(self._create_sheet())
        internal = self._add(sheet, self.grease, is_internal=True, quantity=2)
        sheet.action_create_quotation()
        order = self._order_of(sheet)
        self.assertRecordValues(
            internal.sudo().sale_line_id,
            [{"product_uom_qty": 2, "price_total": 0.0, "is_internal": True}],
        )
        self.assertNotIn(
            self.grease, order._get_order_lines_to_report().product_id, "on paper"
        )
        self.assertAlmostEqual(sheet.amount_total, 390 * 1.21)

    def test_section_of_internal_lines_only_is_not_shown(self):
        other = self.env["workmanager.fault"].create({"name": "Dry paste"})
        sheet = self._evaluate(self._create_sheet())
        self._add(sheet, self.grease, is_internal=True, fault_id=other.id)
        sheet.action_create_quotation()
        order = self._order_of(sheet)
        self.assertIn("Dry paste", order.order_line.mapped("name"))
        self.assertNotIn("Dry paste", order._get_order_lines_to_report().mapped("name"))

    def test_internal_line_is_done_but_not_invoiced_and_not_stated(self):
        sheet = self._evaluate(self._create_sheet())
        internal = self._add(sheet, self.grease, is_internal=True)
        sheet.action_create_quotation()
        sheet.with_user(self.reception).action_accept_quotation()
        sheet.action_start_repair()
        sheet.action_finish_repair()
        self.assertEqual(internal.quantity_done, 1)
        self.assertNotIn(internal, sheet._get_lines_done())
        sheet.with_user(self.reception).action_create_invoice()
        self.assertNotIn(self.grease, sheet.sudo().invoice_ids.line_ids.product_id)
        self.assertEqual(self._order_of(sheet).invoice_status, "invoiced")
        self.assertFalse(sheet.is_to_invoice)

    def test_internal_line_cannot_be_given_a_price(self):
        sheet = self._evaluate(self._create_sheet())
        internal = self._add(sheet, self.grease, is_internal=True)
        sheet.action_create_quotation()
        order_line = internal.sudo().sale_line_id
        with self.assertRaisesRegex(ValidationError, "“Thermal grease” is internal"):
            order_line.price_unit = 15.0
        order_line.order_id.action_update_prices()
        self.assertEqual(order_line.price_unit, 0.0)
        order_line.is_internal = False
        self.assertEqual(order_line.price_unit, 15.0)
        self.assertFalse(internal.is_internal, "the sheet follows")

    def test_sheet_with_internal_lines_only_needs_no_decision(self):
        sheet = self._create_sheet().with_user(self.technician)
        sheet.action_start_evaluation()
        sheet.check_ids.result = "ok"
        sheet.action_complete_evaluation()
        self._add(sheet, self.grease, is_internal=True)
        sheet.action_create_quotation()
        self.assertEqual(sheet.state, "approved")

    # --------------------------------------------------------------- OPTIONAL

    def _quote_option(self, **values):
        sheet = self._evaluate(self._create_sheet())
        option = self._add(sheet, self.cleaning, is_optional=True, **values)
        sheet.action_create_quotation()
        return sheet, option

    def test_option_waits_in_an_optional_section(self):
        sheet, option = self._quote_option(quantity=1.5, fault_id=self.fault.id)
        line = option.sudo().sale_line_id
        self.assertEqual(line.parent_id.name, "Optional: Battery worn out")
        self.assertTrue(line._can_be_edited_on_portal())
        self.assertRecordValues(line, [{"product_uom_qty": 0, "price_total": 0}])
        self.assertIn("1.5", line.name)
        self.assertRecordValues(option, [{"quantity": 0, "quantity_offered": 1.5}])
        self.assertAlmostEqual(sheet.amount_total, 390 * 1.21)

    def test_option_not_taken_is_not_done(self):
        sheet, option = self._quote_option()
        self._order_of(sheet).action_confirm()
        sheet.action_start_repair()
        self.assertEqual(option.quantity_done, 0)
        sheet.action_finish_repair()
        self.assertNotIn(option, sheet._get_lines_done())

    def test_option_that_is_taken_is_followed(self):
        sheet, option = self._quote_option()
        option.sudo().sale_line_id.product_uom_qty = 1
        self.assertEqual(option.quantity, 1)
        self.assertAlmostEqual(sheet.amount_total, 470 * 1.21)
        self._order_of(sheet).action_confirm()
        sheet.action_start_repair()
        self.assertEqual(option.quantity_done, 1)

    def test_option_is_offered_again_as_it_was(self):
        sheet, option = self._quote_option(quantity=3)
        self._order_of(sheet)._action_cancel()
        sheet.action_start_evaluation()
        sheet.check_ids.result = "ok"
        sheet.action_complete_evaluation()
        sheet.action_create_quotation()
        self.assertRecordValues(option, [{"quantity": 0, "quantity_offered": 3}])
        self.assertIn("3", option.sudo().sale_line_id.name)

    def test_option_is_neither_internal_nor_under_warranty(self):
        sheet = self._evaluate(
            self._create_sheet(is_warranty=True, warranty_reason="Told by phone")
        )
        option = self._add(sheet, self.cleaning, is_optional=True)
        self.assertEqual(option.coverage, "customer", "proposed for an option")
        for values in ({"is_internal": True}, {"coverage": "warranty"}):
            with (
                self.subTest(values),
                self.assertRaises(CheckViolation),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                option.write(values)
                option.flush_recordset()

    def test_quoted_line_is_changed_on_the_quotation_only(self):
        sheet, option = self._quote_option()
        for values in ({"is_optional": False}, {"is_internal": True}):
            with self.subTest(values), self.assertRaisesRegex(UserError, "change it"):
                option.write(values)
        with Form(sheet) as form, form.line_ids.edit(0) as line:
            self.assertTrue(line.is_quoted)

    # --------------------------------------------------------------- DOCUMENT

    def test_document_tells_what_was_found(self):
        self.customer.lang = "en_US"
        sheet = self._evaluate(self._create_sheet())
        sheet.line_ids[1].coverage = "warranty"
        sheet.action_create_quotation()
        html = self._render(
            self._order_of(sheet).filtered(lambda o: o.partner_id == self.customer)
        )
        for text in (
            "What we found",
            "9.1 V",
            "Battery worn out",
            sheet.equipment_id.serial_number,
            sheet.name,
            "Paid by the manufacturer's warranty",
        ):
            self.assertIn(text, html)

    def test_document_of_an_order_without_a_sheet_is_odoos_own(self):
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        self.assertNotIn("o_service_document", self._render(order))

    def _render(self, order):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "sale.action_report_saleorder", order.ids
        )
        return html.decode()


@tagged("post_install", "-at_install")
class TestOptionOnline(ServiceCommon, HttpCase):
    def test_option_is_taken_as_offered_or_not_at_all(self):
        sheet = self._evaluate(self._create_sheet())
        part, work = self.env["workmanager.sheet.line"].create(
            [
                {
                    "sheet_id": sheet.id,
                    "product_id": product.id,
                    "quantity": quantity,
                    "is_optional": True,
                }
                for product, quantity in ((self.part, 2), (self.work, 1.5))
            ]
        )
        sheet.action_create_quotation()
        order = sheet.sudo().sale_order_ids

        token = order._portal_ensure_token()

        def update(line, **values):
            self.make_jsonrpc_request(
                f"/my/orders/{order.id}/update_line_dict",
                {"line_id": line.sale_line_id.id, "access_token": token, **values},
            )
            return part.quantity, work.quantity

        part, work = part.sudo(), work.sudo()
        self.assertEqual(update(work), (2, 1.5), "the part comes with its work")
        self.assertEqual(update(part, input_quantity="7"), (2, 1.5))
        self.assertEqual(update(part, remove=True), (0, 0))
        planned = sheet.line_ids[0].sudo()
        update(planned)
        self.assertEqual(planned.quantity, 1, "no option")

    def test_page_of_a_replaced_quotation_leads_to_the_new_one(self):
        sheet = self._quote(self._create_sheet())
        old = sheet.sudo().sale_order_ids
        self.env["workmanager.sheet.line"].create(
            {"sheet_id": sheet.id, "product_id": self.work.id}
        )
        sheet.action_create_quotation()
        new = old.superseded_by_id
        page = self.url_open(old.get_portal_url()).text
        self.assertIn("This quotation was replaced by", page)
        self.assertIn(new.get_portal_url().replace("&", "&amp;"), page)

import re
from types import SimpleNamespace
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from .documents_common import DocumentsCommon

REPORTS = (
    "intake_protocol",
    "label",
    "evaluation",
    "work_statement",
    "handover_protocol",
)
WKHTML = "odoo.addons.workmanager_service.models.documents.ir_actions_report._wkhtml"


@tagged("post_install", "-at_install")
class TestDocuments(DocumentsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reduced_tax = cls.tax.copy({"name": "Test VAT 9%", "amount": 9.0})
        cls.paste = cls._create_product("Thermal paste", 13.33, 5.0, "consu")
        cls.paste.taxes_id = cls.reduced_tax

    # ---------------------------------------------------------------- TOOLING

    def _finish(self, sheet):
        """Start and finish the repair; a transfer, if any, delivers what was done."""
        sheet = sheet.with_user(self.technician)
        if sheet.state == "approved":
            sheet.action_start_repair()
        sheet.action_finish_repair()
        for line in sheet.sudo().line_ids.filtered("is_accepted"):
            line.sale_line_id.qty_delivered = line.quantity_done
        return sheet

    def _create_rich_sheet(self):
        """A repair with two taxes, a discount, goodwill, the manufacturer's warranty
        and less work done than was accepted."""
        sheet = self._evaluate(self._create_sheet())
        part, work = sheet.line_ids
        part.discount = 12.5
        lines = self.env["workmanager.sheet.line"].create(
            [
                {"sheet_id": sheet.id, "product_id": self.paste.id, "quantity": 3},
                {
                    "sheet_id": sheet.id,
                    "product_id": self.work.id,
                    "name": "Cleaning of the fan",
                    "coverage": "goodwill",
                },
                {
                    "sheet_id": sheet.id,
                    "product_id": self.part.id,
                    "name": "Keyboard",
                    "coverage": "warranty",
                },
            ]
        )
        self.assertEqual(len(lines), 3)
        sheet.action_create_quotation()
        sheet.action_accept_quotation()
        sheet.action_start_repair()
        work.quantity_done = 1.25
        return sheet

    def _invoice(self, sheet):
        """Return what the customer's new invoices come to."""
        sheet.with_user(self.reception).action_create_invoice()
        moves = sheet.sudo().invoice_ids.filtered(lambda move: move.state == "draft")
        moves.action_post()
        return sum(
            moves.filtered(lambda m: m.partner_id == self.customer).mapped(
                "amount_total"
            )
        )

    # -------------------------------------------------------- WHAT IS PRINTED

    def test_intake_protocol(self):
        self.laptop.parent_id = self.env["workmanager.equipment.type"].create(
            {"name": "Computers", "intake_terms": "<p>Kept for thirty days.</p>"}
        )
        self.laptop.equipment_properties = [
            {
                "name": "ram",
                "string": "Memory",
                "type": "selection",
                "selection": [["8", "8 GB"], ["16", "16 GB"]],
            }
        ]
        self.equipment.write({"model_name": "E15", "properties": {"ram": "16"}})
        sheet = self._create_sheet(
            claimed_fault_ids=self.fault.ids,
            accessory_ids=self.charger.ids,
            condition_note="Scratches on the lid",
        )
        pages = self._print("intake_protocol", sheet)
        self.assertEqual(len(pages), 1)
        self.assertPrinted(
            pages,
            "Intake Protocol",
            sheet.name,
            sheet.company_id.name,
            "Ștefan Țăranu",
            "+40 721 000 111",
            self.equipment.ref,
            "Test laptop",
            "Test brand E15",
            "PF-3K 9081",
            "Memory 16 GB",
            "Battery worn out",
            "Nu mai pornește",
            "Charger 65 W",
            "Scratches on the lid",
            "Kept for thirty days.",
            sheet.tracking_code,
            "wm_reception",
            "In the Shop",
        )

    def test_evaluation_report(self):
        sheet = self._create_sheet().with_user(self.technician)
        sheet.action_start_evaluation()
        starts, voltage, hinges = sheet.check_ids
        starts.write(
            {"result": "not_ok", "fault_ids": self.fault.ids, "note": "Swollen cell"}
        )
        voltage.value = 9.125
        hinges.action_not_applicable()
        sheet.conclusion = "The battery must be replaced."
        sheet.action_complete_evaluation()
        pages = self._print("evaluation", sheet)
        self.assertEqual(len(pages), 1)
        self.assertPrinted(
            pages,
            "Evaluation Report",
            sheet.name,
            "Ștefan Țăranu",
            "Bad",
            "Swollen cell",
            "9.125 V 10.8 – 12.6",
            "Not Applicable",
            "[TEST-BAT] Battery worn out",
            "The battery must be replaced.",
            self.technician.name,
        )

    def test_handover_protocol(self):
        sheet = self._approve(self._create_sheet(accessory_ids=self.charger.ids))
        self._finish(sheet)
        self.assertPrinted(
            self._print("handover_protocol", sheet), "3 months from the hand-over"
        )
        sheet.with_user(self.reception).delivery_signed_by = "Maria Țăranu"
        sheet.with_user(self.reception).action_deliver()
        sheet.sudo().repair_warranty_end = "2031-02-28"
        pages = self._print("handover_protocol", sheet)
        self.assertEqual(len(pages), 1)
        self.assertPrinted(
            pages,
            "Handover Protocol",
            sheet.name,
            self.equipment.ref,
            "Repaired",
            "Battery 56 Wh × 1",
            "Laptop work × 1.5",
            "Charger 65 W",
            "Until 02/28/2031",
            "Maria Țăranu",
        )

    def test_handover_of_what_was_not_repaired(self):
        sheet = self._quote(self._create_sheet())
        sheet.with_user(self.reception).action_refuse_quotation()
        pages = self._print("handover_protocol", sheet)
        self.assertPrinted(
            pages, "Refused by the Customer", "The equipment goes back as it came."
        )
        self.assertNotIn("Warranty of the repair", " ".join(pages))

    # ---------------------------------------------------------- THE STATEMENT

    def test_statement_prints_the_total_of_the_invoice(self):
        sheet = self._finish(self._create_rich_sheet())
        pages = self._print("work_statement", sheet, self.technician)
        self.assertEqual(len(pages), 1)
        invoiced = self._invoice(sheet)
        # 210 + 125 with 21 %, 39.99 with 9 %.
        self.assertAlmostEqual(invoiced, 448.94)
        self.assertRegex(pages[0], r"\n\s*Total\s.*448\.94")
        self.assertPrinted(
            pages,
            "Work Statement",
            sheet.name,
            "Ștefan Țăranu",
            self.equipment.ref,
            "Battery 56 Wh",
            "12.50",
            "Cleaning of the fan",
            "Covered: Goodwill",
            "Keyboard",
            "Covered: Manufacturer's Warranty",
        )
        keyboard = re.search(r"Keyboard.*", pages[0]).group()
        self.assertNotIn("240", keyboard)
        self.assertRegex(keyboard, r"\b0\.00")

    def test_statement_equals_the_invoice_however_taxes_are_rounded(self):
        for method in ("round_per_line", "round_globally"):
            with self.subTest(method):
                self.env.company.tax_calculation_rounding_method = method
                self.part.list_price = 33.335
                self.work.list_price = 17.77
                sheet = self._create_rich_sheet()
                order = sheet.sudo().sale_order_ids.filtered(
                    lambda order: order.partner_id == self.customer
                )
                order.order_line = [
                    Command.create(
                        {"product_id": self.diagnosis.id, "price_unit": 9.99}
                    )
                ]
                self._finish(sheet)
                [table] = sheet._get_work_statement_values()
                self.assertIn("Diagnosis", [x["name"] for x in self._rows(table)])
                self.assertAlmostEqual(
                    table["tax_totals"]["total_amount_currency"],
                    self._invoice(sheet),
                    places=6,
                )

    def test_statement_separates_parts_from_work(self):
        sheet = self._finish(self._create_rich_sheet())
        [table] = sheet._get_work_statement_values()
        parts, work = table["groups"]
        self.assertEqual(
            [(line["quantity"], line["amount"]) for line in parts["lines"]],
            [(1.0, 210.0), (3.0, 39.99), (1.0, 0.0)],
        )
        self.assertEqual(
            [(line["quantity"], line["amount"]) for line in work["lines"]],
            [(1.25, 125.0), (1.0, 0.0)],
        )
        self.assertAlmostEqual(parts["amount"], 249.99)

    def test_statement_of_a_shared_order_keeps_to_its_sheet(self):
        first = self._quote(self._create_sheet())
        second = self._evaluate(self._create_sheet())
        order = first.sudo().sale_order_ids
        order_lines = self.env["sale.order.line"].with_context(sheet_adoption=False)
        extra = order_lines.create({"order_id": order.id, "product_id": self.work.id})
        transport = order_lines.create(
            {"order_id": order.id, "product_id": self.diagnosis.id}
        )
        second.sudo().line_ids[0].sale_line_id = extra
        first.with_user(self.reception).action_accept_quotation()
        self._finish(first)
        names = [
            line["name"]
            for table in first._get_work_statement_values()
            for line in self._rows(table)
        ]
        self.assertEqual(len(names), 2)
        self.assertNotIn(transport.name, names)

    def test_statement_takes_off_the_down_payment(self):
        sheet = self._approve(self._create_sheet())
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_ids=sheet.sudo().sale_order_ids.ids)
            .create({"advance_payment_method": "fixed", "fixed_amount": 121.0})
        )
        wizard._create_invoices(sheet.sudo().sale_order_ids).action_post()
        self._finish(sheet)
        [table] = sheet._get_work_statement_values()
        self.assertAlmostEqual(table["down_payment"], 121.0)
        self.assertAlmostEqual(table["due"], 390 * 1.21 - 121)
        self.assertAlmostEqual(self._invoice(sheet), table["due"])
        [table] = sheet._get_work_statement_values()
        self.assertAlmostEqual(table["down_payment"], 121.0)
        self.assertPrinted(self._print("work_statement", sheet), "Amount due")

    def test_statement_before_anything_is_done(self):
        sheet = self._create_sheet()
        self.assertEqual(sheet._get_work_statement_values(), [])
        self.assertPrinted(
            self._print("work_statement", sheet), "no work was done", "Not finished yet"
        )

    def test_long_statement_breaks_between_lines(self):
        sheet = self._evaluate(self._create_sheet())
        self.env["workmanager.sheet.line"].create(
            [
                {
                    "sheet_id": sheet.id,
                    "product_id": self.work.id,
                    "name": f"Step {number:02} of the work\nwith a second line",
                }
                for number in range(60)
            ]
        )
        sheet.action_create_quotation()
        sheet.with_user(self.reception).action_accept_quotation()
        pages = self._print("work_statement", self._finish(sheet))
        self.assertGreater(len(pages), 1)
        for number in range(60):
            title = f"Step {number:02} of the work"
            holders = [page for page in pages if title in page]
            self.assertEqual(len(holders), 1, title)
            below = holders[0].split(title)[1].strip().splitlines()
            self.assertIn("with a second line", " ".join(below[:2]), title)
        for page in pages:
            self.assertEqual(len(re.findall(r"Description\s+Quantity", page)), 1)
        self.assertRegex(pages[-1], r"\n\s*Total\s")
        self.assertIn("Step 58 of the work", pages[-1])
        self.assertIn("Accepted by the customer", pages[-1])

    # ------------------------------------------------------- HOW IT IS PRINTED

    def test_three_sheets_in_one_print(self):
        sheets = self.env["workmanager.sheet"]
        for number in range(3):
            sheet = self._create_sheet(
                equipment_id=self._create_equipment(f"SER-{number}").id
            )
            sheets |= self._finish(self._approve(sheet))
        for report in REPORTS:
            with self.subTest(report):
                pages = self._print(report, sheets)
                self.assertEqual(len(pages), 3)
                for page, sheet in zip(pages, sheets, strict=True):
                    self.assertPrinted([page], sheet.name, sheet.equipment_id.ref)

    def test_technician_prints_everything(self):
        sheet = self._finish(self._create_rich_sheet())
        sheet.with_user(self.reception).action_deliver()
        for report in REPORTS:
            with self.subTest(report):
                pages = self._print(report, sheet, self.technician)
                self.assertPrinted(pages, sheet.name)

    def test_label_has_the_size_of_a_label(self):
        sheet = self._create_sheet()
        pdf = self._render("label", sheet)
        width, height = self._get_page_size(pdf)
        self.assertAlmostEqual(width, 62, delta=0.5)
        self.assertAlmostEqual(height, 29, delta=0.5)
        self.assertPrinted(
            self._read_pages(pdf), sheet.name, self.equipment.ref, "Ștefan Țăranu"
        )

    def test_documents_speak_the_customers_language(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        self.fault.with_context(lang="ro_RO").name = "Baterie uzată"
        template = "workmanager_service.report_intake_protocol_document"
        self.env.ref(template).update_field_translations(
            "arch_db", {"ro_RO": {"Intake Protocol": "Proces verbal de test"}}
        )
        sheet = self._create_sheet(claimed_fault_ids=self.fault.ids)
        self.reception.lang = "ro_RO"
        pages = self._print("intake_protocol", sheet)
        self.assertPrinted(pages, "Intake Protocol", "Battery worn out")
        self.reception.lang = "en_US"
        self.customer.lang = "ro_RO"
        pages = self._print("intake_protocol", sheet)
        self.assertPrinted(pages, "Proces verbal de test", "Baterie uzată")

    def test_customer_without_language_reads_the_companys(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        sheet = self._create_sheet()
        self.customer.lang = False
        sheet.company_id.partner_id.lang = "ro_RO"
        self.assertEqual(sheet._get_document_lang(), "ro_RO")

    def test_headers_go_where_wkhtmltopdf_prints_them(self):
        """Into its header with a patched Qt; into the text with an unpatched one."""
        sheets = self._create_sheet() | self._create_sheet()
        report = self.env["ir.actions.report"]._get_report(
            "workmanager_service.action_report_intake_protocol"
        )
        html = report._render_qweb_html(report, sheets.ids, {"report_type": "pdf"})[0]

        def prepare(is_patched_qt):
            info = SimpleNamespace(is_patched_qt=is_patched_qt)
            with patch(WKHTML, return_value=info):
                return report._prepare_html(html, report_model=report.model)

        bodies, ids, header, _footer, args = prepare(True)
        self.assertEqual(ids, sheets.ids)
        self.assertEqual(header.count('name="company_address"'), 2)
        self.assertNotIn('name="company_address"', "".join(bodies))
        self.assertNotIn("data-report-margin-top", args)

        bodies, _ids, header, _footer, args = prepare(False)
        self.assertEqual(len(bodies), 1)
        self.assertEqual(bodies[0].count('name="company_address"'), 2)
        self.assertNotIn('name="company_address"', header)
        self.assertIn("data-report-margin-top", args)

    def test_several_invoices_have_a_file_each(self):
        """Also with a wkhtmltopdf that takes one document at a time, as Debian's."""
        invoices = self.env["account.move"]
        for number in range(2):
            equipment = self._create_equipment(f"INVOICED-{number}")
            sheet = self._repair(self._create_sheet(equipment_id=equipment.id))
            sheet.with_user(self.reception).action_create_invoice()
            invoices |= sheet.sudo().invoice_ids
        more = [
            Command.create({"name": f"Part {n}", "price_unit": 1}) for n in range(60)
        ]
        invoices[1].invoice_line_ids = more  # goes on on another page
        invoices.action_post()
        self.env["account.move.send"].with_context(
            force_report_rendering=True
        )._generate_and_send_invoices(invoices, sending_methods=["manual"])
        for invoice, other in (invoices, invoices[::-1]):
            pages = self._read_pages(invoice.invoice_pdf_report_id.raw)
            self.assertPrinted(pages, invoice.name)
            self.assertNotIn(other.name, "".join(pages))

    def _rows(self, table):
        return [line for group in table["groups"] for line in group["lines"]]

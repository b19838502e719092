import re
from itertools import chain

from lxml import html

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .documents_common import DocumentsCommon

# The document of each kind, and what its blocks are in the HTML.
REPORTS = {
    "intake": "intake_protocol",
    "label": "label",
    "evaluation": "evaluation",
    "statement": "work_statement",
    "handover": "handover_protocol",
    "history": "equipment_history",
}


@tagged("post_install", "-at_install")
class TestDocumentSetup(DocumentsCommon):
    """What a manager chooses for the documents is what they print."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.laptop.diagnosis_product_id = cls.diagnosis
        cls.sheet = cls._create_delivered_sheet()

    def _render_html(self, kind, record=None):
        if record is None:
            record = self.equipment if kind == "history" else self.sheet
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.technician)
            ._render_qweb_html(
                f"workmanager_service.report_{REPORTS[kind]}", record.ids
            )
        )
        return html.fromstring(content)

    def _read(self, kind, record=None):
        """Return the text of a document."""
        page = self._render_html(kind, record)
        for style in page.xpath("//style"):
            style.drop_tree()
        return " ".join(page.text_content().split())

    def _get_texts(self, kind):
        return self.sheet._get_document_text(kind)

    # ----------------------------------------------------------------- BLOCKS

    def test_each_block_can_be_left_out(self):
        shown = {
            "intake": ["deadline", "accessories", "condition", "consent", "signatures"],
            "evaluation": ["claimed", "checks", "faults", "conclusion"],
            "statement": ["signatures"],
            "handover": ["done", "conclusion", "accessories", "signatures"],
        }
        for kind, codes in shown.items():
            page = self._render_html(kind)
            for code in [*codes, "code"]:
                with self.subTest(kind, block=code):
                    self.assertTrue(page.xpath(f"//*[@name='{code}']"))
            self._choose_blocks(kind, off=[*codes, "code", "terms"])
            page = self._render_html(kind)
            for code in [*codes, "code"]:
                with self.subTest(kind, without=code):
                    self.assertFalse(page.xpath(f"//*[@name='{code}']"))
            self.assertIn(self.sheet.name, page.text_content())

    def test_label_prints_the_chosen_lines(self):
        customer, serial = self.customer.name, self.equipment.serial_number
        self.assertIn(customer, self._read("label"))
        self.assertIn(serial, self._read("label"))
        self._choose_blocks("label", off=["customer", "serial", "barcode"])
        self.assertNotIn(customer, self._read("label"))
        self.assertNotIn(serial, self._read("label"))
        self.assertFalse(self._render_html("label").find_class("sl-code"))

    def test_history_without_amounts(self):
        total = self.sheet.currency_id.format(self.sheet.sudo().amount_total)
        total = " ".join(total.split())
        self.assertIn(total, self._read("history"))
        self._choose_blocks("history", off=["amounts", "lines"])
        self.assertNotIn(total, self._read("history"))
        self.assertNotIn("Battery 56 Wh", self._read("history"))

    def test_quotation_without_findings(self):
        order = self.sheet.sudo().sale_order_ids

        def read():
            report = self.env["ir.actions.report"].with_user(self.reception)
            content, _kind = report._render_qweb_html(
                "sale.report_saleorder", order.ids
            )
            return content.decode()

        self._write_text("<p>Valid for {equipment}</p>", "quotation")
        self.assertIn("What we found", read())
        self.assertIn("Valid for Test brand", read())
        self._choose_blocks("quotation", off=["findings", "conclusion", "terms"])
        self.assertNotIn("What we found", read())
        self.assertNotIn("Valid for", read())

    def test_new_block_is_printed_at_once(self):
        block = self.env["workmanager.document.block"].create(
            {"kind": "statement", "code": "seal", "name": "Number of the seal"}
        )
        self.assertIn(block, self._get_document("statement").block_ids)
        self.assertNotIn(block, self._get_document("handover").block_ids)

    # ------------------------------------------------------------------ TEXTS

    def test_nearest_text_is_printed(self):
        parent = self.env["workmanager.equipment.type"].create({"name": "Computers"})
        self.laptop.parent_id = parent
        steps = [
            (lambda: self._write_text("<p>All</p>"), "<p>All</p>"),
            (lambda: parent.write({"intake_terms": "<p>Theirs</p>"}), "<p>Theirs</p>"),
            (
                lambda: self._write_text("<p>Ours</p>", equipment_type_id=parent.id),
                "<p>Ours</p>",
            ),
            (lambda: self.laptop.write({"intake_terms": "<p>Own</p>"}), "<p>Own</p>"),
            (
                lambda: self.laptop.write({"intake_terms": "<p><br></p>"}),
                "<p>Ours</p>",
            ),
        ]
        for step, expected in steps:
            step()
            self.assertEqual(self._get_texts("intake"), expected)

    def test_handover_says_what_became_of_it(self):
        self.assertIn("repaired and working", self._read("handover"))
        refused = self._create_equipment("REFUSED")
        refused = self._quote(self._create_sheet(equipment_id=refused.id))
        refused.with_user(self.reception).action_refuse_quotation()
        self.assertIn("refused the repair", self._read("handover", refused))
        self.env.ref(
            "workmanager_service.document_text_refused"
        ).text = "<p>Unopened: {serial}</p>"
        self.assertIn("Unopened: REFUSED", self._read("handover", refused))
        self.assertIn("repaired and working", self._read("handover"))

    def test_every_placeholder_is_filled(self):
        for kind in ("intake", "evaluation", "statement", "handover", "history"):
            with self.subTest(kind):
                document = self._get_document(kind)
                document.text_ids.unlink()
                names = re.findall(r"\{(\w+)\}", document.placeholders)
                self._write_text(
                    "".join(f"<p>{name}={{{name}}};</p>" for name in names), kind
                )
                printed = self._read(kind)
                for name in names:
                    self.assertRegex(printed, rf"{name}=[^{{}};]+;")
                    self.assertNotIn(f"{name}=–;", printed)

    def test_placeholder_of_another_document_is_wrong(self):
        self._write_text("<p>{warranty_end}</p>", "handover", outcome=False)
        with self.assertRaisesRegex(ValidationError, "{warranty_end}.*{deadline}"):
            self._write_text("<p>{warranty_end}</p>", "intake")

    def test_outcome_is_for_the_handover_only(self):
        with self.assertRaisesRegex(ValidationError, "outcome"):
            self._write_text("<p>No</p>", "statement", outcome="refused")

    # ---------------------------------------------------------------- COMPANY

    def test_company_has_a_document_of_its_own(self):
        self._write_text("<p>Shared, by {company}</p>")
        other = self.env["res.company"].create({"name": "Sibling shop"})
        equipment = self._create_equipment("OTHER", company_id=other.id)
        sheet = self.env["workmanager.sheet"].create(
            {"company_id": other.id, "equipment_id": equipment.id}
        )
        self.assertEqual(
            sheet._get_document_text("intake"), "<p>Shared, by Sibling shop</p>"
        )
        shared = self._get_document("intake")
        action = shared.with_company(other).action_copy_for_company()
        own = shared.browse(action["res_id"])
        self.assertEqual(own.block_ids, shared.block_ids)
        own.text_ids.text = "<p>Only here</p>"
        own.block_ids = own.block_ids.filtered(lambda block: block.code == "terms")
        self.assertEqual(sheet._get_document_text("intake"), "<p>Only here</p>")
        self.assertEqual(sheet._get_document_setup("intake").blocks, {"terms"})
        self.assertIn("Shared", self._get_texts("intake"))
        with self.assertRaisesRegex(UserError, "Switch off the blocks"):
            shared.unlink()
        own.unlink()
        self.assertIn("Shared", sheet._get_document_text("intake"))

    def test_documents_of_another_company_are_hidden(self):
        other = self.env["res.company"].create({"name": "Sibling shop"})
        shared = self._get_document("label")
        theirs = shared.copy({"company_id": other.id})
        found = shared.with_user(self.manager).search([("kind", "=", "label")])
        self.assertEqual(found, shared)
        with self.assertRaises(AccessError):
            theirs.with_user(self.manager).paper = "a5"

    # ------------------------------------------------------------------- ROLE

    def test_documents_are_the_managers(self):
        self.assertFalse(self.manager.has_group("base.group_system"))
        document = self._get_document("handover")
        document.with_user(self.manager).write({"paper": "a5"})
        text = document.with_user(self.manager).text_ids[:1]
        text.text = "<p>{customer}</p>"
        menu = self.env.ref("workmanager_service.workmanager_document_menu")
        visible = self.env["ir.ui.menu"].with_user(self.manager)._visible_menu_ids()
        self.assertIn(menu.id, visible)
        for user in (self.technician, self.reception):
            for record, values in (
                (document, {"paper": "company"}),
                (text, {"text": "<p>Mine</p>"}),
            ):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    record.with_user(user).write(values)

    # ---------------------------------------------------------------- PREVIEW

    def test_preview_prints_the_newest(self):
        newest = self._create_sheet()
        for kind, record in (
            ("intake", newest),
            ("handover", self.sheet),
            ("history", self.equipment),
        ):
            with self.subTest(kind):
                action = (
                    self._get_document(kind).with_user(self.manager).action_preview()
                )
                self.assertEqual(
                    (action["report_name"], action["context"]["active_ids"]),
                    (f"workmanager_service.report_{REPORTS[kind]}", record.ids),
                )
        action = (
            self._get_document("quotation").with_user(self.manager).action_preview()
        )
        self.assertEqual(
            action["context"]["active_ids"], self.sheet.sudo().sale_order_ids.ids
        )

    def test_preview_where_there_is_nothing_yet(self):
        company = self.env["res.company"].create({"name": "New shop"})
        user = new_test_user(
            self.env,
            "wm_new",
            groups="workmanager_service.group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        action = self._get_document("handover").with_user(user).action_preview()
        self.assertEqual(action["report_type"], "qweb-html")
        texts = self.env["workmanager.document.text"].browse(
            action["context"]["active_ids"]
        )
        texts[0].text = "<p>To {customer}, until {warranty_end}</p>"
        self.authenticate("wm_new", "wm_new")
        ids = ",".join(map(str, texts.ids))
        response = self.url_open(f"/report/html/{action['report_name']}/{ids}")
        response.raise_for_status()
        self.assertIn("Filled with made-up values", response.text)
        self.assertRegex(response.text, r"To Jane Smith, until \d")
        with self.assertRaisesRegex(UserError, "nothing to show yet"):
            self._get_document("label").with_user(user).action_preview()
        self.assertFalse(list(chain(*re.findall(r"\{(\w+)\}", response.text))))

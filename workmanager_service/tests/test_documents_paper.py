import io
import os
import tempfile
from types import SimpleNamespace
from unittest import skipUnless
from unittest.mock import patch

from PIL import Image

from odoo import Command
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileWriter

from .documents_common import BLUE, GREEN, RED, DocumentsCommon, picture

try:
    import zxingcpp
except ImportError:
    zxingcpp = None

LAYOUTS = ("striped", "boxed", "bold", "standard", "folder", "wave", "bubble")
RUN = "odoo.addons.base.models.ir_actions_report._run_wkhtmltopdf"
WKHTML = "odoo.addons.workmanager_service.models.documents.ir_actions_report._wkhtml"
# What each document says, in English and in Romanian.
TITLES = {
    "intake_protocol": ("Intake Protocol", "Proces verbal de preluare în service"),
    "intake_protocol_visit": (
        "Intake Protocol",
        "Proces verbal de preluare în service",
    ),
    "evaluation": ("Evaluation Report", "Raport de constatare"),
    "work_statement": ("Work Statement", "Deviz de lucrări"),
    "handover_protocol": ("Handover Protocol", "Proces verbal de predare"),
    "equipment_history": ("Equipment History", "Istoricul echipamentului"),
}


@tagged("post_install", "-at_install")
class TestDocumentsPaper(DocumentsCommon):
    """What is on the paper: of every document, in both languages, with its pictures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ro_RO")
        cls.env.ref("base.module_workmanager_service")._update_translations("ro_RO")
        cls.company = cls.env.company
        cls.company.write(
            {
                "logo": picture(GREEN, (300, 150)),
                "primary_color": "#c80000",
                "vat": False,
            }
        )
        cls.sheet = cls._create_delivered_sheet(cls._add_check_photos)
        cls.order = cls.sheet.sudo().sale_order_ids

    @classmethod
    def _add_check_photos(cls, sheet):
        cls.env["workmanager.photo"].create(
            [
                {
                    "sheet_id": sheet.id,
                    "check_id": check.id,
                    "image_1920": picture(color),
                    "is_for_customer": True,
                }
                for check, color in zip(
                    sheet.check_ids, (RED, GREEN, BLUE), strict=True
                )
            ]
        )

    # ---------------------------------------------------------------- TOOLING

    def _get_subject(self, report):
        return self.equipment if report == "equipment_history" else self.sheet

    def _get_pictures(self, pdf):
        """Return the average colour of each picture in a document."""
        with tempfile.TemporaryDirectory() as folder:
            self._run_poppler("pdfimages", pdf, "-png", "-", f"{folder}/picture")
            colors = []
            for name in sorted(os.listdir(folder)):
                with Image.open(f"{folder}/{name}") as image:
                    colors.append(image.convert("RGB").resize((1, 1)).getpixel((0, 0)))
        return colors

    def _is_close(self, color, other):
        return all(abs(a - b) < 40 for a, b in zip(color, other, strict=True))

    def assertPictures(self, pdf, *colors):
        found = self._get_pictures(pdf)
        for color in colors:
            self.assertTrue(
                any(self._is_close(color, other) for other in found), (color, found)
            )

    def _look_at(self, pdf):
        """Return the first page as a picture."""
        png = self._run_poppler(
            "pdftoppm", pdf, "-png", "-singlefile", "-r", "110", "-"
        )
        return Image.open(io.BytesIO(png)).convert("RGB")

    def _print_blank(self, args):
        """Write an empty page where wkhtmltopdf would write a document."""
        writer = PdfFileWriter()
        writer.addBlankPage(100, 100)
        with open(args[-1], "wb") as stream:
            writer.write(stream)
        return SimpleNamespace(returncode=0, stderr="")

    def _get_runs(self, report_ref, records, is_patched=False):
        """Return the arguments of each run of wkhtmltopdf for a print."""
        runs = []

        def run(args):
            runs.append(args)
            return self._print_blank(args)

        info = SimpleNamespace(is_patched_qt=is_patched)
        with patch(RUN, run), patch(WKHTML, return_value=info):
            self.env["ir.actions.report"].with_user(self.reception).with_context(
                force_report_rendering=True
            )._render_qweb_pdf(report_ref, records.ids)
        return runs

    def _get_option(self, args, name):
        return args[args.index(name) + 1]

    # --------------------------------------------------------- EVERY DOCUMENT

    def test_every_document_in_both_languages(self):
        facts = {
            "intake_protocol": ("Charger 65 W", "Scratches on the lid"),
            "intake_protocol_visit": ("Charger 65 W", "Scratches on the lid"),
            "evaluation": ("Battery worn out", "The battery must be replaced."),
            "work_statement": ("Battery 56 Wh", "Laptop work"),
            "handover_protocol": ("Battery 56 Wh", "Charger 65 W"),
            "equipment_history": ("Battery 56 Wh", "Battery worn out"),
        }
        for number, lang in enumerate(("en_US", "ro_RO")):
            self.customer.lang = lang
            self.reception.lang = ("ro_RO", "en_US")[number]  # it does not matter
            for report, titles in TITLES.items():
                with self.subTest(report, lang=lang):
                    pdf = self._render(report, self._get_subject(report))
                    pages = self._read_pages(pdf)
                    self.assertEqual(len(pages), 1)
                    self.assertPrinted(
                        pages,
                        titles[number],
                        self.sheet.name,
                        self.company.name,
                        "Ștefan Țăranu",
                        "PF-3K 9081",
                        *facts[report],
                    )
                    self.assertNotIn(titles[1 - number], " ".join(pages))
                    if report == "work_statement":
                        total = ("471.90", "471,90")[number]  # 390 with 21 %
                        self.assertPrinted(pages, self.sheet.statement_number, total)
                        self.assertRegex(pages[0], rf"\n\s*Total\s.*{total}")
                    if report in ("work_statement", "handover_protocol"):
                        self.assertPictures(pdf, BLUE)
                    if report == "evaluation":
                        self.assertPictures(pdf, RED, GREEN, BLUE)

    def test_quotation_in_both_languages(self):
        for lang, found, total in (
            ("en_US", "WHAT WE FOUND", "471.90"),
            ("ro_RO", "CE AM CONSTATAT", "471,90"),
        ):
            with self.subTest(lang):
                self.order.partner_id.lang = lang
                pdf, _kind = (
                    self.env["ir.actions.report"]
                    .with_user(self.reception)
                    .with_context(force_report_rendering=True)
                    ._render_qweb_pdf("sale.action_report_saleorder", self.order.ids)
                )
                pages = self._read_pages(pdf)
                self.assertPrinted(
                    pages, found, "Battery worn out", self.sheet.name, total
                )
                self.assertPictures(pdf, RED, GREEN)

    @skipUnless(zxingcpp, "zxing-cpp reads the codes")
    def test_code_of_the_sheet_is_on_each_protocol(self):
        for report in ("evaluation", "work_statement", "handover_protocol"):
            with self.subTest(report):
                page = self._look_at(self._render(report, self.sheet))
                codes = [code.text for code in zxingcpp.read_barcodes(page)]
                self.assertEqual(codes, [self.sheet._get_qr_value()])

    # ------------------------------------------------------------------ PAPER

    def test_every_layout_of_odoo(self):
        self.company.write(
            {
                "report_header": "Mended the first time",
                "report_footer": "<p>Account 4000</p>",
            }
        )
        keys = self.env["report.layout"].search([]).view_id.mapped("key")
        self.assertLessEqual(
            {f"web.external_layout_{name}" for name in LAYOUTS}, {*keys}
        )
        for key in keys:
            with self.subTest(key):
                self.company.external_report_layout_id = self.env.ref(key)
                pdf = self._render("handover_protocol", self.sheet)
                pages = self._read_pages(pdf)
                self.assertEqual(len(pages), 1)
                self.assertPrinted(
                    pages,
                    "Handover Protocol",
                    self.sheet.name,
                    self.company.name,
                    "Mended the first time",
                    "Account 4000",
                    "Received by the customer",
                )
                self.assertPictures(pdf, GREEN)  # the logo
                colors = self._look_at(pdf).getcolors(1 << 24)
                self.assertTrue(  # of the headings
                    any(self._is_close(color, RED) for _count, color in colors)
                )

    def test_protocols_and_statement_on_a5(self):
        documents = ("intake", "statement", "handover")
        for kind in documents:
            self._get_document(kind).paper = "a5"
        for report in ("intake_protocol", "work_statement", "handover_protocol"):
            with self.subTest(report):
                pdf = self._render(report, self.sheet)
                width, height = self._get_page_size(pdf)
                self.assertAlmostEqual(width, 148, delta=0.5)
                self.assertAlmostEqual(height, 210, delta=0.5)
                self.assertPrinted(self._read_pages(pdf), self.sheet.name)
        width, _height = self._get_page_size(self._render("evaluation", self.sheet))
        self.assertAlmostEqual(width, 210, delta=0.5)

    # -------------------------------------------------------------- ARGUMENTS

    def test_only_our_documents_wait_for_no_script(self):
        ours = ("intake_protocol", "label", "label_a4", "handover_protocol")
        plain = self.env["sale.order"].create({"partner_id": self.customer.id})
        cases = [
            *(
                (f"workmanager_service.action_report_{x}", self.sheet, "0")
                for x in ours
            ),
            ("sale.action_report_saleorder", self.order, "0"),
            ("sale.action_report_saleorder", plain, "1234"),
            ("sale.action_report_saleorder", plain | self.order, "1234"),
        ]
        self.env["ir.config_parameter"].set_param("report.print_delay", "1234")
        for is_patched in (False, True):
            for report, records, delay in cases:
                with self.subTest(report, records=records, is_patched=is_patched):
                    [args] = self._get_runs(report, records, is_patched)[-1:]
                    self.assertEqual(
                        self._get_option(args, "--javascript-delay"), delay
                    )

    def test_paper_is_said_to_wkhtmltopdf(self):
        report = "workmanager_service.action_report_intake_protocol"
        for is_patched in (False, True):
            for paper, size in (("company", "A4"), ("a5", "A5")):
                with self.subTest(paper, is_patched=is_patched):
                    self._get_document("intake").paper = paper
                    [args] = self._get_runs(report, self.sheet, is_patched)
                    self.assertEqual(self._get_option(args, "--page-size"), size)

    # ------------------------------------------------------------------ SPEED

    def test_fifty_are_one_print(self):
        sheets = self._create_sheet().browse()
        for number in range(50):
            equipment = self._create_equipment(f"MANY-{number:02}")
            sheets |= self._create_sheet(equipment_id=equipment.id)
        for report in ("label", "label_a4", "intake_protocol"):
            with self.subTest(report):
                [args] = self._get_runs(
                    f"workmanager_service.action_report_{report}", sheets
                )
                self.assertEqual(sum("report.body.tmp" in arg for arg in args), 1)
                self.assertEqual(self._get_parts(report, sheets), [False])
        # What a few labels need, all need together.
        label = "workmanager_service.action_report_label"
        few = self._count_queries(label, sheets[:5])
        self.assertLessEqual(self._count_queries(label, sheets), few)

    def _get_parts(self, report, sheets):
        """Return the records by which Odoo parts a print, to merge it again."""
        with patch(RUN, self._print_blank):
            parts = (
                self.env["ir.actions.report"]
                .with_user(self.reception)
                ._render_qweb_pdf_prepare_streams(
                    f"workmanager_service.action_report_{report}", {}, sheets.ids
                )
            )
        return list(parts)

    def test_queries_of_each_document(self):
        """A document asks at most half as much again as Odoo's own quotation of as many
        lines; one that tells of a sheet and of its orders, twice as much."""
        odoo = "sale.action_report_saleorder"
        plain = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": product.id})
                    for product in self.order.order_line.product_id
                ],
            }
        )
        allowed = self._count_queries(odoo, plain)
        documents = {
            f"workmanager_service.action_report_{name}": self._get_subject(name)
            for name in TITLES
        }
        documents[odoo] = self.order
        for report, subject in documents.items():
            with self.subTest(report):
                tells_of_both = report.endswith(("saleorder", "statement"))
                limit = allowed * (2 if tells_of_both else 1.5)
                self.assertLessEqual(self._count_queries(report, subject), limit)

    def _count_queries(self, report, records):
        """Return how many queries the HTML takes with nothing in the ORM's cache."""
        reports = self.env["ir.actions.report"]
        reports._render_qweb_html(report, records.ids)  # templates and settings
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        reports._render_qweb_html(report, records.ids)
        return self.cr.sql_log_count - before

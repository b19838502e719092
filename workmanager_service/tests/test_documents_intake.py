import base64
import io
import re
from unittest import skipUnless

from lxml import html
from PIL import Image

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .documents_common import DocumentsCommon

try:
    import zxingcpp
except ImportError:
    zxingcpp = None


@tagged("post_install", "-at_install")
class TestIntakeDocuments(DocumentsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.phone = cls.env["workmanager.equipment.type"].create({"name": "Phone"})
        cls.env.company.write(
            {
                "service_intake_document": "each",
                "service_print_labels": False,
                "service_label_format": "roll",
            }
        )

    # ---------------------------------------------------------------- TOOLING

    def _create_visit(self, size=3):
        """Take in laptops and, as the last one of the visit, a phone."""
        visit = self.env["workmanager.sheet"]
        for number in range(size):
            kind = self.laptop if number < size - 1 else self.phone
            equipment = self._create_equipment(
                f"VISIT-{number}", equipment_type_id=kind.id, model_name=f"M{number}"
            )
            sheet = self._create_sheet(
                equipment_id=equipment.id, claimed_fault=f"Defect {number}"
            )
            sheet.sudo().visit_sheet_id = visit[:1]
            visit |= sheet
        return visit

    def _read_codes(self, pdf, dpi=203):
        """Return {(symbology, text)} as a scanner reads it from each page.

        The default is what label printers have.
        """
        pages = []
        for page in range(1, len(self._read_pages(pdf)) + 1):
            options = ["-png", "-singlefile", "-r", str(dpi), "-f", str(page)]
            png = self._run_poppler("pdftoppm", pdf, *options, "-")
            image = Image.open(io.BytesIO(png)).convert("L")
            found = zxingcpp.read_barcodes(image)
            pages.append({(code.format.name, code.text) for code in found})
        return pages

    def _render_html(self, report, sheets):
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            f"workmanager_service.report_{report}", sheets.ids
        )
        return html.fromstring(content)

    def _add_attachment(self, sheet, name, raw, **values):
        return self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": raw,
                "res_model": sheet._name,
                "res_id": sheet.id,
                **values,
            }
        )

    def _add_photo(self, sheet, raw):
        return self.env["workmanager.photo"].create(
            {"sheet_id": sheet.id, "image_1920": base64.b64encode(raw)}
        )

    def _photo(self, width, height, kind="JPEG"):
        stream = io.BytesIO()
        Image.effect_noise((width, height), 80).convert("RGB").save(stream, kind)
        return stream.getvalue()

    # ------------------------------------------------------------------ TERMS

    def test_placeholders_say_what_is_on_the_sheet(self):
        self.equipment.model_name = "E15"
        self.laptop.diagnosis_product_id = self.diagnosis
        self.laptop.intake_terms = (
            "<p>{customer}, {equipment}, { serial }, {number}, <b>{date}</b></p>"
            "<p>{deadline}, {company}, {diagnosis_fee}</p>"
        )
        sheet = self._create_sheet(intake_date="2031-02-03 10:00:00")
        fee = self.env.company.currency_id.format(72.6)  # 60 with 21 %
        self.assertPrinted(
            self._print("intake_protocol", sheet, self.technician),
            f"Ștefan Țăranu, Test brand E15, PF-3K 9081, {sheet.name}, 02/03/2031",
            f"02/08/2031, {self.env.company.name}, {fee}".replace("\u00a0", " "),
        )

    def test_child_type_prints_the_fee_of_its_parent(self):
        self.laptop.diagnosis_product_id = self.diagnosis
        self.phone.parent_id = self.laptop
        self.equipment.equipment_type_id = self.phone
        self.assertIn("72.60", self._create_sheet()._get_diagnosis_fee())

    def test_placeholder_without_a_value_is_a_dash(self):
        self.laptop.intake_terms = "<p>Serial {serial}, fee {diagnosis_fee}</p>"
        sheet = self._create_sheet(equipment_id=self._create_equipment(False).id)
        self.assertEqual(sheet._get_document_text("intake"), "<p>Serial –, fee –</p>")

    def test_values_stay_text(self):
        self.customer.name = "<script>alert(1)</script> & {number}"
        self.laptop.intake_terms = "<p>Dear {customer}</p>"
        sheet = self._create_sheet()
        self.assertEqual(
            sheet._get_document_text("intake"),
            "<p>Dear &lt;script&gt;alert(1)&lt;/script&gt; &amp; {number}</p>",
        )
        self.assertPrinted(
            self._print("intake_protocol", sheet),
            "Dear <script>alert(1)</script> & {number}",
        )

    def test_wrong_placeholder_is_named(self):
        written = self._write_text("<p>Mine</p>")
        for wrong in ("{custmer}", "{Customer}", "{customer", "}", "{}", "{a b}"):
            for record, fname in ((self.laptop, "intake_terms"), (written, "text")):
                with (
                    self.subTest(wrong, record=record),
                    self.assertRaises(ValidationError) as caught,
                ):
                    record[fname] = f"<p>Hello {wrong}</p>"
                self.assertIn(f"“{wrong}”", str(caught.exception))
                self.assertIn("{diagnosis_fee}", str(caught.exception))

    def test_placeholder_cut_by_a_tag_is_named(self):
        with self.assertRaisesRegex(ValidationError, "“{cus” in the text of"):
            self.laptop.intake_terms = "<p>{cus<b>tomer}</b></p>"

    def test_wrong_placeholder_in_a_translation_is_named(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        self.laptop.intake_terms = "<p>{customer}</p>"
        with self.assertRaisesRegex(ValidationError, "{client}"):
            self.laptop.update_field_translations(
                "intake_terms", {"ro_RO": {"{customer}": "{client}"}}
            )
        with self.assertRaisesRegex(ValidationError, "{client}"):
            self.laptop.with_context(lang="ro_RO").intake_terms = "<p>{client}</p>"

    def test_wrong_placeholder_is_never_printed(self):
        self.env.cr.execute(
            "UPDATE workmanager_equipment_type SET intake_terms = %s WHERE id = %s",
            ['{"en_US": "<p>Hello {custmer}!</p>"}', self.laptop.id],
        )
        self.laptop.invalidate_recordset()
        self.assertEqual(
            self._create_sheet()._get_document_text("intake"), "<p>Hello –!</p>"
        )

    def test_help_lists_all_placeholders(self):
        listed = re.findall(r"{(\w+)}", self.laptop._fields["intake_terms"].help)
        shown = re.findall(r"{(\w+)}", self._get_document("intake").placeholders)
        self.assertEqual(listed, shown)

    def test_terms_speak_the_customers_language(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        self.laptop.intake_terms = "<p>Ready on {deadline}</p>"
        self.laptop.update_field_translations(
            "intake_terms", {"ro_RO": {"Ready on {deadline}": "Gata pe {deadline}"}}
        )
        self.customer.lang = "ro_RO"
        sheet = self._create_sheet(intake_date="2031-02-03 10:00:00")
        self.assertPrinted(self._print("intake_protocol", sheet), "Gata pe 08.02.2031")

    # ---------------------------------------------------------------- PREVIEW

    def _preview(self, record):
        """Open the preview as the manager's browser does; return its text."""
        action = record.action_preview_text()
        self.assertEqual(action["report_type"], "qweb-html")
        ids = ",".join(map(str, action["context"]["active_ids"]))
        response = self.url_open(f"/report/html/{action['report_name']}/{ids}")
        response.raise_for_status()
        article = html.fromstring(response.text).find_class("article")[0]
        for style in article.xpath(".//style"):
            style.drop_tree()
        return " ".join(article.text_content().split())

    def test_manager_previews_the_terms_of_a_type(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        self.laptop.intake_terms = "<p>For {customer}: {number}</p>"
        self.laptop.update_field_translations(
            "intake_terms",
            {"ro_RO": {"For {customer}: {number}": "Pentru {customer}: {number}"}},
        )
        self.authenticate("wm_manager", "wm_manager")
        laptop = self.laptop.with_user(self.manager)
        text = self._preview(laptop)
        self.assertIn("Filled with made-up values", text)
        self.assertRegex(text, r"For Jane Smith: FS/\d{4}/00001")
        sheet = self._create_sheet()
        text = self._preview(laptop)
        self.assertIn(f"For Ștefan Țăranu: {sheet.name}", text)
        self.assertIn(f"Pentru Ștefan Țăranu: {sheet.name}", text)

    def test_preview_shows_what_a_type_inherits(self):
        self._write_text("<p>By {company}</p>")
        self.phone.parent_id = self.laptop
        self.authenticate("wm_manager", "wm_manager")
        phone = self.phone.with_user(self.manager)
        self.assertIn(f"By {self.env.company.name}", self._preview(phone))

    def test_terms_are_the_managers(self):
        for user in (self.technician, self.reception):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.laptop.with_user(user).intake_terms = "<p>Mine</p>"
        self.laptop.with_user(self.manager).intake_terms = "<p>{customer}</p>"

    # ----------------------------------------------------------------- LABELS

    @skipUnless(zxingcpp, "zxing-cpp reads the codes")
    def test_codes_can_be_scanned(self):
        visit = self._create_visit()
        names = {("QRCode", sheet._get_qr_value()) for sheet in visit}
        labels = [
            {("QRCode", ref), ("Code128", ref)}
            for ref in visit.equipment_id.mapped("ref")
        ]
        for report, expected in (
            (
                "intake_protocol",
                [{("QRCode", sheet._get_qr_value())} for sheet in visit],
            ),
            ("intake_protocol_visit", [names]),
            ("label", labels),
            ("label_a4", [set().union(*labels)]),
        ):
            with self.subTest(report):
                codes = self._read_codes(self._render(report, visit))
                self.assertEqual(codes, expected)

    def test_thirty_labels_fill_two_sheets_of_a4(self):
        sheets = self.env["workmanager.sheet"].browse()
        for number in range(30):
            equipment = self._create_equipment(f"A4-{number:02}")
            sheets |= self._create_sheet(equipment_id=equipment.id)
        pdf = self._render("label_a4", sheets, self.technician)
        width, height = self._get_page_size(pdf)
        self.assertAlmostEqual(width, 210, delta=0.5)
        self.assertAlmostEqual(height, 297, delta=0.5)
        pages = self._read_pages(pdf)
        self.assertEqual([page.count("S/N") for page in pages], [24, 6])
        boxes = html.fromstring(self._run_poppler("pdftotext", pdf, "-bbox", "-", "-"))
        words = [word for word in boxes.iter("word") if word.text == "S/N"]
        places = sorted(
            tuple(float(word.get(side)) * 25.4 / 72 for side in ("ymin", "xmin"))
            for word in words[:24]
        )
        top, left = places[0]
        for number, (y, x) in enumerate(places):
            self.assertAlmostEqual(y - top, number // 3 * 37, delta=0.6)
            self.assertAlmostEqual(x - left, number % 3 * 70, delta=0.6)
        for sheet in sheets[:24]:
            self.assertIn(sheet.equipment_id.ref, pages[0])

    def test_full_sheet_of_labels_is_one_page(self):
        sheets = self._create_visit(24)
        self.assertEqual(len(self._print("label_a4", sheets)), 1)

    # ------------------------------------------------------------------ VISIT

    def test_protocol_of_the_visit(self):
        self.laptop.intake_terms = "<p>Laptops {number} of {customer}</p>"
        self.phone.intake_terms = "<p>Phone {serial}</p>"
        visit = self._create_visit()
        visit[0].write(
            {"accessory_ids": self.charger.ids, "condition_note": "Scratches"}
        )
        visit[1].claimed_fault_ids = self.fault
        self.customer.street = "Strada Memorandumului 12"
        for printed in (visit[1], visit):
            pages = self._print("intake_protocol_visit", printed, self.technician)
            self.assertEqual(len(pages), 1)
            text = " ".join(pages[0].split())
            for once in (
                "Strada Memorandumului 12",
                "Received for the service",
                f"Laptops {visit[0].name}, {visit[1].name} of Ștefan Țăranu",
                "Phone VISIT-2",
                "Charger 65 W",
                "Scratches",
                "Battery worn out",
                *visit.equipment_id.mapped("ref"),
                *visit.mapped("tracking_code"),
                *visit.mapped("claimed_fault"),
            ):
                self.assertEqual(text.count(once), 1, once)

    def test_terms_that_types_share_are_printed_once(self):
        text = self._write_text("<p>Kept {date}</p>")
        visit = self._create_visit()
        [(kinds, _terms)] = visit._get_visit_terms()
        self.assertEqual(kinds, self.laptop | self.phone)
        text.text = "<p>Fee {diagnosis_fee}</p>"
        self.laptop.diagnosis_product_id = self.diagnosis
        self.assertEqual(
            [(kind, "72.60" in terms) for kind, terms in visit._get_visit_terms()],
            [(self.laptop, True), (self.phone, False)],
        )

    def test_each_customer_of_a_visit_has_a_protocol(self):
        visit = self._create_visit()
        visit[2].partner_id = self.manufacturer
        pages = self._print("intake_protocol_visit", visit[0])
        self.assertEqual(len(pages), 2)
        self.assertPrinted(pages[:1], "Ștefan Țăranu", visit[0].name, visit[1].name)
        self.assertNotIn(visit[2].name, pages[0])
        self.assertPrinted(pages[1:], "Fabrica SRL", visit[2].name)

    def test_long_visit_keeps_each_equipment_together(self):
        visit = self._create_visit(12)
        pages = self._print("intake_protocol_visit", visit)
        self.assertGreater(len(pages), 1)
        for sheet in visit:
            self.assertTrue(
                any(
                    sheet.claimed_fault in page and sheet.equipment_id.ref in page
                    for page in pages
                ),
                sheet.name,
            )

    # ------------------------------------------------------------ ONE CLICK

    def assertReports(self, action, sheets, *names):
        reports = [action]
        if action["type"] == "ir.actions.client":
            reports = action["params"]["reports"]
        self.assertEqual(
            [(x["report_name"], x["context"]["active_ids"]) for x in reports],
            [(f"workmanager_service.report_{name}", sheets.ids) for name in names],
        )

    def test_intake_prints_what_the_settings_say(self):
        visit, alone = self._create_visit(), self._create_sheet()
        second = visit[1].with_user(self.technician)
        self.assertReports(second.action_print_intake(), visit, "intake_protocol")
        company = self.env.company
        company.service_intake_document = "visit"
        self.assertReports(second.action_print_intake(), visit, "intake_protocol_visit")
        self.assertReports(alone.action_print_intake(), alone, "intake_protocol")
        company.service_print_labels = True
        self.assertReports(
            second.action_print_intake(), visit, "intake_protocol_visit", "label"
        )
        company.service_label_format = "a4"
        self.assertReports(
            alone.action_print_intake(), alone, "intake_protocol", "label_a4"
        )

    def test_labels_of_the_visit(self):
        visit = self._create_visit()
        sheet = visit[2].with_user(self.technician)
        self.assertReports(sheet.action_print_labels(), visit, "label")
        self.env.company.service_label_format = "a4"
        self.assertReports(sheet.action_print_labels(), visit, "label_a4")

    def test_taking_in_prints_protocol_and_label(self):
        self.env.company.service_print_labels = True
        intake = (
            self.env["workmanager.intake"]
            .with_user(self.reception)
            .create({"equipment_id": self.equipment.id, "claimed_fault": "Nu merge"})
        )
        action = intake.action_take_in_and_print()
        self.assertReports(action, intake.sheet_id, "intake_protocol", "label")
        self.assertEqual(action["params"]["next"]["res_id"], intake.sheet_id.id)

    # ----------------------------------------------------------------- PHOTOS

    def test_three_small_photos_where_the_company_wants_them(self):
        sheet = self._create_sheet()
        self._add_attachment(sheet, "chat.jpg", self._photo(640, 480))
        sheet.intake_signature = base64.b64encode(self._photo(300, 100, "PNG"))
        for kind in ("JPEG", "PNG", "GIF", "JPEG"):
            self._add_photo(sheet, self._photo(2400, 1800, kind))
        sheet = sheet.with_user(self.technician)
        self.assertFalse(sheet._get_intake_photos())
        self.assertNotIn("Photos", " ".join(self._print("intake_protocol", sheet)))
        self._choose_blocks("intake", on=["photos"])
        photos = sheet._get_intake_photos()
        self.assertEqual(len(photos), 3)
        for photo in photos:
            image = Image.open(io.BytesIO(base64.b64decode(photo)))
            self.assertEqual((image.format, *image.size), ("JPEG", 480, 360))
            self.assertLess(len(photo), 150_000)
        for report in ("intake_protocol", "intake_protocol_visit"):
            page = self._render_html(report, sheet)
            self.assertEqual(len(page.xpath("//img[@alt='Photo']")), 3, report)
        self.assertPrinted(self._print("intake_protocol", sheet), "PHOTOS")

    def test_photo_taken_upright_is_printed_upright(self):
        self._choose_blocks("intake", on=["photos"])
        exif = Image.Exif()
        exif[0x0112] = 6  # turned by 90 degrees, as telephones store it
        stream = io.BytesIO()
        Image.new("RGB", (800, 600)).save(stream, "JPEG", exif=exif)
        sheet = self._create_sheet()
        self._add_photo(sheet, stream.getvalue())
        [photo] = sheet._get_intake_photos()
        self.assertEqual(
            Image.open(io.BytesIO(base64.b64decode(photo))).size, (360, 480)
        )

    # --------------------------------------------------------------- WARRANTY

    def test_protocol_says_under_which_warranty_it_is(self):
        first = self._create_sheet()
        self.assertRegex(self._print("intake_protocol", first)[0], r"\bNone\n")
        self.equipment.write({"sale_date": "2031-01-10", "warranty_end": "2033-01-10"})
        second = self._create_sheet(intake_date="2031-02-03 10:00:00")
        self.assertPrinted(self._print("intake_protocol", second), "until 01/10/2033")
        second.previous_sheet_id = first
        for report in ("intake_protocol", "intake_protocol_visit"):
            pages = self._print(report, second)
            self.assertPrinted(pages, "Of the repair", first.name)

    # ---------------------------------------------------------------- CONSENT

    def test_consent_is_ticked_when_it_was_given_for_all(self):
        visit = self._create_visit(2)
        for given, tick in ((visit[:1], ""), (visit, "×")):
            given.is_consent_given = True
            page = self._render_html("intake_protocol_visit", visit)
            [box] = page.find_class("sd-box")
            self.assertEqual(box.text_content().strip(" \n\u00a0"), tick)
        self.assertPrinted(
            self._print("intake_protocol", visit[0]),
            "× The customer was told how the data on the equipment is handled",
        )

    # ----------------------------------------------------------------- ACCESS

    def test_stranger_prints_nothing_of_the_visit(self):
        visit = self._create_visit(2)
        company = self.env["res.company"].create({"name": "Another shop"})
        stranger = new_test_user(
            self.env,
            "wm_stranger",
            groups="workmanager_service.group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        employee = new_test_user(self.env, "wm_employee", groups="base.group_user")
        for user in (stranger, employee):
            for report in ("intake_protocol", "label_a4"):
                with (
                    self.subTest(report, user=user.login),
                    self.assertRaises(AccessError),
                ):
                    self._render(report, visit, user)

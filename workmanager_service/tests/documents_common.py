import base64
import io
import re
import shutil
import subprocess
from unittest import skipUnless

from PIL import Image

from odoo.tests import HttpCase

from .common import ServiceCommon

RED, GREEN, BLUE = (200, 0, 0), (0, 160, 0), (0, 0, 200)


def picture(color, size=(640, 480)):
    stream = io.BytesIO()
    Image.new("RGB", size, color).save(stream, "PNG")
    return base64.b64encode(stream.getvalue())


@skipUnless(shutil.which("pdftotext"), "pdftotext (poppler-utils) reads the documents")
class DocumentsCommon(ServiceCommon, HttpCase):
    """Prints documents, and reads what is on the paper."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.lang = "en_US"
        cls.charger = cls.env["workmanager.accessory"].create({"name": "Charger 65 W"})

    @classmethod
    def _create_delivered_sheet(cls, prepare=None):
        """A repaired and delivered sheet, with all that documents can say.

        :param prepare: a function that adds to the sheet while it is evaluated
        """
        sheet = cls._create_sheet(
            accessory_ids=cls.charger.ids, condition_note="Scratches on the lid"
        ).with_user(cls.technician)
        sheet.action_start_evaluation()
        starts, voltage, hinges = sheet.check_ids
        starts.write({"result": "not_ok", "fault_ids": cls.fault.ids})
        voltage.value = 9.1
        hinges.result = "ok"
        if prepare:
            prepare(sheet)
        sheet.conclusion = "The battery must be replaced."
        sheet.action_complete_evaluation()
        sheet.add_operations(cls.operation)
        sheet.action_create_quotation()
        sheet.with_user(cls.reception).action_accept_quotation()
        sheet.action_start_repair()
        sheet.action_finish_repair()
        sheet.with_user(cls.reception).delivery_signature = picture(BLUE, (300, 100))
        sheet.with_user(cls.reception).action_deliver()
        return sheet

    @classmethod
    def _get_document(cls, kind):
        return cls.env.ref(f"workmanager_service.document_{kind}")

    def _choose_blocks(self, kind, *, on=(), off=()):
        """Print some blocks of a document, and leave out others."""
        document = self._get_document(kind)
        blocks = self.env["workmanager.document.block"].search([("kind", "=", kind)])
        document.block_ids |= blocks.filtered(lambda block: block.code in on)
        document.block_ids -= blocks.filtered(lambda block: block.code in off)

    def _write_text(self, text, kind="intake", **values):
        """Let a document say ``text``."""
        return self.env["workmanager.document.text"].create(
            {"document_id": self._get_document(kind).id, "text": text, **values}
        )

    def _render(self, report, sheets, user=None):
        """Return a printed document, in PDF."""
        # What superuser read before must not stand in for rights to read.
        self.env.invalidate_all()
        pdf, kind = (
            self.env["ir.actions.report"]
            .with_user(user or self.reception)
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf(f"workmanager_service.action_report_{report}", sheets.ids)
        )
        self.assertEqual(kind, "pdf")
        return pdf

    def _print(self, report, sheets, user=None):
        """Return the pages of a printed document, each as text in its layout."""
        return self._read_pages(self._render(report, sheets, user))

    def _read_pages(self, pdf):
        text = self._run_poppler("pdftotext", pdf, "-layout", "-", "-").decode()
        return text.replace("\u00a0", " ").split("\f")[:-1]

    def _run_poppler(self, tool, pdf, *args):
        process = subprocess.run(
            [tool, *args], input=pdf, capture_output=True, check=True
        )
        return process.stdout

    def _get_page_size(self, pdf):
        """Return width and height of the first page, in millimetres."""
        size = re.search(
            r"Page size:\s+([\d.]+) x ([\d.]+) pts",
            self._run_poppler("pdfinfo", pdf, "-").decode(),
        )
        return tuple(float(points) * 25.4 / 72 for points in size.groups())

    def assertPrinted(self, pages, *texts):
        printed = " ".join(" ".join(pages).split())
        for text in texts:
            self.assertIn(text, printed)

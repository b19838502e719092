import re
import shutil
import subprocess
from unittest import skipUnless

from odoo.tests import HttpCase

from .common import ServiceCommon


@skipUnless(shutil.which("pdftotext"), "pdftotext (poppler-utils) reads the documents")
class DocumentsCommon(ServiceCommon, HttpCase):
    """Prints documents, and reads what is on the paper."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Nothing in the documents waits for JavaScript.
        cls.env["ir.config_parameter"].set_param("report.print_delay", "0")
        cls.customer.lang = "en_US"
        cls.charger = cls.env["workmanager.accessory"].create({"name": "Charger 65 W"})

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

import io
from functools import partial

import lxml.html

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_actions_report import _wkhtml

from . import unpatched_qt

# What a customer of the service gets on paper.
OUR_MODELS = ("workmanager.sheet", "workmanager.equipment")
INVOICE = "account.move"
DOCUMENT_MODELS = (*OUR_MODELS, "sale.order", INVOICE)
OUR_CLASSES = ("o_service_document", "o_service_label")
# What our documents tell the command line of wkhtmltopdf about themselves; Odoo hands
# on what begins like this.
IS_OURS = "data-report-service"
PAPER = "data-report-service-paper"


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        render = super()._render_qweb_pdf_prepare_streams
        report_sudo = self._get_report(report_ref)
        if len(res_ids or ()) < 2 or self.get_wkhtmltopdf_state() == "install":
            return render(report_ref, data, res_ids)
        if self._is_invoice_report(report_ref) and not _wkhtml().is_patched_qt:
            # It refuses several documents, and each invoice is to have its own file.
            streams = {}
            for res_id in res_ids:
                streams |= render(report_ref, data, [res_id])
            return streams
        # Odoo parts a print by its records, page by page, to attach the parts: of fifty
        # labels that takes longer than printing them.
        if report_sudo.model not in OUR_MODELS or report_sudo.attachment:
            return render(report_ref, data, res_ids)
        pdf = self.with_context(debug=False)._print_together(
            report_sudo.with_context(debug=False), data, res_ids
        )
        return {False: {"stream": io.BytesIO(pdf), "attachment": None}}

    @api.model
    def _print_together(self, report_sudo, data, res_ids):
        """Return one PDF of several records."""
        report_ref = report_sudo.id
        values = {**(data or {}), "report_type": "pdf", "debug": False}
        html, _kind = self._render_qweb_html(report_ref, res_ids, data=values)
        bodies, _ids, header, footer, about = report_sudo._prepare_html(
            html, report_model=report_sudo.model
        )
        return self._run_wkhtmltopdf(
            bodies,
            report_ref=report_ref,
            header=header,
            footer=footer,
            landscape=self.env.context.get("landscape"),
            specific_paperformat_args=about,
            set_viewport_size=self.env.context.get("set_viewport_size"),
        )

    def _prepare_html(self, html, report_model=False):
        if report_model in DOCUMENT_MODELS:
            html = self._prepare_service_html(html, report_model)
        return super()._prepare_html(html, report_model=report_model)

    @api.model
    def _run_wkhtmltopdf(self, bodies, *args, specific_paperformat_args=None, **kwargs):
        about = dict(specific_paperformat_args or {})

        def run(bodies, about):
            return super(IrActionsReport, self)._run_wkhtmltopdf(
                bodies, *args, specific_paperformat_args=about, **kwargs
            )

        if about.pop(unpatched_qt.LISTS, None):
            run = partial(unpatched_qt.print_lists, run)
        pdf = run(bodies, about)
        if not pdf:
            # An exit code of 1 is a warning to Odoo, which reads whatever there is.
            raise UserError(
                self.env._(
                    "The document could not be printed: wkhtmltopdf made no PDF. Try "
                    "again, and tell the administrator if it fails again."
                )
            )
        return pdf

    @api.model
    def _build_wkhtmltopdf_args(
        self,
        paperformat_id,
        landscape,
        specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        about = specific_paperformat_args or {}
        if about.get(PAPER) == "a5" and paperformat_id:
            # The margins and all else are those that the company has chosen.
            paperformat_id = paperformat_id.new({"format": "A5"}, origin=paperformat_id)
        args = super()._build_wkhtmltopdf_args(
            paperformat_id,
            landscape,
            specific_paperformat_args=specific_paperformat_args,
            set_viewport_size=set_viewport_size,
        )
        if about.get(IS_OURS):
            # The delay is for scripts, of which our documents have none.
            args[args.index("--javascript-delay") + 1] = "0"
        return args

    @api.model
    def _is_service_document(self, article):
        return any(article.find_class(name) for name in OUR_CLASSES)

    @api.model
    def _prepare_service_html(self, html, report_model):
        """Say in our documents how they want to be printed.

        :param str html: what a report rendered
        :param str report_model: the model of what it is about
        :return: the same, ready for :meth:`_prepare_html`
        """
        parser = lxml.html.HTMLParser(encoding="utf-8")
        root = lxml.html.fromstring(html, parser=parser)
        articles = root.find_class("article")
        are_ours = all(map(self._is_service_document, articles))
        is_patched = _wkhtml().is_patched_qt
        if not articles or (is_patched and not are_ours):
            return html  # a report of somebody else's making
        if are_ours:
            root.set(IS_OURS, "1")
        if root.xpath("//*[@data-service-paper='a5']"):
            root.set(PAPER, "a5")
        # Several invoices are not for one file: see above.
        if not is_patched and not (report_model == INVOICE and len(articles) > 1):
            unpatched_qt.adapt(root)
        return lxml.html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")

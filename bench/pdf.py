"""How quick documents are on paper, beside Odoo's quotation."""

from odoo import Command

from .job import CHECKS, Shop, Steps, do_sheet
from .measure import Cost, Row, measure
from .web import serving

MANY = 50
REPEAT = 5
QUERIES, TIME, MANY_TIME = 21, 0.35, 2
# Whose report and of what each document is.
DOCUMENTS = {
    "intake protocol": ("workmanager_service.action_report_intake_protocol", "sheet"),
    "label": ("workmanager_service.action_report_label", "sheet"),
    "labels on A4": ("workmanager_service.action_report_label_a4", "sheet"),
    "evaluation report": ("workmanager_service.action_report_evaluation", "sheet"),
    "quotation": ("sale.action_report_saleorder", "order"),
    "work statement": ("workmanager_service.action_report_work_statement", "sheet"),
    "hand-over protocol": (
        *("workmanager_service.action_report_handover_protocol", "sheet"),
    ),
    "equipment history": (
        *("workmanager_service.action_report_equipment_history", "equipment"),
    ),
}
TOGETHER = ("label", "labels on A4", "intake protocol")
PAGE_LIMIT = "the letterhead's company, and Odoo's taxes where there are prices"
LIMIT = "the start of wkhtmltopdf, which reads Odoo's style sheet"


def run(bench):
    """Return the rows: each document, and fifty of those that are printed together."""
    database = f"{bench.database}_pdf"
    bench.drop_database(database)
    bench.create_database(database, bench.database)
    try:
        with bench.open(database) as env:
            papers = Papers(env)
            # wkhtmltopdf asks the server for the styles.
            with serving(database, 1) as server:
                papers.print_by(server)
                return list(papers.get_rows())
    finally:
        bench.drop_database(database)


class Papers:
    """A repaired and delivered sheet, what else is printed, and the printer."""

    def __init__(self, env):
        shop = Shop(env)
        do_sheet(shop, Steps(shop.env), CHECKS)
        sheet = shop.env["workmanager.sheet"].search([], limit=1)
        equipment = shop.create_equipment(MANY, CHECKS)
        products = shop.stocked | shop.missing | shop.works
        plain = shop.env["sale.order"].create(
            {
                "partner_id": shop.customer.id,
                "order_line": [
                    Command.create({"product_id": product.id}) for product in products
                ],
            }
        )
        self.env = shop.env
        self.subjects = {
            "sheet": sheet,
            "order": sheet.sale_order_ids,
            "equipment": sheet.equipment_id,
            "plain": plain,
        }
        self.many = sheet.create([shop.prepare_sheet(device) for device in equipment])

    def print_by(self, server):
        """Let the server give the styles."""
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("report.url", server.url)
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def get_rows(self):
        """Yield the rows."""
        plain = "sale.action_report_saleorder", self.subjects["plain"]
        their_page, their_print = self._read(*plain), self._print(*plain)
        prints = {}
        for name, (report, subject) in DOCUMENTS.items():
            records = self.subjects[subject]
            row = Row("pdf", f"{name}, the page", self._read(report, records))
            row.theirs, row.limited_by = their_page, PAGE_LIMIT
            yield row.bound("queries", row.ours.queries, QUERIES)
            prints[name] = self._print(report, records)
            row = Row("pdf", f"{name}, in PDF", prints[name], their_print, LIMIT)
            yield row.bound("time ratio", row.time_ratio, TIME, is_hard=False)
        for name in TOGETHER:
            ours = self._print(DOCUMENTS[name][0], self.many)
            row = Row("pdf", f"{MANY} of {name}, in one PDF", ours, their_print)
            row.limited_by = "the pages"
            if name == "label":
                ratio = ours.median / prints[name].median
                row.bound("time by one label's", ratio, MANY_TIME, is_hard=False)
            yield row

    def _read(self, report, records):
        """Return what the page costs of which the PDF is made."""
        reports = self.env["ir.actions.report"]
        return measure(
            self.env,
            lambda: reports._render_qweb_html(report, records.ids),
            repeat=REPEAT,
        )

    def _print(self, report, records):
        """Return what the PDF costs."""
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        cost = measure(
            self.env,
            lambda: reports._render_qweb_pdf(report, records.ids),
            repeat=REPEAT,
        )
        return Cost(None, cost.median, cost.p95)

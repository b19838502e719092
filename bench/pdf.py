"""How quick documents are on paper, beside Odoo's quotation."""

from .jobs import Sheets
from .measure import Row, sample, take_turns
from .server import serving
from .shop import CHECKS, Shop

MANY, REPEAT = 50, 5
REPORTS = {
    "intake protocol": "workmanager_service.action_report_intake_protocol",
    "label": "workmanager_service.action_report_label",
    "evaluation report": "workmanager_service.action_report_evaluation",
    "work statement": "workmanager_service.action_report_work_statement",
    "hand-over protocol": "workmanager_service.action_report_handover_protocol",
}
QUOTATION = "sale.action_report_saleorder"
LABEL = REPORTS["label"]
# Fifty labels take at most so many times as long as one.
MANY_LABELS = 2


def run(bench):
    """Return the rows: each document beside a quotation, and fifty labels by one."""
    with bench.copied("pdf") as database, bench.open(database) as env:
        shop = Shop(env)
        jobs = Sheets(shop, shop.create_equipment(1, CHECKS))
        jobs.run()
        many = Sheets(shop, shop.create_equipment(MANY, CHECKS))
        many.run("take_in")
        # wkhtmltopdf asks the server for the styles.
        with serving(database) as url:
            env["ir.config_parameter"].set_param("report.url", url)
            env.cr.commit()
            sheet, order = jobs.sheets, jobs.sheets.sale_order_ids
            samples = {
                name: printer(shop.env, report, sheet)
                for name, report in REPORTS.items()
            }
            samples["quotation"] = printer(shop.env, QUOTATION, order)
            samples["many"] = printer(shop.env, LABEL, many.sheets)
            costs = take_turns(samples, REPEAT, warm=1)
    quotation, labels = costs.pop("quotation"), costs.pop("many")
    rows = [
        Row("pdf", f"{name}, ms", cost.ms, quotation.ms, 1.0)
        for name, cost in costs.items()
    ]
    name = f"{MANY} labels by one, ms"
    return [*rows, Row("pdf", name, labels.ms, costs["label"].ms, MANY_LABELS)]


def printer(env, report, records):
    """Return what prints a document once, and measures it."""
    reports = env["ir.actions.report"].with_context(force_report_rendering=True)
    return lambda: sample(env, lambda: reports._render_qweb_pdf(report, records.ids))

from odoo import fields, models
from odoo.tools import SQL

from .states import SHEET_STATES


class SheetReport(models.Model):
    """The figures of the service: a row for each sheet.

    A view and not fields of the sheet: a measure that a sheet does not have yet (when
    it was ready, what the customer decided) must be empty, or averages would lie.
    """

    _name = "workmanager.sheet.report"
    _description = "Service Figures"
    _auto = False
    _rec_name = "sheet_id"
    _order = "intake_date desc, id desc"
    _depends = {
        "workmanager.sheet": [
            "company_id",
            "deadline_date",
            "delivery_date",
            "equipment_id",
            "equipment_type_id",
            "hours",
            "intake_date",
            "outcome",
            "partner_id",
            "planned_hours",
            "previous_sheet_id",
            "ready_date",
            "stage_id",
            "state",
            "user_id",
            "warranty_basis",
            "work_cost",
        ],
        "workmanager.sheet.line": [
            "coverage",
            "product_id",
            "quantity_done",
            "sale_line_id",
            "sheet_id",
            "unit_cost",
        ],
        "workmanager.stage.time": ["hours", "sheet_id", "state", "stop"],
        "workmanager.pause": ["days", "reason", "sheet_id", "stop"],
        "sale.order": ["currency_rate", "state"],
        "sale.order.line": ["order_id", "price_subtotal", "product_uom_qty"],
    }

    sheet_id = fields.Many2one(
        "workmanager.sheet", string="Service Sheet", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    equipment_type_id = fields.Many2one("workmanager.equipment.type", readonly=True)
    brand_id = fields.Many2one("workmanager.brand", readonly=True)
    user_id = fields.Many2one("res.users", string="Technician", readonly=True)
    stage_id = fields.Many2one("workmanager.stage", readonly=True)
    state = fields.Selection(SHEET_STATES, string="Status", readonly=True)
    outcome = fields.Selection(
        selection=lambda self: self._get_sheet_selection("outcome"), readonly=True
    )
    intake_mode = fields.Selection(
        selection=lambda self: self._get_sheet_selection("intake_mode"), readonly=True
    )
    warranty_basis = fields.Selection(
        selection=lambda self: self._get_sheet_selection("warranty_basis"),
        string="Warranty",
        readonly=True,
    )
    intake_date = fields.Datetime(string="Taken In", readonly=True)
    ready_date = fields.Datetime(string="Ready Since", readonly=True)
    delivery_date = fields.Datetime(string="Handed Over", readonly=True)
    # --- time
    hours_to_ready = fields.Float(
        string="Hours to Ready", aggregator="avg", readonly=True
    )
    hours_to_delivery = fields.Float(
        string="Hours to Hand-over", aggregator="avg", readonly=True
    )
    hours_waiting = fields.Float(
        string="Hours Waiting for the Customer",
        aggregator="avg",
        readonly=True,
        help="With a quotation to decide, or paused for the customer.",
    )
    late_rate = fields.Float(
        string="Late",
        aggregator="avg",
        readonly=True,
        help="The part of the sheets that were not ready by their deadline.",
    )
    # --- outcome
    acceptance_rate = fields.Float(
        string="Quotations Accepted",
        aggregator="avg",
        readonly=True,
        help="Of the sheets whose quotation was decided, the part that was accepted.",
    )
    return_rate = fields.Float(
        string="Came Back",
        aggregator="avg",
        readonly=True,
        help="Of the repaired sheets, the part that came back under the warranty of "
        "the repair.",
    )
    # --- work
    hours = fields.Float(string="Hours Worked", readonly=True)
    planned_hours = fields.Float(readonly=True)
    parts_quantity = fields.Float(string="Parts Used", readonly=True)
    # --- money
    amount = fields.Monetary(
        string="Untaxed Amount",
        readonly=True,
        help="What was done, as it is billed to the customer and the manufacturer.",
    )
    cost = fields.Monetary(
        readonly=True, help="What the parts used and the work done cost us."
    )
    margin = fields.Monetary(
        readonly=True, help="The untaxed amount less the cost of parts and work."
    )

    def _get_sheet_selection(self, fname):
        return (
            self.env["workmanager.sheet"]
            ._fields[fname]
            ._description_selection(self.env)
        )

    @property
    def _table_query(self):
        return SQL(
            "SELECT %s FROM %s", SQL(", ").join(self._select()), self._get_tables()
        )

    def _select(self):
        """Hook: return the columns of the view, as a list of SQL."""
        return [
            SQL(
                """
                sheet.id, sheet.id AS sheet_id, sheet.company_id, sheet.partner_id,
                company.currency_id, sheet.equipment_type_id, equipment.brand_id,
                sheet.user_id, sheet.stage_id, sheet.state, sheet.outcome,
                sheet.intake_mode, sheet.warranty_basis, sheet.intake_date,
                sheet.ready_date, sheet.delivery_date,
                EXTRACT(EPOCH FROM sheet.ready_date - sheet.intake_date) / 3600
                    AS hours_to_ready,
                EXTRACT(EPOCH FROM sheet.delivery_date - sheet.intake_date) / 3600
                    AS hours_to_delivery,
                CASE WHEN COALESCE(waiting.hours, paused.hours) IS NOT NULL
                     THEN COALESCE(waiting.hours, 0) + COALESCE(paused.hours, 0)
                 END AS hours_waiting,
                sheet.hours, sheet.planned_hours
                """
            ),
            self._select_late(),
            self._select_acceptance(),
            self._select_return(),
            SQL("COALESCE(line.parts_quantity, 0) AS parts_quantity"),
            SQL("COALESCE(line.amount, 0) AS amount"),
            SQL("%s AS cost", self._get_cost()),
            SQL("COALESCE(line.amount, 0) - %s AS margin", self._get_cost()),
        ]

    def _get_cost(self):
        """What the hours cost counts, where they have a cost; else the work's own."""
        return SQL(
            """
            (
                COALESCE(line.parts_cost, 0)
                + COALESCE(NULLIF(sheet.work_cost, 0), line.work_cost, 0)
            )
            """
        )

    def _select_late(self):
        """A sheet that may still be in time is neither late nor in time."""
        return SQL(
            """
            CASE WHEN sheet.state = 'cancelled' OR sheet.deadline_date IS NULL THEN NULL
                 WHEN sheet.deadline_date
                      < COALESCE(sheet.ready_date, now() AT TIME ZONE 'UTC') THEN 1.0
                 WHEN sheet.ready_date IS NOT NULL THEN 0.0
             END AS late_rate
            """
        )

    def _select_acceptance(self):
        """Where the manufacturer pays for all there is nothing to accept."""
        return SQL(
            """
            CASE WHEN sheet.outcome = 'refused' THEN 0.0
                 WHEN line.is_quoted
                      AND (
                          sheet.state IN ('approved', 'repair')
                          OR sheet.outcome = 'repaired'
                      ) THEN 1.0
             END AS acceptance_rate
            """
        )

    def _select_return(self):
        return SQL(
            """
            CASE WHEN sheet.state = 'delivered' AND sheet.outcome = 'repaired'
                 THEN EXISTS (
                      SELECT FROM workmanager_sheet AS back
                       WHERE back.previous_sheet_id = sheet.id
                         AND back.state != 'cancelled'
                      )::int
             END AS return_rate
            """
        )

    def _get_tables(self):
        """Hook: return what the columns are read from."""
        return SQL(
            """
            workmanager_sheet AS sheet
            JOIN res_company AS company ON company.id = sheet.company_id
            JOIN workmanager_equipment AS equipment ON equipment.id = sheet.equipment_id
            LEFT JOIN (
                SELECT sheet_id, SUM(hours) AS hours
                  FROM workmanager_stage_time
                 WHERE state = 'quoted' AND stop IS NOT NULL
                 GROUP BY sheet_id
            ) AS waiting ON waiting.sheet_id = sheet.id
            LEFT JOIN (
                SELECT sheet_id, SUM(days) * 24 AS hours
                  FROM workmanager_pause
                 WHERE reason = 'customer' AND stop IS NOT NULL
                 GROUP BY sheet_id
            ) AS paused ON paused.sheet_id = sheet.id
            LEFT JOIN (%s) AS line ON line.sheet_id = sheet.id
            """,
            SQL(
                "SELECT %s FROM %s GROUP BY line.sheet_id",
                SQL(", ").join(self._select_lines()),
                self._get_line_tables(),
            ),
        )

    def _select_lines(self):
        """Hook: return what the lines of a sheet come to.

        What was done is priced as the order does, in the company's currency.
        """
        return [
            SQL(
                """
                line.sheet_id,
                SUM(line.quantity_done) FILTER (WHERE template.type != 'service')
                    AS parts_quantity,
                SUM(
                    line.quantity_done * order_line.price_subtotal
                    / NULLIF(order_line.product_uom_qty, 0)
                    / COALESCE(NULLIF(ordered.currency_rate, 0), 1)
                ) FILTER (WHERE ordered.state = 'sale') AS amount,
                SUM(line.unit_cost * line.quantity_done)
                    FILTER (WHERE template.type != 'service') AS parts_cost,
                SUM(line.unit_cost * line.quantity_done)
                    FILTER (WHERE template.type = 'service') AS work_cost,
                BOOL_OR(ordered.id IS NOT NULL AND line.coverage != 'warranty')
                    AS is_quoted
                """
            )
        ]

    def _get_line_tables(self):
        return SQL(
            """
            workmanager_sheet_line AS line
            JOIN product_product AS product ON product.id = line.product_id
            JOIN product_template AS template ON template.id = product.product_tmpl_id
            LEFT JOIN sale_order_line AS order_line
                   ON order_line.id = line.sale_line_id
            LEFT JOIN sale_order AS ordered ON ordered.id = order_line.order_id
            """
        )

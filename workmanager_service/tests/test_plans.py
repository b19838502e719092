from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import SQL

from .reading_common import ReadingCommon

EQUIPMENT = 100_000
CUSTOMERS = 20_000
SHEETS = 40_000
MOVES = 20_000
INVOICES = 3_000
# Row n of the shop's history has this id and n, in every table.
FIRST = 10_000_000
ROW = f"{FIRST} + n"
# One in so many sheets is open.
OPEN_EVERY = 200
OPEN = [("state", "not in", ("delivered", "cancelled"))]

TABLES = {
    "workmanager_equipment",
    "workmanager_sheet",
    "workmanager_sheet_line",
    "workmanager_evaluation",
    "workmanager_evaluation_check",
    "workmanager_stage_time",
    "res_partner",
    "account_move",
    "account_move_line",
    "sale_order_line",
    "sale_order_line_invoice_rel",
}


@tagged("post_install", "-at_install")
class TestPlans(ReadingCommon):
    """Searches in the database of a shop with years of work behind it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sheet = cls._repair(cls._create_sheet())
        cls.sheet.with_user(cls.reception).action_create_invoice()
        cls.invoice = cls.sheet.sudo().invoice_ids
        cls.invoice.action_post()
        cls.env.flush_all()
        cls._fill_history()
        cls.env.invalidate_all()

    @classmethod
    def _fill_history(cls):
        line = cls.sheet.line_ids[:1]
        evaluation = cls.sheet.evaluation_ids[:1]
        stages = cls.env["workmanager.stage"].search([])
        repair, delivered = (
            stages.filtered(lambda s, state=state: s.state == state)[:1].id
            for state in ("repair", "delivered")
        )
        owner = f"{FIRST} + n % {CUSTOMERS} + 1"
        cls._copy(
            cls.customer,
            CUSTOMERS,
            *("active", "partner_share", "type"),
            name="'Client ' || md5(n::text)",
            complete_name="'Client ' || md5(n::text)",
            phone_key="'40' || (700000000 + n * 7919 % 99999999)",
            email_normalized="'client' || n || '@example.com'",
            vat="'RO' || (1000000 + n)",
        )
        cls._copy(
            cls.equipment,
            EQUIPMENT,
            "active",
            ref="'X' || n",
            serial_key="upper(substr(md5(n::text), 1, 12))",
            partner_id=owner,
        )
        cls._copy(
            cls.sheet,
            SHEETS,
            *("active", "intake_date", "priority"),
            name="'FS/2020/' || n",
            state=cls._when_open("'repair'", "'delivered'"),
            stage_id=cls._when_open(repair, delivered),
            user_id=f"{cls.technician.id}",
            tracking_code="upper(substr(md5(n::text), 1, 10))",
            equipment_id=ROW,
            partner_id=owner,
        )
        cls._copy(evaluation, SHEETS, "state", "phase", "user_id", sheet_id=ROW)
        cls._copy(
            evaluation.check_ids[:1],
            SHEETS,
            *("result", "user_id"),
            evaluation_id=ROW,
            sheet_id=ROW,
        )
        cls._copy(cls.sheet.sudo().stage_time_ids[:1], SHEETS, "stage_id", sheet_id=ROW)
        cls._copy(cls.invoice, MOVES, name="'INV/2020/' || n")
        cls._copy(cls.invoice.invoice_line_ids[:1], INVOICES, "account_id", move_id=ROW)
        cls._copy(line.sudo().sale_line_id, INVOICES, "product_id", "product_uom_id")
        cls._copy(line, INVOICES, sheet_id=ROW, sale_line_id=ROW)
        cls.env.cr.execute(
            """INSERT INTO sale_order_line_invoice_rel (invoice_line_id, order_line_id)
               SELECT %s + n, %s + n FROM generate_series(1, %s) n""",
            (FIRST, FIRST, INVOICES),
        )
        # What autovacuum does before it counts.
        cls.env.cr.execute(
            """SELECT gin_clean_pending_list(c.oid)
                 FROM pg_class c JOIN pg_am ON pg_am.oid = c.relam
                 JOIN pg_index i ON i.indexrelid = c.oid
                 JOIN pg_class t ON t.oid = i.indrelid
                WHERE pg_am.amname = 'gin' AND t.relname = ANY(%s)
                      AND t.relnamespace = current_schema::regnamespace""",
            (sorted(TABLES),),
        )
        for table in sorted(TABLES):
            cls.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    @staticmethod
    def _when_open(value, otherwise):
        return f"CASE WHEN n % {OPEN_EVERY} = 0 THEN {value} ELSE {otherwise} END"

    @classmethod
    def _copy(cls, record, count, *names, **columns):
        """Insert ``count`` copies of a record, which differ in ``columns``.

        Of the other columns they have the required ones only, and ``names``: each
        reference costs a look at another table.

        :param columns: for a column an expression of SQL, in which ``n`` counts
        """
        table = SQL.identifier(record._table)
        required = cls.env.execute_query(
            SQL(
                """SELECT column_name FROM information_schema.columns
                    WHERE table_name = %s AND table_schema = current_schema
                          AND is_nullable = 'NO'""",
                record._table,
            )
        )
        values = {
            name: SQL.identifier(record._table, name)
            for name in (*(name for (name,) in required), *names)
        }
        for name, value in {"id": ROW, **columns}.items():
            values[name] = SQL(value.replace("%", "%%"))
        cls.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s, generate_series(1, %s) n"
                " WHERE %s = %s",
                table,
                SQL(", ").join(map(SQL.identifier, values)),
                SQL(", ").join(values.values()),
                table,
                count,
                SQL.identifier(record._table, "id"),
                record.id,
            )
        )

    def _lookup(self, text):
        return self.env["workmanager.equipment"].with_user(self.reception).lookup(text)

    def _capture(self, call):
        """Return what a call sends to the database, as SQL."""
        queries, execute = [], Cursor.execute

        def capture(cursor, query, params=None, log_exceptions=True):
            if not isinstance(query, SQL):
                query = SQL(query, *params) if params else SQL(query)
            # Odoo's rules read the companies of the user in every request.
            if 'FROM "res_company"' not in query.code:
                queries.append(query)
            return execute(cursor, query, None, log_exceptions)

        call()  # warms the caches of rules and rights
        self.env.invalidate_all()
        with patch.object(Cursor, "execute", capture):
            call()
        return queries

    def _get_scanned_tables(self, query):
        """Return the tables that the plan reads from end to end.

        Not those of which it reads the first rows and stops, as the web client's count
        of at most 10,001 does.
        """
        self.env.cr.execute(SQL("EXPLAIN (FORMAT JSON) %s", query))
        [[[plan]]] = self.env.cr.fetchall()
        nodes, scanned = [plan["Plan"]], []
        while nodes:
            node = nodes.pop()
            for child in node.get("Plans", []):
                stops_early = node["Node Type"] == "Limit" and (
                    node["Total Cost"] < child["Total Cost"] / 2
                )
                if not (stops_early and child["Node Type"] == "Seq Scan"):
                    nodes.append(child)
            if node["Node Type"] == "Seq Scan":
                scanned.append(node["Relation Name"])
        return TABLES.intersection(scanned)

    def _get_screens(self):
        """Yield what opens each screen, by its name."""
        sheets = self.env["workmanager.sheet"].with_user(self.manager)
        rows = self._get_specification("list")
        cards = self._get_specification("kanban")
        work = "workmanager_service.workmanager_sheet_view_kanban_work"
        count_limit = 10_001

        def search(domain, specification=None, limit=80, **kwargs):
            kwargs |= {"limit": limit, "count_limit": count_limit}
            return lambda: sheets.web_search_read(
                domain, specification or rows, **kwargs
            )

        yield "list", search([])
        yield "page 10", search([], offset=720)
        yield "open ones", search(OPEN)
        yield "to hand over", search([("state", "=", "ready")])
        yield (
            "my work",
            search(
                [*OPEN, ("user_id", "=", self.technician.id)],
                self._get_specification("kanban", work),
                limit=40,
                order="work_rank, deadline_date, id",
            ),
        )
        for text in ("FS/2020/7777", "KE9081", "c4ca42 client", "0721 000 111"):
            yield f"search {text}", search([("search_text", "ilike", text)])
        yield "search customer", search([("partner_id", "child_of", "Client c4ca42")])
        yield (
            "board",
            lambda: sheets.web_read_group(
                OPEN, ["stage_id"], auto_unfold=True, unfold_read_specification=cards
            ),
        )
        for user in (self.technician, self.reception, self.manager):
            yield f"dashboard of {user.login}", sheets.with_user(user).get_dashboard
        yield "history", self.equipment.with_user(self.manager).get_history

    def test_every_screen_goes_by_an_index(self):
        for name, call in self._get_screens():
            queries = self._capture(call)
            with self.subTest(screen=name):
                for query in queries:
                    self.assertFalse(self._get_scanned_tables(query), query)

    def test_every_search_goes_by_an_index(self):
        for text in (
            self.equipment.ref,
            "X77777",
            "PF-3K 9081",
            "k9081",
            "+40 721 000 111",
            "0721.000.111",
            "000 111",
            "Ștefan Țăranu",
            "țăra",
            "Client c4ca",
            "stefan@example.com",
            "client777@example.com",
            "RO1000777",
            "1000777",
            self.sheet.name,
            self.sheet.tracking_code,
            f"https://service.example.com/s/{self.sheet.tracking_code}",
            self.invoice.name,
            "INV/2020/777",
            "5901234123457",
            "no such thing",
        ):
            queries = self._capture(lambda text=text: self._lookup(text))
            with self.subTest(text=text):
                self.assertLessEqual(len(queries), 6)
                for query in queries:
                    self.assertFalse(self._get_scanned_tables(query))

    def test_the_right_one_is_found_among_the_many(self):
        for text in ("pf3k9081", self.sheet.name, self.invoice.name):
            with self.subTest(text=text):
                [row] = self._lookup(text)["equipment"]
                self.assertEqual(row["id"], self.equipment.id)

"""The history of a shop: sheets, and as many repair orders of Odoo's own.

Ten of each go their whole way through the ORM, and are copied by SQL: nine of ten from
the past, for eight years, and two hundred open ones. A shop has as much on its benches
in its eighth year as in its first.
"""

# The database is made here, and nobody else is in it.
# pylint: disable=invalid-commit

from odoo.tools import SQL

from .clone import Cloner
from .database import run_sql, say
from .jobs import Repairs, Sheets
from .shop import CHECKS, Shop

OPEN = 200
YEARS = 8
BLOCK = 10
RETURNS = 40

# The last step of each of the ten; those that leave purchases in draft go last.
PAST = ("hand_over",) * 7 + ("refuse", "cancel", "cancel")
PRESENT = (
    *("start", "start", "finish", "finish", "take_in", "take_in", "evaluate"),
    *("quote", "quote", "accept"),
)
# Where Odoo's repair ends for it.
REPAIRS = {
    "evaluate": "take_in",
    "hand_over": "invoice",
    "refuse": "quote",
    "cancel": "take_in",
}


def prepare(bench, size):
    """Return the database with ``size`` sheets, made where there is none."""
    database = f"{bench.database}_{size}"
    if not bench.database_exists(database):
        say(f"  making the shop with {size} sheets")
        new = f"{database}_new"
        bench.drop_database(new)
        bench.create_database(new, bench.database)
        with bench.open(new) as env:
            History(env).fill(size)
        run_sql("VACUUM ANALYZE", database=new)  # as autovacuum does in time
        bench.rename_database(new, database)
    return database


class History:
    """Fills an empty database.

    :param env: the superuser's environment
    """

    def __init__(self, env):
        self.env = env
        self.shop = Shop(env)
        self.customer = self.shop.customer

    def fill(self, size):
        """Make a history of ``size`` sheets, and commit."""
        customers, equipment = size // 5, size // 2
        self._load_customers(customers)
        self._load_equipment(customers, equipment)
        self.env.cr.commit()
        pools = {
            table: f"CASE WHEN {{v}} BETWEEN {first} AND {first + count - 1}"
            f" THEN {first} + ((n * {BLOCK} + ({{v}}) - {first}) % {equipment})"
            f" % {count} ELSE {{v}} END"
            for table, first, count in (
                ("res_partner", self.customer.id, customers),
                ("workmanager_equipment", self.equipment.id, equipment),
                ("stock_lot", self.lot.id, equipment),
            )
        }
        blocks = max((size - OPEN) // BLOCK - 1, 0)
        age = f"{YEARS * 365 * 24} * interval '1h' * (n / {blocks}.0)"
        self._load_jobs(PAST, 0, blocks, age, pools)
        self.env.cr.commit()
        age = "(n % 14) * interval '1d'"
        # Equipment whose last repair is under warranty no more.
        self._load_jobs(PRESENT, equipment // 2, OPEN // BLOCK - 1, age, pools)
        self._let_one_return()
        self.env.cr.commit()

    def _load_customers(self, count):
        """Clone the customer, each with a name and a phone of their own."""
        name = "'Client ' || initcap(substr(md5((n + 17)::text), 1, 9))"
        phone = "(700000000 + n * 7919 % 99999999)"
        values = {
            "name": name,
            "complete_name": name,
            "phone": f"'+40 ' || {phone}",
            "phone_sanitized": f"'+40' || {phone}",
            "phone_key": f"'40' || {phone}",
        }
        with Cloner(self.env, {"res_partner": values}) as cloner:
            self.customer = self.customer.copy({"name": "Client One"})
            cloner.clone(count - 1)

    def _load_equipment(self, customers, count):
        """Create the equipment, and the serial numbers that Odoo's repairs go by."""
        serial = "'SN' || upper(substr(md5(n::text), 1, 12))"
        owner = f"{self.customer.id} + n % {customers}"
        values = {
            "ref": "'EQ' || lpad((n + 1000)::text, 7, '0')",
            "serial_number": serial,
            "serial_key": serial,
            "partner_id": owner,
        }
        overrides = {
            "workmanager_equipment": values,
            "workmanager_equipment_owner": {"partner_id": owner},
            "stock_lot": {"name": serial},
        }
        self.shop.customer = self.customer
        with Cloner(self.env, overrides) as cloner:
            self.equipment = self.shop.create_equipment(1, CHECKS)
            self.equipment.serial_number = "SN0"
            self.lot = self.shop.create_lots(1)
            cloner.clone(count - 1)

    def _load_jobs(self, ends, first, clones, age, pools):
        """Take ten jobs of each kind to their ends, and clone them.

        :param ends: the last step of each
        :param int first: the first of their equipment
        :param age: how old the clones are, as SQL
        """
        say(f"  {(clones + 1) * BLOCK} sheets and repair orders")
        number = "lpad(row_number() OVER (ORDER BY n, o.id)::text, 7, '0')"
        token = "md5(n::text || o.id::text)"
        equipment = pools["workmanager_equipment"].format(v="o.equipment_id")
        batch = ends[0][:1].upper()
        names = {
            "sale_order": "S",
            "purchase_order": "P",
            "account_move": "INV/",
            "stock_picking": "WH/",
            "repair_order": "WH/RO/",
        }
        overrides = {
            table: {"name": f"'{prefix}{batch}' || {number}"}
            for table, prefix in names.items()
        }
        overrides["account_move"]["payment_reference"] = overrides["account_move"][
            "name"
        ]
        for table in ("sale_order", "account_move"):
            overrides[table]["access_token"] = token
        overrides["workmanager_sheet"] = {
            "name": f"'FS/' || extract(year FROM now() - {age})"
            f" || '/{batch}' || {number}",
            "tracking_code": f"upper(substr({token}, 1, 10))",
            "access_token": token,
            "claimed_fault": "o.claimed_fault || ' ' || n % 997",
            "claimed_fault_key": "o.claimed_fault_key || ' ' || n % 997",
            "serial_number": "(SELECT serial_number FROM workmanager_equipment"
            f" WHERE id = {equipment})",
            "statement_number": "CASE WHEN o.statement_number IS NULL THEN NULL"
            f" ELSE 'DL/{batch}' || {number} END",
        }
        with Cloner(self.env, overrides) as cloner:
            for index, end in enumerate(ends, first):
                self._do_jobs(index, end)
            self.env.flush_all()
            cloner.clone(clones, age=age, pools=pools)

    def _do_jobs(self, index, end):
        """Take a sheet and a repair order of that equipment to the end of both."""
        equipment = self.equipment.browse(self.equipment.id + index)
        self.shop.customer = equipment.partner_id
        jobs = Sheets(self.shop, equipment)
        jobs.run({"refuse": "quote", "cancel": "take_in"}.get(end, end))
        if end == "refuse":
            jobs.sheets.action_refuse_quotation()
            jobs.sheets.action_deliver()
        elif end == "cancel":
            jobs.sheets.action_cancel()
        lot = self.lot.browse(self.lot.id + index)
        if index:
            self.shop.put_in_stock(lot)
        repairs = Repairs(self.shop, lot)
        repairs.run(REPAIRS.get(end, end))
        if end in ("refuse", "cancel"):
            repairs.repairs.action_repair_cancel()

    def _let_one_return(self):
        """Give the first equipment a long history, of Odoo's repairs too."""
        for table, column, first in (
            ("workmanager_sheet", "equipment_id", self.equipment.id),
            ("repair_order", "lot_id", self.lot.id),
        ):
            self.env.cr.execute(
                SQL(
                    """UPDATE %(table)s SET %(column)s = %(first)s,
                              partner_id = %(partner)s
                        WHERE id IN (SELECT id FROM %(table)s
                                      WHERE state IN ('delivered', 'done')
                                   ORDER BY id LIMIT %(limit)s)""",
                    table=SQL.identifier(table),
                    column=SQL.identifier(column),
                    first=first,
                    partner=self.customer.id,
                    limit=RETURNS,
                )
            )

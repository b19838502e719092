from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# With fewer than these asking one by one is as quick.
MANY = 4
# Read whole at once, since a form shows all of them.
WHOLE = ("line_ids", "work_log_ids")
PEOPLE = (
    *("partner_id", "user_id", "received_by_id", "delivered_by_id"),
    "statement_user_id",
)


class Sheet(models.Model):
    """How the screens read sheets: in few queries.

    Most sheets have nothing in most of their lists. One query tells in which, and no
    other asks for those.
    """

    _inherit = "workmanager.sheet"

    @api.readonly
    def web_read(self, specification):
        """Read at once whom a list, a board or a form names.

        :param dict specification: what to read
        :return: the values, a dict for each sheet
        """
        names = [name for name in specification if name in self._fields]
        if specification:  # without one, a document only names the sheet
            self.fetch([*names, "company_id"])  # the rules ask for the company
        people = [name for name in PEOPLE if name in specification]
        if len(people) > 1:
            self._origin._fetch_people(people)
        return super().web_read(specification)

    def _fetch_query(self, query, fields):
        lists = [field for field in fields if not field.column_type]
        if len(lists) < MANY:
            return super()._fetch_query(query, fields)
        columns = [field for field in fields if field.column_type]
        # The time in each stage starts with it.
        created = self._fields["create_date"]
        columns = dict.fromkeys([*columns, created, self._fields["claimed_fault_key"]])
        sheets = super()._fetch_query(query, list(columns))
        alone = len(sheets) == 1
        for field in sheets._drop_empty_lists(lists) if alone else lists:
            if alone and field.name in WHOLE:
                sheets._fetch_whole(field)
            else:
                super()._fetch_query(sheets._as_query(ordered=False), [field])
        return sheets

    def _fetch_whole(self, field):
        """Read what is in a list together with the list."""
        model = self.env[field.comodel_name].with_context(active_test=False)
        found = model.search_fetch(
            field.get_comodel_domain(self) & Domain(field.inverse_name, "in", self.ids)
        )
        field._insert_cache(self, [found._ids])

    def _drop_empty_lists(self, fields):
        """Note in the cache which of ``fields`` are empty, and return the others."""
        self.ensure_one()
        secret = self._fields["unlock_secret"]
        conditions = {
            field: condition
            for field in (*fields, secret)
            if (condition := self._get_list_condition(field))
        }
        facts = self._get_facts()
        [row] = self.env.execute_query(
            SQL(
                "SELECT %s",
                SQL(", ").join([*facts.values(), *conditions.values()]),
            )
        )
        for name in facts:
            value, *row = row
            self._fields[name]._insert_cache(self, [value])
        empty = {field for field, full in zip(conditions, row, strict=True) if not full}
        for field in empty:
            field._insert_cache(self, [() if field.relational else None])
        return [field for field in fields if field not in empty]

    def _get_facts(self):
        """Return the SQL of what the form shows of the sheet's company only."""
        self.flush_model(
            ["active", "company_id", "equipment_id", "equipment_type_id"]
            + ["claimed_fault_key"]
        )
        return {
            "history_count": SQL(
                """(SELECT count(*) FROM workmanager_sheet
                     WHERE equipment_id = %s AND active AND id != %s)""",
                self.equipment_id.id,
                self.id,
            ),
            "is_fault_repeated": SQL(
                """EXISTS (SELECT FROM workmanager_sheet
                            WHERE claimed_fault_key = %s AND equipment_type_id = %s
                              AND company_id = %s AND active AND id != %s)""",
                self.claimed_fault_key or None,
                self.equipment_type_id.id,
                self.company_id.id,
                self.id,
            ),
        }

    def _get_list_condition(self, field):
        """Return the SQL of whether there is anything in a list, or in a file."""
        if field.type == "binary":
            return SQL(
                """EXISTS (SELECT FROM ir_attachment WHERE res_model = %s
                              AND res_field = %s AND res_id = %s)""",
                self._name,
                field.name,
                self.id,
            )
        if field.type == "char":
            self.flush_recordset([field.name])
            return SQL(
                "EXISTS (SELECT FROM %s WHERE id = %s AND %s IS NOT NULL)",
                SQL.identifier(self._table),
                self.id,
                SQL.identifier(field.name),
            )
        if field.type == "many2many":
            table, column = field.relation, field.column1
        elif field.type == "one2many":
            model = self.env[field.comodel_name]
            inverse = model._fields[field.inverse_name]
            if inverse.type != "many2one" or not inverse.store:
                return None
            model.flush_model([inverse.name])
            table, column = model._table, inverse.name
        else:
            return None
        return SQL(
            "EXISTS (SELECT FROM %s WHERE %s = %s)",
            SQL.identifier(table),
            SQL.identifier(column),
            self.id,
        )

    def _fetch_people(self, names, partners=None):
        """Read at once whom the fields ``names`` of these sheets name.

        :param partners: who is named besides
        """
        sheets_sudo = self.sudo()  # who reads a sheet sees these names
        users_sudo = self.env["res.users"].sudo()
        partners_sudo = (partners or self.env["res.partner"]).sudo()
        for name in names:
            if self._fields[name].comodel_name == "res.users":
                users_sudo |= sheets_sudo[name]
            else:
                partners_sudo |= sheets_sudo[name]
        users_sudo.fetch()
        (partners_sudo | users_sudo.partner_id).fetch()

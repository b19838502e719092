from odoo import api, models
from odoo.tools import SQL, human_size

from ...joined import fetch_joined, fetch_whole

# With fewer than these asking one by one is as quick.
MANY = 4
# Read whole at once, since a form shows all of them.
WHOLE = ("line_ids", "photo_ids", "work_log_ids")
# What a form names, and what its computed fields are made of.
FORM_PATHS = (
    "sheet.company_id",
    "sheet.partner_id",
    "sheet.equipment_id",
    "sheet.evaluation_id",
    "sheet.final_evaluation_id",
    "sheet.line_ids",
    "sheet.line_ids.product_id",
    "sheet.line_ids.product_id.product_tmpl_id",
    "sheet.line_ids.sale_line_id",
)
ORDER_PATHS = (
    "order.order_line",
    "order.order_line.sheet_line_ids",
    "order.order_line.invoice_lines",
    "order.order_line.invoice_lines.move_id",
)
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
        sheets = self._origin
        if len(sheets) == 1 and "line_ids" in specification:
            sheets._fetch_form()
        elif "equipment_id" in specification:
            sheets._fetch_cards(names)
        if specification:  # without one, a document only names the sheet
            self.fetch([*names, "company_id"])  # the rules ask for the company
        people = [name for name in PEOPLE if name in specification]
        if len(people) > 1:
            sheets._fetch_people(people)
        if len(sheets) == 1 and "check_ids" in specification:
            evaluations = sheets.evaluation_id | sheets.final_evaluation_id
            fetch_whole(evaluations, "check_ids")
        return super().web_read(specification)

    def _fetch_form(self):
        """Read this sheet with what its form shows of other records, in two queries.

        Who may not read the sheet is refused when its fields are asked for.
        """
        fetch_joined({"sheet": self}, FORM_PATHS)
        fetch_joined({"order": self.sudo().line_ids.sale_line_id.order_id}, ORDER_PATHS)

    def _fetch_cards(self, names):
        """Read the fields ``names`` of these sheets together with their equipment."""
        fields = self._determine_fields_to_fetch([*names, "company_id", "create_date"])
        fetch_joined(
            {"sheet": self}, ["sheet.equipment_id"], names={f.name for f in fields}
        )

    def _fetch_query(self, query, fields):
        lists = [field for field in fields if not field.column_type]
        if len(lists) < MANY:
            return super()._fetch_query(query, fields)
        # The time in each stage starts with the creation.
        columns = [
            field
            for name in ("create_date", "claimed_fault_key")
            if list((field := self._fields[name])._cache_missing_ids(self))
        ]
        columns += [field for field in fields if field.column_type]
        sheets = super()._fetch_query(query, list(dict.fromkeys(columns)))
        if len(sheets) != 1:
            for field in lists:
                super()._fetch_query(sheets._as_query(ordered=False), [field])
            return sheets
        lists = sheets._drop_empty_lists(lists)
        files = [field for field in lists if field.type == "binary"]
        if len(files) > 1 and self.env.context.get("bin_size"):
            sheets._fetch_file_sizes(files)
            lists = [field for field in lists if field not in files]
        for field in lists:
            if field.name in WHOLE:
                fetch_whole(sheets, field.name)
            else:
                super()._fetch_query(sheets._as_query(ordered=False), [field])
        return sheets

    def _fetch_file_sizes(self, fields):
        """Read at once how large the files are, as a form shows them."""
        attachments_sudo = (
            self.env["ir.attachment"]
            .sudo()
            .search_fetch(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "in", [field.name for field in fields]),
                    ("res_id", "=", self.id),
                ],
                ["res_field", "file_size"],
            )
        )
        sizes = {
            file.res_field: human_size(file.file_size).encode()
            for file in attachments_sudo
        }
        for field in fields:
            field._insert_cache(self, [sizes.get(field.name)])

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
        fetch_joined({"user": users_sudo}, ["user.partner_id"])
        name = partners_sudo._fields["name"]
        partners_sudo.browse(name._cache_missing_ids(partners_sudo)).fetch()

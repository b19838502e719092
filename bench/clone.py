"""Makes much of a little: copies of records with all that belongs to them, by SQL.

What a piece of code creates between :meth:`Cloner.__enter__` and the call of
:meth:`Cloner.clone` is the original: every row with an ID that was not there before, in
whatever table, and the rows of relation tables between them. A clone of it has IDs of
its own, which refer to each other as the original's do.
"""

from odoo.tools import SQL

# Neither grows with a shop's work, nor could two rows of it be alike.
SKIPPED = ("ir_", "bus_", "res_users", "res_company", "stock_quant", "mail_mail")
# From so many clones on, indexes are quicker made again than kept up to date.
BULK = 50
RESOURCE = {"res_model": "res_id", "model": "res_id"}


class Cloner:
    """Clones what is created inside the context.

    :param env: the superuser's environment
    :param overrides: by table and column, an expression of SQL in which ``n`` is the
        number of the clone and ``o`` the original row
    """

    def __init__(self, env, overrides=None):
        self.env = env
        self.overrides = overrides or {}

    def __enter__(self):
        self.env.flush_all()
        self.before = {table: self._last_id(table) for table in self._get_tables()}
        return self

    def __exit__(self, *_exc):
        return None

    def clone(self, count, age=None, pools=None):
        """Make ``count`` clones of what was created since.

        :param age: an expression of SQL, in which ``n`` counts the clones: how much
            older than the original each of them is
        :param pools: by table, an expression of SQL in which ``v`` is a reference of
            the original: what the clone refers to, of what was there before
        """
        self.env.flush_all()
        self.age, self.pools = age, pools or {}
        self.foreign_keys = self._get_foreign_keys()
        self.spans = self._get_spans()
        self.first = {
            table: start + length for table, (start, length) in self.spans.items()
        }
        tables = [*self.spans, *self._get_relation_tables()]
        definitions = self._drop_definitions(tables, count > BULK)
        for table in tables:
            self._insert(table, count)
        for table in self.spans:
            self.env.cr.execute(
                SQL(
                    "SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM %s",
                    table,
                    SQL.identifier(table),
                )
            )
        for definition in definitions:
            self.env.cr.execute(definition)
        for table in tables:
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
        self.env.invalidate_all()

    # ---------------------------------------------------------------------- schema

    def _get_tables(self):
        """Return the tables with an ID that are cloned."""
        rows = self.env.execute_query(
            SQL(
                """SELECT table_name FROM information_schema.columns
                     JOIN information_schema.tables USING (table_schema, table_name)
                    WHERE column_name = 'id' AND table_schema = current_schema
                      AND table_type = 'BASE TABLE' AND column_default IS NOT NULL"""
            )
        )
        return sorted(name for (name,) in rows if not name.startswith(SKIPPED))

    def _last_id(self, table):
        return self.env.execute_query(
            SQL("SELECT COALESCE(max(id), 0) FROM %s", SQL.identifier(table))
        )[0][0]

    def _get_spans(self):
        """Return {table: (first ID of the original, how many IDs it takes)}."""
        spans = {}
        for table, before in self.before.items():
            [(first, last)] = self.env.execute_query(
                SQL(
                    "SELECT min(id), max(id) FROM %s WHERE id > %s",
                    SQL.identifier(table),
                    before,
                )
            )
            if first:
                spans[table] = (first, last - first + 1)
        return spans

    def _get_foreign_keys(self):
        """Return {table: {column: table that it refers to}}."""
        keys = {}
        for table, column, target in self.env.execute_query(
            SQL(
                """SELECT c.conrelid::regclass::text, a.attname,
                          c.confrelid::regclass::text
                     FROM pg_constraint c
                     JOIN pg_attribute a ON a.attrelid = c.conrelid
                      AND a.attnum = c.conkey[1]
                    WHERE c.contype = 'f'
                      AND c.connamespace = current_schema::regnamespace"""
            )
        ):
            keys.setdefault(table, {})[column] = target
        return keys

    def _get_relation_tables(self):
        """Return the tables without an ID whose rows belong to the original."""
        relations = []
        for table, columns in self.foreign_keys.items():
            known = table in self.before or table.startswith((*SKIPPED, '"'))
            if not known and set(columns.values()) & set(self.spans):
                relations.append(table)
        return sorted(relations)

    def _get_columns(self, table):
        return self.env.execute_query(
            SQL(
                """SELECT column_name, data_type FROM information_schema.columns
                    WHERE table_name = %s AND table_schema = current_schema
                      AND is_generated = 'NEVER'""",
                table,
            )
        )

    def _drop_definitions(self, tables, with_indexes):
        """Drop foreign keys, whose order nobody knows, and what costs most of the time.

        :return: the statements that make them again
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I',
                                 conrelid::regclass, conname),
                          format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s NOT VALID',
                                 conrelid::regclass, conname,
                                 replace(pg_get_constraintdef(oid), ' NOT VALID', ''))
                     FROM pg_constraint
                    WHERE contype = 'f' AND conrelid::regclass::text = ANY(%(tables)s)
                UNION ALL
                   SELECT format('DROP INDEX %%s', indexrelid::regclass),
                          pg_get_indexdef(indexrelid)
                     FROM pg_index
                    WHERE %(with_indexes)s
                      AND indrelid::regclass::text = ANY(%(tables)s) AND NOT EXISTS
                          (SELECT FROM pg_constraint WHERE conindid = indexrelid)""",
                tables=tables,
                with_indexes=with_indexes,
            )
        )
        for drop, _definition in rows:
            self.env.cr.execute(_raw(drop))
        return [_raw(definition) for _drop, definition in rows]

    # ------------------------------------------------------------------------ rows

    def _insert(self, table, count):
        columns = self._get_columns(table)
        names = {name for name, _kind in columns}
        values = {name: self._get_value(table, name, kind) for name, kind in columns}
        for model_column, id_column in RESOURCE.items():
            if {model_column, id_column} <= names:
                values[id_column] = self._get_resource(model_column, id_column)
        for name, expression in self.overrides.get(table, {}).items():
            values[name] = _raw(expression)
        self.env.cr.execute(
            SQL(
                """INSERT INTO %s (%s) SELECT %s
                     FROM %s o, generate_series(1, %s) n WHERE %s
                 ORDER BY n%s""",
                SQL.identifier(table),
                SQL(", ").join(map(SQL.identifier, values)),
                SQL(", ").join(values.values()),
                SQL.identifier(table),
                count,
                self._get_condition(table),
                SQL(", o.id") if table in self.spans else SQL(),
            )
        )

    def _get_condition(self, table):
        """Return which rows are the original's."""
        if table in self.spans:
            return SQL(
                "o.id BETWEEN %s AND %s", self.spans[table][0], self.first[table] - 1
            )
        return SQL(" OR ").join(
            self._is_original(SQL.identifier("o", column), target)
            for column, target in self.foreign_keys[table].items()
            if target in self.spans
        )

    def _is_original(self, value, table):
        return SQL(
            "%s BETWEEN %s AND %s", value, self.spans[table][0], self.first[table] - 1
        )

    def _get_value(self, table, name, kind):
        value = SQL.identifier("o", name)
        target = table if name == "id" else self.foreign_keys.get(table, {}).get(name)
        if target and (target in self.spans or target in self.pools):
            return self._get_clone_id(value, target)
        if self.age and (kind.startswith("timestamp") or kind == "date"):
            return SQL("(%s - %s)::%s", value, _raw(self.age), SQL(kind))
        return value

    def _get_clone_id(self, value, table):
        """Return the ID that a clone has or refers to, in place of the original's."""
        result = value
        if table in self.pools:
            parts = map(_raw, self.pools[table].split("{v}"))
            result = value.join(parts)
        if table in self.spans:
            start, length = self.spans[table]
            result = SQL(
                "CASE WHEN %s THEN %s + (n - 1) * %s + %s ELSE %s END",
                self._is_original(value, table),
                self.first[table],
                length,
                SQL("%s - %s", value, start),
                result,
            )
        return result

    def _get_resource(self, model_column, id_column):
        """Return the ID of a record whose model is in a column of its own."""
        value, model = SQL.identifier("o", id_column), SQL.identifier("o", model_column)
        tables = {
            name: model_class._table
            for name, model_class in self.env.registry.items()
            if model_class._table in self.spans and not model_class._abstract
        }
        return SQL(
            "CASE %s ELSE %s END",
            SQL(" ").join(
                SQL("WHEN %s = %s THEN %s", model, name, self._get_clone_id(value, t))
                for name, t in tables.items()
            ),
            value,
        )


def _raw(expression):
    """Return SQL that takes no arguments."""
    return SQL(expression.replace("%", "%%"))

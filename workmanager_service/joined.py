"""Reading records together with what they name, in one query.

A step of a sheet works on its lines, on their quotation and on the products in them,
and each request starts with nothing in the ORM's cache: read one after the other, the
same costs a query for each model.
"""

from odoo.fields import Domain
from odoo.tools import SQL


def fetch_joined(roots, paths, lock=False, names=None):
    """Take records, and what they name, from the database to the ORM's cache.

    Whoever calls this knows that the user may see what the paths lead to.

    :param dict roots: {name: records}; all but the first are one record
    :param paths: what to read besides, ``name.field.field`` with a relational field
        each; the shorter paths come first
    :param bool lock: whether to keep others off the first records until commit
    :param names: which fields of the first records to read; what the ORM prefetches
        by default
    """
    (first, records), *others = roots.items()
    if not records.ids:
        return
    main = records.sudo()
    query = main._search([("id", "in", records.ids)], active_test=False, order="id")
    tables = {first: _Table(main, query.table, names=names)}
    for name, record in others:
        table = tables[name] = _Table(record.sudo(), query.make_alias(name, "joined"))
        query.add_join(
            "LEFT JOIN",
            table.alias,
            record._table,
            SQL("%s = %s", SQL.identifier(table.alias, "id"), record.id),
        )
    for path in paths:
        parent, name = path.rsplit(".", 1)
        tables[path] = tables[parent].join(query, name)
    terms = [term for table in tables.values() for term in table.get_terms(query)]
    select = query.select(*terms)
    if lock:
        select = SQL("%s FOR NO KEY UPDATE OF %s", select, SQL.identifier(query.table))
    rows = records.env.execute_query(select)
    start = 0
    for table in tables.values():
        start = table.take(rows, start)
    for table in tables.values():
        table.fill_cache()


def fetch_whole(records, name):
    """Read the lists of records together with what is in them.

    :param str name: a one2many field of the records
    """
    field = records._fields[name]
    model = records.env[field.comodel_name].with_context(active_test=False)
    found = model.search_fetch(
        field.get_comodel_domain(records)
        & Domain(field.inverse_name, "in", records.ids)
    )
    lists = found.grouped(field.inverse_name)
    field._insert_cache(
        records, [lists.get(record, model.browse())._ids for record in records]
    )


class _Table:
    """A table of the query: the model's, with the columns that are read."""

    def __init__(self, model, alias, parent=None, name=None, names=None):
        self.model = model.browse()
        self.alias = alias
        self.parent, self.name = parent, name
        self.rows, self.lists = {}, {}
        self.fields = [
            field
            for field in model._fields.values()
            if field.column_type
            and field.name != "id"
            and (field.prefetch is True if names is None else field.name in names)
        ]
        self.column = 0

    def join(self, query, name):
        """Return the table that the relational field ``name`` leads to."""
        field = self.model._fields[name]
        model = self.model.env[field.comodel_name]
        if field.type == "many2one":
            alias = query.left_join(self.alias, name, model._table, "id", name)
        elif field.type == "one2many":
            model.flush_model([field.inverse_name])
            alias = query.left_join(
                self.alias, "id", model._table, field.inverse_name, name
            )
        else:
            self.model.flush_model([name])
            link = query.left_join(
                self.alias, "id", field.relation, field.column1, f"{name}_link"
            )
            alias = query.left_join(link, field.column2, model._table, "id", name)
        return _Table(model, alias, self, name)

    def get_terms(self, query):
        """Return the SQL of what is read of this table."""
        yield SQL.identifier(self.alias, "id")
        for field in self.fields:
            if field.translate:
                yield self.model._field_to_sql(self.alias, field.name, query)
            else:
                # What waits to be written is in the cache already, and stays there.
                yield SQL.identifier(self.alias, field.name)

    def take(self, rows, start):
        """Take what ``rows`` have of this table, each record once.

        :param int start: which column of the rows is the first of the table
        :return: which one is the first of the next table
        """
        self.column, stop = start, start + 1 + len(self.fields)
        for row in rows:
            record_id = row[start]
            if record_id and record_id not in self.rows:
                self.rows[record_id] = row[start + 1 : stop]
            if self.parent and (parent_id := row[self.parent.column]):
                found = self.lists.setdefault(parent_id, {})
                if record_id:
                    found[record_id] = True
        return stop

    def fill_cache(self):
        """Take what was read to the ORM's cache, where nothing newer is."""
        records = self.model.browse(self.rows)
        columns = zip(*self.rows.values(), strict=True)
        for field, values in zip(self.fields if records else (), columns, strict=True):
            field._insert_cache(records, values)
        field = self.parent and self.parent.model._fields[self.name]
        if field and field.type != "many2one":
            field._insert_cache(
                self.parent.model.browse(self.lists),
                [
                    self.model.browse(found).sorted()._ids
                    for found in self.lists.values()
                ],
            )

from odoo import api, models
from odoo.models import LOG_ACCESS_COLUMNS
from odoo.tools import ormcache

KEPT_TYPES = (
    *("boolean", "char", "date", "datetime", "float", "integer", "many2one"),
    *("selection", "text"),
)


class MemoryMixin(models.AbstractModel):
    """Keeps a catalogue in the memory of the worker, as Odoo keeps views and rules.

    Every screen names the stage, the type and the brand of what it shows, and those
    change once in a while: no screen asks the database for them. The model needs to be
    small, and to have no record rules.
    """

    _name = "workmanager.memory.mixin"
    _description = "Kept in Memory"
    _inherit = ["workmanager.cached.mixin"]
    # Stored fields that depend on fields of the same record only.
    _kept_computed = ()

    def write(self, vals):
        res = super().write(vals)
        if self._parent_store and self._parent_name in vals:
            # What was taken from the memory before it was forgotten.
            self.invalidate_model(["parent_path"])
        return res

    # --------------------------------------------------------------- BUSINESS

    def _fetch_field(self, field):
        missing = self
        if field in self._get_kept_fields() and self._may_read_memory():
            self._read_memory()
            missing = self.browse(field._cache_missing_ids(self))
        return super(MemoryMixin, missing)._fetch_field(field) if missing else None

    def _may_read_memory(self):
        """Whether the database would show the user every record."""
        return self.env.su or (
            self.has_access("read")
            and self.env["ir.rule"]._compute_domain(self._name, "read").is_true()
        )

    def _read_memory(self):
        """Take the values of these records from the memory to the ORM's cache."""
        for name, values in self._get_memory().items():
            known = self.browse(
                record_id for record_id in self._ids if record_id in values
            )
            self._fields[name]._insert_cache(known, [values[i] for i in known._ids])

    @api.model
    @ormcache("self.env.lang")
    def _get_memory(self):
        """Return {field: {ID: value as the ORM's cache has it}} of the whole model."""
        model = self.sudo().with_context(active_test=False, prefetch_langs=False)
        fields = self._get_kept_fields()
        records = model.search_fetch([], [field.name for field in fields])
        return {
            field.name: {
                record_id: field._get_cache(records.env)[record_id]
                for record_id in records._ids
            }
            for field in fields
        }

    @api.model
    def _get_kept_fields(self):
        """Return the fields that a plain write sets, and that everybody may read."""
        return [
            field
            for field in self._fields.values()
            if field.store
            and field.prefetch is True
            and field.type in KEPT_TYPES
            and not (field.groups or field.company_dependent)
            and (not field.compute or field.name in self._kept_computed)
            and not callable(field.translate)
            and field.name not in ("id", *LOG_ACCESS_COLUMNS)
        ]

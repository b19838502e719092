from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import AccessError

OURS = "workmanager_"


class StepToken:
    """Lets one write of a step through: these values, on these records, until it ends.

    It travels in the context, to whatever the write calls: a rule of somebody else's
    that writes other records, or other values, finds it worth nothing. An object, so
    that no RPC client can send it.
    """

    def __init__(self, records, values):
        self.model = records._name
        self.ids = frozenset(records.ids)
        self.values = values
        self.is_open = True

    def covers(self, records, values):
        """Whether it lets ``values`` be written to ``records``."""
        return (
            self.is_open
            and records._name == self.model
            and self.ids.issuperset(records.ids)
            and all(
                name in self.values and self.values[name] == value
                for name, value in values.items()
            )
        )

    def names(self, records, name):
        """Whether it lets the field ``name`` of ``records`` be written."""
        return name in self.values and self.covers(records, {})


class SealedMixin(models.AbstractModel):
    """What is read-only on the screen is read-only for programs, too.

    Odoo shows such a field greyed out, and lets anyone who may write the record write
    it over RPC. Here only the steps of the service do, which check what they do, and
    superuser. Of Odoo's own models it concerns the fields that we add.
    """

    _name = "workmanager.sealed.mixin"
    _description = "Read-only Fields Kept from Programs"

    # Fields that no view shows, and that Odoo does not call read-only.
    _sealed_fields = ()

    @api.model_create_multi
    def create(self, vals_list):
        """Take nothing that is sealed from the context: programs send that, too, and
        it reaches the steps."""
        sealed = {
            key
            for key in self.env.context
            if key.startswith("default_")
            and (field := self._fields.get(key.removeprefix("default_")))
            and self._is_sealed(field)
        }
        if not sealed:
            return super().create(vals_list)
        context = {k: v for k, v in self.env.context.items() if k not in sealed}
        bare = self.with_env(self.env(context=context))
        return super(SealedMixin, bare).create(vals_list).with_env(self.env)

    def write(self, vals):
        """Take the right of a step for its own values only."""
        records = self
        if self._get_step_token() and not self._is_step_write(vals):
            records = self.with_context(step_token=None)
        return super(SealedMixin, records).write(vals)

    @api.model
    def _check_field_access(self, field, operation):
        if (
            operation == "write"
            and not self._is_written_by_step(field)
            and self._is_sealed(field)
        ):
            raise AccessError(
                self.env._(
                    "“%(field)s” of “%(document)s” is filled in by the steps of the "
                    "service: use their buttons. Nobody writes it directly.",
                    field=field._description_string(self.env),
                    document=self.env["ir.model"]._get(self._name).name,
                )
            )
        return super()._check_field_access(field, operation)

    def _get_step_token(self):
        token = self.env.context.get("step_token")
        return token if isinstance(token, StepToken) else None

    def _is_written_by_step(self, field):
        token = self._get_step_token()
        return self.env.su or bool(token and token.names(self, field.name))

    def _is_step_write(self, values):
        """Whether a step of the service writes just these values."""
        token = self._get_step_token()
        return bool(token and token.covers(self, values))

    @api.model
    def _is_sealed(self, field):
        """Whether only the steps of the service write ``field``."""
        if field.name in self._sealed_fields:
            return True
        is_ours = self._name.startswith("workmanager.") or (
            field._modules and field._modules[0].startswith(OURS)
        )
        return bool(
            is_ours
            and field.store
            and field.readonly
            and field.name not in models.MAGIC_COLUMNS
        )

    @contextmanager
    def _let_through(self, values):
        """Give these records, to be written ``values`` to as long as it lasts."""
        token = StepToken(self, values)
        try:
            yield self.with_context(step_token=token)
        finally:
            token.is_open = False

    def _write_by_step(self, values):
        """Write these values, read-only fields among them, as a step of the service."""
        with self._let_through(values) as records:
            records.write(values)

    def _create_by_step(self, vals_list):
        """Create records with read-only fields, as a step of the service.

        :return: the new records, as the caller sees them
        """
        names = {name: True for values in vals_list for name in values}
        with self._let_through(names) as model:
            return model.create(vals_list).with_env(self.env)

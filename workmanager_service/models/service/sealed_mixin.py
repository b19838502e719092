from odoo import api, models
from odoo.exceptions import AccessError

# Marks the writes of our own steps. An object, so that no RPC client can send it.
BY_A_STEP = object()

OURS = "workmanager_"


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

    @api.model
    def _check_field_access(self, field, operation):
        if operation == "write" and not self._is_by_a_step() and self._is_sealed(field):
            raise AccessError(
                self.env._(
                    "“%(field)s” of “%(document)s” is filled in by the steps of the "
                    "service: use their buttons. Nobody writes it directly.",
                    field=field._description_string(self.env),
                    document=self.env["ir.model"]._get(self._name).name,
                )
            )
        return super()._check_field_access(field, operation)

    @api.model
    def _is_by_a_step(self):
        return self.env.su or self.env.context.get("sealed_fields") is BY_A_STEP

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

    def _unseal(self):
        """Return these records for a step that writes their read-only fields."""
        return self.with_context(sealed_fields=BY_A_STEP)

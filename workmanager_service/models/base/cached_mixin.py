from odoo import api, models


class CachedMixin(models.AbstractModel):
    """A model whose records are kept in the caches of the workers, which forget them
    with each change."""

    _name = "workmanager.cached.mixin"
    _description = "Kept in Caches"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        res = super().write(vals)
        self.env.registry.clear_cache()
        return res

    def unlink(self):
        res = super().unlink()
        self.env.registry.clear_cache()
        return res

    def update_field_translations(self, field_name, translations, source_lang=""):
        """Forget what was read before the translation."""
        res = super().update_field_translations(field_name, translations, source_lang)
        self.env.registry.clear_cache()
        return res

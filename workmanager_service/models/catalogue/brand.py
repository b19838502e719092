from odoo import api, fields, models
from odoo.tools import escape_psql


class Brand(models.Model):
    _name = "workmanager.brand"
    _description = "Brand"
    _order = "name"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Manufacturer",
        index="btree_not_null",
        help="Pays for the lines that its warranty covers.",
    )

    _name_uniq = models.UniqueIndex("(lower(name))", "This brand already exists.")

    def copy_data(self, default=None):
        return [
            {**vals, "name": self.env._("%s (copy)", brand.name)}
            for brand, vals in zip(self, super().copy_data(default), strict=True)
        ]

    @api.model
    def name_create(self, name):
        """Return the brand that differs in case only, or create it."""
        brand = self._find(name)
        return (brand.id, brand.display_name) if brand else super().name_create(name)

    @api.model
    def _create_missing(self, names):
        """Create the brands of ``names`` that do not exist."""
        wanted = {name.strip().casefold(): name.strip() for name in names}
        wanted.pop("", None)
        self.create(
            [{"name": name} for name in wanted.values() if not self._find(name)]
        )

    @api.model
    def _find(self, name):
        return self.with_context(active_test=False).search(
            [("name", "=ilike", escape_psql(name.strip()))], limit=1
        )

from odoo import models

# What the kept record takes from the others where it has nothing itself.
MERGED_FIELDS = (
    "serial_number",
    "brand_id",
    "model_name",
    "product_id",
    "partner_id",
    "sale_order_line_id",
    "sale_date",
    "warranty_start",
    "warranty_end",
    "warranty_document",
    "note",
)


class Equipment(models.Model):
    """Two records of one device become one."""

    _inherit = "workmanager.equipment"

    def _prepare_merge_values(self, others):
        """Return what the record that is kept takes over from ``others``."""
        self.ensure_one()
        values = {}
        for fname in MERGED_FIELDS:
            if self[fname]:
                continue
            for other in others:
                if other[fname]:
                    field = self._fields[fname]
                    values[fname] = field.convert_to_write(other[fname], other)
                    break
        return values

    def _move_to(self, kept):
        """Move sheets, owners, messages, activities and files of these to ``kept``."""
        # The rule against changing a quoted sheet's equipment is about another device.
        sheets = self.env["workmanager.sheet"].with_context(active_test=False)
        sheets.search([("equipment_id", "in", self.ids)])._set_equipment(kept)
        self.owner_ids.sudo().equipment_id = kept
        for other in self:
            other.message_change_thread(kept)
        for model in ("ir.attachment", "mail.activity"):
            self.env[model].sudo().search(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)]
            ).write({"res_id": kept.id})

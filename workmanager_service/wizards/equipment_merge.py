from odoo import Command, api, fields, models
from odoo.exceptions import UserError

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


class EquipmentMerge(models.TransientModel):
    """Makes one of several records of the same device; nothing of them is lost."""

    _name = "workmanager.equipment.merge"
    _description = "Merge Equipment"

    equipment_ids = fields.Many2many(
        "workmanager.equipment",
        string="Records of the Same Device",
        default=lambda self: self._default_equipment_ids(),
    )
    equipment_id = fields.Many2one(
        "workmanager.equipment",
        string="Keep",
        compute="_compute_equipment_id",
        store=True,
        readonly=False,
        required=True,
        domain="[('id', 'in', equipment_ids)]",
    )

    differing_serials = fields.Char(compute="_compute_differing_serials")

    @api.model
    def _default_equipment_ids(self):
        if self.env.context.get("active_model") != "workmanager.equipment":
            return []
        return [Command.set(self.env.context.get("active_ids", []))]

    @api.depends("equipment_ids")
    def _compute_equipment_id(self):
        """Propose the record with the most sheets, the oldest of equals."""
        for merge in self:
            merge.equipment_id = merge.equipment_ids.sorted(
                lambda equipment: (-equipment.sheet_count, equipment.id)
            )[:1]

    @api.depends("equipment_ids")
    def _compute_differing_serials(self):
        for merge in self:
            serials = merge.equipment_ids.filtered("serial_key").grouped("serial_key")
            merge.differing_serials = len(serials) > 1 and ", ".join(
                equipment[0].serial_number for equipment in serials.values()
            )

    def action_merge(self):
        """Move everything to the record that is kept, and delete the others.

        :raises UserError: there is nothing to merge
        """
        self.ensure_one()
        kept, others = self.equipment_id, self.equipment_ids - self.equipment_id
        if not others:
            raise UserError(self.env._("Choose at least two records to merge."))
        if len(self.equipment_ids.company_id) > 1:
            raise UserError(
                self.env._("Equipment of different companies cannot be merged.")
            )
        values = self._prepare_kept_values()
        self._move_records(others)
        names = ", ".join(map(self._get_full_name, others))
        others.unlink()
        kept.write(values)
        kept.message_post(body=self.env._("Merged with %s.", names))
        return kept._get_records_action()

    def _prepare_kept_values(self):
        """Return what the record that is kept takes over from the others."""
        kept, values = self.equipment_id, {}
        for fname in MERGED_FIELDS:
            givers = (self.equipment_ids - kept).filtered(fname)
            if givers and not kept[fname]:
                field = kept._fields[fname]
                values[fname] = field.convert_to_write(givers[0][fname], givers[0])
        return values

    def _move_records(self, others):
        """Give sheets, owners, messages, activities and files of ``others`` to the
        record that is kept."""
        kept = self.equipment_id
        # The rule against changing a quoted sheet's equipment is about another device.
        sheets = self.env["workmanager.sheet"].with_context(active_test=False)
        sheets.search([("equipment_id", "in", others.ids)])._set_equipment(kept)
        others.owner_ids.sudo().equipment_id = kept
        for other in others:
            other.message_change_thread(kept)
        for model in ("ir.attachment", "mail.activity"):
            self.env[model].sudo().search(
                [("res_model", "=", others._name), ("res_id", "in", others.ids)]
            ).write({"res_id": kept.id})

    @api.model
    def _get_full_name(self, equipment):
        """Return the name of an equipment with the serial number that goes with it."""
        serial = equipment.serial_number
        return (
            f"{equipment.display_name} ({serial})" if serial else equipment.display_name
        )

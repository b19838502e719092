from odoo import api, fields, models
from odoo.exceptions import UserError


class Sheet(models.Model):
    """Faults that are typed again and again belong into the catalogue."""

    _inherit = "workmanager.sheet"

    claimed_fault_key = fields.Char(
        compute="_compute_claimed_fault_key",
        store=True,
        index="btree_not_null",
        help="The typed fault without case and spaces, to find it typed again.",
    )
    is_fault_repeated = fields.Boolean(
        compute="_compute_is_fault_repeated",
        help="The same fault was typed on another sheet of this type.",
    )

    @api.depends("claimed_fault")
    def _compute_claimed_fault_key(self):
        for sheet in self:
            words = (sheet.claimed_fault or "").casefold().split()
            sheet.claimed_fault_key = " ".join(words)[:128] or False

    @api.depends("claimed_fault_key", "equipment_type_id")
    def _compute_is_fault_repeated(self):
        counts = {
            (kind, key): count
            for kind, key, count in self._read_group(
                [
                    ("claimed_fault_key", "in", self.mapped("claimed_fault_key")),
                    ("claimed_fault_key", "!=", False),
                ],
                ["equipment_type_id", "claimed_fault_key"],
                ["__count"],
            )
        }
        for sheet in self:
            key = (sheet.equipment_type_id, sheet.claimed_fault_key)
            sheet.is_fault_repeated = counts.get(key, 0) > 1

    def action_add_fault_to_catalogue(self):
        """Make the typed fault one of the type's common faults, on all its sheets.

        :raises UserError: no fault was typed
        """
        self.ensure_one()
        if not self.claimed_fault_key:
            raise UserError(self.env._("No fault was typed on %s.", self.name))
        name = " ".join(self.claimed_fault.split())
        fault = self.env["workmanager.fault"].create(
            {"name": name, "equipment_type_ids": self.equipment_type_id.ids}
        )
        same = self.search(
            [
                ("claimed_fault_key", "=", self.claimed_fault_key),
                ("equipment_type_id", "=", self.equipment_type_id.id),
            ]
        )
        same.write({"claimed_fault_ids": [fields.Command.link(fault.id)]})
        return True

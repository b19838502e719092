from odoo import fields, models


class Sheet(models.Model):
    """What becomes of the parts that came out of the equipment."""

    _inherit = "workmanager.sheet"

    removed_part_ids = fields.One2many(
        "workmanager.removed.part", "sheet_id", string="Removed Parts"
    )

    def action_add_removed_parts(self):
        """Note one removed part for each part that was used and has none yet.

        Under the manufacturer's warranty they go to the manufacturer.
        """
        self._ensure_open()
        noted = self.removed_part_ids.line_id
        self.env["workmanager.removed.part"].create(
            [
                {
                    "sheet_id": line.sheet_id.id,
                    "line_id": line.id,
                    "quantity": line.quantity_done,
                    "destination": "manufacturer"
                    if line.coverage == "warranty"
                    else "customer",
                }
                for line in self.line_ids - noted
                if line.product_type == "consu"
                and line.is_accepted
                and line.product_uom_id.compare(line.quantity_done, 0.0) > 0
            ]
        )
        return True

    def _action_deliver(self):
        """The customer takes the removed parts along."""
        res = super()._action_deliver()
        self.removed_part_ids.filtered(
            lambda part: part.destination == "customer"
        ).action_done()
        return res

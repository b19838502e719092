from datetime import timedelta

from odoo import fields, models


class Equipment(models.Model):
    _inherit = "workmanager.equipment"

    lot_id = fields.Many2one(
        "stock.lot",
        string="Lot/Serial Number in Stock",
        index="btree_not_null",
        copy=False,
        check_company=True,
        domain="[('product_id', '=?', product_id)]",
        ondelete="restrict",
        help="The serial number it had in our own stock.",
    )

    def _take_back(self, day, transfer):
        """End the warranty of what the customer returned; it is theirs no longer.

        :param datetime.date day: when it came back
        :param str transfer: the name of what brought it back
        """
        for equipment in self:
            start, end = equipment.warranty_start, equipment.warranty_end
            yesterday = day - timedelta(days=1)
            if start and start > yesterday:
                start = end = False
            elif end and end > yesterday:
                end = yesterday
            equipment.write(
                {"partner_id": False, "warranty_start": start, "warranty_end": end}
            )
            equipment.message_post(
                body=self.env._(
                    "Returned to us with %s: its warranty has ended.", transfer
                )
            )

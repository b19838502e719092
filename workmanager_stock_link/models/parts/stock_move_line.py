from odoo import Command, models


class StockMoveLine(models.Model):
    """Used parts that come back to the stock."""

    _inherit = "stock.move.line"

    def _prepare_service_return_values(self, quantity):
        """Return the values of a move that brings ``quantity`` of a used part back.

        :param float quantity: in the product's unit
        """
        self.ensure_one()
        move = self.move_id
        picking_type = move.picking_type_id.return_picking_type_id
        return {
            "product_id": self.product_id.id,
            "product_uom_qty": quantity,
            "product_uom": self.product_id.uom_id.id,
            "location_id": self.location_dest_id.id,
            "location_dest_id": self.location_id.id,
            "picking_type_id": picking_type.id or move.picking_type_id.id,
            "company_id": move.company_id.id,
            "partner_id": move.partner_id.id,
            "origin": move.origin,
            "origin_returned_move_id": move.id,
            "sale_line_id": move.sale_line_id.id,
            "to_refund": True,
            "procure_method": "make_to_stock",
            "move_line_ids": [
                Command.create(self._prepare_service_return_line_values(quantity))
            ],
        }

    def _prepare_service_return_line_values(self, quantity):
        """Return the values of the line of that move: the same lot, the way back."""
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "product_uom_id": self.product_id.uom_id.id,
            "quantity": quantity,
            "lot_id": self.lot_id.id,
            "location_id": self.location_dest_id.id,
            "location_dest_id": self.location_id.id,
            "company_id": self.move_id.company_id.id,
        }

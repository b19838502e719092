from odoo import Command, fields, models


class StockMoveLine(models.Model):
    """Used parts that come back to the stock."""

    _inherit = "stock.move.line"

    def _prepare_service_return_values(self, quantity):
        """Return the values of a move that brings ``quantity`` of a used part back.

        As Odoo's own return does, it copies what it knows of the part: the component of
        a kit stays one.

        :param float quantity: in the product's unit
        """
        self.ensure_one()
        move = self.move_id
        picking_type = move.picking_type_id.return_picking_type_id
        [values] = move.copy_data(
            {
                "product_uom_qty": quantity,
                "product_uom": self.product_id.uom_id.id,
                "date": fields.Datetime.now(),
                "location_id": self.location_dest_id.id,
                "location_dest_id": self.location_id.id,
                "location_final_id": False,
                "picking_id": False,
                "picking_type_id": picking_type.id or move.picking_type_id.id,
                "origin_returned_move_id": move.id,
                "to_refund": True,
                "rule_id": False,
                "route_ids": False,
            }
        )
        line_values = self._prepare_service_return_line_values(quantity)
        return {**values, "move_line_ids": [Command.create(line_values)]}

    def _prepare_service_return_line_values(self, quantity):
        """Return the values of the line of that move: the same piece, the way back."""
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "product_uom_id": self.product_id.uom_id.id,
            "quantity": quantity,
            "lot_id": self.lot_id.id,
            "owner_id": self.owner_id.id,
            "package_id": self.result_package_id.id,
            "result_package_id": self._get_package_to_return_to(quantity).id,
            "location_id": self.location_dest_id.id,
            "location_dest_id": self.location_id.id,
            "company_id": self.move_id.company_id.id,
        }

    def _get_package_to_return_to(self, quantity):
        """Return the package that the piece came out of, unless it is elsewhere by now.

        One that was used whole went along, and comes back whole only.
        """
        self.ensure_one()
        package = self.package_id
        if package and package == self.result_package_id:
            held = sum(package.quant_ids.mapped("quantity"))
            is_near = self.product_id.uom_id.compare(held, quantity) == 0
        else:
            is_near = package.location_id in (
                self.location_id,
                self.location_id.browse(),
            )
        return package if is_near else package.browse()

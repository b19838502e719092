from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.workmanager_service.tests.empty_cache import EmptyCacheCase


class PartsCase(EmptyCacheCase):
    """A shop with one warehouse, a vendor, and parts that start out of stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.stock = cls.warehouse.lot_stock_id
        cls.reception = new_test_user(
            cls.env, "parts_reception", "workmanager_service.group_reception"
        )
        cls.technician = new_test_user(
            cls.env, "parts_technician", "workmanager_service.group_technician"
        )
        cls.vendor = cls.env["res.partner"].create({"name": "Spare Parts Inc"})
        cls.customer = cls.env["res.partner"].create({"name": "Ana Pop"})
        cls.equipment_type = cls.env["workmanager.equipment.type"].create(
            {"name": "Scooter"}
        )
        cls.part = cls._create_part("Battery")
        cls.work = cls.env["product.product"].create(
            {"name": "Replace", "type": "service", "list_price": 50.0}
        )

    @classmethod
    def _create_part(cls, name, vendor=True, **values):
        sellers = [
            Command.create(
                {"partner_id": cls.vendor.id, "price": 60.0, "delay": 5, "min_qty": 1}
            )
        ]
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "list_price": 100.0,
                "seller_ids": sellers if vendor else [],
                **values,
            }
        )

    @classmethod
    def _stock_up(cls, product, quantity, lot=None, warehouse=None):
        location = (warehouse or cls.warehouse).lot_stock_id
        cls.env["stock.quant"]._update_available_quantity(
            product, location, quantity, lot_id=lot
        )

    @classmethod
    def _create_sheet(cls, *parts, **values):
        """Return a sheet under evaluation with lines of ``(product, quantity)``."""
        equipment = cls.env["workmanager.equipment"].create(
            {"equipment_type_id": cls.equipment_type.id, "partner_id": cls.customer.id}
        )
        sheet = cls.env["workmanager.sheet"].create(
            {
                "equipment_id": equipment.id,
                "received_by_id": cls.reception.id,
                "user_id": cls.technician.id,
                **values,
            }
        )
        sheet.action_start_evaluation()
        cls.env["workmanager.sheet.line"].create(
            [
                {
                    "sheet_id": sheet.id,
                    "product_id": product.id,
                    "quantity": quantity,
                }
                for product, quantity in parts
            ]
        )
        sheet.action_complete_evaluation()
        return sheet

    @classmethod
    def _accept(cls, *parts, **values):
        """Return an approved sheet."""
        sheet = cls._create_sheet(*parts, **values)
        sheet.action_create_quotation()
        sheet.action_accept_quotation()
        return sheet

    def _moves(self, sheet):
        return sheet.line_ids.sale_line_id.move_ids

    def _purchase_lines(self, product=None):
        return self.env["purchase.order.line"].search(
            [("product_id", "=", (product or self.part).id), ("state", "!=", "cancel")]
        )

    def _quantities(self, product=None, location=None):
        """Return what is on hand and what is reserved of it."""
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", (product or self.part).id),
                ("location_id", "child_of", (location or self.stock).id),
            ]
        )
        return sum(quants.mapped("quantity")), sum(quants.mapped("reserved_quantity"))

    def _receive(self, order, quantity=None):
        """Validate the open receipt of ``order``, with a backorder for the rest."""
        picking = order.picking_ids.filtered(lambda p: p.state == "assigned")
        if quantity is not None:
            picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking._action_done()
        return picking

from odoo import fields, models


class StockMoveLine(models.Model):
    """Serial numbers that become customers' equipment."""

    _inherit = "stock.move.line"

    def _register_equipment(self):
        """Register each serial number of these deliveries, once.

        What is registered already, by hand or at an earlier sale, is updated.
        To be called as superuser.
        """
        lines = self.filtered(
            lambda line: line.lot_id and line.product_id.tracking == "serial"
        )
        known = lines._get_equipment()
        values = []
        for line in lines:
            equipment_values = line._prepare_equipment_values()
            if equipment := known.get(line):
                equipment.write(equipment_values)
            else:
                values.append(equipment_values)
        self.env["workmanager.equipment"].create(values)

    def _get_equipment(self):
        """Return what is registered of these serial numbers, by line.

        A number that was typed by hand counts where the brand does not say otherwise.
        """
        Equipment = self.env["workmanager.equipment"]
        keys = {line: Equipment._normalize_serial(line.lot_id.name) for line in self}
        equipment = Equipment.search(
            [
                ("company_id", "in", self.company_id.ids),
                "|",
                ("lot_id", "in", self.lot_id.ids),
                ("serial_key", "in", list(filter(None, keys.values()))),
            ]
        )
        return {
            line: match[0]
            for line in self
            if (match := line._match_equipment(equipment, keys[line]))
        }

    def _match_equipment(self, equipment, serial_key):
        """Return what of ``equipment`` is the one with this line's serial number."""
        self.ensure_one()
        brand = self.product_id.equipment_brand_id
        own = equipment.filtered(lambda e: e.company_id == self.company_id)
        return own.filtered(lambda e: e.lot_id == self.lot_id) or own.filtered(
            lambda e: (
                not e.lot_id
                and e.serial_key == serial_key
                and (not brand or not e.brand_id or e.brand_id == brand)
            )
        )

    def _prepare_equipment_values(self):
        """Return what the sale says about the equipment with this serial number."""
        self.ensure_one()
        product, sale_line = self.product_id, self.move_id.sale_line_id
        sale_date = self._get_day()
        warranty_end = product.product_tmpl_id._get_equipment_warranty_end(sale_date)
        values = {
            "company_id": self.company_id.id,
            "equipment_type_id": product.equipment_type_id.id,
            "model_name": product.name,
            "serial_number": self.lot_id.name,
            "product_id": product.id,
            "lot_id": self.lot_id.id,
            "partner_id": sale_line.order_id.partner_id.id,
            "sale_order_line_id": sale_line.id,
            "sale_date": sale_date,
            "warranty_start": sale_date,
            "warranty_end": warranty_end or False,
        }
        if product.equipment_brand_id:
            values["brand_id"] = product.equipment_brand_id.id
        return values

    def _take_back_equipment(self):
        """End the warranty of what customers returned; it is theirs no longer.

        To be called as superuser.
        """
        equipment = self.env["workmanager.equipment"].search(
            [
                ("lot_id", "in", self.lot_id.ids),
                ("sale_order_line_id", "in", self.move_id.sale_line_id.ids),
            ]
        )
        by_lot = equipment.grouped("lot_id")
        for line in self:
            if returned := by_lot.get(line.lot_id):
                returned._take_back(line._get_day(), line.picking_id.name)

    def _get_day(self):
        """Return the day of the transfer, as the company's calendar has it."""
        self.ensure_one()
        timezone = self.company_id.partner_id.tz or self.env.user.tz
        return fields.Date.context_today(
            self.with_context(tz=timezone), self.move_id.date
        )

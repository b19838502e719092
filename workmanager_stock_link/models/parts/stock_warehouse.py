from odoo import fields, models


class StockWarehouse(models.Model):
    """The operation type and the route by which sheets get their parts."""

    _inherit = "stock.warehouse"

    service_type_id = fields.Many2one(
        "stock.picking.type",
        string="Service Parts Type",
        check_company=True,
        copy=False,
        readonly=True,
        index="btree_not_null",
    )
    service_route_id = fields.Many2one(
        "stock.route",
        ondelete="restrict",
        copy=False,
        readonly=True,
        index="btree_not_null",
    )

    def write(self, vals):
        res = super().write(vals)
        if "active" in vals:
            # The route is not one of route_ids, which stock itself archives: a route
            # of the whole warehouse would serve ordinary deliveries too.
            routes = self.with_context(active_test=False).service_route_id
            routes.active = vals["active"]
        return res

    def _create_service_logistics(self):
        """Give existing warehouses what a new one gets when it is created."""
        for warehouse in self.filtered(lambda w: not w.service_type_id):
            warehouse.write(warehouse._create_or_update_sequences_and_picking_types())
            # The other routes stay as people arranged them.
            warehouse.with_context(only_service_route=True)._create_or_update_route()

    def _create_or_update_sequences_and_picking_types(self):
        types = super()._create_or_update_sequences_and_picking_types()
        if "service_type_id" in types:
            service_type = self.env["stock.picking.type"].browse(
                types["service_type_id"]
            )
            service_type.return_picking_type_id = types.get(
                "in_type_id", self.in_type_id.id
            )
        return types

    def _get_picking_type_create_values(self, max_sequence):
        data, max_sequence = super()._get_picking_type_create_values(max_sequence)
        data["service_type_id"] = {
            "name": self.env._("Service Parts"),
            "code": "outgoing",
            "use_create_lots": False,
            "use_existing_lots": True,
            "reservation_method": "at_confirm",
            "default_location_dest_id": self._get_partner_locations()[0].id,
            "sequence": max_sequence + 1,
            "sequence_code": "SVC",
            "company_id": self.company_id.id,
        }
        return data, max_sequence + 2

    def _get_picking_type_update_values(self):
        data = super()._get_picking_type_update_values()
        data["service_type_id"] = {
            "active": self.active,
            "default_location_src_id": self.lot_stock_id.id,
            "barcode": self.code.replace(" ", "").upper() + "SVC",
        }
        return data

    def _get_sequence_values(self, name=False, code=False):
        values = super()._get_sequence_values(name=name, code=code)
        values["service_type_id"] = {
            "name": self.env._(
                "%(warehouse)s Sequence service parts", warehouse=name or self.name
            ),
            "prefix": "/".join(
                [code or self.code, self.service_type_id.sequence_code or "SVC", ""]
            ),
            "padding": 5,
            "company_id": self.company_id.id,
        }
        return values

    def _update_name_and_code(self, new_name=False, new_code=False):
        res = super()._update_name_and_code(new_name, new_code)
        for warehouse in self:
            values = warehouse._get_sequence_values(name=new_name, code=new_code)
            # Stock managers may rename a warehouse, but not write sequences.
            sequence_sudo = warehouse.sudo().service_type_id.sequence_id
            sequence_sudo.write(values["service_type_id"])
            if new_name and warehouse.service_route_id:
                warehouse.service_route_id.name = self._format_service_route(new_name)
        return res

    def _format_service_route(self, warehouse_name):
        return self.env._("%(warehouse)s: Service", warehouse=warehouse_name)

    def _get_routes_values(self):
        routes = super()._get_routes_values()
        if self.env.context.get("only_service_route"):
            routes = {}
        routes["service_route_id"] = {
            "routing_key": "service_parts",
            "depends": [],
            "route_update_values": {
                "name": self._format_service_route(self.name),
                "active": self.active,
            },
            "route_create_values": {
                "company_id": self.company_id.id,
                "sale_selectable": True,
                "product_selectable": False,
                "sequence": 70,
            },
            "rules_values": {
                "active": self.active,
                "procure_method": "mts_else_mto",
                "propagate_cancel": False,
            },
        }
        return routes

    def get_rules_dict(self):
        rules = super().get_rules_dict()
        customer_location, _supplier_location = self._get_partner_locations()
        for warehouse in self:
            rules[warehouse.id]["service_parts"] = [
                self.Routing(
                    warehouse.lot_stock_id,
                    customer_location,
                    warehouse.service_type_id,
                    "pull",
                )
            ]
        return rules

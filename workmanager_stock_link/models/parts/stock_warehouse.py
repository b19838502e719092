from odoo import Command, api, fields, models


class StockWarehouse(models.Model):
    """The operation type and the route by which sheets get their parts.

    They are none of those that stock arranges by the steps of receipts and deliveries:
    a route of the whole warehouse would serve ordinary deliveries too.
    """

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

    @api.model_create_multi
    def create(self, vals_list):
        warehouses = super().create(vals_list)
        warehouses._create_service_logistics()
        return warehouses

    def write(self, vals):
        res = super().write(vals)
        if "active" in vals:
            routes = self.with_context(active_test=False).service_route_id
            routes.active = vals["active"]
        if vals.keys() & {"name", "code"}:
            self._rename_service_logistics()
        return res

    def _create_service_logistics(self):
        """Give these warehouses their service type and route, once."""
        missing = self.filtered(lambda warehouse: not warehouse.service_type_id)
        for warehouse in missing:
            warehouse.service_type_id = self.env["stock.picking.type"].create(
                warehouse._prepare_service_type_values()
            )
            warehouse.service_route_id = self.env["stock.route"].create(
                warehouse._prepare_service_route_values()
            )
        missing._rename_service_logistics()

    def _prepare_service_type_values(self):
        self.ensure_one()
        [(last,)] = self.env["stock.picking.type"]._read_group([], [], ["sequence:max"])
        return {
            "name": self.env._("Service Parts"),
            "code": "outgoing",
            "warehouse_id": self.id,
            "company_id": self.company_id.id,
            "active": self.active,
            "use_create_lots": False,
            "use_existing_lots": True,
            "reservation_method": "at_confirm",
            "default_location_src_id": self.lot_stock_id.id,
            "default_location_dest_id": self._get_partner_locations()[0].id,
            "return_picking_type_id": self.in_type_id.id,
            "sequence": (last or 0) + 1,
            "sequence_code": "SVC",
            "color": self.in_type_id.color,
        }

    def _prepare_service_route_values(self):
        self.ensure_one()
        customers = self._get_partner_locations()[0]
        routing = self.Routing(
            self.lot_stock_id, customers, self.service_type_id, "pull"
        )
        [rule] = self._get_rule_values(
            [routing],
            {
                "active": self.active,
                "procure_method": "mts_else_mto",
                "propagate_cancel": False,
            },
        )
        return {
            "name": self.env._("%(warehouse)s: Service", warehouse=self.name),
            "active": self.active,
            "company_id": self.company_id.id,
            "sale_selectable": True,
            "product_selectable": False,
            "sequence": 70,
            "rule_ids": [Command.create(rule)],
        }

    def _rename_service_logistics(self):
        """Name what the parts of sheets go by after these warehouses."""
        for warehouse in self.filtered("service_type_id"):
            service_type = warehouse.service_type_id
            service_type.barcode = f"{warehouse.code.replace(' ', '').upper()}SVC"
            # Stock managers may rename a warehouse, but not write sequences.
            service_type.sequence_id.sudo().write(
                {
                    "name": self.env._(
                        "%(warehouse)s Sequence service parts", warehouse=warehouse.name
                    ),
                    "prefix": f"{warehouse.code}/{service_type.sequence_code}/",
                }
            )
            warehouse.service_route_id.name = self.env._(
                "%(warehouse)s: Service", warehouse=warehouse.name
            )

"""A shop: its goods, its vendor, its customer and the devices that come in."""

from odoo import Command

from .database import as_user

CHECKS = 12
GROUPS = (
    "workmanager_service.group_manager",
    "sales_team.group_sale_manager",
    "stock.group_stock_manager",
    "purchase.group_purchase_manager",
    "account.group_account_manager",
)
TECHNICIAN = ("workmanager_service.group_technician", "stock.group_stock_user")


class Shop:
    """What jobs are done with, in the eyes of the manager of an empty database.

    :param env: the superuser's environment
    """

    def __init__(self, env):
        manager = as_user(env, "manager", *GROUPS)
        self.technician = as_user(env, "technician", *TECHNICIAN).user
        self.warehouse = env["stock.warehouse"].search([], limit=1)
        self.vendor = env["res.partner"].create({"name": "Spare Parts Ltd"})
        self.customer = env["res.partner"].create(
            {"name": "Client Zero", "phone": "+40 700 000 000"}
        )
        route = env.ref("stock.route_warehouse0_mto")
        route.active = True
        self.env = env
        self.stocked = self._create_part("Battery")
        # Repairs orders through routes of the product; sheets bring a route of theirs.
        routes = route | self.warehouse.buy_pull_id.route_id
        self.ordered = self._create_part(
            "Display of Another Make", route_ids=[Command.set(routes.ids)]
        )
        self.missing = self._create_part("Display")
        self.works = env["product.product"].create(
            [
                {"name": name, "type": "service", "list_price": 50.0}
                for name in ("Work", "More work")
            ]
        )
        self.device = env["product.product"].create(
            {"name": "Laptop", "is_storable": True, "tracking": "serial"}
        )
        env["stock.quant"]._update_available_quantity(
            self.stocked, self.warehouse.lot_stock_id, 100_000
        )
        self.types = {count: self._create_type(count) for count in (0, CHECKS)}
        self.count = 0
        env.flush_all()
        self.become(manager)

    def become(self, env):
        """See everything in the eyes of another user."""
        for name, value in vars(self).items():
            if hasattr(value, "with_env"):
                setattr(self, name, value.with_env(env))
        self.types = {count: kind.with_env(env) for count, kind in self.types.items()}
        self.env = env

    def _create_part(self, name, **values):
        seller = {"partner_id": self.vendor.id, "price": 60.0, "delay": 5}
        return self.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "list_price": 100.0,
                "seller_ids": [Command.create(seller)],
                **values,
            }
        )

    def _create_type(self, checks):
        points = [{"name": f"Check {number}"} for number in range(checks)]
        return self.env["workmanager.equipment.type"].create(
            {
                "name": f"Laptop with {checks} checks",
                "turnaround_days": 5,
                "repair_warranty_months": 3,
                "checkpoint_ids": [Command.create(point) for point in points],
            }
        )

    def create_lots(self, count):
        """Return serial numbers of devices that stand in the workshop."""
        lots_sudo = self.env["stock.lot"].sudo()
        names = [f"SN{self.count + number}" for number in range(count)]
        self.count += count
        lots_sudo = lots_sudo.create(
            [{"product_id": self.device.id, "name": name} for name in names]
        )
        self.put_in_stock(lots_sudo)
        return lots_sudo.with_env(self.env)

    def put_in_stock(self, lots):
        """Let the devices with these serial numbers stand in the workshop."""
        place = self.warehouse.lot_stock_id
        quants_sudo = self.env["stock.quant"].sudo()
        for lot in lots:
            quants_sudo._update_available_quantity(self.device, place, 1, lot_id=lot)

    def create_equipment(self, count, checks):
        """Return devices of customers, of the type with that many checks."""
        return self.env["workmanager.equipment"].create(
            [
                {
                    "equipment_type_id": self.types[checks].id,
                    "partner_id": self.customer.id,
                    "model_name": "Model 7",
                }
                for _number in range(count)
            ]
        )

"""Vendors, parts, work, equipment types with their checks, faults and repairs."""

from odoo import Command

from .tools import read, state


def load_catalogue(shop):
    """Create everything that a sheet chooses from."""
    data = read("catalogue")
    _load_vendors(shop, data["vendors"])
    _load_brands(shop, data["brands"])
    _load_work(shop, data["work"])
    _load_parts(shop, data["parts"])
    shop.accessories = shop.create_named(
        "workmanager.accessory", data["accessories"], lambda row: {"name": row["en"]}
    )
    _load_types(shop, data["types"])
    _load_operations(shop, data["operations"])
    _load_faults(shop, data["faults"])
    _load_checkpoints(shop, data["types"])


def _load_vendors(shop, rows):
    env = shop.env
    for row in rows:
        shop.partners[row["key"]] = env["res.partner"].create(
            {
                "name": row["name"],
                "is_company": True,
                "vat": row.get("vat"),
                "street": row["street"],
                "zip": row["zip"],
                "city": row["city"],
                "state_id": state(env, row.get("state")).id,
                "country_id": env.ref(f"base.{row.get('country', 'ro').lower()}").id,
                "email": row["email"],
                "phone": row["phone"],
                "supplier_rank": 1,
            }
        )


def _load_brands(shop, rows):
    env = shop.env
    for row in rows:
        manufacturer = env["res.partner"]
        if row.get("manufacturer"):
            manufacturer = manufacturer.create(
                {
                    "name": row["manufacturer"],
                    "is_company": True,
                    "city": row["city"],
                    "state_id": state(env, row["state"]).id,
                    "country_id": env.ref("base.ro").id,
                    "lang": shop.lang,
                }
            )
        shop.brands[row["name"]] = env["workmanager.brand"].create(
            {"name": row["name"], "partner_id": manufacturer.id}
        )


def _load_work(shop, rows):
    env = shop.env
    tax = env.ref(f"account.{shop.company.id}_tvac_21_s")
    units = {
        "hour": env.ref("uom.product_uom_hour"),
        "piece": env.ref("uom.product_uom_unit"),
    }
    shop.products.update(
        shop.create_named(
            "product.product",
            rows,
            lambda row: {
                "name": row["en"],
                "default_code": row["code"],
                "type": "service",
                "uom_id": units[row["unit"]].id,
                "list_price": row["price"],
                "standard_price": row["cost"],
                "purchase_ok": False,
                "taxes_id": [Command.set(tax.ids)],
            },
        )
    )


def _load_parts(shop, rows):
    env = shop.env
    parts = shop.create_named(
        "product.product",
        rows,
        lambda row: {
            "name": row["en"],
            "default_code": row["code"],
            "type": "consu",
            "is_storable": True,
            "list_price": row["price"],
            "standard_price": row["cost"],
            "seller_ids": [
                Command.create(
                    {
                        "partner_id": shop.partners[vendor].id,
                        "price": price,
                        "delay": delay,
                        "min_qty": 1,
                    }
                )
                for vendor, price, delay in row["vendors"]
            ],
        },
    )
    shop.products.update(parts)
    location = (
        env["stock.warehouse"]
        .search([("company_id", "=", shop.company.id)], limit=1)
        .lot_stock_id
    )
    env["stock.quant"].with_context(inventory_mode=True).create(
        [
            {
                "product_id": parts[row["code"]].id,
                "location_id": location.id,
                "inventory_quantity": row["stock"],
            }
            for row in rows
            if row["stock"]
        ]
    ).action_apply_inventory()


def _load_types(shop, rows):
    """Create the types; the parents come first in the file."""
    for row in rows:
        kind = shop.env["workmanager.equipment.type"].create(
            {
                "name": row["en"],
                "parent_id": shop.types[row["parent"]].id
                if row.get("parent")
                else False,
                "user_id": shop.users[row["technician"]].id,
                "turnaround_days": row["turnaround"],
                "warranty_months": row["warranty"],
                "repair_warranty_months": row["repair_warranty"],
                "diagnosis_product_id": shop.products[row["diagnosis"]].id,
                "accessory_ids": [
                    Command.set(
                        [shop.accessories[key].id for key in row.get("accessories", [])]
                    )
                ],
                "equipment_properties": row["properties"],
            }
        )
        shop.types[row["key"]] = kind
        shop.translate(kind, "name", row)
        terms = row.get("terms") or next(
            (other["terms"] for other in rows if other["key"] == row.get("parent")),
            None,
        )
        if terms:
            kind.intake_terms = terms["en"]
            shop.translate(kind, "intake_terms", terms)


def _load_operations(shop, rows):
    shop.operations = shop.create_named(
        "workmanager.operation",
        rows,
        lambda row: {
            "name": row["en"],
            "equipment_type_ids": [
                Command.set([shop.types[key].id for key in row["types"]])
            ],
            "line_ids": [
                Command.create(
                    {"product_id": shop.products[code].id, "quantity": quantity}
                )
                for code, quantity in row["lines"]
            ],
        },
    )


def _load_faults(shop, rows):
    shop.faults = shop.create_named(
        "workmanager.fault",
        rows,
        lambda row: {
            "name": row["en"],
            "code": row["code"],
            "equipment_type_ids": [
                Command.set([shop.types[key].id for key in row["types"]])
            ],
            "operation_ids": [
                Command.set([shop.operations[key].id for key in row["operations"]])
            ],
        },
    )


def _load_checkpoints(shop, types):
    for row in types:
        points = shop.env["workmanager.checkpoint"].create(
            [
                {
                    "name": point["en"],
                    "sequence": index + (10 if row.get("parent") else 0),
                    "equipment_type_id": shop.types[row["key"]].id,
                    "kind": "measure" if point.get("unit") else "pass_fail",
                    "unit": point.get("unit"),
                    "minimum": point.get("min", 0),
                    "maximum": point.get("max", 0),
                    "is_required": point.get("required", True),
                    "phase": point.get("phase", "before"),
                    "user_id": shop.users[point["user"]].id
                    if point.get("user")
                    else False,
                    "fault_ids": [
                        Command.set(
                            [shop.faults[code].id for code in point.get("faults", [])]
                        )
                    ],
                    "instruction": point.get("instruction", {}).get("en"),
                }
                for index, point in enumerate(row["checkpoints"], start=1)
            ]
        )
        for point, record in zip(row["checkpoints"], points, strict=True):
            shop.translate(record, "name", point)
            shop.translate(record, "instruction", point.get("instruction", {}))

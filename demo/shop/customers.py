"""Customers, the one who has a portal account, and their equipment."""

from datetime import timedelta

from odoo import Command

from .tools import read, state


def load_customers(shop, clock):
    """Create the customers and what they own, registered when it first came."""
    for row in read("customers"):
        shop.partners[row["key"]] = _create_customer(shop, row)
    today = clock.real.date()
    ages = {}
    for row in read("sheets"):
        ages[row["equipment"]] = max(row["days"], ages.get(row["equipment"], 0))
    for row in read("equipment"):
        clock.set(clock.real - timedelta(days=ages.get(row["key"], 0) + 1))
        equipment = shop.env["workmanager.equipment"].create(
            {
                "equipment_type_id": shop.types[row["type"]].id,
                "brand_id": shop.brands[row["brand"]].id,
                "model_name": row["model"],
                "serial_number": row["serial"],
                "partner_id": shop.partners[row["customer"]].id,
                "sale_date": today - timedelta(days=row["sold"]),
            }
        )
        equipment.properties = row["properties"]
        shop.equipment[row["key"]] = equipment


def _create_customer(shop, row):
    env = shop.env
    partner = env["res.partner"].create(
        {
            "name": row["name"],
            "is_company": row.get("company", False),
            "vat": row.get("vat"),
            "phone": row["phone"],
            "email": row.get("email"),
            "street": row["street"],
            "zip": row["zip"],
            "city": row["city"],
            "state_id": state(env, row["state"]).id,
            "country_id": env.ref("base.ro").id,
            "lang": row.get("lang", shop.lang),
            "tz": "Europe/Bucharest",
            "customer_rank": 1,
        }
    )
    if row.get("login"):
        shop.users[row["login"]] = env["res.users"].create(
            {
                "partner_id": partner.id,
                "name": row["name"],
                "login": row["login"],
                "password": row["login"],
                "group_ids": [Command.set(env.ref("base.group_portal").ids)],
            }
        )
    return partner

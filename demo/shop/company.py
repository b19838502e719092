"""The company, its accounts and its people."""

from odoo import Command

from .drawings import logo
from .tools import Shop, read, state

# Where those open the shop who have no other place of their own.
HOME = "workmanager_service.workmanager_dashboard_action"


def load_company(env):
    """Turn the main company into the shop, with its users.

    :return: the shop, for the other parts of the demo
    """
    data = read("company")
    company = env.ref("base.main_company")
    lang = "ro_RO" if env["res.lang"]._lang_get("ro_RO") else "en_US"
    company.write(
        {
            **data["address"],
            "country_id": env.ref("base.ro").id,
            "state_id": state(env, data["state"]).id,
            "logo": logo(
                data["address"]["primary_color"], data["address"]["secondary_color"]
            ),
        }
    )
    company.partner_id.write({"lang": lang, "tz": "Europe/Bucharest"})
    if company.chart_template != "ro":
        env["account.chart.template"].try_loading("ro", company, install_demo=False)
    shop = Shop(env=env(user=env.ref("base.user_admin")), company=company, lang=lang)
    shop.env = shop.env(context={**env.context, "allowed_company_ids": company.ids})
    _load_terms(shop, data["terms"])
    _name_taxes(shop)
    _load_journals(shop, data["bank"])
    _load_users(shop, data["users"])
    return shop


def _load_terms(shop, terms):
    intake = shop.env.ref("workmanager_service.document_intake")
    text = shop.env["workmanager.document.text"].create(
        {"document_id": intake.id, "text": terms["en"]}
    )
    shop.translate(text, "text", terms)


def _name_taxes(shop):
    """Let quotations and invoices say in Romanian what the chart says in English."""
    for name in ("tvac_21", "tvac_21_s"):
        tax = shop.env.ref(f"account.{shop.company.id}_{name}")
        shop.translate(tax, "invoice_label", {"ro": "TVA 21%"})


def _load_journals(shop, bank):
    """Create what the chart leaves out: the cash register and the bank account."""
    shop.env["res.partner.bank"].create(
        {
            "acc_number": bank["iban"],
            "partner_id": shop.company.partner_id.id,
            "bank_id": shop.env["res.bank"].create({"name": bank["name"]}).id,
            "allow_out_payment": True,
        }
    )
    shop.env["account.journal"].create(
        {"name": bank["cash"], "type": "cash", "code": "CASA"}
    )


def _load_users(shop, rows):
    env = shop.env
    shop.users["admin"] = env.ref("base.user_admin")
    shop.users["admin"].write({"tz": "Europe/Bucharest", "action_id": env.ref(HOME).id})
    for row in rows:
        groups = [env.ref(group, raise_if_not_found=False) for group in row["groups"]]
        shop.users[row["login"]] = env["res.users"].create(
            {
                "name": row["name"],
                "login": row["login"],
                "password": row["login"],
                "email": row["email"],
                "lang": row.get("lang", shop.lang),
                "tz": "Europe/Bucharest",
                "company_ids": [Command.set(shop.company.ids)],
                "company_id": shop.company.id,
                "group_ids": [
                    Command.set([group.id for group in groups if group]),
                ],
                "action_id": env.ref(row.get("home", HOME)).id,
            }
        )
    shop.company.service_buyer_id = shop.users["buyer"]
    if "odoobot_state" in env["res.users"]._fields:
        # Its welcome covers the whole screen of a phone.
        env["res.users"].search([]).odoobot_state = "disabled"

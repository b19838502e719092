"""A Romanian service shop with a few months of history."""

from .catalogue import load_catalogue
from .clock import Clock
from .company import load_company
from .customers import load_customers
from .journeys import load_journeys

LOADED = "workmanager.demo_loaded"


def load(env):
    """Create the shop, once.

    :return: a line that says what was done
    """
    parameters = env["ir.config_parameter"].sudo()
    if parameters.get_param(LOADED):
        return "The demo is already loaded."
    # Nobody outside is written to, and no one is told that a record is theirs.
    env = env(
        context={
            **env.context,
            "lang": "en_US",
            "mail_auto_subscribe_no_notify": True,
            "mail_notify_force_send": False,
            "no_reset_password": True,
        }
    )
    shop = load_company(env)
    load_catalogue(shop)
    with Clock(env) as clock:
        load_customers(shop, clock)
        load_journeys(shop, clock)
    env["mail.mail"].sudo().search([("state", "=", "outgoing")]).cancel()
    parameters.set_param(LOADED, "1")
    count = env["workmanager.sheet"].search_count([])
    return f"The demo is loaded: {count} service sheets."

"""Whatever is sent to our pages: an answer, never an error of the server.

Hypothesis draws requests to each of our routes, by a visitor, a customer with an
account and an employee. scripts/soak draws many more, and other ones each time.
"""

import inspect
import os
import re
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from server import running_server

from odoo.http import Controller

SOAK = int(os.environ.get("WORKMANAGER_EXAMPLES", "0"))
HOLE = re.compile(r"<(\w+):(\w+)>")
# What the pages take without naming it in their signature.
MORE_NAMES = ["access_token", "report_type", "lang", "limit", "message", "db", "model"]


def iterate_routes(cls=Controller):
    """Yield (path, methods, parameters) of each route of our addons."""
    for sub in cls.__subclasses__():
        yield from iterate_routes(sub)
    if not cls.__module__.startswith("odoo.addons.workmanager_"):
        return
    for member in vars(cls).values():
        routing = getattr(member, "original_routing", {})
        names = [*inspect.signature(member).parameters] if routing else []
        for path in routing.get("routes") or []:
            yield path, routing.get("methods") or ["GET", "POST"], names[1:]


@pytest.fixture(scope="module")
def server():
    with running_server("any_request") as started:
        # Odoo's answers to what is malformed.
        started.expect_log("odoo.http: |werkzeug")
        yield started


@pytest.fixture(scope="module")
def sheet(server):
    admin = server.session("admin")
    kind = admin.call("workmanager.equipment.type", "create", {"name": "Telefon"})
    customer = admin.call("res.partner", "create", {"name": "Maria Ionescu"})
    equipment = admin.call(
        "workmanager.equipment",
        "create",
        {"equipment_type_id": kind, "partner_id": customer},
    )
    part = admin.call("product.product", "create", {"name": "Ecran", "list_price": 9})
    sheet = admin.call(
        "workmanager.sheet",
        "create",
        {"equipment_id": equipment, "line_ids": [(0, 0, {"product_id": part})]},
    )
    for step in ("start_evaluation", "complete_evaluation", "create_quotation"):
        admin.call("workmanager.sheet", f"action_{step}", [sheet])
    [group] = admin.call(
        "ir.model.data",
        "search_read",
        [("module", "=", "base"), ("name", "=", "group_portal")],
        ["res_id"],
    )
    admin.call(
        "res.users",
        "create",
        {
            "name": "Maria",
            "login": "any_customer",
            "password": "any_customer",
            "partner_id": customer,
            "group_ids": [(6, 0, [group["res_id"]])],
        },
    )
    action = admin.call("workmanager.sheet", "action_preview_portal", [sheet])
    [values] = admin.call(
        "workmanager.sheet", "read", [sheet], ["name", "tracking_code"]
    )
    return {**values, "token": action["url"].rpartition("access_token=")[2]}


@pytest.fixture(scope="module")
def visitors(server, sheet):
    people = [server.session(), server.session("any_customer"), server.session("admin")]
    for session in people:
        page = session.get("/service/status").text
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        session.token = found[1] if found else ""
    return people


def test_requests_are_answered(server, sheet, visitors):
    routes = sorted({(p, tuple(m), tuple(n)) for p, m, n in iterate_routes()})
    assert len(routes) > 8
    known = [str(sheet["id"]), sheet["name"], sheet["tracking_code"], sheet["token"]]
    anything = st.one_of(
        st.sampled_from(known),
        st.sampled_from(["", "0", "-1", "1e9", str(2**31), str(2**63), "a" * 5000]),
        st.text(max_size=20),
    )
    numbers = st.sampled_from([str(sheet["id"]), "0", "1", "7", str(2**31), "9" * 30])

    @settings(
        max_examples=SOAK * 5 or 60,
        derandomize=not SOAK,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def ask(data):
        path, methods, names = data.draw(st.sampled_from(routes))

        def fill(hole):
            kind = numbers if hole[1] == "int" else anything
            return quote(data.draw(kind), safe="") or "x"

        url = HOLE.sub(fill, path)
        names = st.sampled_from([*names, *MORE_NAMES])
        query = data.draw(st.dictionaries(names, anything, max_size=4))
        method = data.draw(st.sampled_from([*methods, "OPTIONS", "PUT"]))
        session = data.draw(st.sampled_from(visitors))
        body = {}
        if method == "POST":
            form = data.draw(st.dictionaries(names, anything, max_size=4))
            if data.draw(st.booleans()):
                form["csrf_token"] = session.token
            body = data.draw(
                st.sampled_from(
                    [{"data": form}, {"json": form}, {"data": b"\xff\x00{"}]
                )
            )
        answer = session.request(
            method, url, params=query, allow_redirects=False, **body
        )
        assert answer.status_code < 500, answer.text[:2000]
        assert "Traceback" not in answer.text

    ask()

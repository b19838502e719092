"""The pages for customers on a site that is made with Odoo's Website.

Installing it takes longer than the tests of the rest: scripts/soak runs this.
"""

import os
import re

import pytest
from server import running_server

pytestmark = pytest.mark.skipif(
    "WORKMANAGER_SOAK" not in os.environ, reason="takes minutes: see scripts/soak"
)

# What the layout of a database without Website does not have.
MENU = 'id="top_menu"'


@pytest.fixture(scope="module")
def odoo_server():
    with running_server("website", modules=["website"]) as server:
        # Two workers make the same bundle of styles; one of them finds it made.
        server.expect_log("odoo.sql_db: bad query: b'DELETE FROM ir_attachment")
        yield server


@pytest.fixture(scope="module")
def sheet(odoo_server):
    admin = odoo_server.session("admin", "admin")
    kind = admin.call("workmanager.equipment.type", "create", {"name": "Espressor"})
    customer = admin.call("res.partner", "create", {"name": "Ștefan Țăranu"})
    equipment = admin.call(
        "workmanager.equipment",
        "create",
        {"equipment_type_id": kind, "partner_id": customer},
    )
    sheet = admin.call("workmanager.sheet", "create", {"equipment_id": equipment})
    [values] = admin.call("workmanager.sheet", "read", [sheet])
    action = admin.call("workmanager.sheet", "action_preview_portal", [sheet])
    return {**values, "link": action["url"]}


def assert_on_the_site(answer, status=200):
    assert answer.status_code == status
    assert MENU in answer.text
    assert "Contact us" in answer.text


def test_status_page_has_the_menu_of_the_site(odoo_server, sheet):
    visitor = odoo_server.session()
    form = visitor.get("/service/status")
    assert_on_the_site(form)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form.text)[1]

    def look_up(code):
        question = {"csrf_token": token, "number": sheet["name"], "code": code}
        return visitor.post("/service/status", data=question)

    assert_on_the_site(look_up("wrong"), 404)
    for found in (
        look_up(sheet["tracking_code"]),
        visitor.get(f"/s/{sheet['tracking_code']}"),
    ):
        assert_on_the_site(found)
        assert "We have received your equipment" in found.text
        assert "Țăranu" not in found.text
        assert found.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert found.headers["Referrer-Policy"] == "no-referrer"
        assert found.headers["Cache-Control"] == "no-store"


def test_personal_link_has_the_menu_of_the_site(odoo_server, sheet):
    page = odoo_server.session().get(sheet["link"])
    assert_on_the_site(page)
    assert sheet["name"] in page.text


def test_search_engines_are_not_sent_to_the_status_page(odoo_server, sheet):
    sitemap = odoo_server.session().get("/sitemap.xml").text
    assert "<loc>" in sitemap
    assert "/service/status" not in sitemap
    assert "/my/services" not in sitemap
    assert "/s/" not in sitemap


def test_who_tries_too_often_is_limited(odoo_server, sheet):
    visitor = odoo_server.session()
    codes = [visitor.get(f"/s/nothing{index}").status_code for index in range(21)]
    assert codes[0] == 404
    assert codes[-1] == 429

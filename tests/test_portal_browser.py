"""The customer at a browser: the status form on other sites, the offer, the payment.

Two workers serve them, and some hundred guesses at the status page.
"""

import os
import re
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from browser import DEVICES
from playwright.sync_api import expect
from server import running_server

# scripts/soak asks for more of them.
GUESSES = int(os.environ.get("WORKMANAGER_GUESSES", "300"))

# The signed offer becomes a PDF, and the first one of a server takes its time.
PRINT_TIMEOUT = 60_000

# The tries that one address has, and one number (see the addon's CONFIGURE).
ADDRESS_TRIES = 20

# How Odoo's log tells what an answer took: queries, seconds in them, the others.
ANSWER = re.compile(r'"(?:GET|POST) (\S+) HTTP/1.1" (\d+) - (\d+) ([\d.]+) ([\d.]+)')

# The styles of the site are hostile: the form has none of them.
SITE = """<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">
<title>A site</title><style>* {{ display: none !important; color: red !important }}
html, body, main, main * {{ display: block !important }}</style></head>
<body><main><h1>Contact</h1>{content}</main></body></html>"""


@pytest.fixture(scope="module")
def odoo_server(request):
    name = request.module.__name__.rpartition(".")[2]
    with running_server(name, modules=["payment_demo"]) as server:
        # Two workers make the same bundle of styles; one of them finds it made.
        server.expect_log("odoo.sql_db: bad query: b'DELETE FROM ir_attachment")
        yield server


@pytest.fixture(scope="module")
def shop(odoo_server):
    """A shop with prices, whose customers can pay by a demonstration card."""
    admin = odoo_server.session("admin", "admin")
    admin.equipment_type = admin.call(
        "workmanager.equipment.type",
        "create",
        {"name": "Espressor", "turnaround_days": 5},
    )
    admin.product = admin.call(
        "product.product",
        "create",
        {"name": "Manoperă", "type": "service", "list_price": 150},
    )
    admin.customer = admin.call(
        "res.partner", "create", {"name": "Ștefan Țăranu", "phone": "+40 721 000 111"}
    )
    return admin


@pytest.fixture
def sheet(shop):
    """A sheet that was just taken in."""
    equipment = shop.call(
        "workmanager.equipment",
        "create",
        {"equipment_type_id": shop.equipment_type, "partner_id": shop.customer},
    )
    sheet = shop.call("workmanager.sheet", "create", {"equipment_id": equipment})
    return read(shop, "workmanager.sheet", sheet)


@pytest.fixture
def order(shop, sheet):
    """The offer of the sheet, sent."""
    ids = [sheet["id"]]
    shop.call("workmanager.sheet", "action_start_evaluation", ids)
    shop.call("workmanager.sheet", "action_complete_evaluation", ids)
    shop.call(
        "workmanager.sheet.line",
        "create",
        {"sheet_id": sheet["id"], "product_id": shop.product},
    )
    shop.call("workmanager.sheet", "action_create_quotation", ids)
    [order] = read(shop, "workmanager.sheet", sheet["id"])["sale_order_ids"]
    shop.call("sale.order", "action_quotation_sent", [order])
    return read(shop, "sale.order", order)


@pytest.fixture(autouse=True)
def no_tries(odoo_server):
    with odoo_server.cursor() as cursor:
        cursor.execute("DELETE FROM workmanager_status_attempt")


def read(shop, model, record):
    return shop.call(model, "read", [record])[0]


def link(shop, model, record):
    """The personal link to a record."""
    [action] = [shop.call(model, "action_preview_portal", [record["id"]])]
    return action["url"]


@contextmanager
def other_site(odoo_server):
    """A plain web server; its pages hold what their address asks for.

    :return: (its origin as one site, its origin as another site)
    """

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self):
            kind, lang = self.path.strip("/").split("-")
            content = {
                "line": f'<script src="{odoo_server.url}/workmanager/status.js" async>'
                "</script>",
                "frame": f'<iframe src="{odoo_server.url}/workmanager/status/embed'
                f'?lang={lang}" width="600" height="600"></iframe>',
            }[kind]
            page = SITE.format(lang=lang, content=content).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        port = server.server_port
        yield f"http://127.0.0.1:{port}", f"http://localhost:{port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def sites(odoo_server, shop):
    """The origins of a site that may show the form, and of one that may not."""
    with other_site(odoo_server) as (allowed, refused):
        settings = shop.call(
            "res.config.settings", "create", {"service_status_origins": allowed}
        )
        shop.call("res.config.settings", "execute", [settings])
        yield allowed, refused


@pytest.fixture(params=DEVICES)
def device(request):
    return request.param


@contextmanager
def visit(chromium, odoo_server, device="desktop"):
    """A visitor's page; what it logs as an error fails the test."""
    context = chromium.new_context(base_url=odoo_server.url, **DEVICES[device])
    context.set_default_timeout(20_000)
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(error))
    try:
        yield page
        assert not errors
    finally:
        context.close()


# ------------------------------------------------------------------- OTHER SITES


def test_one_line_on_another_site(chromium, odoo_server, sites, sheet, device):
    with visit(chromium, odoo_server, device) as page:
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{sites[0]}/line-en")
        number, code = page.get_by_label("Number"), page.get_by_label("Code")
        expect(number).to_be_visible()
        # By the keyboard alone, from the top of the page.
        page.keyboard.press("Tab")
        expect(number).to_be_focused()
        page.keyboard.type(sheet["name"])
        page.keyboard.press("Tab")
        expect(code).to_be_focused()
        page.keyboard.type("0000")
        page.keyboard.press("Enter")
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("no service with this number and code")
        expect(number).to_be_focused()
        expect(number).to_have_attribute("aria-invalid", "true")
        code.fill("0111")
        page.keyboard.press("Enter")
        title = page.get_by_role("heading", name=sheet["name"])
        expect(title).to_be_focused()
        expect(page.get_by_role("status")).to_contain_text("Nothing is needed")
        step = page.locator("li[aria-current=step]")
        expect(step).to_contain_text("We have received your equipment")
        assert "Țăranu" not in page.content()
        widths = page.evaluate(
            "[document.documentElement.scrollWidth, window.innerWidth]"
        )
        assert widths[0] <= widths[1]
        page.get_by_role("button", name="Look up another service").press("Enter")
        expect(page.get_by_label("Number")).to_be_focused()
        allowed = (sites[0], odoo_server.url)
        assert all(url.startswith(allowed) for url in asked), asked
        assert not page.context.cookies()


def test_language_of_the_page(chromium, odoo_server, sites):
    with visit(chromium, odoo_server) as page:
        page.goto(f"{sites[0]}/line-ro")
        expect(page.get_by_label("Număr")).to_be_visible()
        page.get_by_role("button", name="Vedeți starea").click()
        expect(page.get_by_role("alert")).to_contain_text("Completați numărul")


def test_site_that_is_not_allowed(chromium, odoo_server, sites, sheet):
    with visit(chromium, odoo_server) as page:
        page.goto(f"{sites[1]}/line-en")
        page.get_by_label("Number").fill(sheet["name"])
        page.get_by_label("Code").fill("0111")
        page.get_by_role("button", name="Show the status").click()
        expect(page.get_by_role("alert")).to_contain_text("cannot be shown now")
        assert sheet["name"] not in page.locator("ol").all_inner_texts()
        expect(page.get_by_role("heading", name=sheet["name"])).to_have_count(0)
        # The server, too, tells it nothing.
        answer = odoo_server.session().post(
            "/workmanager/api/v1/status",
            json={"number": sheet["name"], "code": "0111"},
            headers={"Origin": sites[1]},
        )
        assert answer.status_code == 403
        assert "steps" not in answer.text


def test_frame(chromium, odoo_server, sites, sheet):
    with visit(chromium, odoo_server) as page:
        page.goto(f"{sites[0]}/frame-ro")
        frame = page.frame_locator("iframe")
        frame.get_by_label("Număr").fill(sheet["name"])
        frame.get_by_label("Cod").fill(sheet["tracking_code"])
        frame.get_by_role("button", name="Vedeți starea").click()
        expect(frame.get_by_role("heading", name=sheet["name"])).to_be_visible()
        page.goto(f"{sites[1]}/frame-ro")
        expect(page.get_by_role("heading", name="Contact")).to_be_visible()
        expect(page.frame_locator("iframe").get_by_label("Număr")).to_have_count(0)


# ----------------------------------------------------------------------- PORTAL


def test_accept(chromium, odoo_server, shop, sheet, order, device):
    with visit(chromium, odoo_server, device) as page:
        page.goto(link(shop, "workmanager.sheet", sheet))
        page.get_by_role("link", name="View the offer").click()
        accept = page.locator("[data-bs-target='#modalaccept']")
        accept.locator("visible=true").first.click()
        dialog = page.locator("#modalaccept")
        dialog.locator("input[name=signer]").fill("Ștefan Țăranu")
        sign = dialog.get_by_role("button", name="Accept & Sign")
        expect(sign).to_be_enabled()
        sign.click()
        thanks = page.get_by_text("Your order has been confirmed")
        expect(thanks).to_be_visible(timeout=PRINT_TIMEOUT)
    assert read(shop, "sale.order", order["id"])["signed_by"] == "Ștefan Țăranu"
    assert read(shop, "workmanager.sheet", sheet["id"])["state"] == "approved"


def test_refuse(chromium, odoo_server, shop, sheet, order, device):
    with visit(chromium, odoo_server, device) as page:
        page.goto(link(shop, "workmanager.sheet", sheet))
        page.get_by_role("link", name="View the offer").click()
        refuse = page.locator("[data-bs-target='#modaldecline']")
        refuse.locator("visible=true").first.click()
        dialog = page.locator("#modaldecline")
        dialog.locator("textarea").fill("Prea scump")
        dialog.get_by_role("button", name="Reject").click()
        expect(page.get_by_text("You refused this quotation.")).to_be_visible()
        page.goto(link(shop, "workmanager.sheet", sheet))
        expect(page.locator(".o_wm_notice")).to_contain_text("You refused the repair")
        expect(page.get_by_text("Refused", exact=True)).to_be_visible()
    refused = read(shop, "workmanager.sheet", sheet["id"])
    assert (refused["state"], refused["outcome"]) == ("ready", "refused")


def test_pay(chromium, odoo_server, shop, sheet, order):
    shop.call(
        "sale.order",
        "write",
        [order["id"]],
        {"require_signature": False, "require_payment": True, "prepayment_percent": 1},
    )
    with visit(chromium, odoo_server) as page:
        page.goto(link(shop, "workmanager.sheet", sheet))
        page.get_by_role("link", name="View the offer").click()
        pay = page.locator("[data-bs-target='#modalaccept']")
        pay.locator("visible=true").first.click()
        dialog = page.locator("#modalaccept")
        dialog.get_by_text("Demo", exact=True).first.click()
        dialog.locator("#customer_input").fill("4242 4242 4242 4242")
        dialog.locator("button[name=o_payment_submit_button]").click()
        expect(page.locator("#transaction_info, .alert-success").first).to_be_visible()
        page.wait_for_url(re.compile(f"/my/orders/{order['id']}"))
    assert read(shop, "sale.order", order["id"])["state"] == "sale"
    assert read(shop, "workmanager.sheet", sheet["id"])["state"] == "approved"


def test_download_and_message(chromium, odoo_server, shop, sheet, device):
    with visit(chromium, odoo_server, device) as page:
        page.goto(link(shop, "workmanager.sheet", sheet))
        address = page.get_by_role("link", name="Intake Protocol").get_attribute("href")
        document = page.request.get(f"{address}&download=1", timeout=PRINT_TIMEOUT)
        assert document.body().startswith(b"%PDF")
        assert "attachment" in document.headers["content-disposition"]
        composer = page.locator("#discussion textarea, .o-mail-Composer-input").first
        composer.fill("Când este gata?")
        page.get_by_role("button", name="Send").click()
        thread = page.locator(".o-mail-Message", has_text="Când este gata?")
        expect(thread.first).to_be_visible()
    messages = shop.call(
        "mail.message",
        "search_read",
        [
            ("model", "=", "workmanager.sheet"),
            ("res_id", "=", sheet["id"]),
            ("body", "ilike", "Când este gata?"),
        ],
        ["author_id"],
    )
    assert [message["author_id"][0] for message in messages] == [shop.customer]


# ---------------------------------------------------------------------- GUESSES


def test_guesses_find_nothing_and_cost_nothing(odoo_server, sheet, record_property):
    visitor = odoo_server.session()
    for _warm in range(4):
        scan = f"/s/{sheet['tracking_code']}"
        assert visitor.get(scan).status_code == 200
    form = visitor.get("/service/status").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)[1]

    # The last digits of the customer's phone are all that a guess can hit.
    wrong = [code for code in map("{:04}".format, range(10_000)) if code != "0111"]

    def guess(index):
        answer = visitor.post(
            "/service/status",
            data={
                "csrf_token": token,
                "number": sheet["name"],
                # Each of them but the right one.
                "code": wrong[index % len(wrong)],
            },
        )
        return answer.status_code

    started = time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(guess, range(GUESSES)))
    seconds = time.perf_counter() - started
    assert set(answers) == {404, 429}
    assert answers.count(404) <= ADDRESS_TRIES
    # Beyond what any request costs, such as finding its database.
    queries = {"/web/health": [], "200": [], "429": []}
    log = odoo_server.log_path.read_text(errors="replace")
    for path, status, count, _sql, _rest in ANSWER.findall(log):
        if path in queries:
            queries[path].append(int(count))
        elif path.startswith("/s/") or status == "429":
            queries[status].append(int(count))
    floor, real, limited = map(statistics.median, queries.values())
    for name, value in (
        ("guesses", GUESSES),
        ("seconds", round(seconds, 1)),
        ("found", answers.count(200)),
        ("judged", answers.count(404)),
        ("limited", answers.count(429)),
        ("queries_of_any_request", floor),
        ("queries_of_a_limited_guess", limited),
        ("queries_of_a_status_page", real),
    ):
        record_property(name, value)
    assert 2 * (limited - floor) < real - floor, (floor, limited, real)

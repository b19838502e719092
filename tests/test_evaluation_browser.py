"""From an open sheet to a sent quotation on a phone, for a type with 12 checkpoints."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from browser import TOUCH_SIZE, browse
from PIL import Image
from playwright.sync_api import expect
from server import running_server

MAX_TAPS = 25

# The first document of a server takes its time.
MAIL_TIMEOUT = 60_000

POINTS = [
    "Powers on",
    "Battery voltage",
    "Charging",
    "Keyboard",
    "Screen",
    "Hinges",
    "Ports and Wi-Fi",
    "Camera and sound",
    "Fan",
    "Disk",
    "Leakage current",
    "Case and screws",
]
LIMITS = {
    "Battery voltage": {"kind": "measure", "unit": "V", "minimum": 10.8},
    "Leakage current": {"kind": "measure", "unit": "mA", "maximum": 0.5},
}
PEOPLE = {
    "eval_technician": "technician",
    "eval_reception": "reception",
    "eval_owner": "manager",
}


@pytest.fixture(scope="module")
def odoo_server(request):
    """One process is enough for three people, and starts sooner."""
    name = request.module.__name__.rpartition(".")[2]
    with running_server(name, workers=0) as server:
        # No mail leaves, and of two taps at once the later one is done again.
        server.expect_log(
            "odoo.addons.mail|ir_mail_server|bad query: .*FOR NO KEY UPDATE"
        )
        yield server


@pytest.fixture(scope="module")
def shop(odoo_server):
    """A shop with people, a type of 12 checkpoints, two faults and their repairs."""
    admin = odoo_server.session("admin", "admin")
    groups = {
        row["name"]: row["res_id"]
        for row in admin.call(
            "ir.model.data",
            "search_read",
            [("module", "=", "workmanager_service"), ("model", "=", "res.groups")],
            ["name", "res_id"],
        )
    }
    admin.call(
        "res.users",
        "create",
        [
            {
                "name": login,
                "login": login,
                "password": login,
                "email": f"{login}@example.com",
                "group_ids": [(4, groups[f"group_{role}"])],
            }
            for login, role in PEOPLE.items()
        ],
    )
    battery, keyboard, work = admin.call(
        "product.product",
        "create",
        [
            {"name": name, "type": kind, "list_price": price, **values}
            for name, kind, price, values in (
                ("Battery 56 Wh", "consu", 240, {"is_storable": True}),
                ("Keyboard E15", "consu", 180, {"is_storable": True}),
                ("Laptop work", "service", 100, {}),
            )
        ],
    )
    repairs = admin.call(
        "workmanager.operation",
        "create",
        [
            {
                "name": f"Replace the {name}",
                "line_ids": [
                    (0, 0, {"product_id": part}),
                    (0, 0, {"product_id": work, "quantity": 0.5}),
                ],
            }
            for name, part in (("battery", battery), ("keyboard", keyboard))
        ],
    )
    faults = admin.call(
        "workmanager.fault",
        "create",
        [
            {"name": name, "operation_ids": [(4, repair)]}
            for name, repair in zip(
                ("Battery worn out", "Keys stuck"), repairs, strict=True
            )
        ],
    )
    meant = {"Charging": faults[:1], "Keyboard": faults[1:]}
    kind = admin.call(
        "workmanager.equipment.type",
        "create",
        {
            "name": "Ultrabook",
            "fault_ids": [(6, 0, faults)],
            "checkpoint_ids": [
                (
                    0,
                    0,
                    {
                        "name": name,
                        "sequence": index,
                        "fault_ids": [(6, 0, meant.get(name, []))],
                        **LIMITS.get(name, {}),
                    },
                )
                for index, name in enumerate(POINTS)
            ],
        },
    )
    admin.customer = admin.call(
        "res.partner",
        "create",
        {"name": "Ștefan Țăranu", "email": "stefan@example.com"},
    )
    admin.kind, admin.repair, admin.fault = kind, repairs[0], faults[0]
    return admin


def take_in(shop, serial):
    """A new sheet, and its number in the database."""
    equipment = shop.call(
        "workmanager.equipment",
        "create",
        {
            "equipment_type_id": shop.kind,
            "partner_id": shop.customer,
            "serial_number": serial,
        },
    )
    return shop.call(
        "workmanager.sheet",
        "create",
        {"equipment_id": equipment, "claimed_fault": "Nu se încarcă"},
    )


def open_sheet(hand, sheet):
    hand.page.goto(f"/odoo/service-sheets/{sheet}")
    expect(hand.page.locator(".o_form_statusbar")).to_be_visible()


def row_of(hand, name):
    return hand.page.locator(f".o_workmanager_check[data-name='{name}']")


def answer(hand, name, result):
    """Tap an answer; it is stored when the button is pressed."""
    button = row_of(hand, name).locator(f"button[name={result}]")
    hand.press(button)
    expect(button).to_have_attribute("aria-pressed", "true")


def measure(hand, name, value, result):
    """Type a value, which a tap begins; it says by itself whether it is good."""
    row = row_of(hand, name)
    hand.press(row.get_by_label(name, exact=True))
    hand.page.keyboard.type(value)
    hand.page.keyboard.press("Tab")
    color = {"ok": "success", "not_ok": "danger"}[result]
    expect(row).to_have_class(
        f"o_workmanager_check border rounded mb-2 p-2 border-{color}"
    )


def repair(hand, name, fault, operation):
    """Tap what a bad check means, and how that is repaired."""
    row = row_of(hand, name)
    hand.press(row.get_by_role("button", name=fault))
    offer = row.locator(f".o_workmanager_repair[data-name='{operation}']")
    expect(offer).to_contain_text("0 in stock")
    hand.show(f"offer-{name}")
    hand.press(offer.locator("button[name=add_repair]"))
    expect(offer.get_by_title("Added")).to_be_visible()


def step(hand, name):
    """A step of the sheet, whose button must be under the thumb at once."""
    button = hand.page.locator(f".o_statusbar_buttons button[name={name}]")
    expect(button).to_be_visible()
    hand.press(button)
    expect(button).to_be_hidden()


def send(hand):
    hand.press(
        hand.page.locator(".o_statusbar_buttons button[name=action_send_quotation]")
    )
    dialog = hand.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Ștefan Țăranu", timeout=MAIL_TIMEOUT)
    hand.show("mail")
    hand.press(dialog.get_by_role("button", name="Send", exact=True))
    expect(dialog).to_be_hidden(timeout=MAIL_TIMEOUT)
    hand.show("sent")


def assert_sent(shop, sheet):
    [record] = shop.call(
        "workmanager.sheet", "read", [sheet], ["state", "sale_order_ids", "line_ids"]
    )
    assert record["state"] == "quoted"
    assert len(record["line_ids"]) == 4
    [order] = shop.call("sale.order", "read", record["sale_order_ids"], ["state"])
    assert order["state"] == "sent"


def test_technician_finds_and_reception_sends(chromium, shop):
    sheet = take_in(shop, "EVAL-0001")
    picture = io.BytesIO()
    Image.new("RGB", (2400, 1800), "navy").save(picture, "JPEG")
    with browse(chromium, shop, "eval_technician", "phone", "evaluation") as hand:
        open_sheet(hand, sheet)
        step(hand, "action_start_evaluation")
        answer(hand, "Charging", "not_ok")
        repair(hand, "Charging", "Battery worn out", "Replace the battery")
        charging = row_of(hand, "Charging")
        hand.press(charging.get_by_role("button", name="Note"))
        expect(charging.locator("input[name=note]")).to_be_focused()
        hand.page.keyboard.type("Only 40 % of its capacity")
        hand.page.keyboard.press("Enter")
        expect(charging).to_contain_text("Only 40 % of its capacity")
        charging.locator("input[type=file]").set_input_files(
            {
                "name": "battery.jpg",
                "mimeType": "image/jpeg",
                "buffer": picture.getvalue(),
            }
        )
        hand.actions += 2  # the camera, and its shutter
        expect(charging.get_by_role("img", name="Photo")).to_be_visible()
        # A comma is a decimal point in any language: no ninety-one volts.
        measure(hand, "Battery voltage", "9,1", "not_ok")
        measure(hand, "Leakage current", "0", "ok")
        answer(hand, "Keyboard", "not_ok")
        repair(hand, "Keyboard", "Keys stuck", "Replace the keyboard")
        hand.press(hand.page.locator("button[name=set_rest_ok]"))
        expect(hand.page.locator("[name=progress]")).to_have_text("12 of 12 answered")
        hand.show("answered")
        step(hand, "action_complete_evaluation")
        step(hand, "action_create_quotation")
        taps = hand.actions
    [photo] = shop.call(
        "workmanager.photo",
        "search_read",
        [("sheet_id", "=", sheet)],
        ["check_id", "image_1920"],
    )
    assert photo["check_id"][1]
    [check] = shop.call(
        "workmanager.evaluation.check",
        "search_read",
        [("sheet_id", "=", sheet), ("name", "=", "Leakage current")],
        ["value", "is_measured", "result", "checked_by_id"],
    )
    assert (check["value"], check["is_measured"], check["result"]) == (0, True, "ok")
    assert check["checked_by_id"][1] == "eval_technician"
    with browse(chromium, shop, "eval_reception", "phone", "evaluation") as hand:
        open_sheet(hand, sheet)
        send(hand)
        taps += hand.actions
    assert taps <= MAX_TAPS
    assert_sent(shop, sheet)


def test_one_person_answers_each_check_alone(chromium, shop):
    sheet = take_in(shop, "EVAL-0002")
    with browse(chromium, shop, "eval_owner", "phone", "one-person") as hand:
        open_sheet(hand, sheet)
        step(hand, "action_start_evaluation")
        for name in POINTS:
            if name in LIMITS:
                measure(hand, name, "0.3" if "Leakage" in name else "11.4", "ok")
            else:
                bad = name in ("Charging", "Keyboard")
                answer(hand, name, "not_ok" if bad else "ok")
        repair(hand, "Charging", "Battery worn out", "Replace the battery")
        repair(hand, "Keyboard", "Keys stuck", "Replace the keyboard")
        step(hand, "action_complete_evaluation")
        step(hand, "action_create_quotation")
        send(hand)
        assert hand.actions <= MAX_TAPS
    assert_sent(shop, sheet)


def test_thumb_reaches_the_answers(chromium, shop):
    sheet = take_in(shop, "EVAL-0003")
    with browse(chromium, shop, "eval_technician", "phone", "thumb") as hand:
        open_sheet(hand, sheet)
        row = row_of(hand, "Charging")
        answer(hand, "Charging", "not_ok")
        for button in row.locator("button, .o_workmanager_camera").all():
            box = button.bounding_box()
            assert min(box["width"], box["height"]) >= TOUCH_SIZE - 1
        wrong = row_of(hand, "Battery voltage").get_by_label("Battery voltage")
        wrong.fill("about nine")
        wrong.press("Tab")
        expect(hand.page.locator(".o_notification")).to_contain_text("is not a number")
        expect(wrong).to_have_value("")
        widths = hand.page.evaluate(
            "[document.documentElement.scrollWidth, window.innerWidth]"
        )
        assert widths[0] <= widths[1]


def test_own_checks_are_answered_from_their_list(chromium, shop):
    sheet = take_in(shop, "EVAL-0005")
    [expert] = shop.call("res.users", "search", [("login", "=", "eval_reception")])
    checks = shop.call(
        "workmanager.evaluation.check",
        "search",
        [("sheet_id", "=", sheet), ("name", "in", ("Fan", "Disk"))],
    )
    shop.call("workmanager.evaluation.check", "write", checks, {"user_id": expert})
    with browse(chromium, shop, "eval_reception", "phone", "my-checks") as hand:
        hand.page.goto("/odoo/my-service-checks")
        card = hand.page.locator(".o_kanban_record:not(.o_kanban_ghost)")
        expect(card).to_have_count(2)
        hand.show("to-do")
        hand.press(card.filter(has_text="Fan").locator("button[name=action_ok]"))
        expect(card).to_have_count(1)
        hand.press(card.filter(has_text="Disk").locator("button[name=action_not_ok]"))
        expect(hand.page.get_by_text("No checks wait for you")).to_be_visible()
    found = shop.call("workmanager.evaluation.check", "read", checks, ["result"])
    assert [check["result"] for check in found] == ["ok", "not_ok"]


def test_two_people_add_the_same_repair_at_once(shop):
    sheet = take_in(shop, "EVAL-0004")
    [check] = shop.call(
        "workmanager.evaluation.check",
        "search",
        [("sheet_id", "=", sheet), ("name", "=", "Charging")],
    )
    sessions = [shop.server.session("eval_technician") for _index in range(4)]
    with ThreadPoolExecutor(len(sessions)) as pool:
        list(
            pool.map(
                lambda session: session.call(
                    "workmanager.evaluation.check",
                    "add_repair",
                    [check],
                    shop.repair,
                    shop.fault,
                ),
                sessions,
            )
        )
    [record] = shop.call("workmanager.sheet", "read", [sheet], ["line_ids"])
    assert len(record["line_ids"]) == 2

"""A technician's day on a phone: from the list of work to the finished repair."""

import re
from datetime import date, datetime, time, timedelta

import pytest
from browser import TOUCH_SIZE, browse
from playwright.sync_api import expect
from server import running_server

LOGIN = "browser_technician"
HOUR = re.compile(r"\d:\d\d:\d\d")


@pytest.fixture(scope="module")
def odoo_server(request):
    """One process is enough for one person, and starts sooner."""
    name = request.module.__name__.rpartition(".")[2]
    with running_server(name, workers=0) as server:
        # What people do wrong is answered, and told to the log.
        server.expect_log("odoo.http: .*(accepted 1.5|cannot be negative)")
        server.expect_log("bad query: .*workmanager_work_log")
        server.expect_log("hours_positive")
        yield server


def xmlid(admin, name):
    module, name = name.split(".")
    [data] = admin.call(
        "ir.model.data",
        "search_read",
        [("module", "=", module), ("name", "=", name)],
        ["res_id"],
    )
    return data["res_id"]


@pytest.fixture(scope="module")
def shop(odoo_server):
    """A shop with three approved repairs of one technician, and a visit to make."""
    admin = odoo_server.session("admin", "admin")
    technician = admin.call(
        "res.users",
        "create",
        {
            "name": "Andrei Popa",
            "login": LOGIN,
            "password": LOGIN,
            "tz": "Europe/Bucharest",
            "group_ids": [(4, xmlid(admin, "workmanager_service.group_technician"))],
        },
    )
    work = admin.call(
        "product.product",
        "create",
        {
            "name": "Manoperă",
            "type": "service",
            "uom_id": xmlid(admin, "uom.product_uom_hour"),
            "service_work_policy": "time",
            "list_price": 140,
            "taxes_id": [],
        },
    )
    cleaning = admin.call(
        "product.product",
        "create",
        {"name": "Curățare", "type": "service", "list_price": 80, "taxes_id": []},
    )
    kind = admin.call(
        "workmanager.equipment.type", "create", {"name": "Ultrabook", "user_id": False}
    )
    customer = admin.call(
        "res.partner",
        "create",
        {
            "name": "Ștefan Țăranu",
            "phone": "+40 721 000 111",
            "street": "Str. Lungă 5",
            "city": "Brașov",
        },
    )
    for serial, days in (("LATER", 9), ("SOON", 1), ("VISIT", 5)):
        equipment = admin.call(
            "workmanager.equipment",
            "create",
            {
                "equipment_type_id": kind,
                "model_name": f"Book {serial}",
                "serial_number": serial,
                "partner_id": customer,
            },
        )
        sheet = admin.call(
            "workmanager.sheet",
            "create",
            {
                "equipment_id": equipment,
                "user_id": technician,
                "deadline_date": f"2099-01-{days:02} 12:00:00",
                "intake_mode": "on_site" if serial == "VISIT" else "shop",
                "visit_start": serial == "VISIT" and "2099-01-05 08:00:00",
                "line_ids": [
                    (0, 0, {"product_id": work, "quantity": 1.5}),
                    (0, 0, {"product_id": cleaning}),
                ],
            },
        )
        for step in (
            "action_start_evaluation",
            "action_complete_evaluation",
            "action_create_quotation",
            "action_accept_quotation",
        ):
            admin.call("workmanager.sheet", step, [sheet])
    return admin


@pytest.fixture
def hand(request, chromium, shop):
    test = request.function.__name__.removeprefix("test_")
    with browse(chromium, shop, LOGIN, "phone", test) as hand:
        yield hand


def sheet_of(hand, serial):
    [sheet] = hand.shop.call(
        "workmanager.sheet", "search_read", [("serial_number", "=", serial)], []
    )
    return sheet


def card(hand, serial):
    return hand.page.locator(".o_kanban_record", has_text=f"Book {serial}")


def open_my_work(hand):
    hand.page.goto("/odoo/my-service-work")
    expect(card(hand, "SOON")).to_be_visible()


def open_page(hand, name):
    tab = hand.page.locator(f".o_notebook a[name={name}]")
    hand.press(tab)
    expect(tab).to_have_class(re.compile("active"))


def test_day_of_a_technician(hand):
    open_my_work(hand)
    names = hand.page.locator(".o_kanban_record").all_inner_texts()
    order = [re.search(r"Book (\w+)", text)[1] for text in names if "Book" in text]
    assert order == ["SOON", "VISIT", "LATER"]
    hand.show("my-work")

    hand.press(card(hand, "SOON").get_by_role("button", name="Start Repair"))
    start = card(hand, "SOON").get_by_role("button", name="Start Timer")
    expect(start).to_be_visible()
    assert start.bounding_box()["height"] >= TOUCH_SIZE - 6
    hand.press(start)
    expect(card(hand, "SOON").locator(".o_workmanager_elapsed")).to_have_text(HOUR)
    hand.show("timer-runs")

    # The timer of another sheet stops the first.
    hand.press(card(hand, "LATER").get_by_role("button", name="Start Repair"))
    hand.press(card(hand, "LATER").get_by_role("button", name="Start Timer"))
    expect(card(hand, "LATER").locator(".o_workmanager_elapsed")).to_have_text(HOUR)
    expect(card(hand, "SOON").locator(".o_workmanager_elapsed")).to_have_count(0)

    # A repair that waits leaves its place to others.
    hand.press(card(hand, "LATER").locator("button[name=action_pause]"))
    dialog = hand.page.get_by_role("dialog")
    hand.press(dialog.get_by_text("Waiting for a part"))
    hand.press(dialog.locator("button[name=action_pause]"))
    expect(card(hand, "LATER")).to_contain_text("Waiting for a part")
    expect(hand.page.locator(".o_workmanager_elapsed")).to_have_count(0)
    hand.show("paused")

    # Hours by hand: too few are refused, the right ones count.
    hand.press(card(hand, "SOON").locator("button[name=action_enter_hours]"))
    dialog = hand.page.get_by_role("dialog")
    hours = dialog.locator("[name=hours] input")
    hours.fill("-1:00")
    hand.press(dialog.get_by_role("button", name="Save"))
    refusal = hand.page.get_by_role("dialog").filter(has_text="cannot be negative")
    expect(refusal).to_be_visible()
    hand.show("negative-hours")
    hand.press(refusal.locator("footer .btn-primary"))
    hours.fill("2:15")
    hand.press(dialog.get_by_role("button", name="Save"))
    expect(card(hand, "SOON")).to_contain_text("02:15")

    # On the sheet: what is done, and more time than was accepted.
    hand.press(card(hand, "SOON").get_by_text("Book SOON"))
    expect(hand.page.locator("[name=overrun]")).to_contain_text("More is done")
    hand.show("overrun")
    open_page(hand, "lines")
    work = hand.page.locator("[name=line_ids] .o_kanban_record", has_text="Manoperă")
    cleaning = hand.page.locator(
        "[name=line_ids] .o_kanban_record", has_text="Curățare"
    )
    expect(work).to_contain_text("2.25")
    done = cleaning.locator("button[name=action_set_done]")
    not_done = cleaning.locator("button[name=action_set_not_done]")
    hand.press(not_done)
    expect(done).to_be_visible()
    hand.press(done)
    expect(not_done).to_be_visible()
    hand.show("done")
    hand.step("action_finish_repair")
    refusal = hand.page.get_by_role("dialog").filter(has_text="accepted 1.5")
    expect(refusal).to_be_visible()
    hand.show("refused")
    hand.press(refusal.locator("footer .btn-primary"))

    # The time is put right, and the repair ends.
    open_page(hand, "work_logs")
    log = hand.page.locator("[name=work_log_ids] .o_kanban_record", has_text="02:15")
    hand.press(log)
    dialog = hand.page.get_by_role("dialog")
    dialog.locator("[name=hours] input").fill("1:15")
    hand.press(dialog.get_by_role("button", name="Save"))
    expect(hand.page.locator("[name=work_log_ids]")).to_contain_text("01:15")
    hand.show("time")
    hand.step("action_finish_repair")
    reached = hand.page.get_by_role("radiogroup", name="Statusbar")
    expect(reached.get_by_role("button", name="Ready")).to_be_visible()
    hand.show("finished")

    sheet = sheet_of(hand, "SOON")
    assert (sheet["state"], sheet["outcome"]) == ("ready", "repaired")
    done = hand.shop.call(
        "workmanager.sheet.line", "read", sheet["line_ids"], ["quantity_done"]
    )
    assert [line["quantity_done"] for line in done] == [1.25, 1.0]
    assert sheet_of(hand, "LATER")["pause_reason"] == "part"


def test_deadline_is_told_in_days(hand):
    """Whatever month it lies in."""
    shop = hand.shop
    later = sheet_of(hand, "LATER")
    equipment = shop.call(
        "workmanager.equipment",
        "create",
        {"equipment_type_id": later["equipment_type_id"][0], "model_name": "Dated"},
    )
    for days, words in ((40, "In 40 days"), (1, "Tomorrow"), (-40, "40 days ago")):
        moment = datetime.combine(date.today(), time(12)) + timedelta(days=days)
        sheet = shop.call(
            "workmanager.sheet",
            "create",
            {
                "equipment_id": equipment,
                "partner_id": later["partner_id"][0],
                "user_id": later["user_id"][0],
                "deadline_date": str(moment),
            },
        )
        hand.page.goto("/odoo/my-service-work")
        shown = hand.page.locator(".o_kanban_record", has_text="Dated")
        expect(shown).to_contain_text(words)
        shop.call("workmanager.sheet", "action_cancel", [sheet])


def test_visit_in_the_field(hand):
    open_my_work(hand)
    visit = card(hand, "VISIT")
    expect(visit.get_by_title("Call")).to_have_attribute("href", re.compile("^tel:"))
    expect(visit.get_by_title("Map")).to_have_attribute(
        "href", re.compile("^geo:.*Str.%20Lung%C4%83%205")
    )
    hand.press(visit.get_by_role("button", name="Start Repair"))
    expect(visit.get_by_role("button", name="Start Timer")).to_be_visible()
    hand.press(visit.get_by_text("Book VISIT"))
    open_page(hand, "visit")
    hand.show("visit")
    hand.step("action_sign")
    dialog = hand.page.get_by_role("dialog")
    dialog.locator("[name=delivery_signed_by] input").fill("Ștefan Țăranu")
    dialog.locator("[name=delivery_signed_by] input").press("Tab")
    hand.press(dialog.locator(".o_signature"))
    pad = hand.page.get_by_role("dialog").last
    expect(pad.locator("canvas")).to_be_visible()
    hand.show("signature")
    hand.press(pad.get_by_role("button", name=re.compile("Adopt")))
    hand.press(dialog.get_by_role("button", name="Save"))
    expect(hand.page.get_by_role("dialog")).to_have_count(0)
    sheet = sheet_of(hand, "VISIT")
    assert sheet["delivery_signature"]
    assert sheet["delivery_signed_by"] == "Ștefan Țăranu"


def test_visit_is_planned_in_the_calendar(chromium, shop):
    [planned] = shop.call(
        "workmanager.equipment", "search_read", [("serial_number", "=", "VISIT")], []
    )
    equipment = shop.call(
        "workmanager.equipment",
        "create",
        {
            "equipment_type_id": planned["equipment_type_id"][0],
            "model_name": "Book CALENDAR",
            "partner_id": planned["partner_id"][0],
        },
    )
    sheet = shop.call(
        "workmanager.sheet",
        "create",
        {"equipment_id": equipment, "user_id": False, "intake_mode": "on_site"},
    )
    with browse(chromium, shop, LOGIN, "desktop", "calendar") as hand:
        hand.page.goto("/odoo/service-visits")
        hand.press(hand.page.locator(".fc-timegrid-slot-lane[data-time='10:00:00']"))
        waiting = hand.page.get_by_role("dialog").locator(".o_data_row")
        expect(waiting).to_have_count(1)
        hand.show("waiting")
        hand.press(waiting.get_by_text("Book CALENDAR"))
        expect(hand.page.locator(".fc-event")).to_contain_text(
            "Ștefan Țăranu · Book CALENDAR · Brașov"
        )
        hand.show("planned")
    [values] = shop.call(
        "workmanager.sheet", "read", [sheet], ["visit_start", "visit_stop"]
    )
    start, stop = (
        datetime.fromisoformat(values[name]) for name in ("visit_start", "visit_stop")
    )
    assert stop - start == timedelta(hours=1)

"""Intakes at the counter in a browser: a computer with a scanner, and a phone."""

import re
import subprocess
from datetime import date, timedelta

import pytest
from browser import DEVICES, TOUCH_SIZE, Hand, browse
from playwright.sync_api import expect
from server import running_server

LOGIN = "browser_reception"

# The first document of a server takes its time.
PRINT_TIMEOUT = 60_000

RETURNING = {"desktop": "5CG-1234 QX", "phone": "5CG-1235 QX"}


@pytest.fixture(scope="module")
def odoo_server(request):
    """One process is enough for one person, and starts sooner."""
    name = request.module.__name__.rpartition(".")[2]
    with running_server(name, workers=0) as server:
        # What people do wrong is answered, and told to the log.
        server.expect_log(
            "odoo.http: .*(in the shop already|phone number|in the future)"
        )
        yield server


@pytest.fixture(scope="module")
def shop(odoo_server):
    """A shop with a type of equipment, a customer and some devices."""
    admin = odoo_server.session("admin", "admin")
    [group] = admin.call(
        "ir.model.data",
        "search_read",
        [("module", "=", "workmanager_service"), ("name", "=", "group_reception")],
        ["res_id"],
    )
    user = admin.call(
        "res.users",
        "create",
        {
            "name": "Recepția",
            "login": LOGIN,
            "password": LOGIN,
            "group_ids": [(4, group["res_id"])],
        },
    )
    faults = admin.call(
        "workmanager.fault",
        "create",
        [{"name": name} for name in ("Nu pornește", "Ecran spart", "Nu se încarcă")],
    )
    accessories = admin.call(
        "workmanager.accessory", "create", [{"name": "Încărcător"}, {"name": "Husă"}]
    )
    kind = admin.call(
        "workmanager.equipment.type",
        "create",
        {
            "name": "Ultrabook",
            "warranty_months": 24,
            "user_id": user,
            "fault_ids": [(6, 0, faults)],
            "accessory_ids": [(6, 0, accessories)],
            "checkpoint_ids": [(0, 0, {"name": "Pornește"})],
        },
    )
    brand = admin.call("workmanager.brand", "create", {"name": "Ardeal"})
    customer = admin.call(
        "res.partner", "create", {"name": "Ștefan Țăranu", "phone": "+40 721 000 111"}
    )
    admin.call(
        "workmanager.equipment",
        "create",
        [
            {
                "equipment_type_id": kind,
                "brand_id": brand,
                "model_name": "Book 14",
                "serial_number": serial,
                "partner_id": customer,
            }
            for serial in (*RETURNING.values(), "SCAN-0001", "SHOP-0001")
        ],
    )
    return admin


class Counter(Hand):
    """A person at the counter."""

    @property
    def lookup(self):
        return self.page.locator(".o_workmanager_lookup input")

    def choice(self, name):
        """A fault or an accessory that a tap chooses."""
        return self.page.locator(".o_field_many2many_checkboxes .o-checkbox").filter(
            has_text=name
        )

    def type(self, name, text):
        """Type into a field; Tab, which leaves it, belongs to it."""
        self.actions += 1
        target = self.field(name)
        target.press_sequentially(text)
        if target.get_attribute("role") == "combobox":
            item = self.page.locator(".o-autocomplete--dropdown-item").filter(
                has_text=text
            )
            expect(item.first).to_be_visible()
        target.press("Tab")

    def choose(self, name, text):
        """Choose a record: a phone shows them on a page of their own."""
        if self.is_phone:
            self.press(self.field(name))
            self.press(self.page.locator(".modal .o_kanban_record", has_text=text))
        else:
            self.type(name, text)

    def set_date(self, name, day):
        """Type a day; on a phone, tap it in the calendar."""
        value = f".o_field_widget[name={name}] :is(button, input)"
        self.press(self.page.locator(value))
        calendar = self.page.locator(".o_datetime_picker")
        expect(calendar).to_be_visible()
        if not self.is_phone:
            self.field(name).fill(f"{day:%m/%d/%Y}")
            self.field(name).press("Tab")
            return
        shown = calendar.locator(".o_datetime_picker_header")
        if f"{day:%B %Y}" not in shown.inner_text():
            step = "next" if day > date.today() else "previous"
            self.press(calendar.locator(f".o_{step}"))
            # Until then the month before has a day of that number, too.
            expect(shown).to_contain_text(f"{day:%B %Y}")
        cell = calendar.locator(".o_date_item_cell:not(.o_out_of_range)")
        self.press(cell.get_by_text(str(day.day), exact=True))

    def scan(self, text):
        """What a hardware scanner does: all at once, and Enter."""
        if self.is_phone:
            self.press(self.lookup)
        expect(self.lookup).to_be_focused()
        self.actions += 1
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def open_intake(self):
        """Begin where the app does, and count from there."""
        self.page.goto("/odoo/service-sheets")
        button = self.button("New Intake")
        expect(button).to_be_visible()
        self.show("board")
        self.actions = 0
        self.press(button)
        expect(self.lookup).to_be_visible()
        self.show("empty")

    def take_in_and_print(self):
        button = self.button("Take In and Print")
        expect(button).to_be_in_viewport(ratio=1)
        self.press(button)
        status = self.page.locator(".o_statusbar_status, .o_field_statusbar_duration")
        expect(status.first).to_be_visible(timeout=PRINT_TIMEOUT)
        self.show("sheet")

    def printed_text(self):
        """The text of the protocol that was downloaded."""
        [path] = [
            download.path()
            for download in self.downloads
            if "label" not in download.suggested_filename.lower()
        ]
        return " ".join(
            subprocess.run(
                ["pdftotext", "-layout", path, "-"],
                check=True,
                capture_output=True,
                text=True,
            ).stdout.split()
        )

    def sheet_of(self, serial):
        [sheet] = self.shop.call(
            "workmanager.sheet",
            "search_read",
            [("equipment_id.serial_number", "=", serial)],
            [],
        )
        return sheet


def at_the_counter(chromium, shop, device, test):
    return browse(chromium, shop, LOGIN, device, test, Counter)


@pytest.fixture(params=DEVICES)
def hand(request, chromium, shop):
    test = request.function.__name__.removeprefix("test_")
    with at_the_counter(chromium, shop, request.param, test) as hand:
        yield hand


@pytest.fixture
def desk(request, chromium, shop):
    test = request.function.__name__.removeprefix("test_")
    with at_the_counter(chromium, shop, "desktop", test) as hand:
        yield hand


def names(hand, model, ids):
    return {record["name"] for record in hand.shop.call(model, "read", ids, ["name"])}


def test_returning_device(hand):
    serial = RETURNING[hand.device]
    hand.open_intake()
    hand.scan(serial.lower().replace("-", " "))
    expect(hand.field("partner_id")).to_have_value("Ștefan Țăranu")
    hand.show("found")
    hand.press(hand.choice("Nu pornește"))
    hand.show("fault")
    hand.take_in_and_print()

    assert hand.actions <= 8
    sheet = hand.sheet_of(serial)
    assert sheet["state"] == "received"
    assert sheet["partner_id"][1] == "Ștefan Țăranu"
    assert names(hand, "workmanager.fault", sheet["claimed_fault_ids"]) == {
        "Nu pornește"
    }
    text = hand.printed_text()
    for part in (sheet["name"], "Ștefan Țăranu", serial, "Nu pornește"):
        assert part in text


def test_new_customer_with_a_new_device(hand):
    serial, name = f"NOU-{hand.device}-77", f"Maria Ionescu {hand.device}"
    sold = date.today() - timedelta(days=20)
    hand.open_intake()
    hand.scan(serial)
    expect(hand.field("serial_number")).to_have_value(serial)
    expect(hand.page.locator(".o_notification")).to_contain_text(
        f"Nothing is known of “{serial}” yet."
    )
    hand.show("unknown")
    if not hand.is_phone:
        expect(hand.field("customer_name")).to_be_focused()
    hand.type("customer_name", name)
    hand.type("customer_phone", f"0722 555 {len(name)}1")
    hand.type("customer_email", f"maria.{hand.device}@example.com")
    hand.show("customer")
    hand.choose("equipment_type_id", "Ultrabook")
    hand.choose("brand_id", "Ardeal")
    hand.type("model_name", "Book 16 Pro")
    hand.set_date("sale_date", sold)
    expect(hand.page.locator(".o_field_badge[name=warranty_state]")).to_have_text(
        "Under Warranty"
    )
    hand.show("equipment")
    hand.press(hand.choice("Ecran spart"))
    hand.type("claimed_fault", "Se aude un fluierat la pornire")
    hand.press(hand.choice("Încărcător"))
    hand.type("condition_note", "Zgârieturi pe capac")
    hand.show("fault")
    hand.take_in_and_print()

    assert hand.actions <= 20
    sheet = hand.sheet_of(serial)
    [partner] = hand.shop.call(
        "res.partner", "read", sheet["partner_id"][:1], ["name", "phone", "email"]
    )
    del partner["id"]
    assert partner == {
        "name": name,
        "phone": f"0722 555 {len(name)}1",
        "email": f"maria.{hand.device}@example.com",
    }
    [equipment] = hand.shop.call(
        "workmanager.equipment",
        "read",
        sheet["equipment_id"][:1],
        ["partner_id", "brand_id", "model_name", "sale_date", "warranty_state"],
    )
    assert equipment["partner_id"] == sheet["partner_id"]
    assert equipment["brand_id"][1] == "Ardeal"
    assert equipment["model_name"] == "Book 16 Pro"
    assert equipment["sale_date"] == sold.isoformat()
    assert equipment["warranty_state"] == "valid"
    assert sheet["is_warranty"]
    assert sheet["claimed_fault"] == "Se aude un fluierat la pornire"
    assert sheet["condition_note"] == "Zgârieturi pe capac"
    assert names(hand, "workmanager.accessory", sheet["accessory_ids"]) == {
        "Încărcător"
    }
    text = hand.printed_text()
    for part in (
        *(sheet["name"], name, serial),
        *("Ecran spart", "Se aude un fluierat la pornire", "Zgârieturi pe capac"),
    ):
        assert part in text


def test_scanner_picks_what_it_reads(desk):
    [equipment] = desk.shop.call(
        "workmanager.equipment",
        "search_read",
        [("serial_number", "=", "SCAN-0001")],
        ["ref"],
    )
    for code in (equipment["ref"], "SCAN-0001", "scan 0001"):
        desk.open_intake()
        desk.scan(code)
        expect(desk.field("equipment_id")).to_have_value(
            re.compile(re.escape(equipment["ref"]))
        )
        expect(desk.lookup).to_have_value("")
        expect(desk.field("claimed_fault")).to_be_focused()
    # A part of a serial number is not a device: a person chooses.
    desk.open_intake()
    desk.scan("CAN000")
    item = desk.page.locator(".o-autocomplete--dropdown-item")
    expect(item.filter(has_text="SCAN-0001")).to_be_visible()
    expect(desk.field("equipment_id")).to_have_value("")
    desk.show("choose")
    # What is not known goes where it belongs.
    for text, name in (
        ("5901234123457", "serial_number"),
        ("0733 444 555", "customer_phone"),
        ("ion.nou@example.com", "customer_email"),
        ("Ioan Necunoscutu", "customer_name"),
    ):
        desk.open_intake()
        desk.scan(text)
        expect(desk.page.locator(".o_notification")).to_have_count(1)
        expect(desk.field(name)).to_have_value(text)


def test_keyboard_alone_opens_the_intake(desk):
    desk.page.goto("/odoo/service-sheets")
    expect(desk.button("New Intake")).to_be_visible()
    desk.page.keyboard.press("Alt+c")
    expect(desk.lookup).to_be_focused()


def test_thumb_reaches_everything(chromium, shop):
    with at_the_counter(chromium, shop, "phone", "thumb") as hand:
        hand.open_intake()
        expect(hand.page.get_by_label("Scan with the camera")).to_be_visible()
        hand.scan("SCAN-0001")
        primary = hand.button("Take In and Print")
        expect(primary).to_be_in_viewport(ratio=1)
        choice = hand.choice("Nu pornește")
        choice.scroll_into_view_if_needed()
        expect(primary).to_be_in_viewport(ratio=1)
        for target in (primary, choice, hand.page.get_by_label("Scan with the camera")):
            assert target.bounding_box()["height"] >= TOUCH_SIZE
        widths = hand.page.evaluate(
            "[document.documentElement.scrollWidth, window.innerWidth]"
        )
        assert widths[0] <= widths[1]


def test_bad_input_is_told_beside_the_field(hand):
    name = "<script>alert(1)</script>"
    tomorrow = date.today() + timedelta(days=2)
    hand.open_intake()
    hand.type("customer_name", name)
    hand.type("customer_phone", "072 sună seara")
    error = hand.page.locator("[name=customer_phone_error][role=alert]")
    expect(error).to_contain_text("“072 sună seara” is not a phone number")
    hand.choose("equipment_type_id", "Ultrabook")
    hand.type("serial_number", f"REA-{hand.device}")
    hand.set_date("sale_date", tomorrow)
    day_error = hand.page.locator("[name=sale_date_error][role=alert]")
    expect(day_error).to_contain_text("The day of sale cannot lie in the future.")
    hand.type("claimed_fault", "Nu mai sună")
    day_error.scroll_into_view_if_needed()
    hand.show("told")
    hand.press(hand.button("Take In and Print"))
    dialog = hand.page.get_by_role("dialog")
    expect(dialog).to_contain_text("is not a phone number")
    expect(dialog).to_contain_text("cannot lie in the future")
    hand.show("refused")
    hand.press(dialog.locator("footer .btn-primary"))
    for field_name, text in (
        ("customer_name", name),
        ("customer_phone", "072 sună seara"),
        ("equipment_type_id", "Ultrabook"),
        ("serial_number", f"REA-{hand.device}"),
        ("claimed_fault", "Nu mai sună"),
    ):
        expect(hand.field(field_name)).to_have_value(text)

    hand.field("customer_phone").fill("")
    hand.type("customer_phone", f"0744 555 66{len(hand.device)}")
    hand.set_date("sale_date", date.today() - timedelta(days=1))
    expect(error).to_be_hidden()
    hand.take_in_and_print()
    assert hand.sheet_of(f"REA-{hand.device}")["partner_id"][1] == name
    assert name in hand.printed_text()


def test_device_in_the_shop_asks(desk):
    for again in (False, True):
        desk.open_intake()
        desk.scan("SHOP-0001")
        expect(desk.field("partner_id")).to_have_value("Ștefan Țăranu")
        desk.press(desk.choice("Nu se încarcă"))
        if again:
            first = desk.sheet_of("SHOP-0001")
            alert = desk.page.locator(".alert-danger")
            expect(alert).to_contain_text("in the shop already")
            expect(alert).to_contain_text(first["name"])
            desk.show("asks")
            desk.press(desk.button("Take In and Print"))
            dialog = desk.page.get_by_role("dialog")
            expect(dialog).to_contain_text(f"in the shop already, on {first['name']}")
            desk.press(dialog.locator("footer .btn-primary"))
            desk.press(alert.get_by_label("Take It In Again"))
        desk.take_in_and_print()
    count = desk.shop.call(
        "workmanager.sheet",
        "search_count",
        [("equipment_id.serial_number", "=", "SHOP-0001")],
    )
    assert count == 2


def test_intake_that_is_done_says_so(desk):
    desk.open_intake()
    desk.type("customer_name", "Ioana Ursu")
    desk.choose("equipment_type_id", "Ultrabook")
    desk.type("claimed_fault", "Nu mai sună")
    desk.press(desk.button("Take In"))
    expect(desk.page.locator(".o_workmanager_sheet")).to_be_visible()
    desk.page.go_back()
    done = desk.page.locator(".alert-info")
    expect(done).to_contain_text("This was taken in, on sheet")
    expect(desk.page.locator(".alert-danger")).to_be_hidden()
    for name in ("Take In", "Take In and Print", "Take In, and Another"):
        expect(desk.button(name)).to_have_count(0)

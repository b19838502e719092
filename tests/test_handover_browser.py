"""From a repaired sheet to the invoice, the payment and the hand-over, in a browser."""

import base64
import subprocess

import pytest
from browser import DEVICES, Hand, browse
from playwright.sync_api import expect
from server import running_server

LOGIN = "browser_handover"

# The first document of a server takes its time.
PRINT_TIMEOUT = 60_000


class Counter(Hand):
    """A person at the counter who gives equipment back."""

    def sign(self):
        """Draw a signature with a finger or the mouse."""
        self.press(self.page.locator(".modal .o_field_widget[name=signature]"))
        dialog = self.page.get_by_role("dialog").filter(
            has=self.page.locator("canvas.o_web_sign_signature")
        )
        self.press(dialog.locator(".o_web_sign_draw_button"))
        canvas = dialog.locator("canvas.o_web_sign_signature")
        expect(canvas).to_be_visible()
        box = canvas.bounding_box()
        x, y = box["x"] + box["width"] / 4, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for step in range(1, 12):
            self.page.mouse.move(x + 8 * step, y + (15 if step % 2 else -15))
        self.page.mouse.up()
        self.show("drawn")
        self.press(dialog.locator("button.btn-primary"))
        expect(dialog).to_be_hidden()

    def printed_text(self):
        """The text of the protocol that was downloaded."""
        [download] = self.downloads
        command = ["pdftotext", "-layout", download.path(), "-"]
        process = subprocess.run(command, check=True, capture_output=True, text=True)
        return " ".join(process.stdout.split())


@pytest.fixture(scope="module")
def odoo_server(request):
    """One process is enough for one person, and starts sooner."""
    name = request.module.__name__.rpartition(".")[2]
    with running_server(name, workers=0) as server:
        # What people do wrong is answered, and told to the log.
        server.expect_log("odoo.http: .*(not invoiced yet|Tick off what goes back)")
        yield server


@pytest.fixture(scope="module")
def shop(odoo_server):
    """A shop where equipment leaves when it is paid."""
    admin = odoo_server.session("admin", "admin")
    [group] = admin.call(
        "ir.model.data",
        "search_read",
        [("module", "=", "workmanager_service"), ("name", "=", "group_reception")],
        ["res_id"],
    )
    admin.call(
        "res.users",
        "create",
        {
            "name": "Recepția",
            "login": LOGIN,
            "password": LOGIN,
            "group_ids": [(4, group["res_id"])],
        },
    )
    admin.call("res.company", "write", [1], {"service_delivery_policy": "paid"})
    return admin


@pytest.fixture(params=DEVICES)
def hand(request, chromium, shop):
    test = request.function.__name__.removeprefix("test_")
    with browse(chromium, shop, LOGIN, request.param, test, Counter) as hand:
        yield hand


def create_repaired_sheet(shop, serial):
    """Return a sheet whose repair is finished, with two accessories."""
    accessories = shop.call(
        "workmanager.accessory",
        "create",
        [{"name": f"Încărcător {serial}"}, {"name": f"Husă {serial}"}],
    )
    kind = shop.call(
        "workmanager.equipment.type",
        "create",
        {"name": f"Ultrabook {serial}", "repair_warranty_months": 3},
    )
    customer = shop.call("res.partner", "create", {"name": f"Ștefan Țăranu {serial}"})
    equipment = shop.call(
        "workmanager.equipment",
        "create",
        {
            "equipment_type_id": kind,
            "serial_number": serial,
            "partner_id": customer,
        },
    )
    sheet = shop.call(
        "workmanager.sheet",
        "create",
        {"equipment_id": equipment, "accessory_ids": [(6, 0, accessories)]},
    )
    work = shop.call(
        "product.product",
        "create",
        {"name": f"Manoperă {serial}", "type": "service", "list_price": 150.0},
    )
    shop.call("workmanager.sheet", "action_start_evaluation", [sheet])
    shop.call("workmanager.sheet", "action_complete_evaluation", [sheet])
    shop.call(
        "workmanager.sheet.line", "create", {"sheet_id": sheet, "product_id": work}
    )
    for step in (
        "action_create_quotation",
        "action_accept_quotation",
        "action_start_repair",
        "action_finish_repair",
    ):
        shop.call("workmanager.sheet", step, [sheet])
    return sheet


def test_invoice_payment_and_handover(hand):
    sheet = create_repaired_sheet(hand.shop, f"PREDARE-{hand.device}")
    page, dialog = hand.page, hand.page.get_by_role("dialog")
    page.goto(f"/odoo/service-sheets/{sheet}")
    hand.step("action_open_handover")
    expect(dialog).to_contain_text("is not invoiced yet")
    hand.show("refused")
    hand.press(dialog.locator("footer .btn-primary"))

    hand.step("action_create_invoice")
    invoice = page.locator(".o_field_widget[name=invoice_line_ids]")
    expect(invoice).to_be_attached(timeout=20_000)  # the first form of an invoice
    hand.step("action_post")
    expect(page.locator("button[name=action_post]")).to_have_count(0)
    hand.step("action_register_payment")
    hand.press(dialog.locator("button[name=action_create_payments]"))
    expect(dialog).to_be_hidden()
    hand.show("paid")

    page.goto(f"/odoo/service-sheets/{sheet}")
    # The web client shows what it remembers until the server has answered.
    expect(page.locator("button[name=action_create_invoice]")).to_have_count(0)
    hand.actions = 0
    hand.step("action_open_handover")
    rows = dialog.locator(".o_field_widget[name=line_ids] .o_data_row")
    expect(rows).to_have_count(2)
    hand.show("dialog")
    hand.press(dialog.locator("button[name=action_hand_over]"))
    refusal = page.get_by_role("dialog").filter(has_text="Tick off what goes back")
    expect(refusal).to_be_visible()
    hand.press(refusal.locator("footer .btn-primary"))
    charger = rows.filter(has_text="Încărcător")
    hand.press(charger.locator("[name=is_returned] input"))
    hand.press(rows.filter(has_text="Husă").locator("[name=note]"))
    note = dialog.locator(".o_data_row [name=note] input")
    expect(note).to_be_focused()
    note.fill("Ruptă, aruncată")
    hand.press(dialog.locator(".o_field_widget[name=signed_by] input"))
    hand.sign()
    hand.show("signed")
    with page.expect_download(timeout=PRINT_TIMEOUT):
        hand.press(dialog.locator("button[name=action_hand_over]"))
    expect(dialog).to_be_hidden()
    expect(page.locator("button[name=action_open_handover]")).to_have_count(0)
    hand.show("delivered")

    assert hand.actions <= 12
    [values] = hand.shop.call(
        "workmanager.sheet",
        "read",
        [sheet],
        [
            "state",
            "delivery_signature",
            "missing_accessory_note",
            "repair_warranty_end",
            "returned_accessory_ids",
        ],
    )
    assert values["state"] == "delivered"
    assert values["repair_warranty_end"]
    assert len(values["returned_accessory_ids"]) == 1
    assert "Ruptă, aruncată" in values["missing_accessory_note"]
    assert base64.b64decode(values["delivery_signature"])[1:4] == b"PNG"
    text = hand.printed_text()
    for part in ("Handover Protocol", "Încărcător", "Ruptă, aruncată"):
        assert part in text

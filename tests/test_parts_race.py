"""Customers who accept at the same moment for the last pieces of a part.

Real processes: a server with several workers, and one HTTP request for each customer.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from requests import RequestException
from server import SIGNATURE, RpcError, running_server

CUSTOMERS = 20
ONLINE = range(0, CUSTOMERS, 8)  # who accepts on the portal; the others at the counter
PIECES = 10
# Whoever uses a part while another one does is repeated by Odoo, five times at most.
CROWD = 8
RESERVED_WITHIN = 60  # seconds, on a machine that does other things too


@pytest.fixture(scope="module")
def server():
    # Who meets another one leaves the parts to a scheduled job.
    with running_server("parts_race", workers=4, crons=1) as started:
        # How PostgreSQL tells a transaction to start again, which Odoo then does.
        started.expect_log("bad query: ")
        started.expect_log("wkhtmltopdf: The switch")
        started.expect_log("reserve parts.* processed no record")
        yield started


@pytest.fixture(scope="module")
def admin(server):
    return server.session_for_crowds("admin")


@pytest.fixture(scope="module")
def parts(admin):
    """Two parts of one vendor, with ten pieces of each in stock."""
    vendor = admin.call("res.partner", "create", {"name": "Piese SRL"})
    values = {
        "type": "consu",
        "is_storable": True,
        "list_price": 100,
        "seller_ids": [(0, 0, {"partner_id": vendor, "price": 60, "delay": 5})],
    }
    products = admin.call(
        "product.product",
        "create",
        [{"name": name, **values} for name in ("Baterie", "Ecran")],
    )
    admin.put_in_stock(dict.fromkeys(products, PIECES))
    return products


@pytest.fixture(scope="module")
def sheets(admin, parts):
    """Quoted sheets that want both parts, half of them in the other sequence."""
    kind = admin.call("workmanager.equipment.type", "create", {"name": "Telefon"})
    partners = admin.call(
        "res.partner", "create", [{"name": f"Client {i}"} for i in range(CUSTOMERS)]
    )
    equipment = admin.call(
        "workmanager.equipment",
        "create",
        [{"equipment_type_id": kind, "partner_id": partner} for partner in partners],
    )
    ids = admin.call(
        "workmanager.sheet",
        "create",
        [
            {
                "equipment_id": equipment_id,
                "line_ids": [
                    (0, 0, {"product_id": product, "quantity": 1})
                    for product in (parts if number % 2 else reversed(parts))
                ],
            }
            for number, equipment_id in enumerate(equipment)
        ],
    )
    for step in ("start_evaluation", "complete_evaluation", "create_quotation"):
        admin.call("workmanager.sheet", f"action_{step}", ids)
    return ids


def accept_at_the_counter(session, sheet):
    session.call("workmanager.sheet", "action_accept_quotation", [sheet])


def accept_online(session, order):
    answer = session.rpc(
        f"/my/orders/{order['id']}/accept",
        access_token=order["access_token"],
        name="Client",
        signature=SIGNATURE,
    )
    assert "error" not in answer, answer


def do_at_once(calls):
    """Make all ``calls`` at the same moment.

    :return: what went wrong, call by call
    """
    at_once = threading.Barrier(len(calls))

    def do(call):
        at_once.wait()
        try:
            call()
        except (AssertionError, RpcError, RequestException) as error:
            return repr(error)
        return None

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(filter(None, pool.map(do, calls)))


@pytest.fixture(scope="module")
def errors(server, admin, sheets):
    """Let all accept at once.

    :return: what went wrong, acceptance by acceptance
    """
    orders = {}
    for number in ONLINE:
        [sheet] = admin.call(
            "workmanager.sheet", "read", [sheets[number]], ["sale_order_ids"]
        )
        admin.call("sale.order", "action_preview_sale_order", sheet["sale_order_ids"])
        [orders[number]] = admin.call(
            "sale.order", "read", sheet["sale_order_ids"], ["access_token"]
        )
    calls = []
    for number in range(CUSTOMERS):
        if number in orders:
            calls.append(partial(accept_online, server.session(), orders[number]))
        else:
            session = server.session("admin")
            calls.append(partial(accept_at_the_counter, session, sheets[number]))
    failed = do_at_once(calls)
    wait_until_reserved(admin)
    return failed


def wait_until_reserved(admin):
    """Wait for the job that reserves what was left to it."""
    deadline = time.monotonic() + RESERVED_WITHIN
    queued = [("is_supply_queued", "=", True)]
    while admin.call("workmanager.sheet.line", "search_count", queued):
        assert time.monotonic() < deadline, "parts are still to be reserved"
        time.sleep(0.1)


def test_no_acceptance_fails(errors, admin, sheets):
    assert not errors
    records = admin.call("workmanager.sheet", "read", sheets, ["state"])
    assert {record["state"] for record in records} == {"approved"}


def read_stock(admin, part):
    """Return what is in stock of a part, and how much of it is reserved."""
    [quant] = admin.call(
        "stock.quant",
        "search_read",
        [("product_id", "=", part), ("location_id.usage", "=", "internal")],
        ["quantity", "reserved_quantity"],
    )
    return quant["quantity"], quant["reserved_quantity"]


def test_what_is_in_stock_is_reserved_once(errors, admin, parts):
    for part in parts:
        assert read_stock(admin, part) == (PIECES, PIECES)


def test_the_others_are_ordered_once(errors, admin, parts):
    for part in parts:
        lines = admin.call(
            "purchase.order.line",
            "search_read",
            [("product_id", "=", part)],
            ["product_qty", "move_dest_ids"],
        )
        assert sum(line["product_qty"] for line in lines) == CUSTOMERS - PIECES
        waiting = [move for line in lines for move in line["move_dest_ids"]]
        assert len(waiting) == len(set(waiting)) == CUSTOMERS - PIECES


def test_each_sheet_has_its_part_once(errors, admin, sheets, parts):
    for part in parts:
        moves = admin.call(
            "stock.move",
            "search_read",
            [("product_id", "=", part), ("location_dest_usage", "=", "customer")],
            ["sheet_ids", "product_uom_qty", "quantity", "state"],
        )
        assert sorted(move["sheet_ids"] for move in moves) == [[s] for s in sheets]
        assert {move["product_uom_qty"] for move in moves} == {1}
        assert sum(move["quantity"] for move in moves) == PIECES
        states = [move["state"] for move in moves]
        assert states.count("assigned") == PIECES
        assert states.count("waiting") == CUSTOMERS - PIECES


def test_receipts_and_uses_at_once_are_counted_once(
    errors, server, admin, sheets, parts
):
    """Parts that are reserved are used while those that were ordered come in."""
    orders = admin.call("purchase.order", "search", [("state", "=", "draft")])
    admin.call("purchase.order", "button_confirm", orders)
    admin.call("workmanager.sheet", "action_start_repair", sheets)
    lines = admin.call(
        "workmanager.sheet.line",
        "search",
        [("sheet_id", "in", sheets), ("parts_state", "=", "available")],
    )
    receipts = admin.call("stock.picking", "search", [("purchase_id", "in", orders)])
    assert len(lines) == PIECES * len(parts)
    assert receipts
    calls = [(each, "stock.picking", "button_validate") for each in receipts]
    calls += [(line, "workmanager.sheet.line", "action_use") for line in lines]
    sessions = [server.session("admin") for _call in calls]
    deeds = [
        partial(session.call, model, method, [record])
        for session, (record, model, method) in zip(sessions, calls, strict=True)
    ]
    for start in range(0, len(deeds), CROWD):
        assert not do_at_once(deeds[start : start + CROWD])
    for part in parts:
        missing = CUSTOMERS - PIECES
        assert read_stock(admin, part) == (missing, missing)

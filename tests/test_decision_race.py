"""People who decide on the same quotation at the same moment, or edit it.

Real processes: a server with several workers, and one HTTP request for each person.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from server import SIGNATURE, RpcError, running_server

PRICE = 100


@pytest.fixture(scope="module")
def server():
    with running_server("decision_race", workers=4) as started:
        # How PostgreSQL tells a transaction to start again, which Odoo then does.
        started.expect_log("bad query: ")
        started.expect_log(
            "odoo.http: .*(no open quotation|cannot be done now|more now)"
        )
        started.expect_log("wkhtmltopdf: The switch")
        yield started


@pytest.fixture(scope="module")
def admin(server):
    return server.session_for_crowds("admin")


@pytest.fixture(scope="module")
def catalogue(admin):
    return {
        "kind": admin.call("workmanager.equipment.type", "create", {"name": "Telefon"}),
        "part": admin.call(
            "product.product", "create", {"name": "Ecran", "list_price": PRICE}
        ),
    }


class Quotation:
    """A quoted sheet, and what several people can do with it at once."""

    def __init__(self, server, admin, catalogue):
        self.server, self.admin = server, admin
        partner = admin.call("res.partner", "create", {"name": "Maria Ionescu"})
        equipment = admin.call(
            "workmanager.equipment",
            "create",
            {"equipment_type_id": catalogue["kind"], "partner_id": partner},
        )
        self.sheet = admin.call(
            "workmanager.sheet",
            "create",
            {
                "equipment_id": equipment,
                "line_ids": [(0, 0, {"product_id": catalogue["part"]})],
            },
        )
        for step in ("start_evaluation", "complete_evaluation", "create_quotation"):
            admin.call("workmanager.sheet", f"action_{step}", [self.sheet])
        [self.order] = self.read_sheet("sale_order_ids")
        admin.call("sale.order", "action_preview_sale_order", [self.order])
        self.token = self.read_order("access_token")
        [self.line] = self.read_order("order_line")

    def read_sheet(self, field):
        return self.admin.call("workmanager.sheet", "read", [self.sheet], [field])[0][
            field
        ]

    def read_order(self, field):
        return self.admin.call("sale.order", "read", [self.order], [field])[0][field]

    def accept_online(self, session):
        answer = session.rpc(
            f"/my/orders/{self.order}/accept",
            access_token=self.token,
            name="Maria",
            signature=SIGNATURE,
        )
        return answer.get("error")

    def accept_at_the_counter(self, session):
        session.call("workmanager.sheet", "action_accept_quotation", [self.sheet])

    def refuse_at_the_counter(self, session):
        session.call("workmanager.sheet", "action_refuse_quotation", [self.sheet])

    def quote_again(self, session):
        session.call("workmanager.sheet", "action_start_evaluation", [self.sheet])

    def raise_the_price(self, session):
        session.call("sale.order.line", "write", [self.line], {"price_unit": 150})

    def do_at_once(self, *deeds):
        """Do all of ``deeds`` at the same moment.

        :return: for each, what it was answered (None when it was done)
        """
        at_once = threading.Barrier(len(deeds))
        sessions = [
            self.server.session()
            if deed == self.accept_online
            else self.server.session("admin")
            for deed in deeds
        ]

        def do(number):
            at_once.wait()
            try:
                return deeds[number](sessions[number])
            except RpcError as error:
                return str(error)

        with ThreadPoolExecutor(len(deeds)) as pool:
            return list(pool.map(do, range(len(deeds))))

    def count_decisions(self):
        messages = self.admin.call(
            "mail.message",
            "search_read",
            [("model", "=", "workmanager.sheet"), ("res_id", "=", self.sheet)],
            ["body"],
        )
        return sum(
            f"{verb} by" in message["body"]
            for message in messages
            for verb in ("accepted", "refused")
        )


@pytest.fixture
def quotation(server, admin, catalogue):
    return Quotation(server, admin, catalogue)


def test_everybody_accepts(admin, quotation):
    answers = quotation.do_at_once(
        quotation.accept_online,
        quotation.accept_at_the_counter,
        quotation.accept_online,
        quotation.accept_at_the_counter,
    )
    assert None in answers
    assert quotation.read_sheet("state") == "approved"
    assert quotation.read_order("state") == "sale"
    assert quotation.count_decisions() == 1
    moves = admin.call(
        "stock.move",
        "search_read",
        [("sale_line_id", "=", quotation.line)],
        ["product_uom_qty"],
    )
    assert [move["product_uom_qty"] for move in moves] == [1]


def test_one_accepts_and_one_refuses(quotation):
    online, counter = quotation.do_at_once(
        quotation.accept_online, quotation.refuse_at_the_counter
    )
    outcome = (quotation.read_sheet("state"), quotation.read_order("state"))
    assert quotation.count_decisions() == 1
    if online is None:
        assert outcome == ("approved", "sale")
        assert "no open quotation to refuse" in counter
    else:
        assert outcome == ("ready", "cancel")
        assert counter is None


def test_accepted_while_a_new_quotation_is_prepared(quotation):
    online, again = quotation.do_at_once(quotation.accept_online, quotation.quote_again)
    outcome = (quotation.read_sheet("state"), quotation.read_order("state"))
    if online is None:
        assert outcome == ("approved", "sale")
        assert "Start its repair first" in again
    else:
        assert outcome == ("evaluation", "cancel")
        assert again is None


def test_accepted_while_the_price_is_raised(admin, quotation):
    online, edit = quotation.do_at_once(
        quotation.accept_online, quotation.raise_the_price
    )
    assert online is None
    assert quotation.read_sheet("state") == "approved"
    [line] = admin.call("sale.order.line", "read", [quotation.line], ["price_unit"])
    if edit is None:
        assert line["price_unit"] == 150
    else:
        assert "it cannot cost more now" in edit
        assert line["price_unit"] == PRICE

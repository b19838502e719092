"""The same step of the same sheet, taken by eight people at the same moment.

Real processes: a server with several workers, and one HTTP request for each person.
Whoever comes second either finds the step done or is told so; it happens once.
"""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from server import SIGNATURE, RpcError, running_server

PEOPLE = 8
PIECES = 2  # of the part that each sheet needs; none is in stock
CUSTOMER_MAIL = "maria@example.com"

# What those are told who come second, where the step does not simply find itself done.
DECIDED = "has no open quotation to (accept|refuse)"
LEFT = r"was handed over on .* to "
USED = "that the customer accepted is used|were used already"
CREDITED = "Nothing of .* was credited"
RUNNING = "timer of this technician is running already"
PAUSED = "paused already"
QUOTED = "has nothing to quote|quoted already|is more than the customer accepted"
SENT = "Only draft orders can be marked as sent"


@pytest.fixture(scope="module")
def server():
    with running_server("twice", workers=4) as started:
        # How PostgreSQL tells a transaction to start again, which Odoo then does.
        started.expect_log("bad query: ")
        started.expect_log("wkhtmltopdf: The switch")
        answers = (
            CREDITED,
            DECIDED,
            LEFT,
            USED,
            RUNNING,
            PAUSED,
            QUOTED,
            SENT,
        )
        started.expect_log(f"odoo.http: .*({'|'.join(answers)})")
        yield started


@pytest.fixture(scope="module")
def admin(server):
    return server.session_for_crowds("admin")


@pytest.fixture(scope="module")
def people(server):
    with ThreadPoolExecutor(PEOPLE) as pool:
        return list(pool.map(lambda _n: server.session("admin"), range(PEOPLE)))


@pytest.fixture(scope="module")
def catalogue(admin):
    fee = admin.call("product.product", "create", {"name": "Fee", "type": "service"})
    vendor = admin.call("res.partner", "create", {"name": "Piese SRL"})
    part = {
        "name": "Ecran",
        "type": "consu",
        "is_storable": True,
        "list_price": 100,
        "seller_ids": [(0, 0, {"partner_id": vendor, "price": 60, "delay": 5})],
    }
    template = admin.call(
        "mail.template",
        "create",
        {
            "name": "Stage",
            "model_id": admin.call(
                "ir.model", "search", [("model", "=", "workmanager.sheet")]
            )[0],
            "subject": "{{ object.name }}",
            "partner_to": "{{ object.partner_id.id }}",
            "body_html": "<p>Stage</p>",
        },
    )
    stages = admin.call("workmanager.stage", "search", [])
    admin.call("workmanager.stage", "write", stages, {"mail_template_id": template})
    return {
        "kind": admin.call(
            "workmanager.equipment.type",
            "create",
            {
                "name": "Telefon",
                "diagnosis_product_id": fee,
                "checkpoint_ids": [(0, 0, {"name": "Pornește"})],
            },
        ),
        "part": admin.call("product.product", "create", part),
        "customer": admin.call(
            "res.partner", "create", {"name": "Maria Ionescu", "email": CUSTOMER_MAIL}
        ),
        "accessory": admin.call(
            "workmanager.accessory", "create", {"name": "Încărcător"}
        ),
    }


class Sheet:
    """A sheet, what eight people do with it, and what became of it."""

    def __init__(self, admin, people, catalogue):
        self.admin, self.people, self.catalogue = admin, people, catalogue
        equipment = admin.call(
            "workmanager.equipment",
            "create",
            {
                "equipment_type_id": catalogue["kind"],
                "partner_id": catalogue["customer"],
            },
        )
        self.id = admin.call(
            "workmanager.sheet",
            "create",
            {
                "equipment_id": equipment,
                "accessory_ids": [catalogue["accessory"]],
                "line_ids": [
                    (0, 0, {"product_id": catalogue["part"], "quantity": PIECES})
                ],
            },
        )
        [self.line] = self.get("line_ids")

    def get(self, field):
        return self.admin.call("workmanager.sheet", "read", [self.id], [field])[0][
            field
        ]

    def find(self, model, domain, *fields):
        return self.admin.call(model, "search_read", domain, list(fields))

    def take(self, *steps):
        for step in steps:
            self.admin.call("workmanager.sheet", f"action_{step}", [self.id])

    def answer_checks(self):
        for evaluation in self.find(
            "workmanager.evaluation", [("sheet_id", "=", self.id)], "state"
        ):
            if evaluation["state"] == "draft":
                self.admin.call(
                    "workmanager.evaluation", "action_set_rest_ok", [evaluation["id"]]
                )

    def quote(self):
        self.take("start_evaluation")
        self.answer_checks()
        self.take("complete_evaluation", "create_quotation")

    def cancel_purchase(self, line):
        self.admin.call("purchase.order", "button_cancel", [line["order_id"][0]])

    def receive_parts(self, line):
        order = line["order_id"][0]
        self.admin.call("purchase.order", "button_confirm", [order])
        for receipt in self.find("stock.picking", [("purchase_id", "=", order)]):
            self.admin.call("stock.picking", "button_validate", [receipt["id"]])

    def scan_one_part(self):
        """Return the call that takes one part of those on the screen."""
        use = self.admin.call("workmanager.parts.use", "create", {"sheet_id": self.id})
        [row] = self.find("workmanager.parts.use.line", [("use_id", "=", use)])
        self.admin.call(
            "workmanager.parts.use.line", "write", [row["id"]], {"quantity": 1}
        )
        return "workmanager.parts.use", "action_confirm", [use]

    def credit_invoice(self):
        invoices = self.get("invoice_ids")
        self.admin.call("account.move", "action_post", invoices)
        [move] = self.find("account.move", [("id", "in", invoices)], "journal_id")
        reversal = self.admin.call(
            "account.move.reversal",
            "create",
            {"journal_id": move["journal_id"][0]},
            context={"active_model": "account.move", "active_ids": invoices},
        )
        self.admin.call("account.move.reversal", "refund_moves", [reversal])

    def prepare_handover(self):
        """Return the call that hands the equipment over, with all that came with it."""
        values = {
            "sheet_ids": [self.id],
            "signed_by": "Maria",
            "signature": SIGNATURE,
        }
        handover = self.admin.call("workmanager.handover", "create", values)
        self.admin.call("workmanager.handover", "action_tick_all", [handover])
        return "workmanager.handover", "action_hand_over_only", [handover]

    # ----------------------------------------------------------------- EIGHT PEOPLE

    def all_call(self, model, method, *args, allowed=None, **kwargs):
        """Let all call a method at the same moment.

        :param str allowed: how those may be refused who come second
        :return: how many were not refused
        """
        at_once = threading.Barrier(PEOPLE)

        def call(session):
            at_once.wait()
            try:
                session.call(model, method, *args, **kwargs)
            except RpcError as error:
                return error
            return None

        with ThreadPoolExecutor(PEOPLE) as pool:
            errors = [error for error in pool.map(call, self.people) if error]
        for error in errors:
            assert allowed and re.search(allowed, str(error)), error.debug
            assert error.name.startswith("odoo.exceptions."), error.debug
        assert len(errors) < PEOPLE
        return PEOPLE - len(errors)

    def all_take(self, step, **kwargs):
        return self.all_call("workmanager.sheet", f"action_{step}", [self.id], **kwargs)

    # ---------------------------------------------------------------------- EFFECTS

    def get_purchases(self):
        return self.find(
            "purchase.order.line",
            [("move_dest_ids.sale_line_id.sheet_line_ids.sheet_id", "=", self.id)],
            "product_qty",
            "order_id",
        )

    def read_used(self):
        [line] = self.admin.call(
            "workmanager.sheet.line", "read", [self.line], ["quantity_used"]
        )
        return line["quantity_used"]

    def read_order_states(self):
        orders = self.find("sale.order", [("sheet_ids", "in", self.id)], "state")
        return sorted(order["state"] for order in orders)

    def count_completions(self):
        return len(
            self.find(
                "mail.tracking.value",
                [
                    ("mail_message_id.model", "=", "workmanager.evaluation"),
                    ("mail_message_id.res_id", "in", self.get("evaluation_ids")),
                    ("field_id.name", "=", "state"),
                ],
            )
        )

    def count_messages(self, text):
        messages = self.find(
            "mail.message",
            [("model", "=", "workmanager.sheet"), ("res_id", "=", self.id)],
            "body",
        )
        return sum(text in message["body"] for message in messages)


@pytest.fixture
def sheet(admin, people, catalogue):
    return Sheet(admin, people, catalogue)


def test_the_way_of_a_repair(sheet):
    sheet.take("start_evaluation")
    sheet.answer_checks()

    sheet.all_take("complete_evaluation")
    assert sheet.count_completions() == 1

    before = sheet.count_messages("Stage")
    sheet.all_take("create_quotation")
    [order] = sheet.get("sale_order_ids")
    sheet.all_call("sale.order", "action_quotation_sent", [order], allowed=SENT)
    assert sheet.count_messages("Stage") == before + 1

    sheet.all_take("accept_quotation")
    assert sheet.get("state") == "approved"
    assert sheet.count_messages("accepted by") == 1
    [purchase] = sheet.get_purchases()
    assert purchase["product_qty"] == PIECES

    sheet.cancel_purchase(purchase)
    sheet.all_take("check_parts")
    [again] = [bought for bought in sheet.get_purchases() if bought != purchase]
    assert again["product_qty"] == PIECES

    sheet.receive_parts(again)
    sheet.all_take("start_repair")
    assert sheet.get("state") == "repair"
    assert len(sheet.get("evaluation_ids")) == 1

    sheet.all_take("start_timer", allowed=RUNNING)
    assert len(sheet.get("work_log_ids")) == 1

    use = sheet.scan_one_part()
    assert sheet.all_call(*use, allowed=USED) == 1
    assert sheet.read_used() == 1
    assert len(sheet.get("line_ids")) == 1

    sheet.all_call("workmanager.sheet.line", "action_use", [sheet.line], allowed=USED)
    assert sheet.read_used() == PIECES

    sheet.all_take("finish_repair")
    number = sheet.get("statement_number")
    assert sheet.get("state") == "ready"
    sheet.all_take("finish_repair")
    assert sheet.get("statement_number") == number

    sheet.all_take("create_invoice")
    assert len(sheet.get("invoice_ids")) == 1

    sheet.credit_invoice()
    sheet.all_take("invoice_again", allowed=CREDITED)
    assert len(sheet.get("invoice_ids")) == 3

    before = sheet.count_messages("Stage")
    handover = sheet.prepare_handover()
    assert sheet.all_call(*handover, allowed=LEFT) == 1
    assert sheet.get("state") == "delivered"
    assert sheet.get("delivery_signed_by") == "Maria"
    assert sheet.count_messages("Stage") == before + 1


def test_quotation_that_technicians_send(server, sheet):
    """Who has sales rights sees the e-mail first; the others send it at once."""
    named = [("module", "=", "workmanager_service"), ("name", "=", "group_technician")]
    [group] = sheet.find("ir.model.data", named, "res_id")
    values = {
        "name": "Radu",
        "login": "radu",
        "password": "radu",
        "email": "radu@example.com",
        "group_ids": [(6, 0, [group["res_id"]])],
    }
    sheet.admin.call("res.users", "create", values)
    sheet.people = [server.session("radu") for _n in range(PEOPLE)]
    sheet.quote()
    [order] = sheet.get("sale_order_ids")
    assert sheet.all_take("send_quotation") == PEOPLE
    assert sheet.read_order_states() == ["sent"]
    sent = [
        ("model", "=", "sale.order"),
        ("res_id", "=", order),
        ("partner_ids", "in", sheet.catalogue["customer"]),
    ]
    assert len(sheet.find("mail.message", sent)) == 1


def test_what_a_repair_finds(sheet):
    sheet.quote()
    sheet.take("accept_quotation", "start_repair")

    pause = sheet.admin.call(
        "workmanager.pause.ask",
        "create",
        {"sheet_ids": [sheet.id], "reason": "customer"},
    )
    sheet.all_call("workmanager.pause.ask", "action_pause", [pause], allowed=PAUSED)
    assert len(sheet.get("pause_ids")) == 1
    sheet.all_take("resume")
    assert not sheet.get("pause_reason")

    sheet.all_take("evaluate_more")
    assert len(sheet.get("evaluation_ids")) == 2

    sheet.answer_checks()
    sheet.take("complete_evaluation")
    sheet.admin.call(
        "workmanager.sheet.line",
        "create",
        {"sheet_id": sheet.id, "product_id": sheet.catalogue["part"]},
    )
    sheet.all_take("create_quotation", allowed=QUOTED)
    assert len(sheet.get("sale_order_ids")) == 2

    sheet.admin.call(
        "workmanager.sheet.line", "write", [sheet.line], {"quantity_done": PIECES + 2}
    )
    sheet.all_take("quote_overrun", allowed=QUOTED)
    assert len(sheet.get("sale_order_ids")) == 3
    assert len(sheet.get("line_ids")) == 3


def test_the_way_back(sheet):
    sheet.all_take("charge_diagnosis")
    assert len(sheet.get("sale_order_ids")) == 1

    sheet.quote()
    sheet.all_take("start_evaluation")
    assert sheet.get("state") == "evaluation"
    assert len(sheet.get("evaluation_ids")) == 2

    sheet.answer_checks()
    sheet.take("complete_evaluation", "create_quotation")
    decision = sheet.admin.call(
        "workmanager.decision",
        "create",
        {
            "sheet_ids": [sheet.id],
            "decision": "refused",
            "decided_by": "Maria",
            "note": "Prea scump",
        },
    )
    done = sheet.all_call(
        "workmanager.decision", "action_apply", [decision], allowed=DECIDED
    )
    assert done == 1
    assert (sheet.get("state"), sheet.get("outcome")) == ("ready", "refused")
    assert sheet.count_messages("Prea scump") == 1
    assert sheet.read_order_states() == ["cancel", "sale"]  # the fee

    sheet.all_take("cancel")
    assert sheet.get("state") == "cancelled"
    assert sheet.read_order_states() == ["cancel", "cancel"]


def test_beyond_repair(sheet):
    sheet.quote()
    sheet.all_take("mark_unrepairable")
    assert (sheet.get("state"), sheet.get("outcome")) == ("ready", "unrepairable")
    assert sheet.read_order_states() == ["cancel"]


def test_one_intake_makes_one_sheet(sheet):
    intake = sheet.admin.call(
        "workmanager.intake",
        "create",
        {
            "customer_name": "Nou Venit",
            "equipment_type_id": sheet.catalogue["kind"],
            "claimed_fault": "Nu pornește",
        },
    )
    sheet.all_call("workmanager.intake", "action_take_in", [intake])
    [_sheet] = sheet.find("workmanager.sheet", [("partner_id.name", "=", "Nou Venit")])


def test_the_first_sheets_of_a_year(sheet):
    """Eight people need the year's first number: each gets one of their own."""
    values = {
        "equipment_id": sheet.get("equipment_id")[0],
        "intake_date": "2001-01-02 08:00:00",
    }
    assert sheet.all_call("workmanager.sheet", "create", values) == PEOPLE
    made = sheet.find("workmanager.sheet", [("intake_date", "<", "2002-01-01")], "name")
    assert len({each["name"] for each in made}) == len(made) == PEOPLE

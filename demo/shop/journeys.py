"""The sheets: each one goes its way step by step, on the days that its row tells.

A step is ``[name, days after the intake, argument]``. The steps of all sheets happen
in the order of time, as they would in a shop: what one repair takes from the stock,
the next one has to buy.
"""

import random
from datetime import datetime, time, timedelta

from odoo import Command

from .drawings import photo, signature
from .tools import act_as, read

OPENING = time(7)  # UTC: ten o'clock in a Romanian summer
STEP = timedelta(minutes=35)
STEPS = {"sign": "_sign_online"}  # the others: the name of the step


def load_journeys(shop, clock):
    """Take every sheet in, and as far as its row says."""
    rows = read("sheets")
    journeys = [Journey(shop, clock, row, index) for index, row in enumerate(rows)]
    events = sorted(
        (event for journey in journeys for event in journey.events()),
        key=lambda event: event[:2],
    )
    for moment, _order, run in events:
        clock.set(moment)
        run()
        shop.env.cr.flush()  # the chatter's lines are written with this day's date


class Journey:
    """One sheet of the data file and the people who work on it."""

    def __init__(self, shop, clock, row, index):
        self.shop = shop
        self.clock = clock
        self.row = row
        self.index = index
        self.random = random.Random(2026 + index)
        self.equipment = shop.equipment[row["equipment"]]
        self.sheet = shop.env["workmanager.sheet"]

    def events(self):
        """Return what happens as ``(moment, order, callable)``."""
        steps = [["intake", 0], *self.row["way"]]
        return [
            (
                self._moment(day, order),
                (self.index, order),
                lambda name=name, argument=argument: getattr(
                    self, STEPS.get(name, f"_{name}")
                )(*argument),
            )
            for order, (name, day, *argument) in enumerate(steps)
        ]

    def _moment(self, day, order):
        """Return the UTC time of a step: on a working day, and not in the future."""
        date = self.clock.real.date() - timedelta(days=self.row["days"] - day)
        if date.weekday() == 6:
            date += timedelta(days=1)
        moment = datetime.combine(date, OPENING) + STEP * order
        moment += timedelta(minutes=self.index % 12 * 7)
        latest = self.clock.real - timedelta(minutes=10 * (20 - order))
        return min(moment, latest)

    # ----------------------------------------------------------------- people

    def _as(self, login):
        return act_as(self.sheet, self.shop.users[login])

    @property
    def _by_reception(self):
        return self._as("reception")

    @property
    def _by_technician(self):
        return act_as(self.sheet, self.sheet.user_id)

    def _sign(self, fname):
        """Let the customer sign, by what they are called."""
        partner = self.sheet.partner_id
        self._by_reception.write(
            {
                f"{fname}_signature": signature(partner.name),
                f"{fname}_signed_by": partner.name,
            }
        )

    # ------------------------------------------------------------------ steps

    def _intake(self):
        row, shop = self.row, self.shop
        sheet = act_as(shop.env["workmanager.sheet"], shop.users["reception"])
        self.sheet = sheet.create(
            {
                "equipment_id": self.equipment.id,
                "intake_mode": row.get("mode", "shop"),
                "priority": "1" if row.get("priority") else "0",
                "claimed_fault": row["claim"],
                "claimed_fault_ids": [
                    Command.set(
                        [shop.faults[code].id for code in row.get("faults", [])]
                    )
                ],
                "accessory_ids": [
                    Command.set(
                        [shop.accessories[key].id for key in row.get("accessories", [])]
                    )
                ],
                "condition_note": row.get("condition"),
                "intake_date": self.clock.now,
            }
        )
        if self.sheet.intake_mode == "shop":
            self._sign("intake")

    def _evaluate(self):
        """Answer the checklist, all of it or the first few points."""
        sheet = self._by_technician
        sheet.action_start_evaluation()
        findings = self.row.get("findings", {})
        for check in sheet.check_ids[: self.row.get("partial")]:
            point = check.checkpoint_id.with_context(lang="en_US").name
            self._answer(check, findings.get(point, {}))
        if self.row.get("partial"):
            return
        sheet.conclusion = self.row.get("conclusion")
        if self.row.get("conclusion"):
            sheet.action_complete_evaluation()
        self._add_lines(sheet)

    def _answer(self, check, finding):
        if check.kind == "measure":
            check.value = finding.get("value") or self._good_value(check)
        else:
            check.result = "not_ok" if "bad" in finding else "ok"
        if finding.get("note"):
            check.note = finding["note"]
        check.fault_ids = [
            Command.link(self.shop.faults[code].id) for code in finding.get("bad", [])
        ]
        if "bad" in finding:
            check.env["workmanager.photo"].create(
                {
                    "sheet_id": check.sheet_id.id,
                    "check_id": check.id,
                    "name": check.name,
                    "image_1920": photo(check.name),
                    "is_for_customer": True,
                }
            )

    def _good_value(self, check):
        low = check.minimum or check.maximum / 3
        high = check.maximum or check.minimum * 40
        return round(self.random.uniform(low, (low + 2 * high) / 3), 2)

    def _add_lines(self, sheet):
        shop = self.shop
        for key in self.row.get("operations", []):
            sheet.add_operations(shop.operations[key].with_env(sheet.env))
        sheet.env["workmanager.sheet.line"].create(
            [
                {
                    "sheet_id": sheet.id,
                    "product_id": shop.products[code].id,
                    "quantity": quantity,
                }
                for code, quantity in self.row.get("lines", [])
            ]
        )
        for fname in ("coverage", "discount"):
            if self.row.get(fname):
                sheet.line_ids.write({fname: self.row[fname]})

    def _quote(self):
        self._by_technician.action_create_quotation()

    def _send(self):
        self._orders().filtered(
            lambda order: order.state == "draft"
        ).action_quotation_sent()

    def _accept(self):
        self._by_reception.action_accept_quotation()

    def _refuse(self):
        self._by_reception.action_refuse_quotation()

    def _sign_online(self):
        """Accept as the portal does: signed first, then confirmed."""
        for order in self._orders().filtered(lambda o: o.state in ("draft", "sent")):
            order_sudo = order.sudo()  # the portal's way, whoever the customer is
            order_sudo.write(
                {
                    "signed_by": order.partner_id.name,
                    "signed_on": self.clock.now,
                    "signature": signature(order.partner_id.name),
                }
            )
            order_sudo.action_confirm()
            body = f"Semnat online de {order.partner_id.name}"
            order_sudo.message_post(
                author_id=order.partner_id.id,
                body=body,
                subtype_xmlid="mail.mt_comment",
            )

    def _unrepairable(self):
        self._by_technician.action_mark_unrepairable()

    def _cancel(self):
        self._by_reception.action_cancel()

    def _order(self):
        """Send the purchase orders of the missing parts to their vendors."""
        self._purchases().filtered(
            lambda order: order.state == "draft"
        ).button_confirm()

    def _parts(self):
        """Receive the parts that were missing."""
        self._order()
        pickings = self._purchases().picking_ids
        for picking in pickings.filtered(lambda p: p.state not in ("done", "cancel")):
            for move in picking.move_ids:
                move.write({"quantity": move.product_uom_qty, "picked": True})
            picking.button_validate()

    def _visit(self, days, hour):
        """Plan the visit so many days from today; nobody goes on Sunday."""
        date = self.clock.real.date() + timedelta(days=days)
        if date.weekday() == 6:
            date += timedelta(days=1)
        self._by_reception.visit_start = datetime.combine(date, time(hour))

    def _repair(self):
        self._by_technician.action_start_repair()

    def _timer(self):
        self._by_technician.action_start_timer()

    def _supplement(self, operation):
        """Quote what was found during the repair."""
        sheet = self._by_technician
        lines = sheet.add_operations(
            self.shop.operations[operation].with_env(sheet.env)
        )
        if self.row.get("coverage"):
            lines.coverage = self.row["coverage"]
        sheet.action_create_quotation()

    def _pause(self, reason, note):
        self._by_technician._pause(reason, note)

    def _finish(self):
        self._log_work()
        for check in self._by_technician.final_evaluation_id.check_ids:
            self._answer(check, {})
        self._by_technician.action_finish_repair()

    def _log_work(self):
        """Log about as many hours as the customer pays for."""
        sheet = self._by_technician
        labour = sheet.line_ids.filtered(
            lambda line: (
                line.is_accepted
                and (line.product_id.default_code or "").startswith("MAN-")
            )
        )
        stop = self.clock.now - timedelta(minutes=5)
        for line in labour:
            start = stop - timedelta(
                minutes=round(line.quantity * 60 * self.random.uniform(0.7, 1.2))
            )
            sheet.env["workmanager.work.log"].create(
                {"sheet_id": sheet.id, "line_id": line.id, "start": start, "stop": stop}
            )
            stop = start

    def _invoice(self):
        self._by_reception.action_create_invoice()
        self._invoices().filtered(lambda move: move.state == "draft").action_post()

    def _pay(self):
        """Register the payments: companies pay by transfer, people in cash."""
        for move in self._invoices().filtered("amount_residual"):
            kind = "bank" if move.partner_id.is_company else "cash"
            journal = self.shop.env["account.journal"].search(
                [("type", "=", kind), ("company_id", "=", move.company_id.id)], limit=1
            )
            move.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=move.ids
            ).create(
                {"journal_id": journal.id, "payment_date": self.clock.now.date()}
            )._create_payments()

    def _deliver(self):
        self._sign("delivery")
        self._by_reception.action_deliver()

    def _note(self, text):
        self._by_reception.message_post(body=text, subtype_xmlid="mail.mt_note")

    def _todo(self, text):
        self._by_reception.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=self.clock.now.date() + timedelta(days=2),
            summary=text,
            user_id=self.shop.users["reception"].id,
        )

    # ---------------------------------------------------------------- records

    def _orders(self):
        return self._by_reception.sale_order_ids

    def _invoices(self):
        return self._by_reception.invoice_ids

    def _purchases(self):
        return self._as("manager").purchase_order_ids

import hmac
import re
import string

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.workmanager_service.models.service.states import CLOSED_STATES

# The way of a sheet, as a customer follows it.
STEPS = (
    "received",
    "evaluation",
    "quoted",
    "approved",
    "repair",
    "ready",
    "delivered",
)
PHONE_DIGITS = 4
# As many digits as the last part of a number may have.
NUMBER_PADDING = 8
# What may stand where a number has a slash.
SEPARATORS = re.compile(r"[\W_]+")


class Sheet(models.Model):
    """What the customer sees of a sheet.

    Portal users have no rights on the model: whoever may read a record may also read
    every attachment of it and call its public methods. The pages read as superuser
    what the customer may see, once the customer's company or a token let them in.
    """

    _name = "workmanager.sheet"
    _inherit = ["workmanager.sheet", "portal.mixin"]
    # Whoever knows the token of a sheet is let in without an account.
    _sealed_fields = ("access_token",)

    def _compute_access_url(self):
        res = super()._compute_access_url()
        for sheet in self:
            sheet.access_url = f"/my/services/{sheet.id}"
        return res

    def action_preview_portal(self):
        """Open the page that the customer sees."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "target": "self",
            "url": self.get_portal_url(),
        }

    # ----------------------------------------------------------------- ACCESS

    @api.model
    def _get_portal_domain(self):
        """Return the domain of the sheets that the current portal user may see."""
        user = self.env.user
        if not user._is_portal():
            return Domain.FALSE
        # The company's people once: the list and its count search by the same.
        family_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        people = family_sudo.search(
            [("id", "child_of", user.partner_id.commercial_partner_id.id)]
        )
        return Domain("partner_id", "in", people.ids) & Domain(
            "company_id", "in", user._get_company_ids()
        )

    @api.model
    def _find_by_number(self, number, code):
        """Return, as superuser, the sheet that somebody without an account asks for.

        Nothing tells a wrong number from a wrong code: both take one query and one
        comparison of each kind.

        :param str number: the sheet's number
        :param str code: its tracking code, or the last digits of the customer's phone
        """
        sheet_model = self.sudo()
        number, code = number.replace("\0", "").strip(), self._normalize_code(code)
        query = sheet_model._search(
            Domain("name", "in", self._get_number_spellings(number)), order="id"
        )
        rows = self.env.execute_query(
            query.select(
                sheet_model._field_to_sql(query.table, "id", query),
                sheet_model._field_to_sql(query.table, "tracking_code", query),
                sheet_model._field_to_sql(query.table, "partner_phone", query),
            )
        )
        # Companies number their sheets apart: two can have the same number.
        found = [
            sheet_id
            for sheet_id, tracking_code, phone in rows or [(False, None, None)]
            if self._is_code_right(code, tracking_code, phone)
        ]
        return sheet_model.browse(found[:1])

    @api.model
    def _find_by_tracking_code(self, code):
        """Return, as superuser, the sheet of a tracking code that was scanned."""
        code, sheet_model = self._normalize_code(code), self.sudo()
        if not code:
            return sheet_model.browse()
        return sheet_model.search([("tracking_code", "=", code)], limit=1)

    @api.model
    def _is_code_right(self, code, tracking_code, phone):
        """Whether ``code`` is one of the two; takes the same time if it is not."""
        digits = re.sub(r"\D", "", phone or "")[-PHONE_DIGITS:]
        expected = (tracking_code or "", digits if len(digits) == PHONE_DIGITS else "")
        right = [
            hmac.compare_digest(code.encode(), value.encode()) and bool(value)
            for value in expected
        ]
        return any(right)

    @api.model
    def _get_number_spellings(self, number):
        """Return how a number that somebody typed may be written on a sheet.

        People leave the zeros out, and put something else where the slashes are.
        """
        start, last = self._split_number(number)
        starts = {start, SEPARATORS.sub("/", start)}
        widths = range(len(last), NUMBER_PADDING + 1) if last else ()
        padded = {start + last.zfill(width) for start in starts for width in widths}
        return [number, number.upper(), *sorted(padded)]

    @api.model
    def _normalize_number(self, number):
        """Return the number under which tries at it are counted.

        It is the same for all its spellings.
        """
        start, last = self._split_number(number)
        return SEPARATORS.sub("/", start) + last

    @api.model
    def _split_number(self, number):
        """Return a number in capitals without its last digits, and those digits."""
        number = number.replace("\0", "").strip().upper()
        start = number.rstrip(string.digits)
        return start, number[len(start) :].lstrip("0")

    @api.model
    def _normalize_code(self, code):
        """Return the code as it was meant, however it was typed."""
        return re.sub(r"[^0-9A-Za-z]", "", code or "").upper()

    # ------------------------------------------------------------------- LINK

    def _get_status_url(self):
        """Return the address of the sheet's status page, for a QR code.

        Its code is random enough to be found by nobody, and needs no number beside
        it. What the page shows is worth no more than that; the personal link, which
        opens everything, is another one and never printed.
        """
        self.ensure_one()
        return f"{self.get_base_url()}/s/{self.tracking_code}"

    def _get_qr_value(self):
        self.ensure_one()
        return self._get_status_url() if self.tracking_code else super()._get_qr_value()

    def _get_customer_url(self):
        """Return the personal link: it lets its reader in without an account."""
        self.ensure_one()
        # Whoever moves the sheet may not write the token that the link needs.
        return f"{self.get_base_url()}{self.sudo().get_portal_url()}"

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        # "/mail/view" asks for rights on the model, which portal users do not have.
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if self:
            self.ensure_one()
            for name, _is_member, data in groups:
                if name == "portal":
                    data["button_access"] = {
                        "url": f"{self.get_base_url()}{self.access_url}"
                    }
        return groups

    # ------------------------------------------------------------------ PAGES

    def _get_portal_equipment_name(self):
        """Return what the equipment is, in the words of its owner."""
        self.ensure_one()
        equipment = self.equipment_id
        kind = self.equipment_type_id.name
        model = " ".join(filter(None, [equipment.brand_id.name, equipment.model_name]))
        return f"{kind} {model}" if model else kind

    def _get_portal_steps(self):
        """Return the way of the sheet: what is behind it, where it is, what follows.

        What a refused, unrepairable or cancelled sheet will never reach is left out.

        :return: a list of dicts with ``state``, ``label``, ``date`` (or False) and
            ``status`` (``done``, ``current``, ``todo``)
        """
        self.ensure_one()
        stages = self.env["workmanager.stage"]._get_portal_stages()
        # Of several stages that share a state the first one counts, or its own.
        labels = {
            state: label
            for state, label, is_used in reversed(stages.values())
            if is_used
        }
        labels[self.state] = stages[self.stage_id.id][1]
        if self._is_offer_prepared():
            labels[self.state] = self.env._("We are preparing our offer")
        arrivals = self._get_portal_arrivals()
        states = self._get_portal_states(arrivals)
        position = states.index(self.state)
        return [
            {
                "state": state,
                "label": labels[state],
                "date": index <= position and arrivals.get(state, False),
                "status": ("done", "current", "todo")[
                    (index >= position) + (index > position)
                ],
            }
            for index, state in enumerate(states)
            if state in labels
        ]

    def _get_portal_states(self, arrivals):
        """Return the states that the sheet passes, in order."""
        self.ensure_one()
        if self.state == "cancelled":
            return [state for state in STEPS if state in arrivals] + ["cancelled"]
        if self.outcome in ("refused", "unrepairable"):
            end = ("ready", "delivered")
            return [state for state in STEPS if state in arrivals or state in end]
        is_decided = STEPS.index(self.state) > STEPS.index("quoted")
        if is_decided and not self._get_customer_orders():
            # Nobody asked the customer: a warranty, or goodwill, pays for all of it.
            return [state for state in STEPS if state != "quoted"]
        return list(STEPS)

    def _get_portal_arrivals(self):
        """Return when the sheet came to each state that it was in, the last time."""
        self.ensure_one()
        changes = (
            self.env["mail.tracking.value"]
            .sudo()
            .search_fetch(
                [
                    ("field_id.model", "=", self._name),
                    ("field_id.name", "=", "stage_id"),
                    ("mail_message_id.model", "=", self._name),
                    ("mail_message_id.res_id", "=", self.id),
                ],
                ["old_value_integer", "new_value_integer", "create_date"],
                order="id",
            )
        )
        stages = self.env["workmanager.stage"]._get_portal_stages()
        state_of = {stage_id: state for stage_id, (state, *_rest) in stages.items()}
        arrivals = {"received": self.intake_date}
        for change in changes:
            state = state_of.get(change.new_value_integer)
            if state and state != state_of.get(change.old_value_integer):
                arrivals[state] = change.create_date
        known = {"ready": self.ready_date, "delivered": self.delivery_date}
        return {
            self.state: False,
            **arrivals,
            **{state: date for state, date in known.items() if date},
        }

    def _get_public_status(self):
        """Return what somebody learns who knows the number and the code.

        The status page and the programs of other sites get this and no more: no name,
        address, price or serial number.
        """
        self.ensure_one()
        company_sudo = self.sudo().company_id
        return {
            "number": self.name,
            "steps": self._get_portal_steps(),
            "notice": self._get_portal_notice(),
            "has_offer": bool(self._get_portal_offers()),
            "expected": self._get_portal_expected_date(),
            "contact": {
                "phone": company_sudo.phone or None,
                "email": company_sudo.email or None,
            },
        }

    def _get_portal_notice(self):
        """Return what the customer is asked to do, or has to know, at this moment.

        It names nobody and no amount: strangers with the code read it too.

        :return: a dict with ``level`` (a Bootstrap colour) and ``text``
        """
        self.ensure_one()
        if self.state in CLOSED_STATES or self.state == "ready":
            text, level = self._get_portal_end_notice()
        elif self._get_portal_offers():
            level, text = (
                "warning",
                self.env._("We need your decision: please accept or refuse our offer."),
            )
        elif self._is_offer_prepared():
            level, text = "info", self.env._("You will receive our offer shortly.")
        elif self.state == "quoted":
            level, text = (
                "info",
                self.env._("Our offer has expired. Please ask us for a new one."),
            )
        else:
            level, text = "info", self.env._("Nothing is needed from you now.")
        return {"level": level, "text": text}

    def _get_portal_end_notice(self):
        """Return the text and the level of the notice once the work is over."""
        self.ensure_one()
        env = self.env
        texts = {
            "cancelled": (env._("This service was cancelled."), "light"),
            "ready": (
                env._(
                    "Your equipment is ready. Bring the intake protocol when you "
                    "collect it."
                ),
                "success",
            ),
            "ready_refused": (
                env._(
                    "You refused the repair. Your equipment waits for you as it was; "
                    "bring the intake protocol when you collect it."
                ),
                "warning",
            ),
            "ready_unrepairable": (
                env._(
                    "We could not repair your equipment. It waits for you; bring the "
                    "intake protocol when you collect it."
                ),
                "warning",
            ),
            "delivered": (
                env._("Your equipment was repaired and returned."),
                "success",
            ),
            "delivered_refused": (
                env._("Your equipment was returned unrepaired, as you decided."),
                "light",
            ),
            "delivered_unrepairable": (
                env._("Your equipment was returned: it could not be repaired."),
                "light",
            ),
        }
        return texts.get(f"{self.state}_{self.outcome}") or texts[self.state]

    def _get_portal_expected_date(self):
        """Return when the equipment should be ready, while it is not."""
        self.ensure_one()
        is_over = self.state in CLOSED_STATES or self.state == "ready"
        return False if is_over else self.deadline_date

    def _get_portal_offers(self):
        """Return, as superuser, the offers that wait for the customer's decision."""
        self.ensure_one()
        return self._get_customer_orders().filtered(
            lambda order: order.state == "sent" and not order.is_expired
        )

    def _is_offer_prepared(self):
        """Whether the customer has nothing to decide on yet: no offer was sent."""
        self.ensure_one()
        return (
            self.state == "quoted"
            and not self._get_portal_offers()
            and not self._has_expired_offer()
        )

    def _has_expired_offer(self):
        self.ensure_one()
        return any(
            order.state == "sent" and order.is_expired
            for order in self._get_customer_orders()
        )

    def _get_portal_orders(self):
        """Return, as superuser, the quotations and orders that the customer sees."""
        self.ensure_one()
        partner_sudo = self.sudo().partner_id
        return (
            self.sudo()
            .sale_order_ids.filtered(
                lambda order: (
                    order.partner_id == partner_sudo
                    or order.partner_id.commercial_partner_id
                    == partner_sudo.commercial_partner_id
                )
            )
            .sorted("id")
        )

    def _get_portal_invoices(self):
        """Return, as superuser, the posted invoices that the customer sees."""
        self.ensure_one()
        sheet_sudo = self.sudo()
        if all(order.state in ("draft", "sent") for order in sheet_sudo.sale_order_ids):
            # Nothing was ever confirmed: there is nothing to look for.
            return sheet_sudo.env["account.move"]
        return sheet_sudo.invoice_ids.filtered(
            lambda move: move.state == "posted" and self._is_customer_invoice(move)
        ).sorted("id")

    def _get_portal_evaluation(self):
        """Return the last diagnosis that was completed."""
        self.ensure_one()
        evaluations = self.env["workmanager.evaluation"]
        return evaluations.search_fetch(
            [
                ("sheet_id", "=", self.id),
                ("state", "=", "done"),
                ("phase", "=", "before"),
            ],
            order="id desc",
            limit=1,
        )

    def _get_portal_covered_lines(self):
        """Return the quoted work that costs the customer nothing."""
        self.ensure_one()
        return self.line_ids.filtered(
            lambda line: (
                line.coverage != "customer"
                and not line.is_internal
                and line.order_state in ("sent", "sale")
            )
        )

    def _get_portal_documents(self):
        """Return the documents that the customer can download now.

        :return: a dict of (title, report's XML id), by the key in the address
        """
        self.ensure_one()
        documents = {
            "intake": (
                self.env._("Intake Protocol"),
                "workmanager_service.action_report_intake_protocol",
            )
        }
        if self.evaluation_id.state == "done":
            documents["evaluation"] = (
                self.env._("Evaluation Report"),
                "workmanager_service.action_report_evaluation",
            )
        if self.state in ("ready", "delivered") and self._get_lines_done():
            documents["work"] = (
                self.env._("Work Statement"),
                "workmanager_service.action_report_work_statement",
            )
        if self.state == "delivered":
            documents["handover"] = (
                self.env._("Handover Protocol"),
                "workmanager_service.action_report_handover_protocol",
            )
        return documents

    def _get_report_base_filename(self):
        """Return the name, without extension, of the file that the portal sends."""
        self.ensure_one()
        return f"{self.env.context.get('document_title') or ''} {self.name}".strip()

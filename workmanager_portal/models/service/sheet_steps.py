from itertools import pairwise

from odoo import models

from odoo.addons.workmanager_service.models.service.states import (
    SETTLED_STATES,
    SHEET_STATES,
)

# The way of a sheet, as a customer follows it.
STEPS = tuple(state for state, _label in SHEET_STATES if state != "cancelled")
STATUSES = ("done", "current", "todo")


class Sheet(models.Model):
    """Where a sheet is on its way, in words for its customer."""

    _inherit = "workmanager.sheet"

    def _get_portal_steps(self):
        """Return the way of the sheet: what is behind it, where it is, what follows.

        What a refused, unrepairable or cancelled sheet will never reach is left out.

        :return: a list of dicts with ``state``, ``label``, ``date`` (or False) and
            ``status`` (``done``, ``current``, ``todo``)
        """
        self.ensure_one()
        labels = self._get_portal_labels()
        arrivals = self._get_portal_arrivals()
        states = self._get_portal_states(arrivals)
        position = states.index(self.state)
        return [
            {
                "state": state,
                "label": labels[state],
                "date": index <= position and arrivals.get(state, False),
                "status": STATUSES[(index >= position) + (index > position)],
            }
            for index, state in enumerate(states)
            if state in labels
        ]

    def _get_portal_labels(self):
        """Return what the customer reads of each state that is in use, and of this."""
        self.ensure_one()
        stages_sudo = self.env["workmanager.stage"].sudo().search([])
        # Of several stages that share a state the first one counts, or its own.
        labels = {
            stage.state: stage._get_portal_label() for stage in reversed(stages_sudo)
        }
        if self._is_offer_prepared():
            labels[self.state] = self.env._("We are preparing our offer")
        else:
            labels[self.state] = self.sudo().stage_id._get_portal_label()
        return labels

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
        times_sudo = self.sudo().stage_time_ids.sorted("id")
        arrivals = {"received": self.intake_date}
        for before, time in pairwise(times_sudo):
            if time.state != before.state:
                arrivals[time.state] = time.start
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
        if self.state in SETTLED_STATES:
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
        if self.state == "cancelled":
            return self.env._("This service was cancelled."), "light"
        if self.state == "ready":
            return self._get_portal_ready_notice()
        return self._get_portal_delivered_notice()

    def _get_portal_ready_notice(self):
        self.ensure_one()
        if self.outcome == "refused":
            text = self.env._(
                "You refused the repair. Your equipment waits for you as it was; "
                "bring the intake protocol when you collect it."
            )
            return text, "warning"
        if self.outcome == "unrepairable":
            text = self.env._(
                "We could not repair your equipment. It waits for you; bring the "
                "intake protocol when you collect it."
            )
            return text, "warning"
        text = self.env._(
            "Your equipment is ready. Bring the intake protocol when you collect it."
        )
        return text, "success"

    def _get_portal_delivered_notice(self):
        self.ensure_one()
        if self.outcome == "refused":
            text = self.env._("Your equipment was returned unrepaired, as you decided.")
            return text, "light"
        if self.outcome == "unrepairable":
            text = self.env._("Your equipment was returned: it could not be repaired.")
            return text, "light"
        return self.env._("Your equipment was repaired and returned."), "success"

    def _get_portal_expected_date(self):
        """Return when the equipment should be ready, while it is not."""
        self.ensure_one()
        return False if self.state in SETTLED_STATES else self.deadline_date

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .states import CLOSED_STATES

# Who sees which part of the dashboard, and in which order.
SECTIONS = {
    "mine": "workmanager_service.group_technician",
    "counter": "workmanager_service.group_reception",
    "shop": "workmanager_service.group_manager",
}
ORDER = "line_ids.sale_line_id.order_id"
LATE = Domain("is_late", "=", True)


def _in_state(state):
    return Domain("state", "=", state)


class Sheet(models.Model):
    """What needs a person today."""

    _inherit = "workmanager.sheet"

    @api.model
    def get_dashboard(self):
        """Return what waits for the user, by their role.

        :return: a list of dicts with ``key``, ``title`` and ``cards``; a card has
            ``key``, ``label``, ``tone``, ``count`` and either the ``domain`` of its
            sheets, as text, or the ``action`` that shows what it counts
        """
        self.check_access("read")
        titles = self._get_dashboard_titles()
        return [
            {
                "key": section,
                "title": titles[section],
                "cards": self._get_dashboard_cards(section),
            }
            for section, group in SECTIONS.items()
            if self.env.user.has_group(group)
        ]

    @api.model
    def _get_dashboard_titles(self):
        return {
            "mine": self.env._("My Work"),
            "counter": self.env._("Counter"),
            "shop": self.env._("Workshop"),
        }

    @api.model
    def _get_dashboard_cards(self, section):
        """Return the cards of a part of the dashboard.

        :return: a list of dicts with ``section``, ``key``, ``label``, ``tone`` (a
            Bootstrap colour), ``count`` and the ``domain`` of open sheets, or the
            ``action`` (an XML id) of something else
        """
        return {
            "mine": self._get_dashboard_cards_mine,
            "counter": self._get_dashboard_cards_counter,
            "shop": self._get_dashboard_cards_shop,
        }[section]()

    @api.model
    def _get_dashboard_cards_mine(self):
        mine = Domain("user_id", "=", self.env.uid)
        paused = Domain("pause_reason", "!=", False)
        to_evaluate = _in_state("received") | _in_state("evaluation")
        cards = (
            ("my_evaluation", self.env._("To Evaluate"), to_evaluate, "info"),
            ("my_approved", self.env._("To Repair"), _in_state("approved"), "info"),
            (
                "my_repair",
                self.env._("In Repair"),
                _in_state("repair") & ~paused,
                "info",
            ),
            ("my_paused", self.env._("Paused"), paused, "warning"),
            ("my_late", self.env._("My Late Sheets"), LATE, "danger"),
        )
        return [
            {
                "section": "mine",
                "key": "my_checks",
                "label": self.env._("My Checks"),
                "tone": "info",
                "count": self._count_my_checks(),
                "action": "workmanager_service.workmanager_evaluation_check_action",
            },
            *(
                self._prepare_dashboard_card("mine", key, label, mine & domain, tone)
                for key, label, domain, tone in cards
            ),
        ]

    @api.model
    def _get_dashboard_cards_counter(self):
        today = fields.Date.to_string(fields.Date.context_today(self))
        quoted = _in_state("quoted")
        evaluated = _in_state("evaluation") & Domain("evaluation_state", "=", "done")
        expired = Domain(f"{ORDER}.validity_date", "<", today)
        cards = (
            ("to_quote", self.env._("To Quote"), evaluated, "info"),
            (
                "to_send",
                self.env._("Quotations to Send"),
                quoted & Domain(f"{ORDER}.state", "=", "draft"),
                "info",
            ),
            (
                "undecided",
                self.env._("Waiting for an Answer"),
                quoted & Domain(f"{ORDER}.state", "=", "sent"),
                "warning",
            ),
            ("expired", self.env._("Expired Quotations"), quoted & expired, "danger"),
        )
        return [
            self._prepare_dashboard_card("counter", *card)
            for card in (*cards, *self._get_dashboard_cards_ready())
        ]

    @api.model
    def _get_dashboard_cards_ready(self):
        """Return what is done with the equipments that wait at the counter."""
        ready = _in_state("ready")
        days = self.env.company.service_unclaimed_days
        since = fields.Datetime.to_string(fields.Datetime.now() - timedelta(days=days))
        return (
            ("ready", self.env._("To Hand Over"), ready, "success"),
            (
                "to_invoice",
                self.env._("To Invoice"),
                ready & Domain(f"{ORDER}.invoice_status", "=", "to invoice"),
                "info",
            ),
            (
                "unclaimed",
                self.env._("Not Picked Up"),
                ready & Domain("ready_date", "<", since),
                "warning",
            ),
        )

    @api.model
    def _get_dashboard_cards_shop(self):
        nobodys = Domain("user_id", "=", False) & ~_in_state("ready")
        stuck, urgent = Domain("is_stuck", "=", True), Domain("priority", "=", "1")
        cards = (
            ("late", self.env._("Late"), LATE, "danger"),
            ("stuck", self.env._("Stuck"), stuck, "warning"),
            ("unassigned", self.env._("Unassigned"), nobodys, "warning"),
            ("urgent", self.env._("Urgent"), urgent, "warning"),
        )
        return [self._prepare_dashboard_card("shop", *card) for card in cards]

    @api.model
    def _prepare_dashboard_card(self, section, key, label, domain, tone="info"):
        """Return a card that counts and shows the open sheets of ``domain``."""
        domain = Domain("state", "not in", list(CLOSED_STATES)) & domain
        return {
            "section": section,
            "key": key,
            "label": label,
            "tone": tone,
            "count": self.search_count(domain),
            "domain": repr(list(domain)),
        }

    @api.model
    def _count_my_checks(self):
        return self.env["workmanager.evaluation.check"].search_count(
            [("user_id", "=", self.env.uid), ("is_to_do", "=", True)]
        )

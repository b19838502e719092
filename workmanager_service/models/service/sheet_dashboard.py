from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .states import CLOSED_STATES

# Who sees which part of the dashboard, and in which order.
SECTIONS = {
    "mine": "workmanager_service.group_technician",
    "counter": "workmanager_service.group_reception",
    "shop": "workmanager_service.group_manager",
}


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
        sections = [
            section
            for section, group in SECTIONS.items()
            if self.env.user.has_group(group)
        ]
        cards = [
            card for card in self._get_dashboard_cards() if card["section"] in sections
        ]
        counted = [card for card in cards if "domain" in card]
        for card, count in zip(counted, self._count_dashboard(counted), strict=True):
            card["count"] = count
            card["domain"] = repr(list(card["domain"]))
        titles = self._get_dashboard_titles()
        return [
            {
                "key": section,
                "title": titles[section],
                "cards": [card for card in cards if card["section"] == section],
            }
            for section in sections
        ]

    @api.model
    def _get_dashboard_titles(self):
        return {
            "mine": self.env._("My Work"),
            "counter": self.env._("Counter"),
            "shop": self.env._("Workshop"),
        }

    @api.model
    def _get_dashboard_cards(self):
        """Hook: return the cards of all parts of the dashboard.

        :return: a list of dicts with ``section``, ``key``, ``label``, ``tone`` (a
            Bootstrap colour) and the ``domain`` of open sheets, or the ``count`` and
            the ``action`` (an XML id) of something else
        """
        return [
            *self._get_dashboard_cards_mine(),
            *self._get_dashboard_cards_counter(),
            *self._get_dashboard_cards_shop(),
        ]

    @api.model
    def _get_dashboard_cards_mine(self):
        mine = Domain("user_id", "=", self.env.uid)
        prepare = self._prepare_dashboard_card
        return [
            {
                "section": "mine",
                "key": "my_checks",
                "label": self.env._("My Checks"),
                "tone": "info",
                "count": self._count_my_checks(),
                "action": "workmanager_service.workmanager_evaluation_check_action",
            },
            prepare(
                "mine",
                "my_evaluation",
                self.env._("To Evaluate"),
                mine & Domain("state", "in", ("received", "evaluation")),
            ),
            prepare(
                "mine",
                "my_approved",
                self.env._("To Repair"),
                mine & Domain("state", "=", "approved"),
            ),
            prepare(
                "mine",
                "my_repair",
                self.env._("In Repair"),
                mine
                & Domain("state", "=", "repair")
                & Domain("pause_reason", "=", False),
            ),
            prepare(
                "mine",
                "my_paused",
                self.env._("Paused"),
                mine & Domain("pause_reason", "!=", False),
                "warning",
            ),
            prepare(
                "mine",
                "my_late",
                self.env._("My Late Sheets"),
                mine & Domain("is_late", "=", True),
                "danger",
            ),
        ]

    @api.model
    def _get_dashboard_cards_counter(self):
        now = fields.Datetime.now()
        quoted = Domain("state", "=", "quoted")
        ready = Domain("state", "=", "ready")
        order = "line_ids.sale_line_id.order_id"
        today = fields.Date.to_string(fields.Date.context_today(self))
        forgotten = fields.Datetime.to_string(
            now - timedelta(days=self.env.company.service_unclaimed_days)
        )
        prepare = self._prepare_dashboard_card
        return [
            prepare(
                "counter",
                "to_quote",
                self.env._("To Quote"),
                Domain("state", "=", "evaluation")
                & Domain("evaluation_state", "=", "done"),
            ),
            prepare(
                "counter",
                "to_send",
                self.env._("Quotations to Send"),
                quoted & Domain(f"{order}.state", "=", "draft"),
            ),
            prepare(
                "counter",
                "undecided",
                self.env._("Waiting for an Answer"),
                quoted & Domain(f"{order}.state", "=", "sent"),
                "warning",
            ),
            prepare(
                "counter",
                "expired",
                self.env._("Expired Quotations"),
                quoted & Domain(f"{order}.validity_date", "<", today),
                "danger",
            ),
            prepare("counter", "ready", self.env._("To Hand Over"), ready, "success"),
            prepare(
                "counter",
                "to_invoice",
                self.env._("To Invoice"),
                ready & Domain(f"{order}.invoice_status", "=", "to invoice"),
            ),
            prepare(
                "counter",
                "unclaimed",
                self.env._("Not Picked Up"),
                ready & Domain("ready_date", "<", forgotten),
                "warning",
            ),
        ]

    @api.model
    def _get_dashboard_cards_shop(self):
        prepare = self._prepare_dashboard_card
        return [
            prepare(
                "shop",
                "late",
                self.env._("Late"),
                Domain("is_late", "=", True),
                "danger",
            ),
            prepare(
                "shop",
                "stuck",
                self.env._("Stuck"),
                Domain("is_stuck", "=", True),
                "warning",
            ),
            prepare(
                "shop",
                "unassigned",
                self.env._("Unassigned"),
                Domain("user_id", "=", False) & Domain("state", "!=", "ready"),
                "warning",
            ),
            prepare(
                "shop",
                "urgent",
                self.env._("Urgent"),
                Domain("priority", "=", "1"),
                "warning",
            ),
        ]

    @api.model
    def _prepare_dashboard_card(self, section, key, label, domain, tone="info"):
        """Return a card that counts and shows the open sheets of ``domain``."""
        return {
            "section": section,
            "key": key,
            "label": label,
            "tone": tone,
            "domain": Domain("state", "not in", list(CLOSED_STATES)) & domain,
        }

    @api.model
    def _count_dashboard(self, cards):
        """Return how many sheets each of ``cards`` has, all in one query."""
        query = self._search([("state", "not in", CLOSED_STATES)])
        counts = [
            SQL(
                "COUNT(*) FILTER (WHERE %s)",
                card["domain"].optimize_full(self)._to_sql(self, self._table, query),
            )
            for card in cards
        ]
        return self.env.execute_query(query.select(*counts))[0] if counts else ()

    @api.model
    def _count_my_checks(self):
        return self.env["workmanager.evaluation.check"].search_count(
            [("user_id", "=", self.env.uid), ("is_to_do", "=", True)]
        )

from datetime import datetime, time

from odoo import api, fields, models
from odoo.tools import format_date

# Sheets on a page of the history; "show older" brings the next ones.
HISTORY_LIMIT = 10
# What the history reads of its sheets, in one query.
HISTORY_FIELDS = (
    "name",
    "company_id",
    "partner_id",
    "equipment_id",
    "state",
    "outcome",
    "user_id",
    "intake_date",
    "delivery_date",
    "claimed_fault",
    "claimed_fault_ids",
    "warranty_basis",
    "warranty_reason",
    "previous_sheet_id",
    "repair_warranty_end",
    "amount_total",
    "currency_id",
)
# What else it reads of them for managers.
COST_FIELDS = ("work_cost", "company_currency_id")
# Of one moment, what led to a sheet comes before it.
RANKS = {"sold": 0, "registered": 1, "owner": 2, "sheet": 3}


class Equipment(models.Model):
    """The equipment's story: its sale, its owners, and what was done at each visit."""

    _name = "workmanager.equipment"
    _inherit = ["workmanager.equipment", "workmanager.document.mixin"]

    # ----------------------------------------------------------------- ACTION

    def get_history(self, offset=0):
        """Return a page of the equipment's story, the newest first.

        :param int offset: how many sheets the pages before it had
        :return: a dict with ``entries`` (see :meth:`_get_history`) and ``next``: the
            offset of the next page, or False
        """
        self.ensure_one()
        self.check_access("read")
        entries, following = self._get_history(offset=max(int(offset), 0))
        return {"entries": entries, "next": following}

    # --------------------------------------------------------------- BUSINESS

    def _get_history(self, offset=0, limit=HISTORY_LIMIT, for_customer=False):
        """Return a part of the equipment's story, the newest first.

        The number of queries does not depend on the number of sheets.

        :param limit: the number of sheets, or None for all
        :param bool for_customer: tell it as the present owner may read it: without
            our costs, and without names, words and bills of former owners
        :return: ``(entries, next offset or False)``; an entry is a dict of texts with
            ``key``, ``kind`` (``sheet``, ``owner``, ``sold``, ``registered``),
            ``title``, ``date`` and, of a sheet, what its ``_prepare_history`` says
        """
        self.ensure_one()
        newer, sheets, older = self._get_history_sheets(offset, limit)
        events = [
            (sheet.intake_date, (RANKS["sheet"], sheet.id), entry)
            for sheet, entry in sheets._prepare_history(for_customer).items()
        ]
        registered = self._get_registration(sheets, older)
        # What happened between the sheets of the pages before and after is theirs.
        events += [
            event
            for event in self._prepare_history_events(registered, for_customer)
            if not (newer and event[0] >= newer.intake_date)
            and not (older and event[0] < sheets[-1].intake_date)
        ]
        return self._sort_history(events), offset + limit if older else False

    def _sort_history(self, events):
        """Return the entries of the events, the newest first."""
        events = sorted(events, key=lambda event: event[:2], reverse=True)
        return [
            {"date": format_date(self.env, moment), **entry}
            for moment, _rank, entry in events
        ]

    def _get_history_sheets(self, offset, limit):
        """Return the sheets of a part of the story, the newest first.

        :return: the one before it, its own, and the one after it
        """
        before = min(offset, 1)
        fnames = HISTORY_FIELDS + (COST_FIELDS if self._has_history_costs() else ())
        found = self.env["workmanager.sheet"].search_fetch(
            self._get_history_domain(),
            fnames,
            order="intake_date desc, id desc",
            offset=offset - before,
            limit=limit and before + limit + 1,
        )
        newer, rest = found[:before], found[before:]
        end = limit or len(rest)
        return newer, rest[:end], rest[end:]

    def _has_history_costs(self):
        """Whether the user may see what parts and work cost us."""
        return self.env.user.has_group("workmanager_service.group_manager")

    def _get_history_domain(self):
        """Return the domain of the sheets that the story is made of."""
        # The rules say the same, but superuser, who prints for others, has none.
        return [
            ("equipment_id", "=", self.id),
            ("company_id", "=", self.company_id.id),
        ]

    def _get_registration(self, sheets, following):
        """Return when we got to know the equipment: when its first sheet was taken in
        or, if that was sooner, when it was entered.

        :param sheets: those of a page of the story
        :param following: the first of the next page; that is sooner still
        """
        if following and following.intake_date < sheets[-1].intake_date:
            return datetime.min
        # Sheets from before the computer came are entered with their own dates.
        dates = (sheets | following).mapped("intake_date")
        return min(filter(None, [self.create_date, *dates]))

    def _prepare_history_events(self, registered, for_customer):
        """Return (moment, rank, entry) of what is no sheet.

        :param datetime registered: when we got to know the equipment
        """
        self.ensure_one()
        entry = {
            "key": "registered",
            "kind": "registered",
            "title": self.env._("Registered as %s", self.ref),
        }
        events = [(registered, (RANKS["registered"], 0), entry)]
        events += self._prepare_history_owners(registered, for_customer)
        if self.sale_date:
            sold = min(datetime.combine(self.sale_date, time.min), registered)
            events.append((sold, (RANKS["sold"], 0), self._prepare_history_sale()))
        return events

    def _prepare_history_sale(self):
        return {
            "key": "sold",
            "kind": "sold",
            "title": self.env._("Sale"),
            "date": format_date(self.env, self.sale_date),
            "text": self.warranty_source
            and self.env._("Warranty: %s", self.warranty_source),
        }

    def _prepare_history_owners(self, registered, for_customer):
        """Return (moment, rank, entry) of each change of the owner."""
        events, owner = [], self.env["res.partner"]
        for record in self.env["workmanager.equipment.owner"].search_fetch(
            [("equipment_id", "=", self.id)], ["date", "partner_id"], order="date, id"
        ):
            if record.partner_id == owner:
                continue  # merged records say the same twice
            owner = record.partner_id
            name = owner.sudo().complete_name  # who reads the story reads its names
            if for_customer and not self._is_owner(owner):
                name = self.env._("a former owner")
            entry = {
                "key": f"owner-{record.id}",
                "kind": "owner",
                "title": self.env._("Owner: %s", name),
                "date": format_date(self.env, record.date),
            }
            moment = max(datetime.combine(record.date, time.min), registered)
            events.append((moment, (RANKS["owner"], record.id), entry))
        return events

    def _is_owner(self, partner):
        """Whether ``partner`` is, or belongs to, who owns the equipment today."""
        return partner.commercial_partner_id == self.partner_id.commercial_partner_id

    # ----------------------------------------------------------------- REPORT

    def _get_printed_history(self):
        """Return the story as it is printed for the customer, the oldest first."""
        entries, _next = self._get_history(limit=None, for_customer=True)
        return entries[::-1]

    @api.model
    def _get_placeholder_values(self, _kind):
        return {
            "customer": lambda equipment: equipment.partner_id.display_name,
            "equipment": lambda equipment: equipment._get_short_name(),
            "serial": lambda equipment: equipment.serial_number,
            "number": lambda equipment: equipment.ref,
            "date": lambda equipment: format_date(
                self.env, fields.Date.context_today(equipment)
            ),
            "company": lambda equipment: equipment.company_id.sudo().name,
        }

    @api.model
    def _get_placeholder_samples(self):
        sheet = self.env["workmanager.sheet"]
        return {**sheet._get_placeholder_samples(), "number": "EQ00001"}

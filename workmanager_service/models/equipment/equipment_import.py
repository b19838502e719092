import re
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

# What a row of a spreadsheet says of the customer, and where it is kept.
CUSTOMER_COLUMNS = {
    "customer_name": "name",
    "customer_phone": "phone",
    "customer_email": "email",
    "customer_city": "city",
}

# What an empty cell leaves to be computed.
COMPUTED_COLUMNS = {"warranty_start", "warranty_end"}


class Equipment(models.Model):
    """Equipment that comes from a spreadsheet, one row each.

    Each row repeats who the customer is. The customer is found by the name together
    with the phone, the e-mail or the city, and created where there is none.
    """

    _inherit = "workmanager.equipment"

    customer_name = fields.Char(
        related="partner_id.name", string="Customer's Name", readonly=False
    )
    customer_phone = fields.Char(
        related="partner_id.phone", string="Customer's Phone", readonly=False
    )
    customer_email = fields.Char(
        related="partner_id.email", string="Customer's E-mail", readonly=False
    )
    customer_city = fields.Char(
        related="partner_id.city", string="Customer's City", readonly=False
    )

    @api.model
    def load(self, fields, data):
        """Create the brands that the import is to create before it takes the rows.

        At the first wrong row Odoo undoes the rows before it, and the brands that they
        created: every later row of such a brand would be called wrong too.
        """
        creatable = self.env.context.get("name_create_enabled_fields") or {}
        with self.env.cr.savepoint() as savepoint:
            if creatable.get("brand_id") and "brand_id" in fields:
                index = fields.index("brand_id")
                self.env["workmanager.brand"]._create_missing(
                    row[index] for row in data
                )
            result = super().load(fields, data)
            if not result["ids"]:
                savepoint.rollback()
        return result

    def _load_records(self, data_list, update=False):
        try:
            return super()._load_records(data_list, update)
        except UserError as error:
            if len(data_list) == 1 or not self.env.context.get("import_file"):
                raise
            # The import would show the message of the whole batch on its first row.
            # It then tries row by row, and finds whose it is.
            raise ValueError(str(error)) from error

    @api.model
    def _without_empty_cells(self, vals_list):
        """Return the values of an import without what is computed where it is empty."""
        if not self.env.context.get("import_file"):
            return vals_list
        return [
            {k: v for k, v in vals.items() if v or k not in COMPUTED_COLUMNS}
            for vals in vals_list
        ]

    def _with_changed_customer(self, vals):
        """Return ``vals`` with a customer in place of what describes one."""
        if CUSTOMER_COLUMNS.keys().isdisjoint(vals):
            return vals
        # Details without a name are those of the present owner.
        owner_id = self.partner_id.id if len(self.partner_id) == 1 else False
        return self._with_customers([{"partner_id": owner_id, **vals}])[0]

    @api.model
    def _with_customers(self, vals_list):
        """Return ``vals_list`` with a customer in place of what describes one.

        What is known of a customer already is never overwritten.
        """
        described = [
            vals for vals in vals_list if not CUSTOMER_COLUMNS.keys().isdisjoint(vals)
        ]
        if not described:
            return vals_list
        known = self._get_customer_cards(described)
        cards = {id(vals): self._get_customer_card(vals, known) for vals in described}
        self._save_customer_cards(dict.fromkeys(cards.values()))
        return [
            cards[id(vals)].replace_in(vals) if id(vals) in cards else vals
            for vals in vals_list
        ]

    @api.model
    def _get_customer_card(self, vals, known):
        """Return the card of the customer that ``vals`` describe, with what they add.

        :param known: {name: cards}; a customer who is new is added to it
        """
        details = {
            fname: (vals.get(column) or "").strip() or False
            for column, fname in CUSTOMER_COLUMNS.items()
        }
        if name := details["name"]:
            card = _find_card(known[name], details)
            if not card:
                card = CustomerCard()
                known[name].append(card)
        else:
            card = CustomerCard(self.env["res.partner"].browse(vals.get("partner_id")))
        card.fill(details)
        return card

    @api.model
    def _get_customer_cards(self, vals_list):
        """Return {name: cards} of the customers who have a name of ``vals_list``."""
        names = {(vals.get("customer_name") or "").strip() for vals in vals_list}
        own = self.env.company.id
        companies = {vals.get("company_id") or own for vals in vals_list}
        cards = defaultdict(list)
        for partner in self.env["res.partner"].search(
            [
                ("name", "in", list(names - {""})),
                ("company_id", "in", [False, *companies]),
            ],
            order="id",
        ):
            cards[partner.name].append(CustomerCard(partner))
        return cards

    @api.model
    def _save_customer_cards(self, cards):
        """Create the new customers, and add what was not known of the others."""
        new = [card for card in cards if card.partner is None]
        partners = self.env["res.partner"].create([card.details for card in new])
        for card, partner in zip(new, partners, strict=True):
            card.partner = partner
        for card in cards:
            if card.partner and card.missing:
                card.partner.write(card.missing)


class CustomerCard:
    """What is known of a customer, who may have to be created yet."""

    def __init__(self, partner=None):
        self.partner = partner
        self.details = {
            fname: partner[fname] if partner else False
            for fname in CUSTOMER_COLUMNS.values()
        }
        self.missing = {}

    def fill(self, details):
        """Take from ``details`` what is not known."""
        for fname, value in details.items():
            if value and not self.details[fname]:
                self.details[fname] = value
                if self.partner:
                    self.missing[fname] = value

    def replace_in(self, vals):
        """Return ``vals`` with the customer in place of what describes it."""
        rest = {k: v for k, v in vals.items() if k not in CUSTOMER_COLUMNS}
        return {**rest, "partner_id": self.partner.id}

    def compare(self, details):
        """Return the fields in which ``details`` agree, and those that differ."""
        agree, differ = set(), set()
        for fname, value in details.items():
            known = self.details[fname]
            if value and known:
                same = _comparable(fname, value) == _comparable(fname, known)
                (agree if same else differ).add(fname)
        return agree, differ


def _find_card(namesakes, details):
    """Return the card of ``namesakes`` that ``details`` speak of, or None.

    The same phone or e-mail decides; without it, nothing may differ.
    """
    possible = None
    for card in namesakes:
        agree, differ = card.compare(details)
        if agree & {"phone", "email"}:
            return card
        if not differ:
            possible = possible or card
    return possible


def _comparable(fname, value):
    """Return a phone by its last nine digits, other texts without their case."""
    if fname == "phone":
        return re.sub(r"\D", "", value)[-9:]
    return value.strip().casefold()

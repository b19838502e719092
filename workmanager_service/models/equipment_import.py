import re
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

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

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("import_file"):
            vals_list = [
                {k: v for k, v in vals.items() if v or k not in COMPUTED_COLUMNS}
                for vals in vals_list
            ]
        return super().create(self._with_customers(vals_list))

    def write(self, vals):
        if set(vals) & set(CUSTOMER_COLUMNS):
            owner = (
                self.partner_id
                if len(self.partner_id) == 1
                else self.env["res.partner"]
            )
            [vals] = self._with_customers([{"partner_id": owner.id, **vals}])
        return super().write(vals)

    @api.model
    def _with_customers(self, vals_list):
        """Return ``vals_list`` with a customer in place of what describes one.

        What is known of a customer already is never overwritten.
        """
        partners = self.env["res.partner"]
        result = []
        known = self._get_namesakes(vals_list)
        for vals in vals_list:
            if not set(vals) & set(CUSTOMER_COLUMNS):
                result.append(vals)
                continue
            details = {
                fname: (vals.get(column) or "").strip() or False
                for column, fname in CUSTOMER_COLUMNS.items()
            }
            vals = {k: v for k, v in vals.items() if k not in CUSTOMER_COLUMNS}
            if name := details.pop("name"):
                partner = self._find_customer(known[name], details)
                if not partner:
                    partner = partners.create({"name": name, **details})
                    known[name] |= partner
            else:
                partner = partners.browse(vals.get("partner_id"))
            missing = {k: v for k, v in details.items() if v and not partner[k]}
            if partner and missing:
                partner.write(missing)
            result.append({**vals, "partner_id": partner.id})
        return result

    @api.model
    def _get_namesakes(self, vals_list):
        """Return {name: partners} for the customers' names in ``vals_list``."""
        partners = self.env["res.partner"]
        names = {(vals.get("customer_name") or "").strip() for vals in vals_list} - {""}
        companies = {
            vals.get("company_id") or self.env.company.id for vals in vals_list
        }
        namesakes = defaultdict(partners.browse)
        if names:
            domain = Domain("name", "in", list(names)) & Domain(
                "company_id", "in", [False, *companies]
            )
            for partner in partners.search(domain, order="id"):
                namesakes[partner.name] |= partner
        return namesakes

    @api.model
    def _find_customer(self, namesakes, details):
        """Return the one of ``namesakes`` that ``details`` speak of, if any.

        The same phone or e-mail decides; without it, nothing may differ.
        """
        possible = namesakes.browse()
        for partner in namesakes:
            same, differs = set(), False
            for fname, value in details.items():
                if value and partner[fname]:
                    if _key(fname, value) == _key(fname, partner[fname]):
                        same.add(fname)
                    else:
                        differs = True
            if same & {"phone", "email"}:
                return partner
            if not differs:
                possible |= partner
        return possible[:1]


def _key(fname, value):
    """Return what is compared: a phone by its last nine digits, the rest by letters."""
    if fname == "phone":
        return re.sub(r"\D", "", value)[-9:]
    return value.strip().casefold()

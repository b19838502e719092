import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize, escape_psql

from ..service.states import CLOSED_STATES

# A shorter text means too much to be worth an answer, and no index of trigrams has one.
MIN_LENGTH = 3
MIN_DIGITS = 4
PHONE_DIGITS = 9
VAT_DIGITS = 6
CODE = re.compile(r"[0-9A-Z]{10}")


class Equipment(models.Model):
    """The one search box of the counter."""

    _inherit = "workmanager.equipment"

    @api.model
    def lookup(self, text, limit=8):
        """Find equipment and customers by whatever is at hand.

        :param str text: an equipment ID, a serial number or IMEI, a sheet's number or
            tracking code (also as the link of a QR code), an invoice's number, or a
            customer's name, phone, e-mail or VAT number
        :param int limit: how many equipment and how many customers to return at most
        :return: ``{"equipment": [...], "customers": [...]}``, dicts for the search box;
            an equipment that ``text`` names exactly has ``exact`` set
        :rtype: dict
        """
        self.check_access("read")
        text = self._clean_lookup(text)
        if len(text) < MIN_LENGTH:
            return {"equipment": [], "customers": []}
        equipment, partners = self._lookup_records(text, limit)
        (partners | equipment.partner_id).fetch(["complete_name", "phone"])
        rows = equipment._prepare_lookup_rows(text)
        return {
            "equipment": sorted(rows, key=lambda row: not row["exact"]),
            "customers": [self._prepare_lookup_customer(p) for p in partners],
        }

    @api.model
    def _clean_lookup(self, text):
        """Return what a person or a scanner meant; of a link only its last part."""
        text = str(text or "").strip()
        if re.match(r"https?://", text):
            text = text.split("?")[0].rstrip("/").rpartition("/")[2]
        return text

    @api.model
    def _lookup_records(self, text, limit):
        """Return the equipment and the customers that ``text`` can mean.

        All ways to find them go into one query, each by an index of its own.
        """
        customers = self._get_lookup_customers(text, limit)
        searches = [
            self._search(domain, limit=limit)
            for domain in self._get_lookup_domains(text)
        ]
        searches.append(self._search([("partner_id", "in", customers)], limit=limit))
        found = SQL(" UNION ").join(
            SQL(
                "(SELECT 'equipment' AS kind, found.id FROM (%s) found)", query.select()
            )
            for query in searches
        )
        rows = self.env.execute_query(
            SQL(
                "%s UNION (SELECT 'customer', q.id FROM (%s) q)",
                found,
                customers.select(),
            )
        )
        ids = [row_id for kind, row_id in rows if kind == "equipment"]
        partner_ids = [row_id for kind, row_id in rows if kind == "customer"]
        equipment = self.browse(sorted(ids, reverse=True)[:limit])
        return equipment, self.env["res.partner"].browse(partner_ids[:limit])

    @api.model
    def _get_lookup_domains(self, text):
        """Return the domains, one for each index, that find equipment by ``text``."""
        domains = [Domain("ref", "=ilike", escape_psql(text))]
        key = self._normalize_serial(text)
        if key and len(key) >= MIN_DIGITS:
            domains.append(Domain("serial_key", "ilike", escape_psql(key)))
        if CODE.fullmatch(text.upper()) or (
            len(text) >= MIN_DIGITS and re.search(r"\d", text)
        ):
            domains.append(Domain("id", "in", self._get_lookup_sheet_query(text)))
            invoiced = self._get_lookup_invoice_query(text)
            domains.append(Domain("sale_order_line_id", "in", invoiced))
            domains.append(Domain("sheet_ids.line_ids.sale_line_id", "in", invoiced))
        return domains

    @api.model
    def _get_lookup_sheet_query(self, text):
        """Return the query of the equipment whose sheet ``text`` names."""
        # As superuser: the equipment is found whoever has its sheet.
        sheets = self.env["workmanager.sheet"].sudo()
        domain = Domain("name", "=ilike", escape_psql(text))
        if CODE.fullmatch(text.upper()):
            domain = Domain("tracking_code", "=", text.upper())
        return sheets._search(domain).subselect("equipment_id")

    @api.model
    def _get_lookup_invoice_query(self, text):
        """Return the query of the order lines on the invoice with this number."""
        # As superuser: a technician finds the equipment, of an own company only, and
        # sees no invoice.
        moves_sudo = self.env["account.move"].sudo()
        found = moves_sudo._search([("name", "=ilike", escape_psql(text))])
        lines_sudo = self.env["sale.order.line"].sudo()
        return lines_sudo._search([("invoice_lines.move_id", "in", found)])

    @api.model
    def _get_lookup_customers(self, text, limit=None):
        """Return the query of the customers that ``text`` can mean.

        The parts of a name are found in any order.
        """
        digits = re.sub(r"\D", "", text)
        if email := email_normalize(text):
            domain = Domain("email_normalized", "=", email)
        elif len(digits) >= MIN_DIGITS and not re.search(r"[^\W\d]", text):
            # "ilike" for digits too: the index of trigrams serves no other operator
            # where the database searches without accents.
            domain = Domain("phone_key", "ilike", digits[-PHONE_DIGITS:])
        else:
            domain = Domain.AND(
                Domain("complete_name", "ilike", escape_psql(word))
                for word in text.split()
            )
        if len(digits) >= VAT_DIGITS:
            # The country's letters before it are often left out.
            domain |= Domain("vat", "=ilike", f"%{digits}")
        return self.env["res.partner"]._search(domain, limit=limit)

    @api.model
    def _prepare_lookup_customer(self, partner):
        """Return what the search box shows of a customer."""
        return {
            "id": partner.id,
            "name": partner.complete_name,
            "phone": partner.phone or "",
        }

    def _prepare_lookup_rows(self, text):
        """Return what the search box shows of each of these equipment."""
        sheets = self._get_lookup_sheets()
        return [
            equipment._prepare_lookup_row(text, sheets.get(equipment, []))
            for equipment in self
        ]

    def _get_lookup_sheets(self):
        """Return {equipment: its sheets, the newest first}."""
        return (
            self.env["workmanager.sheet"]
            .search_fetch(
                [("equipment_id", "in", self.ids)],
                ["name", "state", "equipment_id", "tracking_code"],
                order="id desc",
            )
            .grouped("equipment_id")
        )

    def _prepare_lookup_row(self, text, sheets):
        """Return what the search box shows of an equipment."""
        self.ensure_one()
        names = [self.ref, self.serial_number]
        names += [name for s in sheets for name in (s.name, s.tracking_code)]
        open_sheets = [s for s in sheets if s.state not in CLOSED_STATES]
        return {
            "id": self.id,
            "ref": self.ref,
            "name": self._get_short_name(),
            "serial": self.serial_number or "",
            "customer": self.partner_id.complete_name or "",
            "warranty_state": self.warranty_state,
            "sheet_count": len(sheets),
            "open_sheet": open_sheets[0].name if open_sheets else "",
            "exact": self._normalize_serial(text) in map(self._normalize_serial, names),
        }

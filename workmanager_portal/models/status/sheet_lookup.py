import hmac
import re
import string

from odoo import api, models
from odoo.fields import Domain

PHONE_DIGITS = 4
# As many digits as the last part of a number may have.
NUMBER_PADDING = 8
# What may stand where a number has a slash.
SEPARATORS = re.compile(r"[\W_]+")


class Sheet(models.Model):
    """Finding a sheet by what its customer holds: number and code, or a QR code."""

    _inherit = "workmanager.sheet"

    @api.model
    def _find_by_number(self, number, code):
        """Return, as superuser, the sheet that somebody without an account asks for.

        Nothing tells a wrong number from a wrong code: both take the same queries and
        one comparison of each kind.

        :param str number: the sheet's number
        :param str code: its tracking code, or the last digits of the customer's phone
        """
        number, code = number.replace("\0", "").strip(), self._normalize_code(code)
        sheets_sudo = self.sudo().search_fetch(
            Domain("name", "in", self._get_number_spellings(number)),
            ["tracking_code", "partner_id"],
            order="id",
        )
        phones = self._get_phones(sheets_sudo)
        # Companies number their sheets apart: two can have the same number.
        found = [
            sheet.id
            for sheet in sheets_sudo or [sheets_sudo]
            if self._is_code_right(
                code, sheet.tracking_code, phones.get(sheet.partner_id.id)
            )
        ]
        return sheets_sudo.browse(found[:1])

    @api.model
    def _get_phones(self, sheets_sudo):
        """Return the phones of the customers by their IDs; asks for them of no sheet,
        too."""
        partners_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        found = partners_sudo.search_fetch(
            [("id", "in", sheets_sudo.partner_id.ids or [0])], ["phone"]
        )
        return {partner.id: partner.phone for partner in found}

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

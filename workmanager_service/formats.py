"""How numbers and times read in messages and on paper: in the reader's language and
time zone. For a date alone there is Odoo's ``format_date``, for amounts ``formatLang``.
"""

from odoo import fields
from odoo.tools import float_round, format_date, format_time, formatLang
from odoo.tools.misc import get_lang


def format_number(env, value, digits):
    """Return a number without idle zeros.

    :param int digits: how many decimals it has at most
    """
    value = float_round(value, precision_digits=digits) + 0.0  # no -0
    text = formatLang(env, value, digits=digits)
    if not digits:
        return text
    return text.rstrip("0").removesuffix(get_lang(env).decimal_point)


def format_quantity(env, value, unit=None):
    """Return a quantity as precise as the database keeps it.

    :param unit: the ``uom.uom`` to name, if any
    """
    digits = env["decimal.precision"].precision_get("Product Unit")
    text = format_number(env, value, digits)
    return f"{text} {unit.name}" if unit else text


def format_moment(env, value):
    """Return a date and time, to the minute.

    :param datetime value: in UTC, as fields have it, or False
    """
    if not value:
        return ""
    local = fields.Datetime.context_timestamp(env["res.lang"], value)
    day = format_date(env, local.date())
    return f"{day} {format_time(env, local.time(), time_format='short')}"

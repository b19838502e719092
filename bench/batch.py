"""Fifty jobs at a time, beside fifty repair orders."""

from .job import cost, measure
from .jobs import Repairs, Sheets
from .shop import CHECKS, Shop

SIZE = 50
KINDS = {"theirs": (Repairs, 0), "ours": (Sheets, CHECKS)}


def run(bench):
    """Return the rows of what both have."""
    with bench.throwaway("batch") as env:
        shop = Shop(env)
        measure(shop, KINDS, 1, 1)  # warms up
        meters = measure(shop, KINDS, SIZE, 1)
    ours, theirs = (
        cost(meters[name], ("front", "back")) for name in ("ours", "theirs")
    )
    return ours.rows("batch", f"{SIZE} jobs at a time", theirs, 0.9, 1.0)

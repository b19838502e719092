"""One job from the counter to the posted invoice, beside the same with Repairs."""

from .jobs import Meter, Repairs, Sheets
from .measure import Cost
from .shop import CHECKS, Shop

REPEAT = 5


def run(bench):
    """Return the rows of one job: what both have, its front half, and all of ours."""
    with bench.throwaway("job") as env:
        kinds = {"theirs": (Repairs, 0), "ours": (Sheets, 0), "whole": (Sheets, CHECKS)}
        meters = measure(Shop(env), kinds, 1, REPEAT + 1)
        theirs, ours, whole = (taken[1:] for taken in meters.values())
    both = ("front", "back")
    rows = []
    for name, jobs, parts, beside, queries, ms in (
        ("order to invoice", ours, both, both, 0.97, 1.0),
        ("its front half", ours, ("front",), ("front",), 0.85, 1.0),
        ("all of ours", whole, (*both, "ours"), both, 1.15, 1.15),
    ):
        rows += cost(jobs, parts).rows("job", name, cost(theirs, beside), queries, ms)
    return rows


def measure(shop, kinds, size, turns):
    """Do jobs of several kinds in turn, so many at a time.

    :param dict kinds: by name, the class of the jobs and how many checks there are
    :return: by name, the meters of all turns
    """
    meters = {name: [] for name in kinds}
    for _turn in range(turns):
        for name, (kind, checks) in kinds.items():
            meters[name].append(Meter(shop.env))
            things = kind.create_things(shop, size, checks)
            kind(shop, things, meters[name][-1]).run()
    return meters


def cost(meters, parts):
    """Return what those parts of the jobs cost."""
    return Cost([[sum(m[part][i] for part in parts) for i in (0, 1)] for m in meters])

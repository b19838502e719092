"""What a check is, and what it finds."""

from dataclasses import dataclass

SERVICE, STOCK = "workmanager_service", "workmanager_stock_link"


@dataclass(frozen=True)
class Check:
    """One question about the database.

    ``subject`` is where to look, ``claim`` what must hold, ``query`` answers with what
    disagrees, as (document, detail), ``addon`` is whose tables the query needs.
    """

    subject: str
    claim: str
    query: str
    addon: str = SERVICE


@dataclass(frozen=True)
class Finding:
    """A document that disagrees with the rest."""

    check: Check
    document: str
    detail: str

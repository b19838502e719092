"""What the parts of the demo share."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass
class Shop:
    """The records that later steps look up by the keys of the data files."""

    env: Any
    company: Any
    lang: str
    users: dict = field(default_factory=dict)
    partners: dict = field(default_factory=dict)
    products: dict = field(default_factory=dict)
    brands: dict = field(default_factory=dict)
    accessories: dict = field(default_factory=dict)
    types: dict = field(default_factory=dict)
    operations: dict = field(default_factory=dict)
    faults: dict = field(default_factory=dict)
    equipment: dict = field(default_factory=dict)

    def create_named(self, model, rows, prepare):
        """Create a record for each row, named in English and in the shop's language.

        :return: the records by the key (or code) of their row
        """
        records = self.env[model].create([prepare(row) for row in rows])
        for row, record in zip(rows, records, strict=True):
            self.translate(record, "name", row)
        return {
            row.get("key") or row["code"]: record
            for row, record in zip(rows, records, strict=True)
        }

    def translate(self, record, fname, text):
        """Give ``record`` its Romanian text, where Romanian is installed."""
        if self.lang != "ro_RO" or not text.get("ro"):
            return
        field = record._fields[fname]
        if callable(field.translate):
            # Term by term: written as a whole it would replace the English, too.
            english = record.with_context(lang="en_US")[fname]
            terms = map(field.get_trans_terms, (english, text["ro"]))
            translations = dict(zip(*terms, strict=True))
            record.update_field_translations(fname, {"ro_RO": translations})
        else:
            record.with_context(lang="ro_RO")[fname] = text["ro"]


def read(name):
    """Return the content of a data file."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def state(env, xml_id):
    """Return the county of that XML id, or none."""
    return env.ref(f"base.{xml_id}") if xml_id else env["res.country.state"]


def act_as(record, user):
    """Return ``record`` as ``user`` sees it who is logged in: in their language."""
    return record.with_user(user).with_context(lang=user.lang)

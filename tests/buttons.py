"""What somebody sees, and can press, on the screens of Odoo's web client."""

import ast
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace

from lxml import etree

from odoo.tools.safe_eval import safe_eval

VIEW_TYPES = ("form", "list", "kanban")


@dataclass(frozen=True)
class Button:
    """A button, or an entry of the menu of actions, of a view.

    ``path`` names the fields that lead from the view's record to the button's, and
    ``hidden`` holds (how many of them, expression) of whatever can hide it.
    """

    type: str
    name: str
    context: str
    path: tuple
    hidden: tuple


def find_buttons(arch, path=(), hidden=()):
    """Yield the buttons that call the server in ``arch``, an element."""
    for attribute in ("invisible", "column_invisible"):
        if expression := arch.get(attribute):
            hidden += ((len(path), expression),)
    if arch.get("type") in ("object", "action"):
        context = arch.get("context") or "{}"
        # What a press on a row of a list does is an attribute of the list.
        name = arch.get("name") or arch.get("action")
        yield Button(arch.get("type"), name, context, path, hidden)
    if arch.tag == "field":
        path += (arch.get("name"),)
    for child in arch.iterchildren(etree.Element):
        yield from find_buttons(child, path, hidden)


def find_view_buttons(records, view_ids=None):
    """Return the buttons of the views that ``records``' user gets, and what is in the
    menu of actions beside them.

    :param dict view_ids: {type: ID} of views that are not the model's first ones
    """
    views = [((view_ids or {}).get(kind), kind) for kind in VIEW_TYPES]
    found = {}
    for view in records.get_views(views, {"toolbar": True})["views"].values():
        found |= dict.fromkeys(find_buttons(etree.fromstring(view["arch"])))
        for entry in view.get("toolbar", {}).get("action", ()):
            found[Button("action", str(entry["id"]), "{}", (), ())] = None
    return list(found)


def find_visible(buttons, records):
    """Yield (button, record) of what ``records``' user sees of ``buttons``."""
    steps = _read_steps(buttons, (), records) if buttons else {}
    for button in buttons:
        yield from (
            (button, record)
            for record in _find_targets(button, 0, records, None, steps)
        )


def evaluate(expression, record, values=None, parent=None):
    """Evaluate an attribute of a view as the client does."""
    return safe_eval(
        expression,
        {
            **(values or {}),
            "id": record.id,
            "active_id": record.id,
            "context": dict(record.env.context),
            "current_date": str(date.today()),
            "parent": SimpleNamespace(**(parent or {})),
            "uid": record.env.uid,
        },
    )


def _find_targets(button, depth, records, parent, steps):
    expressions = [text for level, text in button.hidden if level == depth]
    is_last = depth == len(button.path)
    rows = steps[button.path[:depth]]
    for record in records:
        values = rows[record.id]
        if any(evaluate(text, record, values, parent) for text in expressions):
            continue
        if is_last:
            yield record
            continue
        children = records[button.path[depth]].browse(values[button.path[depth]])
        yield from _find_targets(button, depth + 1, children, values, steps)


def _read_steps(buttons, path, records):
    """Return {path: {ID: values}} of what the buttons' expressions ask for."""
    depth = len(path)
    on_path = [button for button in buttons if button.path[:depth] == path]
    deeper = {button.path[depth] for button in on_path if len(button.path) > depth}
    texts = {text for button in on_path for _level, text in button.hidden}
    names = deeper | {name for text in texts for name in _get_names(text)}
    known = [
        name
        for name in sorted(names & set(records._fields))
        if records._has_field_access(records._fields[name], "read")
    ]
    rows = records.read(known or ["id"], load=None)
    steps = {path: {row["id"]: _to_client(row) for row in rows}}
    for name in deeper:
        children = (
            records.browse()
            .mapped(name)
            .browse(
                sorted({child for row in steps[path].values() for child in row[name]})
            )
        )
        steps |= _read_steps(buttons, (*path, name), children)
    return steps


def _get_names(expression):
    """Return the names in an expression, and those of what it reads of others."""
    nodes = list(ast.walk(ast.parse(expression.strip(), mode="eval")))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    return names | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def _to_client(row):
    return {
        name: str(value) if isinstance(value, date | datetime) else value
        for name, value in row.items()
    }

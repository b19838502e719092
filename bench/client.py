"""What Odoo's web client asks the server for when it opens a screen.

Every call is a request of its own: each starts with nothing in the ORM's cache.
"""

import json

from lxml import etree

from odoo.tools.safe_eval import safe_eval

LIST_LIMIT = 80
LINES_LIMIT = 40
COUNT_LIMIT = 10_000
NUMBERS = ("integer", "float", "monetary")
ALWAYS = ("1", "True")
# What a widget reads besides its field.
WIDGET_FIELDS = {
    "list_activity": (
        *("activity_exception_decoration", "activity_exception_icon"),
        *("activity_state", "activity_summary", "activity_type_icon"),
        "activity_type_id",
    ),
    "kanban_activity": (
        *("activity_exception_decoration", "activity_exception_icon"),
        *("activity_state", "activity_summary", "activity_type_icon"),
        "activity_type_id",
    ),
}
RELATED_FIELDS = {"many2many_tags": ("display_name",), "many2many_avatar_user": ()}


class Client:
    """A user's browser.

    :param env: the user's environment
    """

    def __init__(self, env):
        self.env = env
        self.sizes = {}

    def _request(self, call):
        self.env.invalidate_all()
        return call()

    def get_arch(self, model, kind, view=None):
        """Return a view as the client gets it, and the specification of its fields."""

        view_id = self.env.ref(view).id if view else False
        arch = etree.fromstring(self.env[model].get_view(view_id, kind)["arch"])
        return arch, self.get_specification(self.env[model], arch)

    def get_specification(self, model, arch):
        """Return what the client asks for to draw ``arch``."""
        specification = {}
        for node in self._get_field_nodes(arch):
            field = model._fields[node.get("name")]
            specification[field.name] = self._get_field_specification(
                model, field, node
            )
            for name in WIDGET_FIELDS.get(node.get("widget"), ()):
                related = model._fields[name].type == "many2one"
                specification.setdefault(
                    name, {"fields": {"display_name": {}}} if related else {}
                )
        return specification

    @staticmethod
    def _get_field_nodes(arch):
        """Yield the fields of the view itself, not those of the views inside it."""
        for node in arch.iter("field"):
            if not any(parent.tag == "field" for parent in node.iterancestors()):
                yield node

    def _get_field_specification(self, model, field, node):
        hidden = node.get("invisible") in ALWAYS
        if field.type == "many2one":
            return {"fields": {} if hidden else {"display_name": {}}}
        if field.type not in ("one2many", "many2many") or hidden:
            return {}
        related = RELATED_FIELDS.get(node.get("widget"))
        if related is not None:
            return {"fields": {name: {} for name in ("display_name", *related)}}
        for kind in ("list", "kanban"):
            for arch in node.findall(kind):
                specification = self._get_sub_specification(field, arch)
                if node.get("mode", "list").split(",")[0] == kind or kind == "list":
                    return {"fields": specification, "limit": LINES_LIMIT}
        return {}

    def _get_sub_specification(self, field, arch):
        # A copy: its fields have no field around them.

        arch = etree.fromstring(etree.tostring(arch))
        return self.get_specification(self.env[field.comodel_name], arch)

    # --------------------------------------------------------------------- screens

    def open_list(self, model, domain=(), offset=0, view=None):
        """Open a page of a list; return a callable that does it."""
        arch, specification = self.get_arch(model, "list", view)
        order = arch.get("default_order")

        def call():
            return self._request(
                lambda: self.env[model].web_search_read(
                    list(domain),
                    specification,
                    offset=offset,
                    limit=LIST_LIMIT,
                    order=order,
                    count_limit=COUNT_LIMIT + 1,
                )
            )

        return call

    def open_cards(self, model, domain, view):
        """Open a kanban view without columns; return a callable that does it."""
        arch, specification = self.get_arch(model, "kanban", view)

        def call():
            return self._request(
                lambda: self.env[model].web_search_read(
                    list(domain),
                    specification,
                    limit=LINES_LIMIT,
                    order=arch.get("default_order"),
                    count_limit=COUNT_LIMIT + 1,
                )
            )

        return call

    def open_board(self, model, group, domain=(), view=None):
        """Open a kanban view with columns; return a callable that does it."""
        arch, specification = self.get_arch(model, "kanban", view)
        env = self.env(context={**self.env.context, "read_group_expand": True})
        fields = [self.env[model]._fields[name] for name in specification]
        numbers = [f for f in fields if f.type in NUMBERS and f.aggregator and f.store]
        aggregates = [f"{field.name}:{field.aggregator}" for field in numbers]
        bar = arch.find("progressbar")

        def call():
            self._request(
                lambda: env[model].web_read_group(
                    list(domain),
                    [group],
                    aggregates,
                    auto_unfold=True,
                    opening_info=[],
                    unfold_read_specification=specification,
                    unfold_read_default_limit=LINES_LIMIT,
                    groupby_read_specification={},
                )
            )
            if bar is not None:
                self._request(
                    lambda: env[model].read_progress_bar(
                        list(domain),
                        group,
                        {
                            "field": bar.get("field"),
                            "colors": safe_eval(bar.get("colors")),
                        },
                    )
                )

        return call

    def open_form(self, record, view=None):
        """Open a record; return a callable that does it and returns its size."""
        _arch, specification = self.get_arch(record._name, "form", view)

        def call():
            values = self._request(
                lambda: (
                    record.with_env(self.env)
                    .with_context(bin_size=True)
                    .web_read(specification)
                )
            )
            return len(json.dumps(values, default=str))

        return call

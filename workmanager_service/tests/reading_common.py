from lxml import etree

from .common import ServiceCommon


class ReadingCommon(ServiceCommon):
    """Reads what the web client reads."""

    def _get_specification(self, kind, view=None, records=None):
        """Return what the web client asks for to draw a view of the manager's.

        :param records: of another model than the sheets
        """
        if records is None:
            records = self.env["workmanager.sheet"].with_user(self.manager)
        view_id = view and self.env.ref(view).id
        arch = etree.fromstring(records.get_view(view_id, kind)["arch"])
        return self._get_fields(records.browse(), arch)

    def _get_fields(self, records, arch):
        specification = {}
        for node in arch.xpath("//field[not(ancestor::field)]"):
            field = records._fields[node.get("name")]
            specification[field.name] = {}
            if field.type == "many2one":
                hidden = node.get("invisible") in ("1", "True")
                names = {} if hidden else {"display_name": {}}
                specification[field.name] = {"fields": names}
            for lines in node.xpath("list")[:1]:
                lines = etree.fromstring(etree.tostring(lines))
                fields = self._get_fields(records[field.name], lines)
                specification[field.name] = {"fields": fields, "limit": 40}
        return specification

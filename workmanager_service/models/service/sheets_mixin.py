from odoo import fields, models


class SheetsMixin(models.AbstractModel):
    """A document of Odoo's that serves sheets, without pointing to them itself.

    Who inherits says how it finds them: ``_compute_sheet_ids`` (fields and count) and
    ``_search_sheet_ids``.
    """

    _name = "workmanager.sheets.mixin"
    _description = "Document of Service Sheets"

    sheet_ids = fields.Many2many(
        "workmanager.sheet",
        string="Service Sheets",
        compute="_compute_sheet_ids",
        search="_search_sheet_ids",
        compute_sudo=True,
    )
    sheet_count = fields.Integer(compute="_compute_sheet_ids", compute_sudo=True)

    def _compute_sheet_ids(self):
        raise NotImplementedError

    def _search_sheet_ids(self, operator, value):
        raise NotImplementedError

    def action_view_sheets(self):
        """Open the service sheets of these documents.

        :raises AccessError: the user has no right on them or on sheets
        """
        self.env["workmanager.sheet"].check_access("read")
        self.check_access("read")
        return self.sheet_ids._get_records_action(name=self.env._("Service Sheets"))

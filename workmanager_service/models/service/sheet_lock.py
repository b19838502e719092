from odoo import api, models

from ...joined import fetch_joined

# So many sheets are read in one query with all that hangs on them: of more, each row
# would repeat too often what their customers and companies have.
FEW = 5


class Sheet(models.Model):
    """Doing a step of a sheet once, however many try at the same moment."""

    _inherit = "workmanager.sheet"

    def _lock(self, whole=False):
        """Wait for whoever works on these sheets, and keep others off until commit.

        A transaction that waited is then repeated by Odoo on what the other one
        left, so that the same step done twice has one effect.

        :param bool whole: whether to read, too, what hangs on them
        :raises AccessError: the user may not change the sheets
        """
        whole = whole and len(self) <= FEW
        fetch_joined(
            {"sheet": self, "user": self.env.user} if whole else {"sheet": self},
            self._get_step_paths() if whole else (),
            lock=True,
        )
        self.check_access("write")
        return self

    @api.model
    def _get_step_paths(self):
        """Return what the steps of a sheet read, as :func:`fetch_joined` wants it."""
        return [
            "user.partner_id",
            "sheet.company_id",
            "sheet.partner_id",
            "sheet.line_ids",
            "sheet.line_ids.product_id",
            "sheet.line_ids.product_id.product_tmpl_id",
            "sheet.line_ids.sale_line_id",
            "sheet.line_ids.sale_line_id.order_id",
        ]

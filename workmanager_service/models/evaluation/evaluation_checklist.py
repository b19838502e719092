from odoo import models

from ..service.states import CHECK_STATES


class Evaluation(models.Model):
    """What the checklist on the screen shows."""

    _inherit = "workmanager.evaluation"

    def get_checklist(self):
        """Return what the checklist on the screen shows, for its component.

        :return: a dict with ``is_editable``, ``can_set_rest`` and ``checks``, a list
            of what :meth:`~EvaluationCheck._prepare_checklist_row` returns
        """
        self.ensure_one()
        sheet, checks = self.sheet_id, self.check_ids.sorted()
        offers = checks._get_fault_offers()
        is_editable = self.state == "draft" and sheet.state in CHECK_STATES[self.phase]
        return {
            "is_editable": is_editable,
            "can_set_rest": is_editable
            and any(not check.result and check.kind == "pass_fail" for check in checks),
            "checks": [check._prepare_checklist_row(offers[check]) for check in checks],
        }

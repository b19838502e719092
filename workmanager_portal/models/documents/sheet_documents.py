from odoo import models


class Sheet(models.Model):
    """The papers that the customer reads and downloads."""

    _inherit = "workmanager.sheet"

    def _get_portal_evaluation(self):
        """Return the last diagnosis that was completed."""
        self.ensure_one()
        evaluations = self.env["workmanager.evaluation"]
        return evaluations.search_fetch(
            [
                ("sheet_id", "=", self.id),
                ("state", "=", "done"),
                ("phase", "=", "before"),
            ],
            order="id desc",
            limit=1,
        )

    def _get_portal_documents(self):
        """Return the documents that the customer can download now.

        :return: a dict of (title, report's XML id), by the key in the address
        """
        self.ensure_one()
        documents = {
            "intake": (
                self.env._("Intake Protocol"),
                "workmanager_service.action_report_intake_protocol",
            )
        }
        if self.evaluation_id.state == "done":
            documents["evaluation"] = (
                self.env._("Evaluation Report"),
                "workmanager_service.action_report_evaluation",
            )
        if self.state in ("ready", "delivered") and self._get_lines_done():
            documents["work"] = (
                self.env._("Work Statement"),
                "workmanager_service.action_report_work_statement",
            )
        if self.state == "delivered":
            documents["handover"] = (
                self.env._("Handover Protocol"),
                "workmanager_service.action_report_handover_protocol",
            )
        return documents

    def _get_report_base_filename(self):
        """Return the name, without extension, of the file that the portal sends."""
        self.ensure_one()
        return f"{self.env.context.get('document_title') or ''} {self.name}".strip()

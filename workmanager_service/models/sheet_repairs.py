from odoo import models


class Sheet(models.Model):
    """The predefined repairs that bring parts and work to a sheet."""

    _inherit = "workmanager.sheet"

    def action_add_operation(self):
        """Open the choice of a predefined repair, to add its parts and work."""
        self.ensure_one()
        self._ensure_open()
        picker = self.env.ref(
            "workmanager_service.workmanager_operation_view_list_pick"
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add a Predefined Repair"),
            "res_model": "workmanager.operation",
            "view_mode": "list",
            "views": [(picker.id, "list")],
            "target": "new",
            "domain": self._get_operation_domain(),
            "context": {"sheet_id": self.id},
        }

    def add_operations(self, operations, fault=None):
        """Add the parts and work of predefined repairs to the sheet, each repair once.

        :param operations: ``workmanager.operation`` records
        :param fault: the ``workmanager.fault`` that they repair; by default one that
            was found or claimed
        :return: the new ``workmanager.sheet.line`` records
        """
        self.ensure_one()
        self._lock()  # a second tap waits for the first one, and finds its lines
        self.line_ids.invalidate_recordset(["operation_id"])
        new = operations - self.line_ids.operation_id
        return self.env["workmanager.sheet.line"].create(
            [
                self._prepare_line_values(line, fault)
                for operation in new
                for line in operation.line_ids
            ]
        )

    def _remove_operations(self, operations):
        """Take back what predefined repairs brought, as far as it is not quoted."""
        self.ensure_one()
        self._lock()
        lines = self.line_ids.filtered(lambda line: line.operation_id in operations)
        lines.unlink()

    def _prepare_line_values(self, operation_line, fault=None):
        """Return the values of the sheet line that ``operation_line`` stands for."""
        self.ensure_one()
        operation = operation_line.operation_id
        found = self.evaluation_id.fault_ids or self.claimed_fault_ids
        return {
            "sheet_id": self.id,
            "evaluation_id": self.evaluation_id.id,
            "operation_id": operation.id,
            "fault_id": (fault or (operation.fault_ids & found)[:1]).id,
            "product_id": operation_line.product_id.id,
            "quantity": operation_line.quantity,
            "product_uom_id": operation_line.product_uom_id.id,
        }

    def _get_fitting_operations(self):
        """Return the predefined repairs of the equipment's type, and of all types."""
        self.ensure_one()
        return self.env["workmanager.operation"].search(self._get_operation_domain())

    def _get_operation_domain(self):
        kinds = self.equipment_type_id._with_parents()
        return [("equipment_type_ids", "in", [*kinds.ids, False])]

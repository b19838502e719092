from odoo import api, models


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

    @api.private
    def add_operations(self, operations, fault=None):
        """Add the parts and work of predefined repairs to the sheet, each repair once.

        What was accepted is settled: the same repair again is one more.

        :param operations: ``workmanager.operation`` records
        :param fault: the ``workmanager.fault`` that they repair; by default one that
            was found or claimed
        :return: the new ``workmanager.sheet.line`` records
        """
        self.ensure_one()
        self._lock()
        new = operations - self._get_open_operation_lines().operation_id
        if new:
            # Whoever waits for the lock sees no new lines: a changed sheet makes Odoo
            # repeat the waiting request, which then finds them.
            self.env.cr.execute(
                "UPDATE workmanager_sheet SET write_date = write_date WHERE id = %s",
                self.ids,
            )
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
        self._get_open_operation_lines().filtered(
            lambda line: line.operation_id in operations
        ).unlink()

    def _get_open_operation_lines(self):
        """Return what predefined repairs brought and nobody accepted yet."""
        return self.line_ids.filtered(
            lambda line: line.operation_id and not line.is_accepted
        )

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

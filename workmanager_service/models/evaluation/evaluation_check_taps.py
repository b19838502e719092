from odoo import Command, models
from odoo.exceptions import UserError

from ...formats import format_moment


class EvaluationCheck(models.Model):
    """What a tap on a check of the checklist does.

    Each tap says what shall be, and not what shall change: the same one twice has one
    effect. All of them return the checklist as it is then.
    """

    _inherit = "workmanager.evaluation.check"

    def answer(self, result=None, value=None, note=None):
        """Answer this check; what is ``None`` stays as it is.

        :param str result: ``ok``, ``not_ok`` or ``not_applicable``
        :param value: the measured value; ``False`` takes a value back
        :param str note: what else there is to say
        :return: see :meth:`~Evaluation.get_checklist`
        """
        self.ensure_one()
        values = {}
        if value is False:
            values = {"value": 0.0, "is_measured": False, "result": False}
        elif value is not None:
            values = {"value": value, "is_measured": True}
        if result is not None:
            values["result"] = result
        if note is not None:
            values["note"] = note.strip()
        self.write(values)
        return self.evaluation_id.get_checklist()

    def set_fault(self, fault_id, is_found):
        """Say that this check, which is bad, found a fault, or not.

        :return: see :meth:`~Evaluation.get_checklist`
        """
        self.ensure_one()
        if is_found:
            self.write({"result": "not_ok", "fault_ids": [Command.link(fault_id)]})
        else:
            self.write({"fault_ids": [Command.unlink(fault_id)]})
        return self.evaluation_id.get_checklist()

    def add_repair(self, operation_id, fault_id):
        """Add the parts and work of a predefined repair to the sheet, once.

        :raises UserError: the repair has no parts and no work
        :return: see :meth:`~Evaluation.get_checklist`
        """
        self.ensure_one()
        self.check_access("write")
        operation = self.env["workmanager.operation"].browse(operation_id)
        if not operation.line_ids:
            raise UserError(
                self.env._(
                    "The predefined repair “%s” has no parts and no work yet: add "
                    "them to it, or add single parts to the sheet.",
                    operation.name,
                )
            )
        self.sheet_id.add_operations(
            operation, self.env["workmanager.fault"].browse(fault_id)
        )
        return self.evaluation_id.get_checklist()

    def remove_repair(self, operation_id):
        """Take back the parts and work of a predefined repair.

        :raises UserError: they are on a quotation
        :return: see :meth:`~Evaluation.get_checklist`
        """
        self.ensure_one()
        self.sheet_id._remove_operations(
            self.env["workmanager.operation"].browse(operation_id)
        )
        return self.evaluation_id.get_checklist()

    # --------------------------------------------------------------- BUSINESS

    def _get_fault_offers(self):
        """Return {check: what it can mean, as the checklist offers it}."""
        bad = self.filtered(lambda check: check.result == "not_ok")
        repairs = bad._get_repair_offers() if bad else {}
        return {
            check: [
                check._prepare_fault_offer(fault, repairs)
                for fault in check._get_offered_faults()
            ]
            for check in bad
        }

    def _prepare_fault_offer(self, fault, repairs):
        """Return what the checklist shows of ``fault`` below this check, which is bad.

        :param dict repairs: what :meth:`_get_repair_offers` returns
        """
        self.ensure_one()
        is_found = fault in self.fault_ids
        offered = fault.operation_ids.filtered(lambda o: is_found and o in repairs)
        return {
            "id": fault.id,
            "name": fault.name,
            "is_found": is_found,
            "repairs": [repairs[operation] for operation in offered],
        }

    def _get_repair_offers(self):
        """Return {operation: what the checklist shows of it}, for what these checks of
        one sheet found."""
        sheet = self.sheet_id
        operations = self.fault_ids.operation_ids & sheet._get_fitting_operations()
        if not operations:
            return {}
        added = sheet._get_open_operation_lines()
        quoted = added.filtered(lambda line: not line._is_to_quote())
        accepted = sheet.line_ids.filtered("is_accepted")
        return {
            operation: {
                **row,
                "is_added": operation in added.operation_id,
                "is_quoted": operation in quoted.operation_id,
                "is_accepted": operation in accepted.operation_id,
            }
            for operation, row in operations._get_checklist_rows(sheet).items()
        }

    def _get_offered_faults(self):
        """Return what a bad result can mean: what the checkpoint says, or the type."""
        self.ensure_one()
        kind = self.sheet_id.equipment_type_id
        return (self.possible_fault_ids or kind.all_fault_ids) | self.fault_ids

    def _prepare_checklist_row(self, faults):
        """Return what the checklist shows of this check."""
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "unit": self.unit or "",
            "limits": self._get_limits_text(),
            "is_required": self.is_required,
            "instruction": self.instruction or "",
            "result": self.result or "",
            "value": self.value if self.is_measured else False,
            "note": self.note or "",
            "responsible": self.user_id.id != self.sheet_id.user_id.id
            and self.user_id.name,
            "checked": self._get_checked_text(),
            "faults": faults,
            "photos": [
                {"id": photo.id, "is_for_customer": photo.is_for_customer}
                for photo in self.photo_ids
            ],
        }

    def _get_checked_text(self):
        """Return who checked and when, or an empty text."""
        self.ensure_one()
        if not self.checked_by_id:
            return ""
        when = format_moment(self.env, self.checked_date)
        return f"{self.checked_by_id.name}, {when}"

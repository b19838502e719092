from contextlib import ExitStack
from unittest.mock import patch

from odoo.tests import tagged

from .common import ServiceCommon

EFFECTS = {
    "workmanager.sheet": (
        "_charge_diagnosis",
        "_complete_final_evaluations",
        "_confirm_covered_orders",
        "_create_evaluations",
        "_create_final_evaluations",
        "_create_sale_orders",
        "_deduct_diagnosis",
        "_end_pauses",
        "_extend_warranty",
        "_number_statements",
        "_prepare_fee_deductions",
        "_record_stage",
        "_release_orders",
        "_set_state",
        "_start_stage_time",
        "_stop_former_technicians",
        "_stop_timers",
        "_sync_check_activities",
        "_wipe_unlock_code",
        "_withdraw_quotations",
    ),
    "workmanager.sheet.line": (
        "_deliver_done",
        "_freeze_unit_cost",
        "_plan_done",
    ),
}

# What every change of the state does.
MOVE = ("_set_state", "_end_pauses", "_record_stage", "_start_stage_time")


@tagged("post_install", "-at_install")
class TestEffects(ServiceCommon):
    """Each step has its effects in one order: later ones read what came before."""

    def _record(self, deed):
        """Return the names of the effects of ``deed``, in the order in which they
        begin."""
        calls = []

        def watch(name, method):
            def watched(records, *args, **kwargs):
                if records:
                    calls.append(name)
                return method(records, *args, **kwargs)

            return watched

        with ExitStack() as stack:
            for model, names in EFFECTS.items():
                owner = type(self.env[model])
                for name in names:
                    stack.enter_context(
                        patch.object(owner, name, watch(name, getattr(owner, name)))
                    )
            deed()
        return calls

    def _create_sheet_of_another(self):
        return self._create_sheet(equipment_id=self._create_equipment(None).id)

    def assertEffects(self, deed, *names):
        self.assertEqual(self._record(deed), list(names))

    def test_repair(self):
        new = []
        self.assertEffects(
            lambda: new.append(self._create_sheet()),
            "_create_evaluations",
            "_start_stage_time",
        )
        sheet = new[0].with_user(self.technician)
        self.assertEffects(sheet.action_start_evaluation, *MOVE)
        sheet.check_ids[0].result = "ok"
        sheet.check_ids[1].value = 11
        sheet.action_complete_evaluation()
        sheet.add_operations(self.operation)
        self.assertEffects(
            sheet.action_create_quotation,
            "_prepare_fee_deductions",
            "_create_sale_orders",
            "_freeze_unit_cost",
            *MOVE,
        )
        self.assertEffects(
            sheet.with_user(self.reception).action_accept_quotation,
            *MOVE,
            "_deduct_diagnosis",
            "_prepare_fee_deductions",
            "_confirm_covered_orders",
        )
        self.assertEffects(
            sheet.action_start_repair,
            "_plan_done",
            "_create_final_evaluations",
            "_create_evaluations",
            *MOVE,
        )
        self.assertEffects(
            lambda: sheet.write({"user_id": self.manager.id}),
            "_stop_former_technicians",
        )
        self.assertEffects(
            sheet.action_finish_repair,
            "_stop_timers",
            "_deliver_done",
            "_complete_final_evaluations",
            "_freeze_unit_cost",
            *MOVE,
            "_number_statements",
        )
        self.env.company.service_delivery_policy = "always"
        self.assertEffects(
            sheet.with_user(self.reception).action_deliver,
            *MOVE,
            "_wipe_unlock_code",
            "_extend_warranty",
            "_stop_timers",
        )

    def test_other_ends(self):
        sheet = self._create_sheet_of_another().with_user(self.reception)
        self.assertEffects(
            sheet.action_cancel,
            *MOVE,
            "_stop_timers",
            "_release_orders",
            "_wipe_unlock_code",
        )
        sheet = self._quote(self._create_sheet_of_another())
        self.assertEffects(
            sheet.action_start_evaluation,
            "_create_evaluations",
            *MOVE,
            "_withdraw_quotations",
        )
        sheet = self._quote(self._create_sheet_of_another()).with_user(self.reception)
        self.assertEffects(
            sheet.action_refuse_quotation,
            *MOVE,
            "_release_orders",
            "_charge_diagnosis",
            "_number_statements",
        )
        sheet = self._quote(self._create_sheet_of_another())
        self.assertEffects(
            sheet.action_mark_unrepairable,
            *MOVE,
            "_stop_timers",
            "_release_orders",
            "_number_statements",
        )

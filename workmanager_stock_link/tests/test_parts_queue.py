from unittest.mock import patch

from psycopg2.errors import DeadlockDetected, SerializationFailure

from odoo.tests import tagged

from odoo.addons.workmanager_stock_link.models.quotation.sale_order_line import (
    SaleOrderLine,
)

from .common import PartsCase


@tagged("post_install", "-at_install")
class TestPartsQueue(PartsCase):
    """Who accepts while others take the same parts; tests/test_parts_race.py has the
    real thing."""

    def _accept_in_a_crowd(self, *parts, error=SerializationFailure):
        """Return a sheet that was accepted when the parts had just been changed."""
        launch = SaleOrderLine._launch_at_once

        def launch_and_fail(lines, *args):
            launch(lines, *args)
            raise error

        with patch.object(SaleOrderLine, "_launch_at_once", launch_and_fail):
            return self._accept(*parts)

    def _run_job(self):
        job = self.env.ref("workmanager_stock_link.ir_cron_supply_parts")
        with self.enter_registry_test_mode():
            job.method_direct_trigger()
        self.env.invalidate_all()

    def _count_triggers(self):
        job = self.env.ref("workmanager_stock_link.ir_cron_supply_parts")
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", job.id)])

    def test_acceptance_succeeds(self):
        self._stock_up(self.part, 1)
        before = self._count_triggers()
        sheet = self._accept_in_a_crowd((self.part, 2), (self.work, 1))
        self.assertEqual(sheet.state, "approved")
        self.assertEqual(self._quantities(), (1, 0))
        self.assertFalse(self._purchase_lines())
        self.assertEqual(self._count_triggers(), before + 1)
        self.assertTrue(sheet.is_supply_queued)
        self.assertEqual(sheet.line_ids.mapped("is_supply_queued"), [True, False])

    def test_the_sheet_waits_and_nobody_is_bothered(self):
        board = self._create_part("Board", vendor=False)
        sheet = self._accept_in_a_crowd((board, 1))
        self.assertEqual(sheet.parts_state, "waiting")
        self.assertFalse(sheet.parts_expected_date)
        self.assertEqual(sheet.line_ids.quantity_missing, 0)
        self.assertEqual(sheet.line_ids.quantity_ordered, 0)
        self.assertFalse(sheet.activity_ids)
        self._run_job()
        self.assertEqual(sheet.line_ids.quantity_missing, 1)
        self.assertEqual(len(sheet.activity_ids), 1)

    def test_job(self):
        self._stock_up(self.part, 3)
        sheets = [
            self._accept_in_a_crowd((self.part, 2), error=error)
            for error in (SerializationFailure, DeadlockDetected)
        ]
        for _again in range(2):
            self._run_job()
            self.assertEqual(self._quantities(), (3, 3))
            self.assertEqual(self._purchase_lines().product_qty, 1)
            for sheet in sheets:
                self.assertFalse(sheet.is_supply_queued)
        first, second = sheets
        self.assertEqual(first.parts_state, "available")
        self.assertTrue(first.is_parts_notice_sent)
        self.assertEqual(second.parts_state, "to_confirm")

    def test_job_goes_on_after_it_meets_somebody(self):
        """What the job could not do stays for its next run; the others are done."""
        self._stock_up(self.part, 2)
        first, second = (self._accept_in_a_crowd((self.part, 1)) for _i in range(2))
        model = type(first.line_ids)
        supply = model._supply_parts

        def meet_somebody(lines):
            if lines.sheet_id.id == first.id:
                raise SerializationFailure
            return supply(lines)

        with patch.object(model, "_supply_parts", meet_somebody):
            self._run_job()
        self.assertTrue(first.is_supply_queued)
        self.assertFalse(second.is_supply_queued)
        self._run_job()
        self.assertFalse(first.is_supply_queued)
        self.assertEqual(self._quantities(), (2, 2))

    def test_check_parts_does_not_wait(self):
        self._stock_up(self.part, 1)
        sheet = self._accept_in_a_crowd((self.part, 1))
        sheet.with_user(self.technician).action_check_parts()
        self.assertFalse(sheet.is_supply_queued)
        self.assertEqual(sheet.parts_state, "available")
        self._run_job()
        self.assertEqual(len(self._moves(sheet)), 1)

    def test_repair_does_not_wait(self):
        self._stock_up(self.part, 1)
        sheet = self._accept_in_a_crowd((self.part, 1))
        sheet.action_start_repair()
        sheet.action_finish_repair()
        self.assertEqual(sheet.state, "ready")
        self.assertEqual(self._quantities(), (0, 0))

    def test_cancelled_meanwhile(self):
        sheet = self._accept_in_a_crowd((self.part, 1))
        sheet.action_cancel()
        self._run_job()
        self.assertFalse(sheet.is_supply_queued)
        self.assertFalse(self._moves(sheet))
        self.assertFalse(self._purchase_lines())

    def test_supplement_during_the_repair(self):
        """The technician is told about nothing that was rolled back."""
        self._stock_up(self.part, 2)
        sheet = self._accept((self.part, 1))
        sheet.action_start_repair()
        self.env["workmanager.sheet.line"].create(
            {"sheet_id": sheet.id, "product_id": self.part.id, "quantity": 1}
        )
        sheet.action_create_quotation()
        launch = SaleOrderLine._launch_at_once

        def launch_and_fail(lines, *args):
            launch(lines, *args)
            raise SerializationFailure

        with patch.object(SaleOrderLine, "_launch_at_once", launch_and_fail):
            sheet.action_accept_quotation()
        self.assertEqual(sheet.parts_state, "partial")
        self._run_job()
        self.assertEqual(sheet.parts_state, "available")
        self.assertEqual(self._quantities(), (2, 2))

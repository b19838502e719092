from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestWorkByTime(ServiceCommon):
    """Work that is billed by the time that it took."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hour = cls.env.ref("uom.product_uom_hour")
        cls.minute = cls.env.ref("uom.product_uom_minute")
        cls.day = cls.env.ref("uom.product_uom_day")
        cls.work.write({"uom_id": cls.hour.id, "service_work_policy": "time"})
        cls.operation.line_ids[1].product_uom_id = cls.hour

    def _repair_by_time(self, quantity=1.5, uom=None):
        self.operation.line_ids[1].write(
            {"quantity": quantity, "product_uom_id": (uom or self.hour).id}
        )
        sheet = self._approve(self._create_sheet()).with_user(self.technician)
        sheet.action_start_repair()
        return sheet

    def _log(self, sheet, hours, **values):
        return (
            self.env["workmanager.work.log"]
            .with_user(self.technician)
            .create({"sheet_id": sheet.id, "hours": hours, **values})
        )

    def _line(self, sheet):
        return sheet.line_ids.filtered("is_by_time")

    def test_setting_of_the_product(self):
        with Form(self.work.product_tmpl_id.with_user(self.manager)) as form:
            form.service_work_policy = "fixed"
            form.service_hours = 2
        with self.assertRaisesRegex(ValidationError, "unit of time"):
            self.diagnosis.service_work_policy = "time"
        self.diagnosis.write({"uom_id": self.minute.id, "service_work_policy": "time"})

    def test_done_follows_the_time(self):
        sheet = self._repair_by_time()
        line = self._line(sheet)
        self.assertEqual(line.quantity_done, 0.0)
        log = self._log(sheet, 0.5)
        self.assertEqual(log.line_id, line)
        self.assertEqual(line.quantity_done, 0.5)
        log.hours = 1.25
        self.assertEqual(line.quantity_done, 1.25)
        self._log(sheet, 0.25)
        self.assertEqual(line.quantity_done, 1.5)
        log.unlink()
        self.assertEqual(line.quantity_done, 0.25)
        sheet.action_finish_repair()
        self.assertEqual(line.sudo().sale_line_id.qty_delivered, 0.25)
        reception = sheet.with_user(self.reception)
        reception.action_create_invoice()
        self.assertIn(0.25, reception.invoice_ids.invoice_line_ids.mapped("quantity"))

    def test_time_in_the_unit_of_the_line(self):
        for uom, quantity, done in ((self.minute, 90, 75), (self.day, 1, 0.16)):
            with self.subTest(uom=uom.name):
                sheet = self._repair_by_time(quantity, uom)
                self._log(sheet, 1.25)
                self.assertEqual(self._line(sheet).quantity_done, done)

    def test_fixed_price_is_what_people_say(self):
        self.work.service_work_policy = "fixed"
        sheet = self._approve(self._create_sheet()).with_user(self.technician)
        sheet.action_start_repair()
        line = sheet.line_ids[1]
        self._log(sheet, 4)
        self.assertRecordValues(
            line, [{"is_by_time": False, "quantity_done": 1.5, "hours": 4}]
        )
        line.action_set_not_done()
        self.assertEqual(line.quantity_done, 0.0)
        line.action_set_done()
        self.assertEqual(line.quantity_done, 1.5)

    def test_a_setting_that_changes_leaves_running_repairs_alone(self):
        sheet = self._repair_by_time()
        self.work.service_work_policy = "fixed"
        self._log(sheet, 1)
        self.assertEqual(self._line(sheet).quantity_done, 1.0)

    def test_done_by_hand_is_refused_where_time_decides(self):
        line = self._line(self._repair_by_time())
        with self.assertRaisesRegex(UserError, "billed by the hour"):
            line.action_set_done()

    def test_finishing_without_any_time(self):
        sheet = self._repair_by_time()
        with self.assertRaisesRegex(UserError, "no time is logged"):
            sheet.action_finish_repair()

    def test_finishing_with_a_forgotten_timer(self):
        sheet = self._repair_by_time()
        self._log(sheet, 1)
        log = self._log(sheet, 0)
        log._mark_forgotten()
        with self.assertRaisesRegex(UserError, "not stopped in time"):
            sheet.action_finish_repair()
        log.hours = 0.5
        sheet.action_finish_repair()
        self.assertEqual(self._line(sheet).quantity_done, 1.5)

    def test_finishing_counts_the_timer_that_runs(self):
        sheet = self._repair_by_time()
        self._log(sheet, 1.5)
        sheet.action_start_timer()
        running = sheet.work_log_ids.filtered(lambda log: log.state == "running")
        running.start = running.start.replace(microsecond=0)
        self.env.cr.execute(
            "UPDATE workmanager_work_log SET start = start - interval '1 hour'"
            " WHERE id = %s",
            [running.id],
        )
        running.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "2.5 Hours"):
            sheet.action_finish_repair()

    def test_time_after_the_repair_changes_no_bill(self):
        sheet = self._repair_by_time()
        log = self._log(sheet, 1)
        sheet.action_finish_repair()
        log.hours = 3
        self._log(sheet, 2)
        self.assertEqual(self._line(sheet).quantity_done, 1.0)
        self.assertEqual(sheet.hours, 5.0)

    # ---------------------------------------------- more than was accepted

    def test_more_time_is_quoted(self):
        sheet = self._repair_by_time()
        self._log(sheet, 2.25)
        self.assertTrue(sheet.has_overrun_by_time)
        with self.assertRaisesRegex(UserError, "2.25 Hours.*accepted 1.5.*manager"):
            sheet.action_finish_repair()
        sheet.action_quote_overrun()
        first, second = self._line(sheet)
        self.assertRecordValues(
            second, [{"quantity": 0.75, "product_uom_id": self.hour.id}]
        )
        with self.assertRaisesRegex(UserError, "quoted already"):
            sheet.action_quote_overrun()
        with self.assertRaises(UserError):
            sheet.action_finish_repair()
        sheet.with_user(self.reception).action_accept_quotation()
        self.assertEqual((first.quantity_done, second.quantity_done), (1.5, 0.75))
        self.assertFalse(sheet.has_overrun)
        sheet.action_finish_repair()
        delivered = sheet.sudo().line_ids.sale_line_id
        self.assertEqual(delivered.mapped("qty_delivered"), [1.0, 1.5, 0.75])

    def test_refused_difference_leaves_the_decision_to_a_manager(self):
        sheet = self._repair_by_time()
        self._log(sheet, 2)
        sheet.action_quote_overrun()
        sheet.with_user(self.reception)._get_open_orders("refuse")._action_cancel()
        self.assertEqual(sheet.state, "repair")
        first = self._line(sheet)[0]
        self.assertEqual(first.quantity_done, 2.0)
        with self.assertRaises(AccessError):
            sheet.action_bill_accepted()
        with self.assertRaises(AccessError):
            first.write({"overrun_policy": "all"})
        sheet.with_user(self.manager).action_bill_accepted()
        self.assertEqual(first.quantity_done, 1.5)
        self.assertEqual(sheet.hours, 2.0)
        self.assertIn("billed as accepted", sheet.message_ids[0].body)
        sheet.action_finish_repair()

    def test_manager_approves_all_the_time(self):
        sheet = self._repair_by_time()
        self._log(sheet, 2)
        sheet.with_user(self.manager).action_bill_all()
        self.assertFalse(sheet.has_overrun)
        sheet.action_finish_repair()
        self.assertEqual(self._line(sheet).sudo().sale_line_id.qty_delivered, 2.0)

    def test_more_parts_are_quoted_too(self):
        self.work.service_work_policy = "fixed"
        sheet = self._approve(self._create_sheet()).with_user(self.technician)
        sheet.action_start_repair()
        part = sheet.line_ids[0]
        part.quantity_done = 3
        sheet.action_quote_overrun()
        self.assertEqual(part.quantity_done, 1.0)
        added = sheet.line_ids.filtered(lambda line: line.product_id == self.part)[1]
        self.assertEqual(added.quantity, 2.0)
        sheet.with_user(self.reception).action_accept_quotation()
        self.assertEqual(added.quantity_done, 2.0)
        sheet.action_finish_repair()

    def test_nothing_to_quote(self):
        sheet = self._repair_by_time()
        with self.assertRaisesRegex(UserError, "Nothing on"):
            sheet.action_quote_overrun()

    # ------------------------------------------------- planned against real

    def test_planned_and_real_hours(self):
        self.work.write({"service_work_policy": "fixed"})
        package = self._create_product("Cleaning", 80.0, 20.0, "service")
        package.service_hours = 0.75
        self.operation.line_ids = [
            Command.create({"product_id": package.id, "quantity": 2})
        ]
        sheet = self._approve(self._create_sheet()).with_user(self.technician)
        sheet.action_start_repair()
        _part, work, cleaning = sheet.line_ids
        self.assertEqual(sheet.line_ids.mapped("planned_hours"), [0.0, 1.5, 1.5])
        self._log(sheet, 1, line_id=work.id)
        other = self._log(sheet, 3, line_id=work.id)
        other.sudo().user_id = self.manager
        self._log(sheet, 0.5, line_id=cleaning.id)
        self._log(sheet, 0.25, line_id=False)
        self.assertRecordValues(
            work, [{"hours": 4.0, "planned_hours": 1.5, "hours_deviation": 2.5}]
        )
        self.assertRecordValues(
            sheet, [{"hours": 4.75, "planned_hours": 3.0, "hours_deviation": 1.75}]
        )
        by_user = dict(
            self.env["workmanager.work.log"]._read_group(
                [("sheet_id", "=", sheet.id)], ["user_id"], ["planned_hours:sum"]
            )
        )
        self.assertAlmostEqual(by_user[self.manager], 1.125)
        self.assertAlmostEqual(by_user[self.technician], 1.875)

    def test_option_that_is_not_taken_takes_no_time(self):
        self.work.service_work_policy = "fixed"
        self.diagnosis.write({"uom_id": self.hour.id, "service_work_policy": "time"})
        sheet = self._evaluate(self._create_sheet())
        option = sheet.line_ids.create(
            {
                "sheet_id": sheet.id,
                "product_id": self.diagnosis.id,
                "is_optional": True,
            }
        )
        sheet.action_create_quotation()
        sheet.with_user(self.reception).action_accept_quotation()
        self.assertEqual((option.is_accepted, option.quantity), (True, 0))
        sheet.action_start_repair()
        self.assertEqual(self._log(sheet, 2).line_id.product_id, self.work)
        sheet.action_finish_repair()
        self.assertEqual((sheet.state, option.quantity_done), ("ready", 0))

    def test_option_that_is_not_taken_hides_no_overrun(self):
        sheet = self._evaluate(self._create_sheet())
        option = sheet.line_ids.create(
            {
                "sheet_id": sheet.id,
                "product_id": self.work.id,
                "product_uom_id": self.hour.id,
                "is_optional": True,
                "sequence": 99,
            }
        )
        sheet.action_create_quotation()
        sheet.with_user(self.reception).action_accept_quotation()
        sheet.action_start_repair()
        self._log(sheet, 2.5)
        planned = self._line(sheet) - option
        self.assertEqual((planned.quantity_done, option.quantity_done), (2.5, 0))

    def test_internal_work_takes_the_time_that_it_takes(self):
        sheet = self._evaluate(self._create_sheet())
        sheet.line_ids[1].is_internal = True
        sheet.action_create_quotation()
        sheet.with_user(self.reception).action_accept_quotation()
        sheet.action_start_repair()
        self._log(sheet, 5)
        self.assertFalse(sheet.has_overrun, "the customer does not pay it")
        sheet.action_finish_repair()
        self.assertEqual(sheet.line_ids[1].quantity_done, 5)
        self.assertEqual(sheet.line_ids[1].sudo().sale_line_id.qty_to_invoice, 0)

    def test_work_found_during_the_repair_is_quoted_once(self):
        for hours, quantities in ((1, [2]), (3, [2, 1])):
            with self.subTest(hours=hours):
                sheet = self._repair_by_time()
                self.diagnosis.write(
                    {"uom_id": self.hour.id, "service_work_policy": "time"}
                )
                found = sheet.line_ids.create(
                    {
                        "sheet_id": sheet.id,
                        "product_id": self.diagnosis.id,
                        "quantity": 2,
                    }
                )
                self._log(sheet, hours, line_id=found.id)
                self.assertTrue(sheet.has_overrun)
                sheet.action_quote_overrun()
                lines = sheet.line_ids.filtered(
                    lambda line: line.product_id == self.diagnosis
                )
                self.assertEqual(lines.mapped("quantity"), quantities)
                self.assertEqual(set(lines.mapped("order_state")), {"draft"})
                with self.assertRaisesRegex(UserError, "quoted already"):
                    sheet.action_quote_overrun()

    def test_what_was_done_stands_after_the_repair(self):
        sheet = self._repair_by_time()
        self._log(sheet, 1)
        sheet.action_finish_repair()
        for user in (self.technician, self.manager):
            with self.assertRaisesRegex(UserError, "is over"):
                self._line(sheet).with_user(user).quantity_done = 9

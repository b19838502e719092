from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Date, Datetime
from odoo.tests import Form, tagged
from odoo.tools.misc import mute_logger

from .common import ServiceCommon


class DecisionCommon(ServiceCommon):
    def _order_of(self, sheet):
        return sheet.sudo().sale_order_ids

    def _open_order_of(self, sheet):
        return sheet.sudo()._get_undecided_orders()

    def _add(self, sheet, product=None, **values):
        product = product or self.work
        return (
            self.env["workmanager.sheet.line"]
            .with_user(self.technician)
            .create({"sheet_id": sheet.id, "product_id": product.id, **values})
        )

    def _evaluate_again(self, sheet):
        sheet = sheet.with_user(self.technician)
        sheet.action_start_evaluation()
        sheet.check_ids.result = "ok"
        sheet.action_complete_evaluation()
        return sheet

    def _decide(self, action, user=None, **values):
        """Fill in the wizard that ``action`` opens, and apply it."""
        wizard = self.env[action["res_model"]].with_user(user or self.reception)
        with Form(wizard.with_context(**action["context"])) as form:
            for name, value in values.items():
                form[name] = value
        return form.record.action_apply()


@tagged("post_install", "-at_install")
class TestDecision(DecisionCommon):
    """Who decided, how and when."""

    def test_what_is_decided_on_is_named(self):
        sheet = self._quote(self._create_sheet())
        order = self._order_of(sheet)
        context = sheet.action_open_acceptance()["context"]
        wizard = self.env["workmanager.decision"].with_user(self.technician)
        form = Form(wizard.with_context(**context))
        self.assertEqual(form.offer, f"{order.name}, $\xa0471.90")

    def test_acceptance_is_recorded(self):
        sheet = self._quote(self._create_sheet())
        self._decide(
            sheet.action_open_acceptance(),
            decided_by="Maria Țăranu",
            channel="phone",
            date=Datetime.to_datetime("2026-03-02 10:15:00"),
        )
        self.assertEqual(sheet.state, "approved")
        self.assertRecordValues(
            self._order_of(sheet),
            [
                {
                    "state": "sale",
                    "service_decision": "accepted",
                    "service_decided_by": "Maria Țăranu",
                    "service_decision_channel": "phone",
                    "service_decision_date": Datetime.to_datetime(
                        "2026-03-02 10:15:00"
                    ),
                    "service_decision_user_id": self.reception.id,
                }
            ],
        )
        for record in (sheet, self._order_of(sheet)):
            text = "".join(record.message_ids.mapped("body"))
            self.assertEqual(text.count("accepted by Maria Țăranu (by phone)"), 1)
        self.assertIn("Maria Țăranu", sheet.decision_summary)

    def test_refusal_is_recorded(self):
        sheet = self._quote(self._create_sheet())
        self._decide(sheet.action_open_refusal(), channel="email", note="Prea scump")
        self.assertRecordValues(sheet, [{"state": "ready", "outcome": "refused"}])
        self.assertRecordValues(
            self._order_of(sheet),
            [
                {
                    "state": "cancel",
                    "service_decision": "refused",
                    "service_decided_by": self.customer.name,
                    "service_decision_channel": "email",
                }
            ],
        )
        self.assertIn("Prea scump", "".join(sheet.message_ids.mapped("body")))

    def test_dragged_card_records_the_user_at_the_counter(self):
        sheet = self._quote(self._create_sheet()).with_user(self.reception)
        sheet.stage_id = self.env["workmanager.stage"]._get_first("approved")
        self.assertRecordValues(
            self._order_of(sheet),
            [
                {
                    "service_decision": "accepted",
                    "service_decided_by": self.customer.name,
                    "service_decision_channel": "counter",
                    "service_decision_user_id": self.reception.id,
                }
            ],
        )

    def test_technician_records_a_decision_without_sales_rights(self):
        sheet = self._quote(self._create_sheet())
        with self.assertRaises(AccessError):
            self._order_of(sheet).with_user(self.technician).check_access("read")
        self._decide(sheet.action_open_acceptance(), user=self.technician)
        self.assertEqual(sheet.state, "approved")
        self.assertEqual(
            self._order_of(sheet).service_decision_user_id, self.technician
        )

    def test_decision_in_the_future(self):
        sheet = self._quote(self._create_sheet())
        for action in (sheet.action_open_acceptance(), sheet.action_open_refusal()):
            with self.assertRaisesRegex(UserError, "cannot be in the future"):
                self._decide(action, date=Datetime.add(Datetime.now(), days=1))
        self.assertEqual(sheet.state, "quoted")

    def test_decision_that_somebody_recorded_already(self):
        sheet = self._quote(self._create_sheet())
        action = sheet.action_open_refusal()
        sheet.with_user(self.reception).action_accept_quotation()
        with self.assertRaisesRegex(UserError, "no open quotation to refuse"):
            self._decide(action)
        self.assertEqual(sheet.state, "approved")
        with self.assertRaisesRegex(UserError, "is accepted already"):
            self._order_of(sheet).action_confirm()

    def test_expired_quotation_needs_a_word(self):
        sheet = self._quote(self._create_sheet())
        order = self._order_of(sheet)
        order.validity_date = Date.subtract(Date.today(), days=1)
        self.assertTrue(sheet.is_quotation_expired)
        self.assertFalse(order._has_to_be_signed(), "online it is over")
        with self.assertRaisesRegex(UserError, f"{order.name} expired"):
            sheet.with_user(self.reception).action_accept_quotation()
        with self.assertRaisesRegex(UserError, f"{order.name} expired"):
            self._decide(sheet.action_open_acceptance())
        self.assertEqual(sheet.state, "quoted")
        self.assertFalse(order.service_decision)
        self._decide(sheet.action_open_acceptance(), with_expired=True)
        self.assertEqual(sheet.state, "approved")

    def test_expired_quotation_is_made_anew(self):
        sheet = self._quote(self._create_sheet())
        old = self._order_of(sheet)
        old.validity_date = Date.subtract(Date.today(), days=1)
        sheet.action_create_quotation()
        new = self._open_order_of(sheet)
        self.assertEqual(old.superseded_by_id, new)
        self.assertRecordValues(sheet, [{"state": "quoted", "amount_total": 471.9}])

    def test_online_decision_is_online(self):
        sheet = self._quote(self._create_sheet())
        order = self._order_of(sheet).with_env(self.env)
        order.signed_by = "Ștefan"
        order._validate_order()
        self.assertRecordValues(
            order,
            [
                {
                    "service_decision": "accepted",
                    "service_decided_by": "Ștefan",
                    "service_decision_channel": "online",
                    "service_decision_user_id": False,
                }
            ],
        )

    def test_online_refusal_is_online(self):
        sheet = self._quote(self._create_sheet())
        order = self._order_of(sheet).with_env(self.env)
        order._action_cancel()
        self.assertRecordValues(
            order,
            [{"service_decision": "refused", "service_decision_channel": "online"}],
        )
        self.assertEqual(sheet.outcome, "refused")

    # ------------------------------------------------------------- SUPERSEDED

    def test_another_evaluation_withdraws_the_quotation(self):
        sheet = self._quote(self._create_sheet())
        old = self._order_of(sheet)
        sheet.action_start_evaluation()
        self.assertEqual((sheet.state, old.state), ("evaluation", "cancel"))
        self.assertFalse(old.service_decision, "nobody refused it")
        self.assertFalse(sheet.line_ids[0].is_quoted, "the lines are free again")
        sheet.line_ids[0].quantity = 2
        sheet.check_ids.result = "ok"
        sheet.action_complete_evaluation()
        sheet.action_create_quotation()
        new = self._open_order_of(sheet)
        self.assertEqual(old.superseded_by_id, new)
        self.assertEqual(new.order_line.filtered("product_id")[0].product_uom_qty, 2)
        for action in ("action_confirm", "action_draft"):
            with self.assertRaisesRegex(UserError, f"replaced by {new.name}"):
                getattr(old, action)()
        self.assertEqual(sheet.state, "quoted")
        self.assertAlmostEqual(sheet.amount_total, new.amount_total)

    def test_line_that_was_forgotten_makes_a_new_quotation(self):
        sheet = self._quote(self._create_sheet())
        old = self._order_of(sheet)
        self._add(sheet)
        sheet.action_create_quotation()
        new = self._open_order_of(sheet)
        self.assertEqual(len(new.order_line.filtered("product_id")), 3)
        self.assertEqual(old.superseded_by_id, new)
        sheet.action_create_quotation()
        self.assertEqual(self._open_order_of(sheet), new, "once is enough")

    # ---------------------------------------------------------- SUPPLEMENTARY

    def _find_more(self, state="repair"):
        sheet = self._approve(self._create_sheet())
        if state == "repair":
            sheet.action_start_repair()
        first = self._order_of(sheet)
        sheet.action_evaluate_more()
        self.assertEqual(sheet.state, state)
        self.assertEqual(len(sheet.evaluation_ids), 2)
        extra = self._add(sheet)
        with self.assertRaisesRegex(UserError, "Complete the evaluation"):
            sheet.action_create_quotation()
        sheet.check_ids.result = "ok"
        sheet.action_complete_evaluation()
        sheet.action_create_quotation()
        return sheet, first, extra

    def test_more_is_found_and_accepted(self):
        for state in ("approved", "repair"):
            with self.subTest(state):
                sheet, first, extra = self._find_more(state)
                self.assertEqual((sheet.state, first.state), (state, "sale"))
                sheet.action_evaluate_more()
                sheet.action_evaluate_more()
                self.assertEqual(len(sheet.evaluation_ids), 3)
                self._decide(sheet.action_open_acceptance())
                self.assertEqual(sheet.state, state)
                self.assertTrue(extra.is_accepted)
                self.assertEqual(extra.quantity_done, 1 if state == "repair" else 0)

    def test_more_is_found_and_refused(self):
        for state in ("approved", "repair"):
            with self.subTest(state):
                sheet, first, extra = self._find_more(state)
                self._decide(sheet.action_open_refusal())
                self.assertEqual((sheet.state, first.state), (state, "sale"))
                self.assertFalse(sheet.outcome)
                self.assertFalse(extra.is_accepted)
                self.assertFalse(sheet.has_lines_to_quote, "it is not offered again")
                another = self._add(sheet)
                sheet.action_create_quotation()
                self.assertEqual(
                    self._open_order_of(sheet).order_line.sheet_line_ids, another
                )

    def test_repair_is_not_finished_while_the_customer_decides(self):
        sheet, _first, extra = self._find_more()
        supplement = extra.sudo().sale_order_id
        with self.assertRaisesRegex(UserError, f"not decided on {supplement.name}"):
            sheet.action_finish_repair()
        supplement._action_cancel()
        sheet.action_finish_repair()
        self.assertEqual(sheet.state, "ready")
        self.assertAlmostEqual(sheet.amount_total, 390 * 1.21)

    def test_accepted_order_is_not_cancelled_under_the_repair(self):
        sheet, first, _extra = self._find_more()
        supplement = sheet.sudo().sale_order_ids - first
        with self.assertRaisesRegex(UserError, f"{sheet.name} is repaired under"):
            first.action_cancel()
        supplement.action_cancel()
        self.assertEqual(supplement.service_decision, "refused")
        sheet.action_finish_repair()
        with self.assertRaisesRegex(UserError, "set what is not wanted"):
            first.action_cancel()
        self.assertEqual((first.state, first.service_decision), ("sale", "accepted"))

    def test_accepted_order_ends_with_its_sheet(self):
        sheet = self._approve(self._create_sheet())
        sheet.action_start_repair()
        order = sheet.sudo().sale_order_ids
        sheet.with_user(self.reception).action_cancel()
        self.assertEqual((order.state, order.service_decision), ("cancel", "accepted"))

    def test_more_done_than_accepted_asks_for_a_quotation(self):
        sheet = self._approve(self._create_sheet())
        sheet.action_start_repair()
        sheet.line_ids[0].quantity_done = 2
        with self.assertRaisesRegex(UserError, "Quote the difference"):
            sheet.action_finish_repair()

    # -------------------------------------------------------------------- FEE

    def _refuse(self, **values):
        self.laptop.diagnosis_product_id = self.diagnosis
        sheet = self._quote(self._create_sheet(**values))
        sheet.with_user(self.reception).action_refuse_quotation()
        return sheet

    def test_fee_is_named_to_whom_records_the_refusal(self):
        self.laptop.diagnosis_product_id = self.diagnosis
        sheet = self._quote(self._create_sheet())
        wizard = self.env["workmanager.decision"].with_user(self.technician)
        for action, fee in (
            (sheet.action_open_refusal(), "$\xa072.60"),
            (sheet.action_open_acceptance(), False),
        ):
            form = Form(wizard.with_context(**action["context"]))
            self.assertEqual(form.fee, fee)

    def _fees(self, sheet):
        return [
            (line.fee, line.price_unit * line.quantity)
            for line in sheet.line_ids.filtered("fee")
            if line.sudo().order_state != "cancel"
        ]

    def test_fee_is_deducted_from_the_repair_accepted_later(self):
        for is_invoiced in (False, True):
            with self.subTest(is_invoiced=is_invoiced):
                sheet = self._refuse()
                self.assertAlmostEqual(sheet.amount_total, 60 * 1.21)
                if is_invoiced:
                    sheet.with_user(self.reception).action_create_invoice()
                sheet = self._evaluate_again(sheet)
                sheet.action_create_quotation()
                self.assertEqual(
                    self._fees(sheet), [("charged", 60), ("deducted", -60)]
                )
                self.assertAlmostEqual(sheet.amount_total, 390 * 1.21)
                self.assertAlmostEqual(
                    self._open_order_of(sheet).amount_total, 330 * 1.21
                )
                sheet.with_user(self.reception).action_accept_quotation()
                self.assertRecordValues(
                    sheet, [{"state": "approved", "outcome": False}]
                )
                sheet.action_start_repair()
                sheet.action_finish_repair()
                sheet.with_user(self.reception).action_create_invoice()
                self.assertAlmostEqual(
                    sum(sheet.sudo().invoice_ids.mapped("amount_total_signed")),
                    390 * 1.21,
                )

    def test_fee_is_charged_once(self):
        sheet = self._evaluate_again(self._refuse())
        sheet.action_create_quotation()
        sheet.with_user(self.reception).action_refuse_quotation()
        self.assertEqual(self._fees(sheet), [("charged", 60)])
        self.assertAlmostEqual(sheet.amount_total, 60 * 1.21)

    def test_fee_charged_before_the_decision_is_deducted(self):
        self.laptop.diagnosis_product_id = self.diagnosis
        sheet = self._create_sheet()
        sheet.action_charge_diagnosis()
        sheet.action_charge_diagnosis()
        self.assertEqual(sheet.state, "received")
        self.assertEqual(self._order_of(sheet).invoice_status, "to invoice")
        self._quote(sheet)
        self.assertEqual(self._fees(sheet), [("charged", 60), ("deducted", -60)])
        self._order_of(sheet).filtered(
            lambda order: order.state == "draft"
        ).action_confirm()
        self.assertEqual(sheet.state, "approved")
        self.assertAlmostEqual(sheet.amount_total, 390 * 1.21)

    def test_fee_charged_before_stays_when_refused(self):
        self.laptop.diagnosis_product_id = self.diagnosis
        sheet = self._create_sheet()
        sheet.action_charge_diagnosis()
        self._quote(sheet)
        sheet.action_refuse_quotation()
        self.assertRecordValues(sheet, [{"state": "ready", "outcome": "refused"}])
        self.assertEqual(self._fees(sheet), [("charged", 60)])

    def test_fee_charged_while_deciding_stays_when_unrepairable(self):
        self.laptop.diagnosis_product_id = self.diagnosis
        sheet = self._quote(self._create_sheet())
        sheet.action_charge_diagnosis()
        sheet.with_user(self.reception).action_accept_quotation()
        self.assertEqual(self._fees(sheet), [("charged", 60), ("deducted", -60)])
        sheet.action_start_repair()
        sheet.action_mark_unrepairable()
        self.assertEqual(self._fees(sheet), [("charged", 60)])
        sheet.with_user(self.reception).action_create_invoice()
        self.assertAlmostEqual(
            sum(sheet.sudo().invoice_ids.mapped("amount_total_signed")), 60 * 1.21
        )

    def test_refused_quotation_taken_up_again_on_the_order(self):
        sheet = self._refuse()
        order = self._order_of(sheet).filtered(lambda o: o.state == "cancel")
        order.action_draft()
        self.assertFalse(order.service_decision)
        order.with_user(self.reception).action_confirm()
        self.assertRecordValues(sheet, [{"state": "approved", "outcome": False}])
        self.assertEqual(self._fees(sheet), [("charged", 60), ("deducted", -60)])
        self.assertAlmostEqual(sheet.amount_total, 390 * 1.21)

    def test_type_without_a_fee_says_so(self):
        with self.assertRaisesRegex(UserError, "has no diagnosis fee"):
            self._create_sheet().action_charge_diagnosis()


@tagged("post_install", "-at_install")
class TestOrderChangedByHand(DecisionCommon):
    """The sheet follows what people do on the sale order, and does not fight it."""

    def setUp(self):
        super().setUp()
        self.sheet = self._quote(self._create_sheet())
        self.order = self._order_of(self.sheet)
        self.battery, self.labour = self.order.order_line.filtered("product_id")

    def test_line_taken_off(self):
        with Form(self.order.with_user(self.reception)) as form:
            form.order_line.remove(index=2)
        self.assertEqual(self.sheet.line_ids.product_id, self.part)
        self.assertFalse(self.sheet.has_lines_to_quote)
        self.assertAlmostEqual(self.sheet.amount_total, self.order.amount_total)
        self.assertIn("taken off", "".join(self.sheet.message_ids.mapped("body")))

    def test_line_added(self):
        self.order.with_user(self.reception).write(
            {
                "order_line": [
                    Command.create(
                        {"product_id": self.diagnosis.id, "product_uom_qty": 2}
                    )
                ]
            }
        )
        added = self.sheet.line_ids[-1]
        self.assertRecordValues(
            added,
            [{"product_id": self.diagnosis.id, "quantity": 2, "coverage": "customer"}],
        )
        self.assertAlmostEqual(self.sheet.amount_total, self.order.amount_total)
        self.sheet.with_user(self.reception).action_accept_quotation()
        self.sheet.action_start_repair()
        self.assertEqual(added.quantity_done, 2)

    def test_product_replaced(self):
        better = self._create_product("Battery 72 Wh", 300.0, 160.0, "consu")
        self.battery.with_user(self.reception).product_id = better
        self.assertRecordValues(
            self.sheet.line_ids[0],
            [{"product_id": better.id, "name": "Battery 72 Wh", "price_unit": 300.0}],
        )

    def test_order_deleted_is_offered_again(self):
        self.order.with_user(self.manager).sudo().unlink()
        self.assertEqual(len(self.sheet.line_ids), 2)
        self.sheet.action_create_quotation()
        self.assertAlmostEqual(self._open_order_of(self.sheet).amount_total, 390 * 1.21)
        self.assertEqual(self.sheet.state, "quoted")

    def test_accepted_price_is_not_raised(self):
        self.sheet.with_user(self.reception).action_accept_quotation()
        self.battery.discount = 10.0
        for values in ({"price_unit": 300.0}, {"discount": 0.0}):
            with (
                self.subTest(values),
                self.assertRaisesRegex(UserError, "accepted “Battery 56 Wh” at"),
                self.cr.savepoint(),
            ):
                self.battery.write(values)
        self.battery.price_unit = 200.0
        self.assertEqual(self.sheet.line_ids[0].price_unit, 200.0)

    def test_order_of_a_closed_sheet_is_not_accepted(self):
        self.sheet.with_user(self.reception).action_cancel()
        with self.assertRaisesRegex(UserError, "is cancelled"):
            self.order.action_confirm()
        self.order.action_draft()
        with self.assertRaisesRegex(UserError, "can no longer be accepted"):
            self.order.action_confirm()


@tagged("post_install", "-at_install")
class TestQuotationRights(DecisionCommon):
    def test_technician_sends_the_quotation_without_sales_rights(self):
        self.customer.email = "stefan@example.com"
        sheet = self._quote(self._create_sheet())
        order = self._order_of(sheet)
        action = sheet.action_send_quotation()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(order.state, "sent")
        message = order.message_ids[:1]
        self.assertEqual(message.author_id, self.technician.partner_id)
        self.assertIn(self.customer, message.partner_ids)
        self.assertTrue(message.attachment_ids, "the quotation in PDF")
        self.assertIn("for the repair of your equipment", message.subject)
        self.assertIn(self.equipment.display_name, message.body)
        self.assertIn(sheet.name, message.body)

    def test_other_quotations_keep_their_message(self):
        usual = self.env.ref("sale.email_template_edi_sale")
        plain = self.env["sale.order"].create({"partner_id": self.customer.id})
        self.assertEqual(plain._find_mail_template(), usual)
        order = self._order_of(self._approve(self._create_sheet()))
        self.assertEqual(
            order._find_mail_template(),
            self.env.ref("sale.mail_template_sale_confirmation"),
        )

    def _count_mails(self, order):
        return len(order.message_ids.filtered(lambda m: self.customer in m.partner_ids))

    def test_quotation_is_sent_once_unless_it_is_sent_again(self):
        self.customer.email = "stefan@example.com"
        sheet = self._quote(self._create_sheet())
        order = self._order_of(sheet)
        sheet.action_send_quotation()
        self.assertEqual(
            sheet.action_send_quotation()["params"]["message"],
            f"{order.name} was sent to stefan@example.com.",
        )
        self.assertEqual(self._count_mails(order), 1)
        with Form(sheet) as form:
            self.assertFalse(form.has_quotation_to_send)
        sheet.with_context(send_again=True).action_send_quotation()
        self.assertEqual(self._count_mails(order), 2)

    def test_customer_without_an_address(self):
        self.customer.email = False
        sheet = self._quote(self._create_sheet())
        with self.assertRaisesRegex(UserError, "has no e-mail address"):
            sheet.action_send_quotation()
        self.assertEqual(self._order_of(sheet).state, "draft")
        self.assertIn("access_token", sheet.action_show_quotation()["url"])

    def test_reception_sees_the_message_first(self):
        sheet = self._quote(self._create_sheet()).with_user(self.reception)
        self.assertEqual(
            sheet.action_send_quotation()["res_model"], "mail.compose.message"
        )

    def test_costs_are_for_managers(self):
        sheet = self._quote(self._create_sheet())
        lines = sheet.line_ids
        for user in (self.technician, self.reception):
            with self.assertRaises(AccessError), mute_logger("odoo.orm.models"):
                lines.with_user(user).read(["cost"])
            self.assertNotIn("cost", lines.with_user(user).fields_get())
        self.assertEqual(lines.with_user(self.manager).mapped("cost"), [130.0, 60.0])
        self.part.standard_price = 150.0
        self.assertEqual(lines[0].with_user(self.manager).cost, 130.0, "as quoted")
        sheet.with_user(self.reception).action_accept_quotation()
        sheet.action_start_repair()
        lines[1].quantity_done = 1.0
        sheet.action_finish_repair()
        self.assertEqual(
            lines.with_user(self.manager).mapped("cost"), [150.0, 40.0], "as done"
        )


@tagged("post_install", "-at_install")
class TestQuotationReminder(DecisionCommon):
    """Each quotation that runs out is remembered once."""

    def setUp(self):
        super().setUp()
        self.customer.write({"email": "stefan@example.com", "lang": "en_US"})
        self.sheet = self._quote(self._create_sheet())
        self.order = self._order_of(self.sheet)
        self.order.action_quotation_sent()

    def _watch(self):
        cron = self.env.ref("workmanager_service.ir_cron_service_quotations")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _reminders(self):
        return self.order.message_ids.filtered(
            lambda message: "waits for your decision" in (message.subject or "")
        )

    def _expire_in(self, days):
        self.order.validity_date = Date.add(Date.today(), days=days)

    def test_customer_is_reminded_once(self):
        self._expire_in(4)
        self._watch()
        self.assertFalse(self._reminders(), "too early")
        self._expire_in(3)
        self._watch()
        self._watch()
        self.assertEqual(len(self._reminders()), 1)
        self.assertIn(self.customer, self._reminders().partner_ids)
        self._expire_in(2)
        self._watch()
        self.assertEqual(len(self._reminders()), 2, "another validity")

    def test_reminder_is_the_companys_choice(self):
        self.env.company.service_reminder_days = 0
        self._expire_in(1)
        self._watch()
        self.assertFalse(self._reminders())

    def test_reminder_speaks_the_customers_language(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        template = self.env.ref("workmanager_service.mail_template_quotation_reminder")
        template.with_context(lang="ro_RO").subject = "Oferta așteaptă decizia"
        self.customer.lang = "ro_RO"
        self._expire_in(1)
        self._watch()
        self.assertIn(
            "Oferta așteaptă decizia", self.order.message_ids.mapped("subject")
        )

    def test_nobody_is_reminded_of_what_is_decided(self):
        other = self.env["sale.order"].create({"partner_id": self.customer.id})
        other.validity_date = Date.today()
        other.action_quotation_sent()
        self._expire_in(1)
        self.sheet.with_user(self.reception).action_accept_quotation()
        self._watch()
        self.assertFalse(self._reminders())
        self.assertFalse(other.service_reminded_validity, "no service in it")

    def test_expired_quotation_is_somebodys_work(self):
        self._expire_in(-1)
        self._watch()
        self._watch()
        activity = self.sheet.activity_ids.filtered(
            lambda a: "expired" in (a.summary or "")
        )
        self.assertEqual(activity.user_id, self.reception)
        self.assertIn(self.order.name, activity.summary)
        self.assertFalse(self._reminders(), "too late for the customer")
        self._decide(self.sheet.action_open_acceptance(), with_expired=True)
        self.assertFalse(activity.exists())

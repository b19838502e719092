from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import format_date

from odoo.addons.mail.tests.common import MockEmail

from .common import ServiceCommon

REPLY = """Return-Path: <stefan@example.com>
To: shop@example.com
From: Stefan <stefan@example.com>
Subject: Re: {number}
Message-Id: <reply-1@example.com>
In-Reply-To: {message_id}
References: {message_id}
Content-Type: text/plain; charset=utf-8

When exactly?
"""


@tagged("post_install", "-at_install")
class TestNotification(ServiceCommon, MockEmail):
    """At each stage that has a template the customer gets one message, not two."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The messages are the subject: they have to be written.
        cls.env = cls.env(context={})
        cls.customer.write({"email": "stefan@example.com", "lang": "en_US"})
        cls.company = cls.env.company
        cls.company.email = "shop@example.com"
        cls.stages = {
            stage.state: stage
            for stage in reversed(cls.env["workmanager.stage"].search([]))
        }

    def _take_in(self, **values):
        sheet = self._create_sheet(**values).with_env(self.env)
        self._commit()
        return sheet

    def _commit(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def test_what_was_noted_does_not_change_without_a_trace(self):
        sheet = self._take_in(claimed_fault="Silent", condition_note="As new")
        sheet.write({"claimed_fault": "It smells", "condition_note": "Scratched"})
        self._commit()
        sheet.invalidate_recordset(["message_ids"])
        changes = sheet.message_ids[:1].tracking_value_ids
        self.assertEqual(
            {change.field_id.name: change.old_value_text for change in changes},
            {"claimed_fault": "Silent", "condition_note": "As new"},
        )

    def _get_messages(self, sheet):
        sheet.invalidate_recordset(["message_ids"])
        return sheet.message_ids.filtered(
            lambda message: message.message_type == "auto_comment"
        ).sorted("id")

    def assertSent(self, sheet, *states):
        """Assert that ``sheet`` has sent the messages of these states, in order."""
        self._commit()
        messages = self._get_messages(sheet)
        subjects = [
            self.stages[state].mail_template_id._render_field("subject", sheet.ids)[
                sheet.id
            ]
            for state in states
        ]
        self.assertEqual(messages.mapped("subject"), subjects)
        return messages

    def test_one_message_at_each_main_stage(self):
        sheet = self._take_in()
        message = self.assertSent(sheet, "received")
        self.assertEqual(message.notified_partner_ids, self.customer)
        self.assertIn("shop@example.com", message.email_from)
        self.assertIn(sheet.name, message.body)
        self._quote(sheet.with_user(self.technician))
        self.assertSent(sheet, "received")
        sheet.sale_order_ids.action_quotation_sent()
        self.assertSent(sheet, "received", "quoted")
        sheet.with_user(self.reception).action_accept_quotation()
        self._commit()
        sheet.with_user(self.technician).action_start_repair()
        self._commit()
        sheet.with_user(self.technician).action_finish_repair()
        self.assertSent(sheet, "received", "quoted", "ready")
        sheet.company_id.service_delivery_policy = "always"
        sheet.action_deliver()
        self.assertSent(sheet, "received", "quoted", "ready", "delivered")

    def test_no_message_twice(self):
        sheet = self._take_in()
        sheet.message_post(body="Another write")
        sheet.claimed_fault = "It was changed"
        self.assertSent(sheet, "received")
        sheet.action_start_evaluation()
        self._commit()
        sheet.action_mark_unrepairable()
        self._commit()
        sheet.action_mark_unrepairable()
        self.assertSent(sheet, "received", "ready")
        self.assertIn("could not repair", self._get_messages(sheet)[-1].body)

    def test_stage_that_was_only_passed(self):
        """What one transaction goes through is no news; where it ends, is."""
        self.stages["evaluation"].mail_template_id = self.stages[
            "ready"
        ].mail_template_id.copy({"subject": "Looking"})
        sheet = self._take_in()
        sheet.action_start_evaluation()
        sheet.action_mark_unrepairable()
        self.assertSent(sheet, "received", "ready")

    def test_second_offer_says_nothing_again(self):
        sheet = self._quote(self._take_in()).with_env(self.env)
        sheet.sale_order_ids.action_quotation_sent()
        self.assertSent(sheet, "received", "quoted")
        sheet.sale_order_ids.copy().action_quotation_sent()
        self.assertSent(sheet, "received", "quoted")

    def test_quotation_sent_by_mail_is_the_message(self):
        sheet = self._quote(self._take_in()).with_env(self.env)
        self._commit()
        order = sheet.sale_order_ids
        action = order.action_quotation_send()
        with self.mock_mail_gateway():
            composer = Form(
                self.env["mail.compose.message"].with_context(**action["context"])
            ).save()
            composer._action_send_mail()
        self.assertEqual(order.state, "sent")
        self.assertSent(sheet, "received")

    def test_own_stage_of_the_same_state(self):
        reminder = self.stages["ready"].mail_template_id.copy({"subject": "Well?"})
        late = self.env["workmanager.stage"].create(
            {
                "name": "Reminded",
                "state": "quoted",
                "sequence": 31,
                "mail_template_id": reminder.id,
            }
        )
        sheet = self._quote(self._take_in()).with_env(self.env)
        self._commit()
        sheet.stage_id = late
        self._commit()
        self.assertEqual(self._get_messages(sheet)[-1].subject, "Well?")

    def test_customer_who_is_spared(self):
        sheet = self._take_in(is_customer_notified=False)
        self._quote(sheet.with_user(self.technician))
        sheet.sale_order_ids.action_quotation_sent()
        self.assertSent(sheet)

    def test_spared_from_the_intake_on(self):
        intake = (
            self.env["workmanager.intake"]
            .with_user(self.reception)
            .create(
                {
                    "equipment_id": self.equipment.id,
                    "claimed_fault": "Dead",
                    "is_customer_notified": False,
                }
            )
        )
        self.assertFalse(intake._prepare_sheet_values()["is_customer_notified"])

    def test_customer_without_an_address(self):
        self.customer.email = False
        sheet = self._take_in()
        self.assertSent(sheet)
        self.assertFalse(sheet.message_ids.notification_ids.filtered("failure_type"))

    def test_stage_without_a_template(self):
        sheet = self._take_in()
        sheet.action_start_evaluation()
        self.assertSent(sheet, "received")

    def test_language_is_the_customers(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        self.stages["received"].mail_template_id.with_context(
            lang="ro_RO"
        ).subject = "Am preluat {{ object.name }}"
        self.customer.lang = "ro_RO"
        sheet = self._take_in()
        self.assertEqual(self._get_messages(sheet).subject, f"Am preluat {sheet.name}")

    def test_mail_that_leaves(self):
        with self.mock_mail_gateway():
            sheet = self._take_in()
        [mail] = [m for m in self._mails if "stefan@example.com" in str(m["email_to"])]
        self.assertIn(sheet.name, mail["subject"])

    def test_reply_arrives_on_the_sheet(self):
        sheet = self._take_in()
        [message] = self._get_messages(sheet)
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(
                False,
                REPLY.format(number=sheet.name, message_id=message.message_id).encode(),
            )
        sheet.invalidate_recordset(["message_ids"])
        reply = sheet.message_ids[0]
        self.assertIn("When exactly?", reply.body)
        self.assertEqual(reply.author_id, self.customer)
        self.assertEqual(reply.message_type, "email")
        self.assertIn(self.technician.partner_id, reply.notified_partner_ids)

    # ------------------------------------------------------------------- TEXTS

    def test_text_with_a_wrong_placeholder(self):
        with self.assertRaisesRegex(ValidationError, "{price}"):
            self.stages["ready"].sms_text = "Pay {price} for {number}"

    def test_text_with_a_wrong_placeholder_in_a_translation(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        stage = self.stages["ready"]
        stage.sms_text = "Come and take {number}"
        with self.assertRaisesRegex(ValidationError, "{numar}"):
            stage.with_context(lang="ro_RO").sms_text = "Veniți după {numar}"
        self.assertIn("{link}", stage._fields["sms_text"].help)

    def test_text_is_filled_like_a_document(self):
        stage, sheet = self.stages["ready"], self._create_sheet()
        for text, expected in (
            ("5 < 6 & {number} > { company }", "5 < 6 & %(number)s > %(company)s"),
            ("{customer}, {deadline}{link}", "%(customer)s, %(deadline)s"),
        ):
            with self.subTest(text):
                stage.sms_text = text
                filled = stage._fill_text(
                    stage.sms_text, sheet._get_placeholder_getter("message")
                )
                values = {
                    "number": sheet.name,
                    "company": self.company.name,
                    "customer": self.customer.name,
                    "deadline": format_date(self.env, sheet.deadline_date),
                }
                self.assertEqual(filled.split("http")[0], expected % values)

    def test_text_message(self):
        if "sms.sms" not in self.env:
            self.skipTest("Odoo sends no text messages here")
        self.stages["received"].sms_text = "{company}: {number}, {equipment}"
        sheet = self._take_in()
        [sms] = self.env["sms.sms"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(
            sms.body, f"{self.company.name}: {sheet.name}, {self.brand.name}"
        )
        self.assertEqual(sms.state, "outgoing")
        self.assertSent(sheet, "received")

    def test_text_message_spared(self):
        if "sms.sms" not in self.env:
            self.skipTest("Odoo sends no text messages here")
        self.stages["received"].sms_text = "{number}"
        self._take_in(is_customer_notified=False)
        self.assertFalse(
            self.env["sms.sms"].search([("partner_id", "=", self.customer.id)])
        )

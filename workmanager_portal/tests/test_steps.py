from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.workmanager_service.tests.common import ServiceCommon


@tagged("post_install", "-at_install")
class TestSteps(ServiceCommon):
    """The way that the customer reads is the way that the sheet went."""

    def setUp(self):
        super().setUp()
        self.sheet = self._create_sheet().with_user(self.env.user)

    def _get_steps(self):
        return [
            (step["state"], step["status"]) for step in self.sheet._get_portal_steps()
        ]

    def test_new_sheet(self):
        steps = self.sheet._get_portal_steps()
        self.assertEqual(steps[0]["status"], "current")
        self.assertEqual(steps[0]["date"], self.sheet.intake_date)
        self.assertEqual(steps[0]["label"], "We have received your equipment")
        self.assertEqual({step["status"] for step in steps[1:]}, {"todo"})
        self.assertFalse(any(step["date"] for step in steps[1:]))
        self.assertEqual(len(steps), 7)

    def test_dates_come_from_the_history(self):
        self._approve(self.sheet)
        last = self.sheet.sudo().stage_time_ids.sorted("id")[-1]
        last.start -= timedelta(days=2)
        step = next(
            step
            for step in self.sheet._get_portal_steps()
            if step["status"] == "current"
        )
        self.assertEqual(step["state"], "approved")
        self.assertEqual(step["date"], last.start)

    def test_label_of_own_stage(self):
        waiting = self.env["workmanager.stage"].create(
            {
                "name": "Waiting",
                "state": "received",
                "sequence": 11,
                "customer_label": "We wait for a free bench",
            }
        )
        self.sheet.stage_id = waiting
        steps = self.sheet._get_portal_steps()
        self.assertEqual(steps[0]["label"], "We wait for a free bench")
        self.assertEqual(steps[0]["date"], self.sheet.intake_date)
        waiting.customer_label = False
        self.assertEqual(self.sheet._get_portal_steps()[0]["label"], "Waiting")

    def test_refused_sheet_skips_the_repair(self):
        self._quote(self.sheet)
        self.sheet.action_refuse_quotation()
        states = dict(self._get_steps())
        self.assertNotIn("approved", states)
        self.assertNotIn("repair", states)
        self.assertEqual(states["ready"], "current")
        self.assertEqual(states["delivered"], "todo")
        self.assertIn("refused", self.sheet._get_portal_notice()["text"])

    def test_unrepairable_sheet(self):
        self.sheet.action_start_evaluation()
        self.sheet.action_mark_unrepairable()
        self.assertEqual(
            self._get_steps(),
            [
                ("received", "done"),
                ("evaluation", "done"),
                ("ready", "current"),
                ("delivered", "todo"),
            ],
        )
        self.assertIn("could not repair", self.sheet._get_portal_notice()["text"])

    def test_cancelled_sheet_ends_where_it_ended(self):
        self.sheet.action_start_evaluation()
        self.sheet.action_cancel()
        self.assertEqual(
            self._get_steps(),
            [("received", "done"), ("evaluation", "done"), ("cancelled", "current")],
        )
        self.assertIn("cancelled", self.sheet._get_portal_notice()["text"])

    def test_resumed_sheet_has_its_way_before_it_again(self):
        self._quote(self.sheet)
        self.sheet.action_refuse_quotation()
        self.sheet.action_start_evaluation()
        steps = self.sheet._get_portal_steps()
        self.assertEqual(
            [step["status"] for step in steps],
            ["done", "current", "todo", "todo", "todo", "todo", "todo"],
        )
        self.assertFalse(any(step["date"] for step in steps[2:]))

    def test_delivered_sheet(self):
        self._repair(self.sheet)
        self.sheet.company_id.service_delivery_policy = "always"
        self.sheet.action_deliver()
        states = dict(self._get_steps())
        self.assertEqual(states.pop("delivered"), "current")
        self.assertEqual(set(states.values()), {"done"})
        steps = self.sheet._get_portal_steps()
        self.assertEqual(steps[-1]["date"], self.sheet.delivery_date)
        self.assertEqual(steps[-2]["date"], self.sheet.ready_date)

    def test_work_under_warranty_asks_for_no_decision(self):
        self.sheet.write({"is_warranty": True, "warranty_reason": "By phone"})
        self._evaluate(self.sheet).action_create_quotation()
        self.assertEqual(self.sheet.state, "approved")
        states = dict(self._get_steps())
        self.assertNotIn("quoted", states)
        self.assertEqual(states["approved"], "current")

    def test_expected_date_only_while_it_is_expected(self):
        self.sheet.deadline_date = fields.Datetime.now()
        self.assertTrue(self.sheet._get_portal_expected_date())
        self._repair(self.sheet)
        self.assertFalse(self.sheet._get_portal_expected_date())

    def _get_label(self):
        """Return what the customer reads about the step where the sheet is."""
        return next(
            step["label"]
            for step in self.sheet._get_portal_steps()
            if step["status"] == "current"
        )

    def test_notice_asks_for_a_decision_once_the_offer_is_sent(self):
        self._quote(self.sheet)
        self.assertIn("shortly", self.sheet._get_portal_notice()["text"])
        self.assertEqual(self._get_label(), "We are preparing our offer")
        self.sheet.sale_order_ids.action_quotation_sent()
        self.assertEqual(self._get_label(), "We wait for your decision on our offer")
        self.assertIn("accept or refuse", self.sheet._get_portal_notice()["text"])
        yesterday = fields.Date.today() - timedelta(days=1)
        self.sheet.sale_order_ids.validity_date = yesterday
        self.env.invalidate_all()
        self.assertIn("expired", self.sheet._get_portal_notice()["text"])
        self.assertFalse(self.sheet._get_portal_offers())

    def test_label_that_was_changed(self):
        """Each language reads its own; a stage that is archived keeps its label."""
        stage = self.sheet.stage_id
        self._get_steps()
        stage.customer_label = "It is here"
        self.assertEqual(self.sheet._get_portal_steps()[0]["label"], "It is here")
        self.env["res.lang"]._activate_lang("ro_RO")
        romanian = self.sheet.with_context(lang="ro_RO")
        romanian._get_portal_steps()
        stage.update_field_translations("customer_label", {"ro_RO": "A sosit"})
        self.assertEqual(romanian._get_portal_steps()[0]["label"], "A sosit")
        stage.active = False
        other = stage.copy(
            {"customer_label": "Noted", "state": stage.state, "active": True}
        )
        self.assertEqual(self.sheet._get_portal_steps()[0]["label"], "It is here")
        self.sheet.stage_id = other
        self.assertEqual(self.sheet._get_portal_steps()[0]["label"], "Noted")

from odoo.tests import tagged

from .common import SIGNATURE, PortalCommon


@tagged("post_install", "-at_install")
class TestDecision(PortalCommon):
    """The customer decides on Odoo's own page of the quotation; the sheet follows."""

    def setUp(self):
        super().setUp()
        self.order = self._send_offer(self.sheet)
        self.token = self.order._portal_ensure_token()

    def _accept(self, token=None):
        return self.make_jsonrpc_request(
            f"/my/orders/{self.order.id}/accept",
            {"access_token": token, "name": "Ștefan", "signature": SIGNATURE},
            timeout=60,
        )

    def _refuse(self):
        page = self.url_open(self.order.get_portal_url())
        return self.url_open(
            f"/my/orders/{self.order.id}/decline",
            data={
                "csrf_token": self._get_csrf_token(page.text),
                "access_token": self.token,
                "decline_message": "Too dear",
            },
            timeout=60,
        )

    def test_accept_without_account(self):
        self.authenticate(None, None)
        self.assertIn("redirect_url", self._accept(self.token))
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.order.signed_by, "Ștefan")
        self.assertEqual(self.sheet.state, "approved")

    def test_accept_with_account(self):
        self._login(self.owner)
        self._accept()
        self.assertEqual(self.sheet.state, "approved")

    def test_accept_twice(self):
        self._login(self.owner)
        self._accept()
        self.assertIn("error", self._accept())
        self.assertEqual(self.sheet.state, "approved")
        self.assertEqual(len(self.sheet.sudo().sale_order_ids), 1)

    def test_accept_by_others(self):
        foreign = self.other_sheet.sudo()._portal_ensure_token()
        for user, token in ((self.stranger, None), (None, foreign), (None, "wrong")):
            with self.subTest(user=user, token=token):
                if user:
                    self._login(user)
                else:
                    self.authenticate(None, None)
                self.assertIn("error", self._accept(token))
                self.assertEqual(self.sheet.state, "quoted")

    def test_refuse_without_account(self):
        self.authenticate(None, None)
        self._refuse()
        self.assertEqual(self.order.state, "cancel")
        self.assertEqual(self.sheet.state, "ready")
        self.assertEqual(self.sheet.outcome, "refused")
        reason = self.sheet.sudo().message_ids.filtered(lambda m: "dear" in m.body)
        self.assertEqual(reason.author_id, self.order.partner_id)
        page = self.url_open(self.order.get_portal_url()).text
        self.assertIn("You refused this quotation.", page)
        self.assertNotIn("This quotation has been cancelled.", page)
        self._refuse()
        reasons = self.sheet.sudo().message_ids.filtered(lambda m: "dear" in m.body)
        self.assertEqual(reasons, reason, "once")

    def test_fee_of_a_refusal_is_named_before_and_after(self):
        fee = self._create_product("Diagnosis of laptops", 60.0, 0.0, "service")
        self._login(self.owner)
        self.assertNotIn(
            "If you refuse", self.url_open(self.order.get_portal_url()).text
        )
        self.laptop.diagnosis_product_id = fee
        page = self.url_open(self.order.get_portal_url()).text
        self.assertIn("If you refuse, the diagnosis costs", page)
        self.assertIn("72.60", page)
        self._refuse()
        html = self.url_open(self.sheet.get_portal_url()).text
        self.assertIn("Diagnosis fee", html)

    def test_refuse_with_account(self):
        self._login(self.owner)
        self._refuse()
        self.assertEqual(self.sheet.state, "ready")
        self.assertEqual(self.sheet.outcome, "refused")

    def test_page_after_the_refusal(self):
        self._login(self.owner)
        self._refuse()
        html = self.url_open(self.sheet.access_url).text
        self.assertIn("You refused the repair", html)
        self.assertIn("Refused", html)
        self.assertNotIn("Cancelled", html)

    def test_additional_offer_during_the_repair(self):
        self._login(self.owner)
        self._accept()
        sheet = self.sheet.with_user(self.technician)
        sheet.action_start_repair()
        sheet.add_operations(self.operation)
        sheet.action_create_quotation()
        second = sheet.sudo().sale_order_ids - self.order
        second.action_quotation_sent()
        html = self.url_open(sheet.access_url).text
        self.assertIn("We need your decision", html)
        self.assertIn(second.access_url, html)
        self.make_jsonrpc_request(
            f"/my/orders/{second.id}/accept",
            {"name": "Ștefan", "signature": SIGNATURE},
            timeout=60,
        )
        self.assertEqual(second.state, "sale")
        self.assertEqual(sheet.state, "repair")

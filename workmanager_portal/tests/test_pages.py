from datetime import timedelta

from odoo.tests import tagged

from .common import PortalCommon


@tagged("post_install", "-at_install")
class TestPages(PortalCommon):
    """Who sees which service, and what is on its page."""

    def _get_list(self, params=""):
        return self.url_open(f"/my/services{params}").text

    def _get_page(self, sheet, token=None, path="", **kwargs):
        params = {"access_token": token} if token else None
        return self.url_open(
            f"{sheet.access_url}{path}", params=params, allow_redirects=False, **kwargs
        )

    # ------------------------------------------------------------------- LIST

    def test_list_of_the_owner_and_of_the_colleague(self):
        for user in (self.owner, self.colleague):
            with self.subTest(user=user.login):
                self._login(user)
                html = self._get_list()
                self.assertIn(self.sheet.name, html)
                self.assertNotIn(self.other_sheet.name, html)

    def test_list_of_somebody_else_is_empty(self):
        self._login(self.stranger)
        html = self._get_list()
        self.assertNotIn(self.sheet.name, html)
        self.assertIn("You have no equipment in our service yet", html)

    def test_list_needs_an_account(self):
        response = self.url_open("/my/services", allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])

    def test_list_keeps_to_the_companies_of_the_user(self):
        company = self.env["res.company"].create({"name": "Another shop"})
        self.env["workmanager.equipment"].create(
            {
                "company_id": company.id,
                "equipment_type_id": self.laptop.id,
                "partner_id": self.owner.partner_id.id,
            }
        )
        foreign = self.env["workmanager.sheet"].create(
            {
                "name": "FOREIGN/1",
                "company_id": company.id,
                "equipment_id": self.env["workmanager.equipment"]
                .search([("company_id", "=", company.id)])
                .id,
            }
        )
        self._login(self.owner)
        self.assertNotIn(foreign.name, self._get_list())
        self.assertNotShown(self._get_page(foreign))

    def test_search_sort_and_filter(self):
        second = self._create_sheet(
            equipment_id=self.machine.id, claimed_fault="Ecran spart"
        )
        second.action_cancel()
        self._login(self.owner)
        table = {
            "?search=spart&search_in=fault": (second, self.sheet),
            "?search=SN-OWN-1&search_in=name": (None, self.sheet),
            "?search=nothing+like+it": (None, self.sheet),
            "?filterby=open": (self.sheet, second),
            "?filterby=closed": (second, self.sheet),
            "?filterby=ready": (None, second),
            "?sortby=name;drop&filterby=nothing&search_in=nothing": (second, None),
        }
        for params, (shown, hidden) in table.items():
            with self.subTest(params=params):
                html = self._get_list(params)
                if shown:
                    self.assertIn(shown.name, html)
                if hidden:
                    self.assertNotIn(hidden.name, html)
        html = self._get_list("?search=SN-OWN-1&search_in=equipment&sortby=name")
        self.assertLess(html.index(self.sheet.name), html.index(second.name))
        html = self._get_list("?sortby=date")
        self.assertGreater(html.index(self.sheet.name), html.index(second.name))

    def test_pages_of_the_list(self):
        earlier = self.sheet.intake_date - timedelta(days=1)
        values = {"equipment_id": self.machine.id, "intake_date": earlier}
        sheets = self.env["workmanager.sheet"].create(
            [dict(values) for _i in range(85)]
        )
        self._login(self.owner)
        first = self._get_list()
        self.assertIn(self.sheet.name, first)
        self.assertIn("/my/services/page/2", first)
        second = self._get_list("/page/2")
        self.assertNotIn(self.sheet.name, second)
        self.assertIn(sheets[0].name, second)

    def test_home_counts_the_services(self):
        self._login(self.owner)
        self.assertIn("/my/services", self.url_open("/my").text)
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["service_count"]}
        )
        self.assertEqual(counters, {"service_count": 1})

    # ------------------------------------------------------------------- PAGE

    def test_page_by_session_and_token(self):
        sheet = self.sheet.sudo()
        token = sheet._portal_ensure_token()
        foreign = self.other_sheet.sudo()._portal_ensure_token()
        table = [
            (self.owner, None, True),
            (self.colleague, None, True),
            (self.stranger, None, False),
            (None, None, False),
            (None, token, True),
            (self.stranger, token, True),
            (None, token[:-1] + "x", False),
            (None, foreign, False),
            (self.stranger, foreign, False),
            (self.technician, None, True),
        ]
        paths = ("", "/document/intake")
        for user, given, shown in table:
            with self.subTest(user=user and user.login, token=given):
                if user:
                    self._login(user)
                else:
                    self.authenticate(None, None)
                for path in paths:
                    response = self._get_page(sheet, given, path, timeout=60)
                    if shown:
                        self.assertEqual(response.status_code, 200)
                    else:
                        self.assertNotShown(response)
                        self.assertNotIn(sheet.name, response.text)

    def test_page_that_does_not_exist(self):
        self._login(self.owner)
        missing = self.env["workmanager.sheet"].browse(2**31 - 1)
        self.assertNotShown(self._get_page(missing))

    def test_page_shows_what_was_found(self):
        self._evaluate(self.sheet)
        self._login(self.owner)
        html = self._get_page(self.sheet).text
        for text in (
            "Nu mai pornește",
            "SN-OWN-1",
            "Starts",
            "Battery voltage",
            "9.1 V",
        ):
            self.assertIn(text, html)
        self.assertNotIn("Hinges", html)

    def test_page_hides_what_is_being_found(self):
        sheet = self.sheet.with_user(self.technician)
        sheet.action_start_evaluation()
        sheet.conclusion = "A first guess"
        sheet.check_ids[0].result = "not_ok"
        self._login(self.owner)
        html = self._get_page(self.sheet).text
        self.assertNotIn("A first guess", html)
        self.assertNotIn("What We Found", html)

    def test_page_escapes_what_people_typed(self):
        attack = "<script>alert('wm')</script>"
        self.sheet.claimed_fault = attack
        self.sheet.condition_note = attack
        self.machine.model_name = attack
        self._login(self.owner)
        for html in (self._get_page(self.sheet).text, self._get_list()):
            self.assertNotIn(attack, html)

    def test_page_shows_the_offer_once_it_is_sent(self):
        self._quote(self.sheet)
        order = self.sheet.sudo().sale_order_ids
        self._login(self.owner)
        html = self._get_page(self.sheet).text
        self.assertIn(order.name, html)
        self.assertNotIn(order.access_url, html)
        self.assertNotIn("471", html)
        order.action_quotation_sent()
        html = self._get_page(self.sheet).text
        self.assertIn(order.access_url, html)
        self.assertEqual(order.amount_total, 471.9)
        self.assertIn("471.90", html)
        self.assertIn("Waits for your decision", html)

    def test_page_shows_covered_work_and_not_who_pays_it(self):
        self.sheet.write({"is_warranty": True, "warranty_reason": "By phone"})
        self._evaluate(self.sheet).action_create_quotation()
        order = self.sheet.sudo().sale_order_ids
        self.assertEqual(order.partner_id, self.manufacturer)
        self._login(self.owner)
        html = self._get_page(self.sheet).text
        self.assertIn("Under warranty", html)
        self.assertNotIn(order.name, html)
        self.assertNotIn(self.manufacturer.name, html)
        # Nor does the manufacturer's order lead to the customer's sheet.
        self.authenticate(None, None)
        page = self.url_open(order.get_portal_url())
        self.assertEqual(page.status_code, 200)
        self.assertNotIn(self.sheet.access_url, page.text)

    def test_order_links_to_the_sheet(self):
        order = self._send_offer(self.sheet)
        page = self.url_open(order.get_portal_url())
        self.assertIn(self.sheet.access_url, page.text)

    def test_page_shows_posted_invoices_only(self):
        self._repair(self.sheet)
        self.sheet.sudo().action_create_invoice()
        invoice = self.sheet.sudo().invoice_ids
        self._login(self.owner)
        self.assertNotIn(invoice.access_url, self._get_page(self.sheet).text)
        invoice.action_post()
        html = self._get_page(self.sheet).text
        self.assertIn(invoice.access_url, html)
        self.assertIn("To pay", html)

    def test_page_says_what_is_left_with_us_while_it_is(self):
        self.sheet.accessory_ids = self.env["workmanager.accessory"].create(
            {"name": "Charger"}
        )
        self._login(self.owner)
        html = self._get_page(self.sheet).text
        self.assertIn("Left with us", html)
        self.assertIn("Charger", html)
        sheet = self._repair(self.sheet)
        sheet.company_id.sudo().service_delivery_policy = "always"
        sheet.with_user(self.reception).action_deliver()
        self.assertNotIn("Left with us", self._get_page(self.sheet).text)

    # -------------------------------------------------------------- DOCUMENTS

    def test_documents_of_each_state(self):
        self.assertEqual(set(self.sheet._get_portal_documents()), {"intake"})
        sheet = self._repair(self.sheet)
        self.assertEqual(
            set(sheet._get_portal_documents()), {"intake", "evaluation", "work"}
        )
        sheet.company_id.sudo().service_delivery_policy = "always"
        sheet.with_user(self.reception).action_deliver()
        self.assertEqual(
            set(sheet._get_portal_documents()),
            {"intake", "evaluation", "work", "handover"},
        )

    def test_download(self):
        token = self.sheet.sudo()._portal_ensure_token()
        self.authenticate(None, None)
        response = self._get_page(self.sheet, token, "/document/intake", timeout=60)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        # Under test Odoo sends what would become the PDF.
        self.assertIn(self.sheet.name, response.text)
        number = self.sheet.name.replace("/", "_")
        self.assertIn(
            f"Intake_Protocol_{number}.pdf", response.headers["Content-Disposition"]
        )

    def test_download_of_what_is_not_there_yet(self):
        self._login(self.owner)
        for document in ("handover", "nothing", "../../0"):
            with self.subTest(document=document):
                response = self._get_page(self.sheet, path=f"/document/{document}")
                self.assertNotEqual(response.status_code, 200)

    # --------------------------------------------------------------- MESSAGES

    def test_messages_both_ways(self):
        sheet = self.sheet.sudo()
        for body, subtype in (("When?", "comment"), ("A difficult one", "note")):
            sheet.message_post(
                body=body, message_type="comment", subtype_xmlid=f"mail.mt_{subtype}"
            )
        token = sheet._portal_ensure_token()
        for user in (self.owner, None):
            with self.subTest(user=user):
                if user:
                    self._login(user)
                else:
                    self.authenticate(None, None)
                thread = {"thread_model": sheet._name, "thread_id": sheet.id}
                shown = self.make_jsonrpc_request(
                    "/mail/chatter_fetch", {**thread, "token": token}
                )
                bodies = str(shown["data"]["mail.message"])
                self.assertIn("When?", bodies)
                self.assertNotIn("A difficult one", bodies)
                self.make_jsonrpc_request(
                    "/mail/message/post",
                    {
                        **thread,
                        "token": token,
                        "post_data": {
                            "body": f"Today? {user}",
                            "message_type": "comment",
                            "subtype_xmlid": "mail.mt_comment",
                        },
                    },
                )
                message = sheet.message_ids[0]
                self.assertIn("Today?", message.body)
                self.assertEqual(message.author_id, self.owner.partner_id)

    def test_mail_leads_to_the_page(self):
        all_groups = self.sheet.sudo()._notify_get_recipients_groups(
            self.env["mail.message"], "Service Sheet", {}
        )
        groups = {name: data for name, _is_member, data in all_groups}
        self.assertTrue(
            groups["portal"]["button_access"]["url"].endswith(self.sheet.access_url)
        )
        url = groups["portal_customer"]["button_access"]["url"]
        self.authenticate(None, None)
        page = self.url_open(url)
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.sheet.name, page.text)

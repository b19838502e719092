from datetime import date, timedelta

from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import SIGNATURE, PortalCommon

ATTACK = "<img src=x onerror=\"alert('wm')\">"


@tagged("post_install", "-at_install")
class TestSecurity(PortalCommon):
    """Each route, and each record behind a page, against each visitor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sheet.with_user(cls.technician).action_start_evaluation()
        starts = cls.sheet.check_ids[0]
        cls.found, cls.hidden = cls._create_photos(cls.sheet, starts)
        cls._quote(cls.sheet)
        cls.general, _rest = cls._create_photos(cls.sheet)
        cls.foreign_photo, _rest = cls._create_photos(cls.other_sheet)
        cls.order = cls.sheet.sudo().sale_order_ids
        cls.order.action_quotation_sent()
        cls.other_order = cls._send_offer(cls.other_sheet)
        cls.company_two = cls.env["res.company"].create({"name": "Another shop"})
        cls.outsider = cls._create_portal_user("wm_outsider")
        cls.outsider.write(
            {
                "company_id": cls.company_two.id,
                "company_ids": [(6, 0, cls.company_two.ids)],
            }
        )
        cls.records = {
            record: record.sudo()._portal_ensure_token()
            for record in (cls.sheet, cls.order, cls.other_sheet, cls.other_order)
        }

    @classmethod
    def _create_photos(cls, sheet, check=None):
        """Return a photo for the customer and one that is not."""
        return cls.env["workmanager.photo"].create(
            [
                {
                    "sheet_id": sheet.id,
                    "name": f"Photo {ATTACK}",
                    "image_1920": SIGNATURE,
                    "is_for_customer": is_for_customer,
                    **({"check_id": check.id} if check else {}),
                }
                for is_for_customer in (True, False)
            ]
        )

    def _visit(self, user, url, token):
        if user:
            self._login(user)
        else:
            self.authenticate(None, None)
        params = {"access_token": token} if token else None
        return self.url_open(url, params=params, allow_redirects=False, timeout=60)

    def _get_visitors(self, record, foreign):
        """Return (visitor, token, whether they may see ``record``)."""
        token, foreign_token = self.records[record], self.records[foreign]
        return (
            (None, None, False),
            (None, "", False),
            (None, "wrong", False),
            (None, "greșită", False),
            (None, token.upper() + "0", False),
            (None, foreign_token, False),
            (self.stranger, None, False),
            (self.stranger, foreign_token, False),
            (self.outsider, None, False),
            (self.owner, None, True),
            (self.colleague, None, True),
            (None, token, True),
            (self.stranger, token, True),
        )

    def test_every_route_against_every_visitor(self):
        service, quotation = self.sheet.access_url, self.order.access_url
        routes = (
            (service, self.sheet, self.other_sheet, 303),
            (f"{service}/document/intake", self.sheet, self.other_sheet, 303),
            (f"{service}/document/evaluation", self.sheet, self.other_sheet, 303),
            (f"{service}/photo/{self.found.id}", self.sheet, self.other_sheet, 404),
            (f"{service}/photo/{self.general.id}", self.sheet, self.other_sheet, 404),
            (f"{quotation}/photo/{self.found.id}", self.order, self.other_order, 404),
        )
        for url, record, foreign, refusal in routes:
            for user, token, shown in self._get_visitors(record, foreign):
                with self.subTest(url=url, user=user and user.login, token=token):
                    response = self._visit(user, url, token)
                    self.assertEqual(
                        response.status_code, 200 if shown else refusal, response.url
                    )
                    if refusal == 303 and not shown:
                        self.assertNotShown(response)

    def test_token_that_was_renewed(self):
        """What a page gave away once opens nothing after the token was changed."""
        old = self.records[self.sheet]
        self.sheet.sudo().access_token = "a-new-one"
        self.assertNotShown(self._visit(None, self.sheet.access_url, old))

    def test_child_records_of_another_parent(self):
        """One key never opens what belongs to another door."""
        service, quotation = self.sheet.access_url, self.order.access_url
        for url in (
            f"{service}/photo/{self.hidden.id}",
            f"{service}/photo/{self.foreign_photo.id}",
            f"{service}/photo/{2**31 - 1}",
            f"{quotation}/photo/{self.hidden.id}",
            f"{quotation}/photo/{self.general.id}",
            f"{quotation}/photo/{self.foreign_photo.id}",
        ):
            record = self.order if "orders" in url else self.sheet
            for user, token in ((self.owner, None), (None, self.records[record])):
                with self.subTest(url=url, user=user and user.login):
                    self.assertEqual(self._visit(user, url, token).status_code, 404)

    def test_photos_by_other_ways(self):
        for user in (None, self.owner, self.stranger):
            for url in (
                f"/web/image/workmanager.photo/{self.found.id}/image_1920",
                f"/web/content/workmanager.photo/{self.found.id}/image_1920",
            ):
                with self.subTest(user=user and user.login, url=url):
                    response = self._visit(user, url, self.records[self.sheet])
                    shown = self.url_open(
                        f"{self.sheet.access_url}/photo/{self.found.id}",
                        params={"access_token": self.records[self.sheet]},
                    )
                    self.assertNotEqual(response.content, shown.content)

    def test_messages_of_another_sheet(self):
        """The token of one sheet writes and reads nothing on another."""
        before = self.other_sheet.sudo().message_ids
        self.authenticate(None, None)
        for route, more in (
            ("/mail/chatter_fetch", {}),
            ("/mail/message/post", {"post_data": {"body": "x"}}),
        ):
            with self.subTest(route=route):
                params = {
                    "thread_model": self.other_sheet._name,
                    "thread_id": self.other_sheet.id,
                    "token": self.records[self.sheet],
                    **more,
                }
                try:
                    with mute_logger("odoo.http"):
                        answer = self.make_jsonrpc_request(route, params)
                except JsonRpcException:
                    continue
                self.assertFalse(answer.get("messages"))
        self.assertEqual(self.other_sheet.sudo().message_ids, before)

    def test_names_are_texts(self):
        self.machine.model_name = ATTACK
        self.sheet.claimed_fault = ATTACK
        self.fault.name = ATTACK
        self._login(self.owner)
        for url in (
            "/my/services",
            self.sheet.access_url,
            self.order.access_url,
            f"/my/services?search={ATTACK}&search_in={ATTACK}&sortby={ATTACK}",
        ):
            with self.subTest(url=url):
                html = self.url_open(url).text
                self.assertNotIn("<img src=x", html)

    def test_file_name_breaks_no_header(self):
        self.sheet.sudo().name = 'FS"\r\nX-Evil: 1/../<b>'
        response = self._visit(
            self.owner, f"{self.sheet.access_url}/document/intake", None
        )
        self.assertNotIn("X-Evil", response.headers)
        self.assertNotIn("<b>", response.headers["Content-Disposition"])

    def test_no_redirect_leads_away(self):
        for url in (
            "/my/services/999999?redirect=https://evil.example",
            f"{self.sheet.access_url}/document/nothing?redirect=//evil.example",
            "/service/status?redirect=https://evil.example&next=//evil.example",
            "/s/x?redirect=https://evil.example",
            "/my/services//evil.example",
        ):
            for user in (None, self.owner):
                with self.subTest(url=url, user=user and user.login):
                    location = self._visit(user, url, None).headers.get("Location", "")
                    host = location.partition("://")[2].partition("/")[0]
                    self.assertIn(host, ("", self.base_url().partition("://")[2]))
                    self.assertFalse(location.startswith("//"))

    def test_photos_are_shown_where_they_belong(self):
        self._login(self.owner)
        html = self.url_open(self.sheet.access_url).text
        for photo, shown in (
            (self.found, True),
            (self.general, True),
            (self.hidden, False),
        ):
            with self.subTest(photo=photo.id):
                address = f"{self.sheet.access_url}/photo/{photo.id}?"
                self.assertEqual(address in html, shown)
        html = self.url_open(self.order.access_url).text
        self.assertIn("What we found", html)
        self.assertIn("9.1", html)
        self.assertIn(f"{self.order.access_url}/photo/{self.found.id}?", html)
        self.assertNotIn(f"/photo/{self.hidden.id}?", html)

    def _count_queries(self, url, token):
        """Return the queries of a page whose code and templates are warm."""
        for _warm in (True, False):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            response = self._visit(None, url, token)
        self.assertEqual(response.status_code, 200)
        return self.env.cr.sql_log_count - before

    def test_queries_of_the_personal_page(self):
        """Neither a fresh sheet nor one with all that a page shows costs more than
        Odoo's page of its quotation."""
        fresh = self._create_sheet(equipment_id=self.machine.id)
        token = fresh.sudo()._portal_ensure_token()
        self.sheet.claimed_fault_ids = self.fault
        self.sheet.accessory_ids = self.env["workmanager.accessory"].create(
            {"name": "Cablu"}
        )
        fresh_count, full_count, odoos_count = (
            self._count_queries(url, key)
            for url, key in (
                (fresh.access_url, token),
                (self.sheet.access_url, self.records[self.sheet]),
                (self.order.access_url, self.records[self.order]),
            )
        )
        self.assertLessEqual(fresh_count, odoos_count)
        self.assertLessEqual(full_count, odoos_count)

    def test_queries_of_who_is_limited(self):
        self.authenticate(None, None)
        attempts = self.env["workmanager.status.attempt"]
        attempts.search([]).unlink()
        url, counts = f"/s/{self.sheet.tracking_code}", []
        for limit in (None, None, "1"):
            if limit:
                self.env["ir.config_parameter"].set_param(
                    "workmanager_portal.status_address_tries", limit
                )
                attempts._take(address="127.0.0.1")
            self.url_open("/web/health")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            response = self._visit(None, url, None)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(response.status_code, 429)
        self.assertLess(2 * counts[2], counts[1], counts)

    def test_expired_offer_is_not_accepted(self):
        self.order.validity_date = date.today() - timedelta(days=1)
        self.authenticate(None, None)
        answer = self.make_jsonrpc_request(
            f"/my/orders/{self.order.id}/accept",
            {
                "access_token": self.records[self.order],
                "name": "Ștefan",
                "signature": SIGNATURE,
            },
        )
        self.assertIn("error", answer)
        self.assertEqual(self.sheet.state, "quoted")

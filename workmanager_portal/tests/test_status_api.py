import json

from odoo.tests import tagged
from odoo.tools import file_path

from .common import PortalCommon

API = "/workmanager/api/v1/status"
SITE = "https://www.example.com"
MAX_SCRIPT = 15_000


@tagged("post_install", "-at_install")
class TestStatusApi(PortalCommon):
    """What other web sites may ask, and what they get: docs/en/status-form.md."""

    def setUp(self):
        super().setUp()
        self.attempts = self.env["workmanager.status.attempt"]
        self.attempts.search([]).unlink()
        self.env["workmanager.status.form"]._set_origins([SITE])
        self.authenticate(None, None)

    def _ask(self, number=None, code="4477", origin=SITE, **more):
        question = {"number": number or self.sheet.name, "code": code, **more}
        return self._send("POST", json.dumps(question), origin)

    def _send(self, method, data=None, origin=SITE, kind="application/json"):
        headers = {"Content-Type": kind, **({"Origin": origin} if origin else {})}
        return self.opener.request(
            method,
            f"{self.base_url()}{API}",
            data=data,
            headers=headers,
            timeout=30,
            allow_redirects=False,
        )

    def assertError(self, response, status, code):
        self.assertEqual(response.status_code, status, response.text)
        error = response.json()["error"]
        self.assertEqual(error["code"], code)
        self.assertTrue(error["message"])
        self.assertNotIn("steps", response.text)

    def test_status(self):
        response = self._ask()
        self.assertEqual(response.status_code, 200, response.text)
        status = response.json()
        self.assertEqual(
            set(status),
            {"number", "steps", "notice", "has_offer", "expected", "contact"},
        )
        self.assertEqual(status["number"], self.sheet.name)
        self.assertEqual(
            status["steps"][0],
            {
                "state": "received",
                "label": "We have received your equipment",
                "date": self.sheet.intake_date.date().isoformat(),
                "status": "current",
            },
        )
        self.assertRegex(status["expected"], r"^\d{4}-\d\d-\d\d$")
        self.assertEqual(set(status["notice"]), {"level", "text"})

    def test_status_is_about_nobody(self):
        self._send_offer(self.sheet)
        text = self._ask().text
        for secret in (
            self.owner.name,
            self.firm.name,
            "Strada Lungă",
            "4477",
            "SN-OWN-1",
            "471",
            self.sheet.tracking_code,
            self.sheet.access_url,
            self.sheet.sudo()._portal_ensure_token(),
        ):
            self.assertNotIn(secret, text)

    def test_form_encoded_question(self):
        data = {"number": self.sheet.name, "code": self.sheet.tracking_code}
        response = self._send("POST", data, kind="application/x-www-form-urlencoded")
        self.assertEqual(response.json()["number"], self.sheet.name)

    def test_languages(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        stage = self.sheet.stage_id.with_context(lang="ro_RO")
        stage.sudo().customer_label = "Am preluat echipamentul"
        for lang, label in (
            ("ro", "Am preluat echipamentul"),
            ("ro-RO", "Am preluat echipamentul"),
            ("en", "We have received your equipment"),
            ("xx", "We have received your equipment"),
            (7, "We have received your equipment"),
        ):
            with self.subTest(lang=lang):
                steps = self._ask(lang=lang).json()["steps"]
                self.assertEqual(steps[0]["label"], label)

    def test_unknown_number_and_wrong_code_are_the_same(self):
        wrong = self._ask(code="0000")
        unknown = self._ask(number="X" * len(self.sheet.name))
        for response in (wrong, unknown):
            self.assertError(response, 404, "not_found")
        self.assertEqual(wrong.content, unknown.content)

    def test_bad_questions(self):
        for data in (
            b"",
            b"{",
            b"[]",
            b"null",
            b'{"number": 5, "code": "4477"}',
            b'{"number": "FS"}',
            b'{"number": ["FS"], "code": {}}',
            b"\xff\xfe",
        ):
            with self.subTest(data=data):
                self.assertError(self._send("POST", data), 400, "invalid_request")
        self.assertError(self._send("POST", b" " * 10_000), 413, "too_large")
        for method in ("GET", "PUT", "DELETE"):
            with self.subTest(method=method):
                response = self._send(method)
                self.assertError(response, 405, "method_not_allowed")
                self.assertIn("POST", response.headers["Allow"])
        self.assertFalse(self.attempts.search([]))

    # ---------------------------------------------------------------- ORIGINS

    def test_origins(self):
        own = self.base_url()
        for origin, allowed in (
            (SITE, True),
            (own, True),
            (None, True),
            ("https://evil.example", False),
            ("https://www.example.com.evil.example", False),
            ("https://evilwww.example.com", False),
            ("http://www.example.com", False),
            ("https://www.example.com:8443", False),
            ("https://example.com", False),
            ("null", False),
            ("*", False),
        ):
            with self.subTest(origin=origin):
                response = self._ask(origin=origin)
                shown = response.headers.get("Access-Control-Allow-Origin")
                self.assertEqual(shown, origin if allowed else None)
                self.assertIn("Origin", response.headers["Vary"])
                self.assertNotIn("Access-Control-Allow-Credentials", response.headers)
                if allowed:
                    self.assertEqual(response.status_code, 200)
                else:
                    self.assertError(response, 403, "origin_not_allowed")

    def test_refused_site_uses_up_no_tries(self):
        self._ask(code="0000", origin="https://evil.example")
        self.assertFalse(self.attempts.search([]))

    def test_preflight(self):
        response = self._send("OPTIONS")
        self.assertEqual(response.status_code, 204)
        self.assertEqual(response.headers["Access-Control-Allow-Origin"], SITE)
        self.assertEqual(response.headers["Access-Control-Allow-Methods"], "POST")
        self.assertEqual(
            response.headers["Access-Control-Allow-Headers"], "Content-Type"
        )
        refused = self._send("OPTIONS", origin="https://evil.example")
        self.assertEqual(refused.status_code, 403)
        self.assertNotIn("Access-Control-Allow-Origin", refused.headers)

    # ----------------------------------------------------------------- LIMITS

    def test_limits_in_headers(self):
        self.env["ir.config_parameter"].set_param(
            "workmanager_portal.status_address_tries", "2"
        )
        for left in ("1", "0"):
            headers = self._ask(number=f"X{left}").headers
            self.assertEqual(headers["RateLimit-Limit"], "2")
            self.assertEqual(headers["RateLimit-Remaining"], left)
            self.assertGreater(int(headers["RateLimit-Reset"]), 0)
        limited = self._ask()
        self.assertError(limited, 429, "too_many_requests")
        self.assertGreater(int(limited.headers["Retry-After"]), 0)
        self.assertEqual(limited.headers["RateLimit-Remaining"], "0")
        exposed = limited.headers["Access-Control-Expose-Headers"]
        self.assertIn("Retry-After", exposed)

    def test_limit_is_shared_with_the_page(self):
        self.env["ir.config_parameter"].set_param(
            "workmanager_portal.status_number_tries", "2"
        )
        for code in ("0000", "0001"):
            self.assertError(self._ask(code=code), 404, "not_found")
        self.assertError(self._ask(), 429, "too_many_requests")
        # Nobody can lock out whoever holds the protocol.
        page = self.url_open(f"/s/{self.sheet.tracking_code}")
        self.assertEqual(page.status_code, 200)

    def test_answers_stay_private(self):
        for response in (self._ask(), self._ask(code="0000"), self._send("GET")):
            self.assertIn("no-store", response.headers["Cache-Control"])
            self.assertIn("noindex", response.headers["X-Robots-Tag"])
            self.assertNotIn("Set-Cookie", response.headers)

    # ----------------------------------------------------------- SCRIPT, FRAME

    def test_script(self):
        response = self.url_open("/workmanager/status.js")
        self.assertEqual(response.status_code, 200)
        self.assertIn("javascript", response.headers["Content-Type"])
        self.assertIn("max-age", response.headers["Cache-Control"])
        self.assertLess(len(response.content), MAX_SCRIPT)
        self.assertNotIn("Set-Cookie", response.headers)
        again = self.url_open(
            "/workmanager/status.js",
            headers={"If-None-Match": response.headers["ETag"]},
        )
        self.assertEqual(again.status_code, 304)

    def test_script_names_no_other_server(self):
        path = file_path("workmanager_portal/static/src/embed/status.js")
        with open(path, encoding="utf-8") as file:
            script = file.read()
        self.assertNotIn("http://", script)
        self.assertNotIn("https://", script)
        for danger in ("innerHTML", "insertAdjacentHTML", "document.write", "eval("):
            self.assertNotIn(danger, script)

    def test_frame(self):
        response = self.url_open("/workmanager/status/embed?lang=ro")
        policy = response.headers["Content-Security-Policy"]
        self.assertIn(f"frame-ancestors 'self' {SITE}", policy)
        self.assertIn("script-src 'self'", policy)
        self.assertIn('lang="ro"', response.text)
        self.assertNotIn("Set-Cookie", response.headers)
        attack = '"><script>alert(1)</script>'
        html = self.url_open(
            "/workmanager/status/embed", params={"color": attack, "lang": attack}
        ).text
        self.assertNotIn("<script>alert", html)

    def test_page_is_in_no_frame(self):
        response = self.url_open("/service/status")
        self.assertEqual(
            response.headers["Content-Security-Policy"], "frame-ancestors 'self'"
        )

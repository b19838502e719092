import hashlib
import re

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.workmanager_portal.models.status import status_attempt

from .common import PortalCommon


@tagged("post_install", "-at_install")
class TestStatus(PortalCommon):
    """What somebody without an account learns, and what a stranger does not."""

    def setUp(self):
        super().setUp()
        self.attempts = self.env["workmanager.status.attempt"]
        self.attempts.search([]).unlink()
        self.authenticate(None, None)
        form = self.url_open("/service/status")
        self.csrf_token = self._get_csrf_token(form.text)

    def _ask(self, number, code):
        return self.url_open(
            "/service/status",
            data={"csrf_token": self.csrf_token, "number": number, "code": code},
        )

    def _set_limit(self, subject, tries):
        self.env["ir.config_parameter"].set_param(
            f"workmanager_portal.status_{subject}_tries", str(tries)
        )

    def assertStatusShown(self, response):
        self.assertEqual(response.status_code, 200)
        self.assertIn("We have received your equipment", response.text)
        self.assertIn(self.sheet.name, response.text)

    def assertNotFound(self, response):
        self.assertEqual(response.status_code, 404)
        self.assertNotIn("We have received your equipment", response.text)

    def test_right_code_however_it_is_typed(self):
        code = self.sheet.tracking_code
        for number, typed in (
            (self.sheet.name, code),
            (f" {self.sheet.name.lower()} ", f"{code[:5]} - {code[5:].lower()}"),
            (self.sheet.name, "4477"),
        ):
            with self.subTest(number=number, code=typed):
                self.assertStatusShown(self._ask(number, typed))

    def test_number_however_it_is_typed(self):
        self.sheet.sudo().name = "FS/2026/00120"
        for number in ("FS/2026/120", "fs-2026-0120", "FS 2026 00120", "Fs_2026.120"):
            with self.subTest(number):
                self.assertStatusShown(self._ask(number, "4477"))
        for number in ("FS/2026/12", "FS/2026/1200", "FS/2025/120", "120", "2026/120"):
            with self.subTest(number):
                self.assertNotFound(self._ask(number, "4477"))

    def test_wrong_code(self):
        code = self.sheet.tracking_code
        for number, typed in (
            (self.sheet.name, "4478"),
            (self.sheet.name, "477"),
            (self.sheet.name, "334477"),
            (self.sheet.name, code[:-1]),
            (self.sheet.name, ""),
            (self.sheet.name, "țțțț"),
            (self.sheet.name, "%"),
            (self.other_sheet.name, code),
            (self.other_sheet.name, "4477"),
            ("%", code),
            ("", ""),
            ("FS\0", "4477"),
        ):
            with self.subTest(number=number, code=typed):
                self.attempts.search([]).unlink()
                self.assertNotFound(self._ask(number, typed))

    def test_code_that_is_not_there(self):
        """A customer without a phone, a sheet without a code: nothing opens them."""
        self.owner.partner_id.phone = False
        self.sheet.sudo().tracking_code = False
        for code in ("", "0000", "False", "None"):
            with self.subTest(code=code):
                self.assertNotFound(self._ask(self.sheet.name, code))
        self.owner.partner_id.phone = "112"
        self.assertNotFound(self._ask(self.sheet.name, "112"))

    def test_unknown_number_and_wrong_code_are_the_same(self):
        number = "X" * len(self.sheet.name)

        def digest(response, typed):
            # The token tells the second in which the page was made.
            html = re.sub(r"[0-9a-f]{40}o\d+", "TOKEN", response.text)
            html = html.replace(typed, "NUMBER")
            return hashlib.sha256(html.encode()).hexdigest()

        wrong, unknown = self._ask(self.sheet.name, "0000"), self._ask(number, "0000")
        self.assertEqual(wrong.status_code, unknown.status_code)
        self.assertEqual(digest(wrong, self.sheet.name), digest(unknown, number))

        self.env.flush_all()
        sheet_model = self.env["workmanager.sheet"]
        counts = set()
        for typed in (self.sheet.name, number):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertFalse(sheet_model._find_by_number(typed, "0000"))
            counts.add(self.cr.sql_log_count - before)
        self.assertEqual(len(counts), 1, counts)

    def test_same_number_in_two_companies(self):
        company = self.env["res.company"].create({"name": "Another shop"})
        customer = self.env["res.partner"].create({"name": "X", "phone": "0700001234"})
        equipment = self.env["workmanager.equipment"].create(
            {
                "company_id": company.id,
                "equipment_type_id": self.laptop.id,
                "partner_id": customer.id,
            }
        )
        twin = self.env["workmanager.sheet"].create(
            {
                "company_id": company.id,
                "equipment_id": equipment.id,
                "name": self.sheet.name,
            }
        )
        find = self.env["workmanager.sheet"]._find_by_number
        self.assertEqual(find(self.sheet.name, "1234"), twin)
        self.assertEqual(find(self.sheet.name, "4477"), self.sheet)

    def test_page_is_about_nobody(self):
        self._send_offer(self.sheet)
        self.machine.model_name = "Model-XYZ"
        html = self._ask(self.sheet.name, "4477").text
        self.assertIn("We need your decision", html)
        for secret in (
            self.owner.name,
            self.firm.name,
            "Strada Lungă",
            "4477",
            "722 333",
            "SN-OWN-1",
            "Model-XYZ",
            "Nu mai pornește",
            "471",
            self.sheet.tracking_code,
            self.sheet.access_url,
            self.sheet.sale_order_ids.sudo().name,
        ):
            self.assertNotIn(secret, html)
        self.assertNotIn(self.sheet.sudo()._portal_ensure_token(), html)

    def test_scanned_code(self):
        url = self.sheet._get_status_url()
        self.assertEqual(self.sheet._get_qr_value(), url)
        self.assertEqual(url, f"{self.base_url()}/s/{self.sheet.tracking_code}")
        response = self.url_open(url)
        self.assertStatusShown(response)
        self.assertNotIn(self.sheet.tracking_code, response.text)
        for code in ("4477", self.sheet.tracking_code[:-1], "%", "False", "%00"):
            with self.subTest(code=code):
                self.assertNotFound(self.url_open(f"/s/{code}"))

    def test_headers(self):
        responses = (
            self.url_open("/service/status"),
            self._ask(self.sheet.name, "4477"),
            self._ask(self.sheet.name, "0000"),
            self.url_open(f"/s/{self.sheet.tracking_code}"),
        )
        for response in responses:
            self.assertIn("noindex", response.headers["X-Robots-Tag"])
            self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
            self.assertIn("no-store", response.headers["Cache-Control"])

    def test_form_needs_its_csrf_token(self):
        self.csrf_token = "wrong"
        with mute_logger("odoo.http"):
            response = self._ask(self.sheet.name, "4477")
        self.assertEqual(response.status_code, 400)

    def test_form_escapes_the_number(self):
        html = self._ask('"><script>alert(1)</script>', "0000").text
        self.assertNotIn("<script>alert(1)", html)

    # ----------------------------------------------------------------- LIMITS

    def assertLimited(self, response):
        self.assertEqual(response.status_code, 429)
        self.assertGreater(int(response.headers["Retry-After"]), 0)
        self.assertIn("noindex", response.headers["X-Robots-Tag"])
        self.assertNotIn(self.sheet.name, response.text)

    def test_limit_for_one_address(self):
        self._set_limit("address", 3)
        for index in range(3):
            self.assertNotFound(self._ask(f"X{index}", "0000"))
        self.assertLimited(self._ask("X4", "0000"))
        self.assertLimited(self._ask(self.sheet.name, "4477"))
        self.assertLimited(self.url_open(f"/s/{self.sheet.tracking_code}"))
        # The limit passes with its window.
        self.attempts.search([]).expiry = "2020-01-01 00:00:00"
        self.env.flush_all()
        self.assertStatusShown(self._ask(self.sheet.name, "4477"))

    def test_last_try_where_the_site_has_several_languages(self):
        """The page that links to its other languages is no second try."""
        self.env["res.lang"]._activate_lang("ro_RO")
        self._set_limit("address", 1)
        self.assertNotFound(self._ask("X", "0000"))
        self.assertLimited(self._ask("X", "0000"))

    def test_limit_for_one_number(self):
        self._set_limit("number", 3)
        for number in (self.sheet.name, "XX/2026/00001"):
            with self.subTest(number=number):
                for index in range(3):
                    self.assertNotFound(self._ask(number, f"000{index}"))
                self.assertLimited(self._ask(number, "4477"))
                spelled = number.lower().replace("/", " ").replace("0000", "0")
                self.assertLimited(self._ask(f" {spelled} ", "4477"))
        self.assertNotFound(self._ask(self.other_sheet.name, "0000"))
        # Nobody can lock out whoever holds the protocol.
        self.assertStatusShown(self.url_open(f"/s/{self.sheet.tracking_code}"))

    def test_right_tries_cost_nothing(self):
        self._set_limit("address", 2)
        self._set_limit("number", 2)
        for _index in range(4):
            self.assertStatusShown(self._ask(self.sheet.name, "4477"))
        self.assertNotFound(self._ask(self.sheet.name, "0000"))
        self.assertEqual(set(self.attempts.search([]).mapped("tries")), {1})

    def test_limited_tries_count_for_nothing_else(self):
        """An address that is limited cannot use up the tries of a number."""
        self._set_limit("address", 1)
        self._set_limit("number", 5)
        self.assertNotFound(self._ask("XX/1", "0000"))
        for _index in range(6):
            self.assertLimited(self._ask(self.sheet.name, "0000"))
        self.attempts.search([("key", "=", self.attempts._digest("address", "x"))])
        key = self.attempts._digest("number", self.sheet.name)
        self.assertFalse(self.attempts.search([("key", "=", key)]))

    def test_limited_try_costs_one_query(self):
        self._set_limit("address", 1)
        self.attempts._take(address="1.2.3.4")
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.assertGreater(self.attempts._take(address="1.2.3.4"), 0)

    def test_addresses(self):
        same = self.attempts._normalize_address
        self.assertEqual(same("2001:db8:1:2::1"), same("2001:db8:1:2:ffff::9"))
        self.assertNotEqual(same("2001:db8:1:2::1"), same("2001:db8:1:3::1"))
        self.assertNotEqual(same("10.0.0.1"), same("10.0.0.2"))
        self.assertEqual(same("::ffff:10.0.0.1"), same("10.0.0.1"))
        self.assertEqual(same(None), "")

    def test_nothing_is_kept_in_clear(self):
        self._ask(self.sheet.name, "0000")
        keys = self.attempts.search([]).mapped("key")
        self.assertEqual(len(keys), 2)
        self.assertTrue(all(len(key) == 64 for key in keys))

    def test_expired_windows_are_removed(self):
        self.attempts._take(address="1.2.3.4")
        self.attempts._take(address="1.2.3.5")
        old, new = self.attempts.search([], order="id")
        old.expiry = "2020-01-01 00:00:00"
        self.env.flush_all()
        self.attempts._gc_expired()
        self.env.invalidate_all()
        self.assertFalse(old.exists())
        self.assertTrue(new.exists())

    def test_settings_that_make_no_sense(self):
        for value in ("", "many", "0", "-3"):
            self._set_limit("address", value)
            self.assertEqual(
                self.attempts._get_limit("address"), status_attempt.DEFAULTS["address"]
            )

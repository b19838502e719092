from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.workmanager_service.tests.common import ServiceCommon


@tagged("post_install", "-at_install")
class TestStatusForm(ServiceCommon):
    """The settings hold the sites that may show the form, as browsers name them."""

    def _set(self, text, user=None):
        settings = self.env["res.config.settings"].with_user(user or self.env.user)
        with Form(settings) as form:
            form.service_status_origins = text
        form.record.execute()
        return self.env["workmanager.status.form"]._get_origins()

    def test_addresses_as_people_type_them(self):
        for text, origins in (
            ("https://www.example.com", ["https://www.example.com"]),
            (" HTTPS://Www.Example.com/contact?x=1 ", ["https://www.example.com"]),
            (
                "https://a.example\nhttps://b.example, https://a.example/",
                ["https://a.example", "https://b.example"],
            ),
            ("https://a.example:443 http://b.example:80", None),
            ("http://localhost:8080", ["http://localhost:8080"]),
            ("https://brutăria.example", ["https://xn--brutria-c4a.example"]),
            ("", []),
            (False, []),
        ):
            with self.subTest(text=text):
                expected = origins
                if origins is None:
                    expected = ["https://a.example", "http://b.example"]
                self.assertEqual(self._set(text), expected)

    def test_addresses_that_are_none(self):
        for text in (
            "www.example.com",
            "*",
            "https://*",
            "https://*.example.com",
            "ftp://example.com",
            "javascript:alert(1)",
            "https://user@example.com",
            "https://a.example'; script-src *",
            "https://",
            "null",
        ):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                self._set(text)

    def test_settings_show_what_is_set(self):
        self._set("https://a.example https://b.example")
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(
            settings.service_status_origins, "https://a.example\nhttps://b.example"
        )
        self.assertIn("/workmanager/status.js", settings.service_status_snippet)

    def test_only_managers_set_it(self):
        with self.assertRaises(AccessError):
            self._set("https://a.example", self.technician)

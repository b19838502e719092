import html
import re

from odoo.tests import tagged

from odoo.addons.mail.tests.common import MockEmail

from .common import PortalCommon

LINK = re.compile(r'href="([^"]*/my/services/[^"]*)"')


@tagged("post_install", "-at_install")
class TestStageMail(PortalCommon, MockEmail):
    """The link in the message of a stage opens the sheet for who has no account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.email = "shop@example.com"
        cls.customer.email = "stefan@example.com"
        # The messages are the subject: they have to be written.
        cls.env = cls.env(context={})
        cls.sheet = cls._create_sheet().with_env(cls.env)

    def _commit(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def assertOpens(self, body):
        """Assert that ``body`` has a link which opens the sheet, and it alone."""
        [link] = {html.unescape(link) for link in LINK.findall(str(body))}
        self.authenticate(None, None)
        page = self.url_open(link, allow_redirects=False)
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.sheet.name, page.text)
        foreign = link.replace(self.sheet.access_url, self.other_sheet.access_url)
        self.assertNotShown(self.url_open(foreign, allow_redirects=False))

    def test_link_that_is_sent(self):
        with self.mock_mail_gateway():
            self._commit()
            self.env.cr.postcommit.run()
        mails = self._new_mails.filtered(
            lambda mail: self.customer in mail.recipient_ids
        )
        self.assertEqual(len(mails), 1)
        self.assertOpens(mails.body_html)

    def test_link_of_each_template(self):
        stages = self.env["workmanager.stage"].search([])
        self.assertGreaterEqual(len(stages.mail_template_id), 4)
        for template in stages.mail_template_id:
            for lang in ("en_US", "ro_RO"):
                with self.subTest(template=template.name, lang=lang):
                    self.env["res.lang"]._activate_lang(lang)
                    self.customer.lang = lang
                    [body] = template._render_field(
                        "body_html", self.sheet.ids, compute_lang=True
                    ).values()
                    self.assertOpens(body)

import re

from odoo.tests import HttpCase, new_test_user

from odoo.addons.workmanager_service.tests.common import ServiceCommon

# A drawing of one pixel.
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)


class PortalCommon(HttpCase, ServiceCommon):
    """A customer company with two people who have an account, and a stranger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.firm = cls.env["res.partner"].create(
            {"name": "Brutăria Țepeș SRL", "is_company": True}
        )
        cls.owner = cls._create_portal_user("wm_owner", cls.firm)
        cls.colleague = cls._create_portal_user("wm_colleague", cls.firm)
        cls.stranger = cls._create_portal_user("wm_stranger")
        cls.owner.partner_id.write(
            {"phone": "+40 722 333 4477", "street": "Strada Lungă 12"}
        )
        cls.machine = cls._create_equipment(
            "SN-OWN-1", partner_id=cls.owner.partner_id.id
        )
        cls.sheet = cls._create_sheet(equipment_id=cls.machine.id)
        cls.other_sheet = cls._create_sheet()

    @classmethod
    def _create_portal_user(cls, login, parent=None):
        user = new_test_user(cls.env, login, groups="base.group_portal")
        user.partner_id.parent_id = parent
        return user

    @classmethod
    def _send_offer(cls, sheet):
        """Quote ``sheet`` and send its quotation.

        :return: the order, as superuser
        """
        cls._quote(sheet)
        order_sudo = sheet.sudo().sale_order_ids
        order_sudo.action_quotation_sent()
        return order_sudo

    def _login(self, user):
        self.authenticate(user.login, user.login)

    def _get_csrf_token(self, html):
        return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)[1]

    def assertNotShown(self, response, url="/my"):
        """Assert that the answer sends to the portal's home, which shows nothing."""
        self.assertEqual(response.status_code, 303)
        self.assertURLEqual(response.headers["Location"], url)

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestUnlockCode(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sheet = cls._create_sheet(unlock_code="4711-secret")

    def _shown(self, user):
        action = self.sheet.with_user(user).action_show_unlock_code()
        return action["params"]["message"]

    def test_it_is_encrypted_at_rest(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT unlock_secret FROM workmanager_sheet WHERE id = %s", self.sheet.ids
        )
        [secret] = self.env.cr.fetchone()
        self.assertTrue(secret)
        self.assertNotIn("4711", secret)

    def test_technician_and_managers_see_it_and_each_look_is_recorded(self):
        self.assertEqual(self._shown(self.technician), "4711-secret")
        self.assertEqual(self._shown(self.manager), "4711-secret")
        looks = self.sheet.with_user(self.manager).unlock_look_ids
        self.assertEqual(looks.user_id, self.technician | self.manager)
        with self.assertRaises(AccessError):
            looks[0].with_user(self.manager).unlink()

    def test_others_do_not_see_it(self):
        other = new_test_user(
            self.env, "wm_other", groups="workmanager_service.group_technician"
        )
        for user in (other, self.reception):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._shown(user)
        for fname in ("unlock_secret",):
            with self.assertRaises(AccessError):
                self.sheet.with_user(self.manager).read([fname])
        self.assertFalse(self.sheet.with_user(self.manager).unlock_code)

    def test_it_is_in_no_message(self):
        bodies = self.sheet.message_ids.mapped("body")
        messages_sudo = self.sheet.sudo().message_ids
        values = messages_sudo.tracking_value_ids.mapped("new_value_char")
        self.assertNotIn("4711", " ".join(map(str, bodies + values)))

    def test_it_is_wiped_at_the_end(self):
        self._repair(self.sheet).with_user(self.reception).action_deliver()
        self.assertFalse(self.sheet.has_unlock_code)
        cancelled = self._create_sheet(unlock_code="1234")
        cancelled.action_cancel()
        self.assertFalse(cancelled.has_unlock_code)

    def test_the_intake_screen_keeps_no_copy(self):
        intake = self.env["workmanager.intake"].with_user(self.reception)
        intake = intake.create(
            {
                "customer_name": "Maria",
                "equipment_type_id": self.laptop.id,
                "claimed_fault": "Nu pornește",
                "unlock_code": "0000",
                "user_id": self.technician.id,
            }
        )
        sheet = intake._take_in()
        self.assertFalse(intake.sudo().unlock_secret)
        action = sheet.with_user(self.technician).action_show_unlock_code()
        self.assertEqual(action["params"]["message"], "0000")

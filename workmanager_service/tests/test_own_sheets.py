from ast import literal_eval

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ServiceCommon

CHILDREN = {
    "workmanager.sheet.line": "sheet_id",
    "workmanager.evaluation": "sheet_id",
    "workmanager.evaluation.check": "sheet_id",
    "workmanager.photo": "sheet_id",
    "workmanager.pause": "sheet_id",
    "workmanager.work.log": "sheet_id",
}


@tagged("post_install", "-at_install")
class TestOwnSheets(ServiceCommon):
    """Technicians who see their own sheets, and those that nobody has."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = new_test_user(
            cls.env, "wm_own_colleague", groups="workmanager_service.group_technician"
        )
        cls.own = cls._create_sheet()
        cls.foreign = cls._create_repair(cls.colleague)
        cls.unassigned = cls._create_sheet(user_id=False)
        cls._see_all(False)

    @classmethod
    def _see_all(cls, is_all):
        settings = cls.env["res.config.settings"]
        settings.create({"group_service_all_sheets": is_all}).execute()

    @classmethod
    def _create_repair(cls, user):
        """Return a sheet of ``user`` that has something of everything."""
        sheet = cls._create_sheet(user_id=user.id).sudo()
        sheet.action_start_evaluation()
        sheet.check_ids.result = "ok"
        sheet.action_complete_evaluation()
        cls.env["workmanager.sheet.line"].create(
            {"sheet_id": sheet.id, "product_id": cls.part.id}
        )
        sheet.action_create_quotation()
        sheet.action_accept_quotation()
        sheet.action_start_repair()
        cls.env["workmanager.work.log"].create(
            {"sheet_id": sheet.id, "user_id": user.id, "hours": 1}
        )
        cls.env["workmanager.pause"].create({"sheet_id": sheet.id, "reason": "part"})
        cls.env["workmanager.photo"].create(
            {"sheet_id": sheet.id, "image_1920": cls.company.logo}
        )
        return sheet

    def _search(self, user, model="workmanager.sheet", path="id"):
        sheets = (self.own | self.foreign | self.unassigned).ids
        return self.env[model].with_user(user).search([(path, "in", sheets)])

    def test_whose(self):
        self.assertEqual(self._search(self.technician), self.own | self.unassigned)
        self.assertEqual(self._search(self.colleague), self.foreign | self.unassigned)
        everything = self.own | self.foreign | self.unassigned
        for user in (self.reception, self.manager):
            self.assertEqual(self._search(user), everything)
        self._see_all(True)
        self.assertEqual(self._search(self.technician), everything)

    def test_setting_shows_what_holds(self):
        settings = self.env["res.config.settings"]
        self.assertFalse(settings.create({}).group_service_all_sheets)
        self._see_all(True)
        self.assertTrue(settings.create({}).group_service_all_sheets)

    def test_what_belongs_to_a_sheet(self):
        foreign = self.foreign.with_user(self.technician)
        with self.assertRaises(AccessError):
            foreign.read(["claimed_fault"])
        with self.assertRaises(AccessError):
            foreign.action_finish_repair()
        for model, path in CHILDREN.items():
            with self.subTest(model=model):
                children = self.env[model].search([(path, "=", self.foreign.id)])
                self.assertTrue(children)
                self.assertFalse(self._search(self.technician, model, path) & children)
                self.assertLessEqual(
                    children, self._search(self.colleague, model, path)
                )
                self.assertLessEqual(
                    children, self._search(self.reception, model, path)
                )
                with self.assertRaises(AccessError):
                    children.with_user(self.technician).read(["create_date"])

    def test_a_check_opens_the_sheet(self):
        check = self.foreign.check_ids[0]
        self.foreign.evaluation_id.sudo().state = "draft"
        check.sudo().user_id = self.technician
        self.foreign.evaluation_id.sudo().state = "done"
        self.assertIn(self.foreign, self._search(self.technician))

    def test_dashboard_counts_what_the_list_shows(self):
        sheets = self.env["workmanager.sheet"].with_user(self.technician)
        for section in sheets.get_dashboard():
            for card in section["cards"]:
                if "domain" in card:
                    domain = literal_eval(card["domain"])
                    self.assertEqual(sheets.search_count(domain), card["count"])

    def test_look_up_finds_the_equipment(self):
        self.env.flush_all()
        equipment = self.env["workmanager.equipment"].with_user(self.technician)
        for text in (self.foreign.name, self.foreign.tracking_code):
            rows = equipment.lookup(text)["equipment"]
            self.assertEqual([row["id"] for row in rows], self.equipment.ids)

    def test_history(self):
        self.own.sudo().previous_sheet_id = self.foreign
        history = self.equipment.with_user(self.technician).get_history()["entries"]
        titles = [entry["title"] for entry in history]
        self.assertIn(self.own.name, titles)
        self.assertNotIn(self.foreign.name, titles)
        entry = next(e for e in history if e["title"] == self.own.name)
        self.assertEqual(entry["previous"], self.foreign.name)
        # The form of a sheet names it too.
        spec = {"previous_sheet_id": {"fields": {"display_name": {}}}}
        [read] = self.own.with_user(self.technician).web_read(spec)
        self.assertEqual(
            read["previous_sheet_id"]["display_name"], self.foreign.display_name
        )

    def test_who_takes_in_for_a_colleague_sees_it(self):
        sheet = self.env["workmanager.sheet"].with_user(self.technician)
        taken = sheet.create(
            {"equipment_id": self.equipment.id, "user_id": self.colleague.id}
        )
        self.assertEqual(taken.with_user(self.technician).user_id, self.colleague)

    def test_hand_on(self):
        wizard = self.env["workmanager.hand.on"].with_user(self.technician)
        action = wizard.create(
            {
                "sheet_ids": self.own.ids,
                "user_id": self.colleague.id,
                "note": "The screws are in the box",
            }
        ).action_hand_on()
        self.assertEqual(action["res_model"], "workmanager.sheet")
        self.assertEqual(self.own.user_id, self.colleague)
        self.assertEqual(self.own.sudo().activity_ids.user_id, self.colleague)
        self.assertNotIn(self.own, self._search(self.technician))

    def test_take_over_what_nobody_has(self):
        sheet = self.unassigned.with_user(self.technician)
        sheet.action_start_evaluation()
        self.assertEqual(sheet.user_id, self.technician)
        self.assertNotIn(self.unassigned, self._search(self.colleague))

from datetime import datetime

from lxml import etree

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ServiceCommon

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8A"
    "AAAASUVORK5CYII="
)


@tagged("post_install", "-at_install")
class TestVisit(ServiceCommon):
    """Service at the customer's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write(
            {"street": "Str. Ștefan cel Mare 5", "city": "Iași", "zip": "700064"}
        )
        cls.site = cls.env["res.partner"].create(
            {
                "name": "Depozit",
                "parent_id": cls.customer.id,
                "type": "delivery",
                "street": "Calea Chișinăului 22",
                "phone": "+40 232 111 222",
            }
        )

    def _visit(self, start=None, **values):
        return self._create_sheet(
            intake_mode="on_site", visit_start=start, **values
        ).with_user(self.technician)

    def test_visit_moves_with_its_length(self):
        sheet = self._visit()
        form = Form(sheet)
        form.visit_start = datetime(2026, 3, 10, 8)
        form.save()
        self.assertEqual(sheet.visit_stop, datetime(2026, 3, 10, 9))
        sheet.visit_stop = datetime(2026, 3, 10, 10, 30)
        # What the calendar writes for a visit that is dragged.
        sheet.write(
            {
                "visit_start": datetime(2026, 3, 11, 12),
                "visit_stop": datetime(2026, 3, 11, 14, 30),
            }
        )
        self.assertEqual(sheet.visit_stop, datetime(2026, 3, 11, 14, 30))
        form = Form(sheet)
        form.visit_start = datetime(2026, 3, 12, 12)
        self.assertEqual(form.visit_stop, datetime(2026, 3, 12, 14, 30))
        with self.assertRaisesRegex(ValidationError, "end after it starts"):
            sheet.visit_stop = datetime(2026, 3, 9)

    def test_address_call_and_map(self):
        sheet = self._visit(datetime(2026, 3, 10, 8))
        self.assertEqual(sheet.visit_address_id, self.site)
        self.assertEqual(sheet.visit_phone, "+40 232 111 222")
        self.assertIn("Calea Chișinăului 22", sheet.visit_address)
        action = sheet.action_open_map()
        self.assertEqual(action["type"], "ir.actions.act_url")
        self.assertTrue(action["url"].startswith("geo:0,0?q="))
        self.assertIn("Calea%20Chi%C8%99in%C4%83ului%2022", action["url"])
        self.env.company.service_map_url = "https://maps.example.com/?q={address}"
        sheet.invalidate_recordset(["visit_map_url"])
        self.assertTrue(sheet.visit_map_url.startswith("https://maps.example.com/?q="))

    def test_views(self):
        """A phone shows cards, the next visit first; a calendar deletes no sheet."""
        action = self.env.ref("workmanager_service.workmanager_sheet_action_visits")
        self.assertEqual(action.mobile_view_mode, "kanban")
        later = self._visit(datetime(2026, 3, 11, 8))
        sooner = self._visit(datetime(2026, 3, 10, 8))
        views = {kind: view_id for view_id, kind in action.views}
        cards = etree.fromstring(
            later.get_view(views["kanban"], view_type="kanban")["arch"]
        )
        self.assertEqual(
            later.search(
                [("id", "in", (later | sooner).ids)], order=cards.get("default_order")
            ),
            sooner + later,
        )
        for view_id in (views["calendar"], False):
            view = later.get_view(view_id, view_type="calendar")
            self.assertEqual(etree.fromstring(view["arch"]).get("delete"), "0")

    def test_calendar_tells_who_what_and_where(self):
        equipment = self._create_equipment("CAL", model_name="Book 1")
        sheet = self._visit(equipment_id=equipment.id)
        name = equipment._get_short_name()
        who = f"{self.customer.name} · {name}"
        self.assertEqual(sheet.calendar_title, f"{who} · Calea Chișinăului 22")
        self.site.city = "Iași"
        self.assertEqual(sheet.calendar_title, f"{who} · Iași")
        sheet.intake_mode = "shop"
        self.assertEqual(sheet.calendar_title, who)

    def test_no_address(self):
        self.site.active = False
        self.customer.write({"street": False, "city": False, "zip": False})
        nobody = self.env["res.partner"].create({"name": "Nicăieri"})
        sheet = self._visit(
            equipment_id=self._create_equipment("NOWHERE", partner_id=nobody.id).id
        )
        sheet.visit_address_id = False
        with self.assertRaisesRegex(UserError, "No address is known"):
            sheet.action_open_map()

    def test_two_visits_at_the_same_time(self):
        first = self._visit(datetime(2026, 3, 10, 8))
        after = self._visit(datetime(2026, 3, 10, 9))
        self.assertFalse(first.visit_conflict_id)
        second = self._visit(datetime(2026, 3, 10, 8, 30))
        self.assertIn(second.visit_conflict_id, first | after)
        second.user_id = self.manager
        self.assertFalse(second.visit_conflict_id)

    def test_customer_signs_on_the_phone(self):
        sheet = self._approve(self._visit(datetime(2026, 3, 10, 8)))
        with self.assertRaisesRegex(UserError, "Start its repair first"):
            sheet.action_sign()
        sheet.action_start_repair()
        action = sheet.action_sign()
        self.assertEqual((action["res_id"], action["target"]), (sheet.id, "new"))
        with Form(
            sheet, "workmanager_service.workmanager_sheet_view_form_sign"
        ) as form:
            form.delivery_signed_by = "Ștefan Țăranu"
            form.delivery_signature = PIXEL
        self.assertTrue(sheet.delivery_signature)
        sheet.action_finish_repair()
        self.assertEqual(sheet.delivery_signed_by, "Ștefan Țăranu")

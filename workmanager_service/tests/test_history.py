from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..models.equipment.equipment_history import HISTORY_LIMIT
from .common import ServiceCommon
from .documents_common import DocumentsCommon


class HistoryCommon(ServiceCommon):
    @classmethod
    def _repair_and_deliver(cls, **values):
        sheet = cls._repair(cls._create_sheet(**values))
        sheet.with_user(cls.reception).action_deliver()
        return sheet

    def _get_entries(self, equipment=None, user=None, **kwargs):
        equipment = (equipment or self.equipment).with_user(user or self.technician)
        self.env.invalidate_all()
        return equipment.get_history(**kwargs)["entries"]


@tagged("post_install", "-at_install")
class TestHistory(HistoryCommon):
    """The equipment's page tells its story, to whom may read it."""

    def test_story_of_a_repair(self):
        self.equipment.sale_date = "2020-03-01"
        sheet = self._repair_and_deliver(claimed_fault_ids=self.fault.ids)
        self.env["workmanager.work.log"].create(
            {"sheet_id": sheet.id, "user_id": self.technician.id, "hours": 1.5}
        )
        entries = self._get_entries()
        self.assertEqual(
            [entry["kind"] for entry in entries],
            ["sheet", "owner", "registered", "sold"],
        )
        story = entries[0]
        self.assertEqual(story["title"], sheet.name)
        self.assertEqual(story["claimed"], ["Battery worn out", "Nu mai pornește"])
        self.assertEqual(story["findings"], ["Battery worn out"])
        self.assertEqual(
            [(line["quantity"], line["name"]) for line in story["lines"]],
            [("1 Units", "Battery 56 Wh"), ("1.5 Units", "Laptop work")],
        )
        self.assertEqual(story["hours"], "01:30")
        self.assertEqual(story["technicians"], self.technician.name)
        self.assertEqual(story["outcome"], "Repaired")
        self.assertTrue(story["delivered"])
        self.assertTrue(story["repair_warranty"])
        self.assertIn("471.90", story["amount"])
        self.assertIn(self.customer.name, entries[1]["title"])

    def test_costs_are_for_managers(self):
        self._repair_and_deliver()
        self.assertIn("190.00", self._get_entries(user=self.manager)[0]["cost"])
        for user in (self.technician, self.reception):
            self.assertNotIn("cost", self._get_entries(user=user)[0])

    def test_costs_are_those_of_the_figures(self):
        self._repair_and_deliver()
        worked = self._repair_and_deliver()
        self.env["workmanager.hourly.cost"].create(
            {
                "user_id": self.technician.id,
                "company_id": self.env.company.id,
                "cost": 50.0,
            }
        )
        self.env["workmanager.work.log"].create(
            {"sheet_id": worked.id, "user_id": self.technician.id, "hours": 2.0}
        )
        self._quote(self._create_sheet())
        told = {
            entry["id"]: entry.get("cost", "")
            for entry in self._get_entries(user=self.manager)
            if entry["kind"] == "sheet"
        }
        figures = self.env["workmanager.sheet.report"].search(
            [("sheet_id", "in", list(told))]
        )
        currency = self.equipment.company_id.currency_id
        counted = {
            figure.sheet_id.id: currency.format(figure.cost) if figure.cost else ""
            for figure in figures.with_user(self.manager)
        }
        self.assertEqual(told, counted)
        self.assertEqual(len(set(told.values())), 3)

    def test_fault_stays_in_the_story_when_the_catalogue_drops_it(self):
        self._repair_and_deliver(claimed_fault_ids=self.fault.ids)
        self.fault.active = False
        story = self._get_entries()[0]
        self.assertEqual(story["findings"], ["Battery worn out"])
        self.assertEqual(story["claimed"][0], "Battery worn out")

    def test_earlier_sheets_are_active_ones_of_the_own_company(self):
        first, second = self._create_sheet(), self._create_sheet()
        sheets = first | second
        self.assertEqual(sheets.mapped("history_count"), [1, 1])
        second.sudo().active = False
        self.env.invalidate_all()
        self.assertEqual(sheets.mapped("history_count"), [0, 1])
        new = first.new({"equipment_id": self.equipment.id})
        self.assertEqual(new.history_count, 1)
        self.assertEqual(first.new({}).history_count, 0)
        self.assertEqual(first.new(origin=first).history_count, 0)
        other = self.env["res.company"].create({"name": "Altă firmă"})
        self.equipment.company_id = other
        theirs = self.env["workmanager.sheet"].create(
            {"company_id": other.id, "equipment_id": self.equipment.id}
        )
        self.assertEqual(theirs.history_count, 0)
        self.assertEqual(first.sudo().history_count, 0)

    def test_return_names_the_repair_that_it_follows(self):
        first = self._repair_and_deliver()
        self._create_sheet()
        story = self._get_entries()[0]
        self.assertEqual(story["previous"], first.name)
        self.assertEqual(story["warranty"], "Warranty of the Repair")

    def test_pages_hold_every_event_once(self):
        start = datetime(2022, 1, 1, 12)
        total = HISTORY_LIMIT * 2 + 3
        for day in range(total):
            self._create_sheet(intake_date=start + timedelta(days=day))
        for day in (5, HISTORY_LIMIT, total - 2):
            self.env["workmanager.equipment.owner"].create(
                {
                    "equipment_id": self.equipment.id,
                    "partner_id": self.env["res.partner"].create({"name": day}).id,
                    "date": start + timedelta(days=day, hours=-12),
                }
            )
        whole, _next = self.equipment._get_history(limit=None)
        self.assertEqual(len(whole), total + 5)
        offset, paged = 0, []
        while offset is not False:
            page = self.equipment.with_user(self.technician).get_history(offset)
            paged += page["entries"]
            offset = page["next"]
        self.assertEqual(
            [entry["key"] for entry in paged], [entry["key"] for entry in whole]
        )

    def test_same_queries_for_any_number_of_sheets(self):
        def count():
            # The first call warms the worker's caches, which repairs may have cleared.
            for _turn in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                self.equipment.with_user(self.manager).get_history()
            return self.cr.sql_log_count - before

        for _i in range(2):
            self._repair_and_deliver()
        few = count()
        for _i in range(6):
            self._repair_and_deliver()
        self.assertLess(count(), few + 6, "a query for each sheet")
        # Ten of them read the story, the others who is who and what money is called.
        self.assertLessEqual(few, 24)

    def test_merged_equipment_keeps_both_stories(self):
        twin = self._create_equipment("PF3K 9O81")
        first, second = self._create_sheet(), self._create_sheet(equipment_id=twin.id)
        merge = self.env["workmanager.equipment.merge"].create(
            {
                "equipment_ids": [Command.set((self.equipment | twin).ids)],
                "equipment_id": self.equipment.id,
            }
        )
        self.assertEqual(merge.differing_serials, "PF-3K 9081, PF3K 9O81")
        merge.action_merge()
        self.assertIn("(PF3K 9O81)", self.equipment.message_ids[:1].body)
        entries = self._get_entries()
        self.assertEqual(
            [entry["title"] for entry in entries if entry["kind"] == "sheet"],
            [second.name, first.name],
        )
        self.assertEqual([e["kind"] for e in entries].count("owner"), 1)

    def test_archived_equipment_tells_its_story(self):
        sheet = self._create_sheet()
        self.equipment.active = False
        self.assertEqual(self._get_entries()[0]["title"], sheet.name)

    def test_former_owner_is_named_to_us(self):
        self._repair_and_deliver()
        buyer = self.env["res.partner"].create({"name": "Ioana Cumpărătoarea"})
        self.equipment.partner_id = buyer
        entries = self._get_entries()
        owners = [entry["title"] for entry in entries if entry["kind"] == "owner"]
        self.assertEqual(
            owners, [f"Owner: {buyer.name}", f"Owner: {self.customer.name}"]
        )
        story = next(entry for entry in entries if entry["kind"] == "sheet")
        self.assertEqual(story["customer"], self.customer.name)

    def test_other_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Altă firmă"})
        stranger = new_test_user(
            self.env,
            "wm_stranger",
            groups="workmanager_service.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with self.assertRaises(AccessError):
            self._get_entries(user=stranger)

    def test_portal_user_is_refused(self):
        portal = new_test_user(self.env, "wm_portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self._get_entries(user=portal)

    def test_sheet_opens_the_equipment(self):
        sheet = self._create_sheet()
        action = sheet.with_user(self.technician).action_view_history()
        self.assertEqual(action["res_model"], "workmanager.equipment")
        self.assertEqual(action["res_id"], self.equipment.id)


@tagged("post_install", "-at_install")
class TestHistoryReport(HistoryCommon, DocumentsCommon):
    def test_printed_story(self):
        sheet = self._repair_and_deliver()
        pages = self._print("equipment_history", self.equipment, user=self.technician)
        self.assertPrinted(
            pages,
            "Equipment History",
            self.equipment.ref,
            sheet.name,
            "Battery worn out",
            "1 Units Battery 56 Wh",
            "471.90",
            "Repaired",
        )

    def test_customer_reads_it_in_romanian_and_reads_no_cost(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        self.env["ir.module.module"]._load_module_terms(
            ["workmanager_service"], ["ro_RO"]
        )
        self.customer.lang = "ro_RO"
        self._repair_and_deliver()
        pages = self._print("equipment_history", self.equipment, user=self.manager)
        self.assertPrinted(pages, "Istoricul echipamentului", "Reparat", "471,90")
        self.assertNotIn("Cost", " ".join(pages))

    def test_internal_lines_are_ours_to_read(self):
        sheet = self._evaluate(self._create_sheet())
        line = sheet.line_ids.create(
            {"sheet_id": sheet.id, "product_id": self.diagnosis.id, "is_internal": True}
        )
        line.quantity_done = 1
        self.assertIn("Diagnosis", str(self._get_entries()))
        pages = self._print("equipment_history", self.equipment)
        self.assertNotIn("Diagnosis", " ".join(pages))

    def test_new_owner_reads_nothing_about_the_former_one(self):
        with freeze_time(fields.Datetime.now() - timedelta(days=30)):
            sheet = self._repair_and_deliver()
        buyer = self.env["res.partner"].create({"name": "Ioana Popa", "lang": "en_US"})
        self.equipment.partner_id = buyer
        pages = self._print("equipment_history", self.equipment)
        self.assertPrinted(pages, sheet.name, "Ioana Popa", "Battery 56 Wh")
        for secret in (self.customer.name, "471.90", "Nu mai pornește"):
            self.assertNotIn(secret, " ".join(pages))

    def test_several_equipments_in_one_document(self):
        twin = self._create_equipment("SN-2")
        pages = self._print("equipment_history", self.equipment | twin)
        self.assertPrinted(pages, self.equipment.ref, twin.ref)

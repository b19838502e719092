from odoo.tests import tagged

from .common import ServiceCommon

# What the counter and the workshop read, and whose fields are computed from what they
# may have no right on.
MODELS = (
    "workmanager.equipment",
    "workmanager.equipment.owner",
    "workmanager.equipment.type",
    "workmanager.evaluation",
    "workmanager.evaluation.check",
    "workmanager.fault",
    "workmanager.operation",
    "workmanager.operation.line",
    "workmanager.photo",
    "workmanager.sheet",
    "workmanager.sheet.line",
)


@tagged("post_install", "-at_install")
class TestEmptyCache(ServiceCommon):
    """What a role reads and presses needs nothing that somebody else has read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.delivered = cls._repair(cls._create_sheet())
        cls.delivered.with_user(cls.reception).action_create_invoice()
        cls.delivered.sudo().invoice_ids.action_post()
        cls.env.company.service_delivery_policy = "always"
        cls.delivered.with_user(cls.reception).action_deliver()
        cls.sheet = cls._create_sheet(
            claimed_fault_ids=cls.fault.ids, unlock_code="1234"
        )
        cls.photo = cls.env["workmanager.photo"].create(
            {"sheet_id": cls.sheet.id, "image_1920": cls.company.logo}
        )
        cls.equipment.sale_order_line_id = cls.delivered.sudo().line_ids[0].sale_line_id

    def _call(self, records, user, name, *args):
        """Call a method as ``user``, with nothing in the cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        return getattr(records.with_user(user), name)(*args)

    def _is_list_of_others(self, field, user):
        """Whether a field lists records that are not for ``user``."""
        return (
            field.type == "one2many"
            and not field.compute
            and not self.env[field.comodel_name].with_user(user).has_access("read")
        )

    def test_every_field_is_readable(self):
        sheets = self.delivered | self.sheet
        for model in MODELS:
            records = self.env[model].search([], limit=20)
            if "sheet_id" in records._fields:
                records = records.search([("sheet_id", "in", sheets.ids)])
            elif model == "workmanager.sheet":
                records = sheets
            self.assertTrue(records)
            for user in (self.technician, self.reception):
                for name in records.with_user(user).fields_get():
                    if self._is_list_of_others(records._fields[name], user):
                        continue
                    with self.subTest(model=model, user=user.login, field=name):
                        self.env.invalidate_all()
                        records.with_user(user).mapped(name)

    def test_counter_reads_the_equipment(self):
        for user in (self.technician, self.reception):
            equipment = self.equipment
            self.assertEqual(
                len(self._call(equipment, user, "get_history")["entries"]), 4
            )
            for text in ("PF3K9081", self.delivered.name, "Țăranu"):
                found = self._call(equipment, user, "lookup", text)
                self.assertTrue(found["equipment"], text)
            for name in ("action_view_sheets", "action_view_invoices"):
                self.assertTrue(self._call(equipment, user, name))
            for name in ("action_view_history", "action_view_evaluation"):
                self.assertTrue(self._call(self.sheet, user, name))
            self._call(self.photo, user, "action_toggle_for_customer")

    def test_technician_evaluates(self):
        technician, sheet = self.technician, self.sheet
        self._call(sheet, technician, "action_show_unlock_code")
        self._call(sheet, technician, "action_start_evaluation")
        starts, voltage, _hinges = sheet.check_ids
        evaluation = sheet.evaluation_id
        self._call(starts, technician, "action_not_ok")
        self._call(starts, technician, "set_fault", self.fault.id, True)
        self._call(voltage, technician, "answer", None, 9.1, "Low")
        repair = self.operation.id
        self._call(starts, technician, "add_repair", repair, self.fault.id)
        self._call(starts, technician, "remove_repair", repair)
        self._call(starts, technician, "add_repair", repair, self.fault.id)
        self._call(sheet, technician, "action_set_rest_ok")
        self._call(evaluation, technician, "action_complete")
        checklist = self._call(evaluation, technician, "get_checklist")
        [offer] = checklist["checks"][0]["faults"]
        self.assertTrue(offer["repairs"][0]["is_added"])
        self._call(evaluation, technician, "action_reopen")
        self._call(evaluation, technician, "action_complete")

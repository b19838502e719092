from odoo import Command
from odoo.tests import new_test_user

from .empty_cache import EmptyCacheCase


class ServiceCommon(EmptyCacheCase):
    """A shop with a laptop type of three checks, one fault and one repair of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        service = "workmanager_service.group_"
        cls.technician = new_test_user(
            cls.env, "wm_technician", groups=f"{service}technician"
        )
        cls.reception = new_test_user(
            cls.env, "wm_reception", groups=f"{service}reception"
        )
        cls.manager = new_test_user(cls.env, "wm_manager", groups=f"{service}manager")
        cls.tax = cls.env["account.tax"].create(
            {"name": "Test VAT 21%", "amount": 21.0, "type_tax_use": "sale"}
        )
        cls.part = cls._create_product("Battery 56 Wh", 240.0, 130.0, "consu")
        cls.work = cls._create_product("Laptop work", 100.0, 40.0, "service")
        cls.diagnosis = cls._create_product("Diagnosis", 60.0, 0.0, "service")
        cls.operation = cls.env["workmanager.operation"].create(
            {
                "name": "Replace the battery",
                "line_ids": [
                    Command.create({"product_id": cls.part.id}),
                    Command.create({"product_id": cls.work.id, "quantity": 1.5}),
                ],
            }
        )
        cls.fault = cls.env["workmanager.fault"].create(
            {
                "name": "Battery worn out",
                "code": "TEST-BAT",
                "operation_ids": cls.operation.ids,
            }
        )
        cls.laptop = cls.env["workmanager.equipment.type"].create(
            {
                "name": "Test laptop",
                "warranty_months": 24,
                "repair_warranty_months": 3,
                "turnaround_days": 5,
                "fault_ids": cls.fault.ids,
                "operation_ids": cls.operation.ids,
                "checkpoint_ids": [
                    Command.create({"name": "Starts", "fault_ids": cls.fault.ids}),
                    Command.create(
                        {
                            "name": "Battery voltage",
                            "kind": "measure",
                            "unit": "V",
                            "minimum": 10.8,
                            "maximum": 12.6,
                        }
                    ),
                    Command.create({"name": "Hinges", "is_required": False}),
                ],
            }
        )
        cls.manufacturer = cls.env["res.partner"].create({"name": "Fabrica SRL"})
        cls.brand = cls.env["workmanager.brand"].create(
            {"name": "Test brand", "partner_id": cls.manufacturer.id}
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Ștefan Țăranu", "phone": "+40 721 000 111"}
        )
        cls.equipment = cls._create_equipment("PF-3K 9081")

    @classmethod
    def _create_product(cls, name, price, cost, kind):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": kind,
                "list_price": price,
                "standard_price": cost,
                "invoice_policy": "order",
                "taxes_id": cls.tax.ids,
            }
        )

    @classmethod
    def _create_equipment(cls, serial, **values):
        return cls.env["workmanager.equipment"].create(
            {
                "equipment_type_id": cls.laptop.id,
                "brand_id": cls.brand.id,
                "serial_number": serial,
                "partner_id": cls.customer.id,
                **values,
            }
        )

    @classmethod
    def _create_sheet(cls, **values):
        return (
            cls.env["workmanager.sheet"]
            .with_user(cls.reception)
            .create(
                {
                    "equipment_id": cls.equipment.id,
                    "claimed_fault": "Nu mai pornește",
                    "user_id": cls.technician.id,
                    **values,
                }
            )
        )

    @classmethod
    def _evaluate(cls, sheet):
        """Find the worn-out battery, and plan its replacement."""
        sheet = sheet.with_user(cls.technician)
        sheet.action_start_evaluation()
        starts, voltage, _hinges = sheet.check_ids
        starts.write({"result": "not_ok", "fault_ids": cls.fault.ids})
        voltage.value = 9.1
        sheet.action_complete_evaluation()
        sheet.add_operations(cls.operation)
        return sheet

    @classmethod
    def _quote(cls, sheet):
        sheet = cls._evaluate(sheet)
        sheet.action_create_quotation()
        return sheet

    @classmethod
    def _approve(cls, sheet):
        sheet = cls._quote(sheet)
        sheet.with_user(cls.reception).action_accept_quotation()
        return sheet

    @classmethod
    def _repair(cls, sheet):
        sheet = cls._approve(sheet)
        sheet.action_start_repair()
        sheet.action_finish_repair()
        return sheet

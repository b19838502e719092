from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class EquipmentType(models.Model):
    _name = "workmanager.equipment.type"
    _description = "Equipment Type"
    _inherit = ["workmanager.printed.text.mixin"]
    _order = "sequence, name"
    _parent_store = True
    _text_field = "intake_terms"
    _text_report = "workmanager_service.action_report_type_terms"

    name = fields.Char(required=True, translate=True)
    display_name = fields.Char(recursive=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    parent_id = fields.Many2one(
        "workmanager.equipment.type",
        string="Parent Type",
        index="btree_not_null",
        ondelete="restrict",
        help="Its checkpoints, faults, repairs and accessories count here too.",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("workmanager.equipment.type", "parent_id")
    user_id = fields.Many2one("res.users", string="Default Technician")
    checkpoint_ids = fields.One2many(
        "workmanager.checkpoint", "equipment_type_id", copy=True
    )
    fault_ids = fields.Many2many("workmanager.fault", string="Common Faults")
    operation_ids = fields.Many2many(
        "workmanager.operation", string="Predefined Repairs"
    )
    accessory_ids = fields.Many2many(
        "workmanager.accessory", string="Usual Accessories"
    )
    all_fault_ids = fields.Many2many(
        "workmanager.fault",
        string="Faults, with Inherited Ones",
        compute="_compute_all_fault_ids",
        recursive=True,
    )
    all_accessory_ids = fields.Many2many(
        "workmanager.accessory",
        string="Accessories, with Inherited Ones",
        compute="_compute_all_accessory_ids",
        recursive=True,
    )
    intake_terms = fields.Html(
        translate=True,
        help="Printed on the intake protocol, above the signatures, in all companies "
        "that have no text of their own for the type. What stands in braces is "
        "replaced when it is printed: {customer}, {equipment}, {serial}, {number} (of "
        "the sheet), {date} (of the intake), {deadline}, {company}, {diagnosis_fee}.",
    )
    turnaround_days = fields.Integer(
        string="Turnaround (days)",
        default=7,
        help="Proposes the deadline of a sheet, counted from its intake.",
    )
    warranty_months = fields.Integer(
        string="Warranty (months)", help="Manufacturer's warranty, from the sale."
    )
    repair_warranty_months = fields.Integer(
        string="Warranty of the Repair (months)",
        default=3,
        help="Starts at hand-over of a repaired equipment.",
    )
    diagnosis_product_id = fields.Many2one(
        "product.product",
        string="Diagnosis Fee",
        domain=[("type", "=", "service"), ("sale_ok", "=", True)],
        help="Charged when the customer refuses the quotation.",
    )
    equipment_properties = fields.PropertiesDefinition()
    equipment_ids = fields.One2many("workmanager.equipment", "equipment_type_id")

    _months_positive = models.Constraint(
        "CHECK(warranty_months >= 0 AND repair_warranty_months >= 0 "
        "AND turnaround_days >= 0)",
        "Months of warranty and days of turnaround cannot be negative.",
    )

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("An equipment type cannot be its own parent.")
            )

    @api.constrains("intake_terms")
    def _check_intake_terms(self):
        self._check_placeholders()

    @api.depends("name", "parent_id.display_name")
    def _compute_display_name(self):
        for kind in self:
            parent = kind.parent_id
            kind.display_name = (
                f"{parent.display_name} / {kind.name}" if parent else kind.name
            )

    @api.depends("fault_ids", "parent_id.all_fault_ids")
    def _compute_all_fault_ids(self):
        for kind in self:
            kind.all_fault_ids = kind.parent_id.all_fault_ids | kind.fault_ids

    @api.depends("accessory_ids", "parent_id.all_accessory_ids")
    def _compute_all_accessory_ids(self):
        for kind in self:
            inherited = kind.parent_id.all_accessory_ids
            kind.all_accessory_ids = inherited | kind.accessory_ids

    def _get_inherited(self, fname):
        """Return the value of the nearest type that has one, else an empty one."""
        kind = self
        while kind.parent_id and not kind[fname]:
            kind = kind.parent_id
        return kind[fname]

    def _get_text_kind(self):
        return "intake"

    def _get_text_subject_domain(self):
        return [
            ("equipment_type_id", "child_of", self.ids),
            ("company_id", "=", self.env.company.id),
        ]

    def _get_written_text(self):
        """Return the terms that are printed for the type in the present company."""
        self.ensure_one()
        document = self.env["workmanager.document"]
        setup = document._get_setup("intake", self.env.company)
        return document.sudo()._find_text(setup, self._get_nearest_first())

    def _get_nearest_first(self):
        """Return this type and all that it inherits from, itself first."""
        return self.browse(reversed(self._with_parents()._ids))

    def _get_warranty_end(self, start):
        """Return when the manufacturer's warranty that starts on ``start`` ends.

        :rtype: datetime.date or None, when there is none
        """
        months = self._get_inherited("warranty_months")
        return start + relativedelta(months=months) if start and months else None

    def _with_parents(self):
        """Return these types and all that they inherit from, parents first."""
        path = [
            int(type_id)
            for kind in self
            for type_id in (kind.parent_path or "").split("/")
            if type_id
        ]
        return self.browse(dict.fromkeys([*path, *self.ids]))

    def _get_checkpoints(self, phase="before"):
        """Return {type: checkpoints}, the parents' checkpoints first.

        :param str phase: ``before`` or ``after`` the repair
        """
        points = self.env["workmanager.checkpoint"].search(
            [
                ("equipment_type_id", "in", self._with_parents().ids),
                ("phase", "in", (phase, "both")),
            ]
        )
        none = points.browse()
        by_type = points.grouped("equipment_type_id")
        return {
            kind: none.union(*(by_type.get(k, none) for k in kind._with_parents()))
            for kind in self
        }

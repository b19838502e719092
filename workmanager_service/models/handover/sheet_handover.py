from dateutil.relativedelta import relativedelta

from odoo import Command, fields, models
from odoo.exceptions import AccessError, UserError

from ...formats import format_moment

INTAKE_SIGNATURE = {"intake_signature", "intake_signed_by"}
DELIVERY_SIGNATURE = {"delivery_signature", "delivery_signed_by"}


class Sheet(models.Model):
    """What the customer leaves with an equipment, and how all of it goes back."""

    _name = "workmanager.sheet"
    _inherit = ["workmanager.sheet", "workmanager.unlock.mixin"]

    returned_accessory_ids = fields.Many2many(
        "workmanager.accessory",
        "workmanager_sheet_returned_accessory_rel",
        string="Accessories Given Back",
        readonly=True,
        copy=False,
    )
    missing_accessory_note = fields.Text(
        string="Accessories Not Given Back", readonly=True, copy=False
    )
    delivered_by_id = fields.Many2one(
        "res.users", string="Handed Over By", readonly=True, copy=False
    )

    unlock_look_ids = fields.One2many(
        "workmanager.unlock.look",
        "sheet_id",
        string="Looks at the Unlock Code",
        groups="workmanager_service.group_manager",
    )

    # ----------------------------------------------------------------- ACTION

    def action_show_unlock_code(self):
        """Show the unlock code, and record who looked.

        :raises AccessError: for anyone but the sheet's technician and managers
        """
        self.ensure_one()
        self.check_access("read")
        self._ensure_unlock_code_visible()
        code = self._decrypt_unlock()
        # As superuser: a look is recorded, and cannot be taken back.
        self.env["workmanager.unlock.look"].sudo().create(
            {"sheet_id": self.id, "user_id": self.env.user.id}
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Unlock code of %s", self.name),
                "message": code,
                "type": "info",
                "sticky": True,
            },
        }

    def action_open_handover(self):
        """Open the dialog in which the equipment is handed over.

        :raises UserError: it cannot be handed over yet, or is already
        """
        sheets = self._lock_for_step("deliver")
        if not sheets:
            raise UserError(self[:1]._delivered_message())
        sheets._ensure_deliverable()
        if len(sheets.partner_id) > 1:
            raise UserError(
                self.env._(
                    "These equipments belong to several customers: hand them over to "
                    "one customer at a time."
                )
            )
        handover = self.env["workmanager.handover"].create(
            {"sheet_ids": [Command.set(sheets.ids)]}
        )
        action = handover._get_records_action(
            name=self.env._("Hand Over"), target="new"
        )
        # The dialog has the buttons of its own footer only.
        return {**action, "context": {"dialog_size": "medium"}}

    def action_print_handover(self):
        """Print the protocols of these hand-overs."""
        self.check_access("read")
        report = self.env.ref("workmanager_service.action_report_handover_protocol")
        return report.report_action(self, config=False)

    def action_print_work_statement(self):
        """Print the work statements of these sheets."""
        self.check_access("read")
        report = self.env.ref("workmanager_service.action_report_work_statement")
        return report.report_action(self, config=False)

    # --------------------------------------------------------------- BUSINESS

    def _ensure_unlock_code_visible(self):
        """Refuse who may not see the unlock code; there has to be one."""
        is_manager = self.env.user.has_group("workmanager_service.group_manager")
        if self.user_id != self.env.user and not is_manager:
            raise AccessError(
                self.env._(
                    "Only the technician of %(sheet)s and managers may see its unlock "
                    "code.",
                    sheet=self.name,
                )
            )
        if not self.has_unlock_code:
            raise UserError(self.env._("%s has no unlock code.", self.name))

    def _return_accessories(self):
        """Note who hands over and, without the dialog, that all went back that was
        left with the equipment."""
        for sheet in self:
            values = {"delivered_by_id": self.env.user.id}
            if not (sheet.returned_accessory_ids or sheet.missing_accessory_note):
                values["returned_accessory_ids"] = sheet.accessory_ids.ids
            sheet._write_by_step(values)

    def _wipe_unlock_code(self):
        self.sudo().unlock_secret = False

    def _start_repair_warranty(self):
        """Let the warranty on the repair begin, as long as the type says."""
        for sheet in self:
            months = sheet.equipment_type_id._get_inherited("repair_warranty_months")
            if sheet.outcome == "repaired" and months:
                end = sheet.company_id._get_day() + relativedelta(months=months)
                sheet._write_by_step({"repair_warranty_end": end})

    def _ensure_signatures_kept(self, names):
        """Refuse to change, by the fields ``names``, what the customer signed.

        :raises UserError: the paper with the signature is out
        """
        names = set(names) & (INTAKE_SIGNATURE | DELIVERY_SIGNATURE)
        if names and not self.env.su:
            for sheet in self:
                if error := sheet._signature_error_message(names):
                    raise UserError(error)

    def _ensure_deliverable(self):
        for sheet in self:
            if error := sheet._delivery_error_message():
                raise UserError(error)

    def _delivery_error_message(self):
        """Return why this sheet cannot be handed over yet, or False."""
        self.ensure_one()
        policy = self.company_id.service_delivery_policy
        if policy == "always":
            return False
        if not self._is_invoiced():
            return self.env._(
                "%(sheet)s is not invoiced yet: create and post its invoice before "
                "the hand-over.",
                sheet=self.name,
            )
        if policy == "paid" and not self._is_paid():
            return self.env._(
                "%(sheet)s is not paid yet: register the payment before the hand-over.",
                sheet=self.name,
            )
        return False

    def _signature_error_message(self, names):
        """Return why the fields ``names`` of this sheet cannot change, or False."""
        self.ensure_one()
        if (
            names & DELIVERY_SIGNATURE
            and self.state == "delivered"
            or names & INTAKE_SIGNATURE
            and self.state != "received"
            and self.intake_signature
        ):
            return self.env._(
                "The customer signed for %(sheet)s: the signature stands as it is.",
                sheet=self.name,
            )
        return False

    def _delivered_message(self):
        """Return that the equipment left already, when and to whom."""
        self.ensure_one()
        return self.env._(
            "%(sheet)s was handed over on %(day)s to %(person)s. It is done once: "
            "print the protocol again from the sheet.",
            sheet=self.name,
            day=format_moment(self.env, self.delivery_date),
            person=self.delivery_signed_by or self.partner_id.display_name,
        )

    def _get_other_ready_sheets(self):
        """Return the other equipments of the same customers that can leave too."""
        ready = self.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "ready"),
                ("id", "not in", self.ids),
            ],
            order="id",
        )
        return ready.filtered(lambda sheet: not sheet._delivery_error_message())

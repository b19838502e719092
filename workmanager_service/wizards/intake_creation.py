from odoo import models
from odoo.exceptions import UserError


class Intake(models.TransientModel):
    """What an intake makes: the customer and the equipment that are new, the sheet."""

    _inherit = "workmanager.intake"

    def _take_in(self):
        """Create what is missing and the sheet; once, however often it is asked.

        :return: the ``workmanager.sheet``
        """
        self.ensure_one()
        self.check_access("write")
        # Who takes in at the same moment waits, and then finds the sheet.
        self.env.cr.execute(
            "SELECT id FROM workmanager_intake WHERE id = %s FOR UPDATE", self.ids
        )
        if not self.sheet_id:
            if error := self._intake_error_message():
                raise UserError(error)
            self._create_missing()
            self.sheet_id = self._create_sheet()
        return self.sheet_id

    def _create_sheet(self):
        """Create the sheet with all that was said at the counter.

        :return: the ``workmanager.sheet``
        """
        sheet = (
            self.env["workmanager.sheet"]
            .with_context(check_activities_later=True)
            ._create_by_step([self._prepare_sheet_values()])
        )
        sheet._assign_checks(
            {line.checkpoint_id: line.user_id for line in self.check_ids}
        )
        sheet = sheet.with_env(self.env)
        sheet._sync_check_activities()
        if secret := self.sudo().unlock_secret:
            sheet.sudo().unlock_secret = secret
            self.sudo().unlock_secret = False
        sheet._add_photos(self.photo_ids)
        return sheet

    def _intake_error_message(self):
        """Return what is missing or needs an answer, or False."""
        self.ensure_one()
        if missing := self._get_missing_messages():
            return "\n".join(missing)
        if self.is_warranty_overruled and not (self.warranty_reason or "").strip():
            return self.env._(
                "The dates say otherwise about the manufacturer's warranty: give the "
                "reason."
            )
        if self.open_sheet_id and not self.is_duplicate_confirmed:
            return self.env._(
                "%(equipment)s is in the shop already, on %(sheet)s. Open that sheet, "
                "or tick “Take It In Again”.",
                equipment=self.equipment_id.display_name,
                sheet=self.open_sheet_id.name,
            )
        return self._twin_error_message()

    def _get_missing_messages(self):
        """Return what nobody said yet, all at once."""
        missing = []
        if not self.partner_id and not (self.customer_name or "").strip():
            missing.append(
                self.env._("Who brings it? Find the customer, or type a name.")
            )
        if not self.equipment_id and not self.equipment_type_id:
            missing.append(
                self.env._("What is it? Find the equipment, or choose its type.")
            )
        if not self.claimed_fault_ids and not (self.claimed_fault or "").strip():
            missing.append(
                self.env._(
                    "What is wrong with it? Tap a fault, or write what the customer "
                    "says."
                )
            )
        return missing

    def _twin_error_message(self):
        """Return that the equipment is registered already, or False."""
        twin = self.serial_twin_id
        if not twin or self.equipment_id:
            return False
        if self.brand_id and twin.brand_id and self.brand_id != twin.brand_id:
            return False
        return self.env._(
            "The serial number %(serial)s is registered already: %(equipment)s of "
            "%(customer)s. Press “Use It”.",
            serial=self.serial_number,
            equipment=twin.display_name,
            customer=twin.partner_id.name or self.env._("nobody"),
        )

    def _create_missing(self):
        """Create the customer and the equipment that are new.

        What depends on them, such as the technician, stays as reception left it.
        """
        typed = [f for f in self._fields.values() if f.compute and not f.readonly]
        with self.env.protecting(typed, self):
            if not self.partner_id:
                self.partner_id = self.env["res.partner"].create(
                    self._prepare_partner_values()
                )
            if not self.equipment_id:
                self.equipment_id = self.env["workmanager.equipment"].create(
                    self._prepare_equipment_values()
                )

    def _prepare_partner_values(self):
        """Return the values of a new customer."""
        self.ensure_one()
        return {
            "name": self.customer_name.strip(),
            "phone": self.customer_phone,
            "email": self.customer_email,
            "lang": self.env.lang,
        }

    def _prepare_equipment_values(self):
        """Return the values of a new equipment."""
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "equipment_type_id": self.equipment_type_id.id,
            "brand_id": self.brand_id.id,
            "model_name": self.model_name,
            "serial_number": self.serial_number,
            "sale_date": self.sale_date,
            "warranty_end": self.warranty_end,
            "warranty_document": self.warranty_document,
            "properties": self.read(["properties"])[0]["properties"],
        }

    def _prepare_sheet_values(self):
        """Return the values of the sheet."""
        self.ensure_one()
        values = {
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "equipment_id": self.equipment_id.id,
            "intake_mode": self.intake_mode,
            "priority": self.priority,
            "user_id": self.user_id.id,
            "is_warranty": self.is_warranty,
            "warranty_reason": self.warranty_reason,
            "claimed_fault_ids": self.claimed_fault_ids.ids,
            "claimed_fault": self.claimed_fault,
            "accessory_ids": self.accessory_ids.ids,
            "condition_note": self.condition_note,
            "intake_signed_by": self.signed_by,
            "intake_signature": self.signature,
            "is_customer_notified": self.is_customer_notified,
            "is_consent_given": self.is_consent_given,
            "visit_sheet_id": self.visit_sheet_id.id,
        }
        if self.previous_sheet_id and not self.is_return_linked:
            values["previous_sheet_id"] = False
        return values

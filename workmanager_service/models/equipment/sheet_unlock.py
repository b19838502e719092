from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class Sheet(models.Model):
    """The unlock code that a customer leaves with a device."""

    _name = "workmanager.sheet"
    _inherit = ["workmanager.sheet", "workmanager.unlock.mixin"]

    unlock_look_ids = fields.One2many(
        "workmanager.unlock.look",
        "sheet_id",
        string="Looks at the Unlock Code",
        groups="workmanager_service.group_manager",
    )

    def action_show_unlock_code(self):
        """Show the unlock code, and record who looked.

        :raises AccessError: for anyone but the sheet's technician and managers
        """
        self.ensure_one()
        self.check_access("read")
        if self.user_id != self.env.user and not self.env.user.has_group(
            "workmanager_service.group_manager"
        ):
            raise AccessError(
                self.env._(
                    "Only the technician of %(sheet)s and managers may see its unlock "
                    "code.",
                    sheet=self.name,
                )
            )
        if not self.has_unlock_code:
            raise UserError(self.env._("%s has no unlock code.", self.name))
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

    def _wipe_unlock_code(self):
        self.sudo().unlock_secret = False

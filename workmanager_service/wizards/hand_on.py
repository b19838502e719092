from odoo import fields, models


class HandOn(models.TransientModel):
    """Asks to whom sheets go, and what the new technician should know."""

    _name = "workmanager.hand.on"
    _description = "Hand to Another Technician"

    sheet_ids = fields.Many2many(
        "workmanager.sheet", string="Service Sheets", required=True
    )
    company_id = fields.Many2one(related="sheet_ids.company_id")
    user_id = fields.Many2one(
        "res.users",
        string="Technician",
        required=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    note = fields.Text(string="What They Should Know")

    def action_hand_on(self):
        """Give the sheets to the technician.

        :raises UserError: a sheet is closed
        """
        self.ensure_one()
        self.sheet_ids._lock()._hand_on(self.user_id, self.note)
        if self.sheet_ids.sudo(False).has_access("read"):
            return {"type": "ir.actions.act_window_close"}
        # Who sees own sheets only goes back to them.
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "workmanager_service.workmanager_sheet_action"
            ),
            "target": "main",
        }

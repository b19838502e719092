from odoo import fields, models


class UnlockLook(models.Model):
    """Who looked at an unlock code, and when."""

    _name = "workmanager.unlock.look"
    _description = "Look at an Unlock Code"
    _order = "id desc"
    _log_access = False

    sheet_id = fields.Many2one(
        "workmanager.sheet", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", required=True, ondelete="restrict")
    date = fields.Datetime(required=True, default=fields.Datetime.now)

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Part what is ordered from what waits for a buyer, and ask the buyers."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    lines = env["workmanager.sheet.line"].search(
        [("parts_state", "in", ("partial", "waiting", "late"))]
    )
    lines._compute_parts()
    lines.sheet_id._compute_parts_state()
    lines.sheet_id._get_part_requests()._sync_confirmation_activity()

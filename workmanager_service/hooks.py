def post_init_hook(env):
    """Give every company that already exists its own numbering, and let technicians
    see all sheets, which a setting changes and no update changes back."""
    env["res.company"].search([])._create_sheet_sequence()
    env.ref("workmanager_service.group_technician")._apply_group(
        env.ref("workmanager_service.group_all_sheets")
    )


def uninstall_hook(env):
    """Remove the companies' sequences, which no XML id leads Odoo to."""
    codes = ["workmanager.sheet", "workmanager.statement"]
    env["ir.sequence"].search([("code", "in", codes)]).unlink()

from odoo.tools.sql import drop_constraint


def post_init_hook(env):
    """Give every company that already exists its own numbering, and let technicians
    see all sheets, which a setting changes and no update changes back."""
    env["res.company"].search([])._create_sheet_sequence()
    env.ref("workmanager_service.group_technician")._apply_group(
        env.ref("workmanager_service.group_all_sheets")
    )


def uninstall_hook(env):
    """Remove the companies' sequences, which no XML id leads Odoo to.

    The stages go before the table of the sheets that are in them.
    """
    drop_constraint(env.cr, "workmanager_sheet", "workmanager_sheet_stage_id_fkey")
    codes = ["workmanager.sheet", "workmanager.statement"]
    env["ir.sequence"].search([("code", "in", codes)]).unlink()

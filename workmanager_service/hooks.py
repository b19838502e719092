def post_init_hook(env):
    """Give every company that already exists its own numbering."""
    env["res.company"].search([])._create_sheet_sequence()


def uninstall_hook(env):
    """Remove the companies' sequences, which no XML id leads Odoo to."""
    codes = ["workmanager.sheet", "workmanager.statement"]
    env["ir.sequence"].search([("code", "in", codes)]).unlink()

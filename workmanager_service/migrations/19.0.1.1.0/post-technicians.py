"""Technicians go on seeing all sheets, as before there was a setting for it."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    env.ref("workmanager_service.group_technician")._apply_group(
        env.ref("workmanager_service.group_all_sheets")
    )

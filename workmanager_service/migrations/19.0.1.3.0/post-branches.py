"""Branches find the equipment of their parent company, where that shares it."""

from odoo import SUPERUSER_ID, api

DOMAIN = """
    ['|', ('company_id', 'in', company_ids),
     ('company_id', 'any', [('id', 'parent_of', company_ids),
                            ('service_share_equipment', '=', True)])]
"""


def migrate(cr, version):
    """Give the rule, which no update changes, its new domain."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute("UPDATE res_company SET service_share_equipment = TRUE")
    rule = env.ref("workmanager_service.workmanager_equipment_rule_company", False)
    if rule:
        rule.domain_force = DOMAIN

from odoo import api, models


class KnownRules:
    """The rules that were found while the missing parts of some sheets are ordered.

    An object, so that no RPC client can send it in a context.
    """

    def __init__(self):
        self.found = {}


class StockRule(models.Model):
    """Finding the rules of parts without asking the database again and again."""

    _inherit = "stock.rule"

    @api.model
    def _get_rule(self, product_id, location_id, values):
        """Take the one rule of the service route where a part names it: Odoo would
        find the same after it looked through all routes of product and warehouse."""
        route = values.get("route_ids")
        warehouse_sudo = (
            values.get("warehouse_id") or self.env["stock.warehouse"]
        ).sudo()
        if route and route == warehouse_sudo.service_route_id:
            rule_sudo = route.sudo().rule_ids.filtered(
                lambda rule: (
                    rule.action != "push"
                    and rule.location_dest_id == location_id
                    and rule.warehouse_id <= warehouse_sudo
                )
            )
            if len(rule_sudo) == 1:
                return rule_sudo.with_env(self.env)
        return super()._get_rule(product_id, location_id, values)

    @api.model
    def _search_rule_for_warehouses(
        self, route_ids, packaging_uom_id, product_id, warehouse_ids, domain
    ):
        def search():
            return super(StockRule, self)._search_rule_for_warehouses(
                route_ids, packaging_uom_id, product_id, warehouse_ids, domain
            )

        known = self.env.context.get("known_rules")
        if not isinstance(known, KnownRules):
            return search()
        records = (route_ids, packaging_uom_id, product_id, warehouse_ids)
        key = (*(tuple(r.ids) if r else () for r in records), repr(domain))
        if key not in known.found:
            known.found[key] = search()
        return known.found[key]

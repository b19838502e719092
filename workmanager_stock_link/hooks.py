def post_init_hook(env):
    """Give the warehouses that already exist their service type and route."""
    warehouses = env["stock.warehouse"].with_context(active_test=False).search([])
    warehouses._create_service_logistics()


def uninstall_hook(env):
    """Remove what code made and no XML id leads Odoo to; archive what has a history."""
    env = env(context={**env.context, "active_test": False})
    for name in ("missing_parts", "confirm_parts"):
        activity_type = env.ref(f"workmanager_stock_link.mail_activity_type_{name}")
        activities = env["mail.activity"].search(
            [("activity_type_id", "=", activity_type.id)]
        )
        activities.unlink()
    warehouses = env["stock.warehouse"].search([])
    routes, types = warehouses.service_route_id, warehouses.service_type_id
    warehouses.write({"service_route_id": False, "service_type_id": False})
    _remove_routes(env, routes)
    _remove_types(env, types)


def _remove_routes(env, routes):
    moves = env["stock.move"]._read_group(
        [("rule_id", "in", routes.rule_ids.ids)], ["rule_id"]
    )
    used = env["stock.route"].concat(*(rule.route_id for [rule] in moves))
    lines = env["sale.order.line"]._read_group(
        [("route_ids", "in", (routes - used).ids)], [], ["id:recordset"]
    )[0][0]
    for route in routes - used:
        lines.filtered(lambda line, r=route: r in line.route_ids).route_ids -= route
    (routes - used).unlink()
    used.rule_ids.active = False
    used.active = False


def _remove_types(env, types):
    pickings = env["stock.picking"]._read_group(
        [("picking_type_id", "in", types.ids)], ["picking_type_id"]
    )
    moves = env["stock.move"]._read_group(
        [("picking_type_id", "in", types.ids)], ["picking_type_id"]
    )
    rules = env["stock.rule"]._read_group(
        [("picking_type_id", "in", types.ids)], ["picking_type_id"]
    )
    used = env["stock.picking.type"].concat(
        *(picking_type for [picking_type] in pickings + moves + rules)
    )
    sequences = (types - used).sequence_id
    (types - used).unlink()
    sequences.unlink()
    # The barcode is free for the type that another installation creates.
    used.write({"active": False, "barcode": False})

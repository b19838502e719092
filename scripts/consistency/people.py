"""Who is asked to do something."""

from .check import STOCK, Check

# Who has which group, directly or because another one implies it; and what is asked of
# whom about a service document. What was done is archived, and asks for nothing.
ASKED = """
    WITH RECURSIVE held(user_id, group_id) AS (
        SELECT uid, gid FROM res_groups_users_rel
         UNION
        SELECT held.user_id, implied.hid
          FROM held
          JOIN res_groups_implied_rel implied ON implied.gid = held.group_id
    ), documents(model, id, name, company_id) AS (
        {documents}
    ), asked AS (
        SELECT documents.*, activity.user_id, partner.name AS who, people.active
          FROM mail_activity activity
          JOIN documents ON documents.model = activity.res_model
                        AND documents.id = activity.res_id
          JOIN res_users people ON people.id = activity.user_id
          JOIN res_partner partner ON partner.id = people.partner_id
         WHERE activity.active IS TRUE
    )
    SELECT name, CASE WHEN active IS TRUE
                      THEN format('an activity of %s, who has no right on it', who)
                      ELSE format('an activity of %s, who is archived', who) END
      FROM asked
     WHERE active IS NOT TRUE
        OR NOT EXISTS (
            SELECT FROM res_company_users_rel allowed
             WHERE allowed.user_id = asked.user_id
               AND allowed.cid = coalesce(asked.company_id, allowed.cid)
        )
        OR NOT EXISTS (
            SELECT
              FROM ir_model_access access
              JOIN ir_model model ON model.id = access.model_id
             WHERE model.model = asked.model
               AND access.active
               AND access.perm_read
               AND (access.group_id IS NULL
                    OR EXISTS (SELECT FROM held
                                WHERE held.user_id = asked.user_id
                                  AND held.group_id = access.group_id))
        )
"""

SHEETS_AND_ORDERS = """
        SELECT 'workmanager.sheet', id, name, company_id FROM workmanager_sheet
         UNION ALL
        SELECT DISTINCT 'sale.order', sale.id, sale.name, sale.company_id
          FROM workmanager_sheet_line line
          JOIN sale_order_line sold ON sold.id = line.sale_line_id
          JOIN sale_order sale ON sale.id = sold.order_id
"""

PURCHASES = """
        SELECT DISTINCT 'purchase.order', purchase.id, purchase.name,
               purchase.company_id
          FROM workmanager_sheet_line line
          JOIN stock_move move ON move.sale_line_id = line.sale_line_id
          JOIN stock_move_created_purchase_line_rel rel ON rel.move_id = move.id
          JOIN purchase_order_line bought ON bought.id = rel.created_purchase_line_id
          JOIN purchase_order purchase ON purchase.id = bought.order_id
"""

CHECKS = [
    Check(
        "people",
        "Who is asked for something works here and has the right to do it",
        ASKED.format(documents=SHEETS_AND_ORDERS),
    ),
    Check(
        "people",
        "Who buys parts works here and has the right to buy",
        ASKED.format(documents=PURCHASES),
        STOCK,
    ),
]

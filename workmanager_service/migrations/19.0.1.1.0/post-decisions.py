"""What customers decided and were charged for a diagnosis before it was recorded."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    _mark_fees(env)
    env.flush_all()
    cr.execute(
        """
        UPDATE sale_order AS sale
           SET service_decision = 'accepted',
               service_decided_by = COALESCE(sale.signed_by, partner.name),
               service_decision_channel =
                   CASE WHEN sale.signed_on IS NULL THEN 'other' ELSE 'online' END,
               service_decision_date = COALESCE(sale.signed_on, sale.date_order)
          FROM res_partner AS partner
         WHERE partner.id = sale.partner_id
           AND sale.state = 'sale'
           AND sale.service_decision IS NULL
           AND EXISTS (
                SELECT
                  FROM sale_order_line AS ordered
                  JOIN workmanager_sheet_line AS line
                    ON line.sale_line_id = ordered.id
                 WHERE ordered.order_id = sale.id
                   AND line.coverage = 'customer'
                   AND line.fee IS NULL
               )
        """
    )


def _mark_fees(env):
    """Tell the fees that refused sheets were charged: they are charged only once, and
    deducted from a repair that is accepted later."""
    sheets = env["workmanager.sheet"].search([("outcome", "=", "refused")])
    for sheet in sheets:
        product = sheet.equipment_type_id._get_inherited("diagnosis_product_id")
        fees = sheet.line_ids.filtered(
            lambda line, product=product: (
                line.product_id == product
                and line.order_state == "sale"
                and line.sale_order_id.order_line.sheet_line_ids == line
            )
        )
        fees[:1].fee = "charged"

"""What is there, reserved and taken."""

from .check import STOCK, Check

CHECKS = [
    Check(
        "reservations",
        "What is reserved of a part is what transfers have reserved",
        """
        WITH parts AS (
            SELECT DISTINCT product_id FROM workmanager_sheet_line
        ), reserved AS (
            SELECT quant.product_id, quant.location_id AS place_id,
                   sum(quant.reserved_quantity) AS quantity
              FROM stock_quant quant
              JOIN parts USING (product_id)
              JOIN stock_location location ON location.id = quant.location_id
             WHERE location.usage IN ('internal', 'transit')
             GROUP BY quant.product_id, quant.location_id
        ), taken AS (
            SELECT moved.product_id, moved.location_id AS place_id,
                   sum(moved.quantity_product_uom) AS quantity
              FROM stock_move_line moved
              JOIN parts USING (product_id)
              JOIN stock_location location ON location.id = moved.location_id
              JOIN product_product product ON product.id = moved.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE location.usage IN ('internal', 'transit')
               AND template.is_storable
               AND moved.state IN ('assigned', 'partially_available', 'waiting',
                                   'confirmed')
             GROUP BY moved.product_id, moved.location_id
        )
        SELECT coalesce(template.name->>'en_US', '?'),
               format('%s reserved in %s, %s by transfers',
                      coalesce(reserved.quantity, 0), location.complete_name,
                      coalesce(taken.quantity, 0))
          FROM reserved
          FULL JOIN taken USING (product_id, place_id)
          JOIN product_product product ON product.id = product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
          JOIN stock_location location ON location.id = place_id
         WHERE abs(coalesce(reserved.quantity, 0) - coalesce(taken.quantity, 0)) > 0.001
        """,
        STOCK,
    ),
    Check(
        "stock",
        "Nothing was used in a repair from where it was not",
        """
        WITH taken AS (
            SELECT DISTINCT moved.product_id, moved.location_id, moved.lot_id,
                   moved.package_id, moved.owner_id, sheet.name
              FROM workmanager_sheet_line line
              JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
              JOIN stock_move move ON move.sale_line_id = line.sale_line_id
              JOIN stock_move_line moved ON moved.move_id = move.id
             WHERE moved.state = 'done'
        )
        SELECT min(taken.name), format('%s × “%s” in %s%s%s', quant.quantity,
                                       template.name->>'en_US', place.complete_name,
                                       ', lot ' || lot.name, ', of ' || owner.name)
          FROM stock_quant quant
          JOIN stock_location place ON place.id = quant.location_id
          JOIN product_product product ON product.id = quant.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
          LEFT JOIN stock_lot lot ON lot.id = quant.lot_id
          LEFT JOIN res_partner owner ON owner.id = quant.owner_id
          JOIN taken ON taken.product_id = quant.product_id
                    AND taken.location_id = quant.location_id
                    AND taken.lot_id IS NOT DISTINCT FROM quant.lot_id
                    AND taken.package_id IS NOT DISTINCT FROM quant.package_id
                    AND taken.owner_id IS NOT DISTINCT FROM quant.owner_id
         WHERE place.usage IN ('internal', 'transit') AND quant.quantity < -0.0001
         GROUP BY quant.id, template.id, place.id, lot.id, owner.id
        """,
        STOCK,
    ),
    Check(
        "stock",
        "What was put back is the lot, and has the owner, that was taken",
        """
        SELECT min(sheet.name), format('%s × “%s” more came back than was taken%s%s',
                                       sum(back.quantity), min(line.name),
                                       ', lot ' || lot.name, ', of ' || owner.name)
          FROM workmanager_sheet_line line
          JOIN workmanager_sheet sheet ON sheet.id = line.sheet_id
          JOIN stock_move move ON move.sale_line_id = line.sale_line_id
          JOIN stock_move_line moved ON moved.move_id = move.id
          JOIN stock_location source ON source.id = moved.location_id
          JOIN stock_location target ON target.id = moved.location_dest_id
          CROSS JOIN LATERAL (
            SELECT moved.quantity_product_uom
                   * CASE WHEN source.usage = 'customer' THEN 1 ELSE -1 END AS quantity
          ) back
          LEFT JOIN stock_lot lot ON lot.id = moved.lot_id
          LEFT JOIN res_partner owner ON owner.id = moved.owner_id
         WHERE moved.state = 'done'
           AND (source.usage = 'customer') <> (target.usage = 'customer')
         GROUP BY line.sale_line_id, moved.product_id, lot.id, owner.id
        HAVING sum(back.quantity) > 0.001
        """,
        STOCK,
    ),
]

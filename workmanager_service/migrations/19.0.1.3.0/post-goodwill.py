"""What is goodwill is free on its order by its price, not by a discount of 100 %."""


def migrate(cr, version):
    """Mark the order lines of goodwill, and take their price off them."""
    cr.execute(
        """
        UPDATE sale_order_line AS line
           SET is_goodwill = TRUE, price_unit = 0, technical_price_unit = 0,
               discount = 0
          FROM workmanager_sheet_line AS sheet_line
         WHERE sheet_line.sale_line_id = line.id
           AND sheet_line.coverage = 'goodwill'
           AND line.is_internal IS NOT TRUE
        """
    )

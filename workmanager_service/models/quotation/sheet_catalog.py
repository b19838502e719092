from collections import defaultdict

from odoo import fields, models
from odoo.fields import Domain


class Sheet(models.Model):
    """Parts and work that are chosen from Odoo's product catalogue.

    It shows and changes the lines that are on no quotation yet; what is quoted is
    changed on the quotation.
    """

    _name = "workmanager.sheet"
    _inherit = ["workmanager.sheet", "product.catalog.mixin"]

    def action_add_from_catalog(self):
        """Open the product catalogue, to add parts and work by taps.

        :raises UserError: the sheet is closed
        """
        self.ensure_one()
        self._ensure_open()
        return super().action_add_from_catalog()

    def _get_action_add_from_catalog_extra_context(self):
        return {
            **super()._get_action_add_from_catalog_extra_context(),
            "order_id": self.id,
            "product_catalog_currency_id": self.currency_id.id,
            "product_catalog_digits": self.line_ids._fields["price_unit"].get_digits(
                self.env
            ),
        }

    def _get_product_catalog_domain(self):
        return super()._get_product_catalog_domain() & Domain("sale_ok", "=", True)

    def _is_readonly(self):
        return bool(self._closed_error_message())

    def _get_product_catalog_record_lines(self, product_ids, **kwargs):
        lines = defaultdict(lambda: self.env["workmanager.sheet.line"])
        for line in self._get_lines_to_quote():
            if line.product_id.id in product_ids:
                lines[line.product_id] |= line
        return lines

    def _get_product_catalog_order_data(self, products, **kwargs):
        data = super()._get_product_catalog_order_data(products, **kwargs)
        # Technicians see the customer's prices and have no rights on price lists.
        partner_sudo = self.partner_id.sudo().with_company(self.company_id)
        prices = partner_sudo.property_product_pricelist._get_products_price(
            products.sudo(),
            quantity=1.0,
            currency=self.currency_id,
            date=fields.Datetime.now(),
        )
        for product in products:
            data[product.id]["price"] = prices.get(product.id, 0.0)
        return data

    def _update_order_line_info(self, product_id, quantity, **kwargs):
        """Set how much of a product the sheet needs, as its line to quote.

        :return: the unit price for the customer
        """
        self.ensure_one()
        self._lock()
        self._ensure_open()
        product = self.env["product.product"].browse(product_id)
        lines = self._get_product_catalog_record_lines([product_id])[product]
        line = lines[:1]
        if not line and quantity > 0:
            line = lines.create(
                {
                    "sheet_id": self.id,
                    "evaluation_id": self.evaluation_id.id,
                    "product_id": product_id,
                    "quantity": quantity,
                }
            )
        elif line and quantity > 0:
            line.quantity = quantity
        elif line:
            price = line.price_unit
            line.unlink()
            return price
        return line.price_unit

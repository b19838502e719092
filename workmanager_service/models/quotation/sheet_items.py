from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain


class Sheet(models.Model):
    """How parts and work come to a sheet: from predefined repairs, and from Odoo's
    product catalogue.

    The catalogue shows and changes the lines that are on no quotation yet; what is
    quoted is changed on the quotation.
    """

    _name = "workmanager.sheet"
    _inherit = ["workmanager.sheet", "product.catalog.mixin"]

    # ----------------------------------------------------------------- ACTION

    def action_add_operation(self):
        """Open the choice of a predefined repair, to add its parts and work."""
        self.ensure_one()
        self._ensure_open()
        picker = self.env.ref(
            "workmanager_service.workmanager_operation_view_list_pick"
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add a Predefined Repair"),
            "res_model": "workmanager.operation",
            "view_mode": "list",
            "views": [(picker.id, "list")],
            "target": "new",
            "domain": self._get_operation_domain(),
            "context": {"sheet_id": self.id},
        }

    def action_add_from_catalog(self):
        """Open the product catalogue, to add parts and work by taps.

        :raises UserError: the sheet is closed
        """
        self.ensure_one()
        self._ensure_open()
        return super().action_add_from_catalog()

    # ------------------------------------------------------ PREDEFINED REPAIRS

    @api.private
    def add_operations(self, operations, fault=None):
        """Add the parts and work of predefined repairs to the sheet, each repair once.

        What was accepted is settled: the same repair again is one more.

        :param operations: ``workmanager.operation`` records
        :param fault: the ``workmanager.fault`` that they repair; by default one that
            was found or claimed
        :return: the new ``workmanager.sheet.line`` records
        """
        self.ensure_one()
        self._lock()
        new = operations - self._get_open_operation_lines().operation_id
        if new:
            # Whoever waits for the lock sees no new lines: a changed sheet makes Odoo
            # repeat the waiting request, which then finds them.
            self.env.cr.execute(
                "UPDATE workmanager_sheet SET write_date = write_date WHERE id = %s",
                self.ids,
            )
        return self.env["workmanager.sheet.line"].create(
            [
                self._prepare_line_values(line, fault)
                for operation in new
                for line in operation.line_ids
            ]
        )

    def _remove_operations(self, operations):
        """Take back what predefined repairs brought, as far as it is not quoted."""
        self.ensure_one()
        self._lock()
        self._get_open_operation_lines().filtered(
            lambda line: line.operation_id in operations
        ).unlink()

    def _get_open_operation_lines(self):
        """Return what predefined repairs brought and nobody accepted yet."""
        return self.line_ids.filtered(
            lambda line: line.operation_id and not line.is_accepted
        )

    def _prepare_line_values(self, operation_line, fault=None):
        """Return the values of the sheet line that ``operation_line`` stands for."""
        self.ensure_one()
        operation = operation_line.operation_id
        found = self.evaluation_id.fault_ids or self.claimed_fault_ids
        return {
            "sheet_id": self.id,
            "evaluation_id": self.evaluation_id.id,
            "operation_id": operation.id,
            "fault_id": (fault or (operation.fault_ids & found)[:1]).id,
            "product_id": operation_line.product_id.id,
            "quantity": operation_line.quantity,
            "product_uom_id": operation_line.product_uom_id.id,
        }

    def _get_fitting_operations(self):
        """Return the predefined repairs of the equipment's type, and of all types."""
        self.ensure_one()
        return self.env["workmanager.operation"].search(self._get_operation_domain())

    def _get_operation_domain(self):
        kinds = self.equipment_type_id._with_parents()
        return [("equipment_type_ids", "in", [*kinds.ids, False])]

    # ---------------------------------------------------------------- CATALOGUE

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

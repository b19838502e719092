from odoo import Command, models
from odoo.exceptions import UserError

from odoo.addons.workmanager_service.formats import format_quantity


class SheetLine(models.Model):
    """Another part in exchange for a planned one, at the price that was accepted."""

    _inherit = "workmanager.sheet.line"

    def _get_exchange_unit(self, request):
        """Return the unit in which the part of ``request`` stands for this one."""
        self.ensure_one()
        unit = self.env["uom.uom"].browse(request["product_uom_id"])
        if unit._has_common_reference(self.product_uom_id):
            return unit
        return self.product_uom_id  # a metre in place of a piece: one for one

    def _ensure_left_to_exchange(self, quantity):
        """Refuse to exchange more than is planned and not used yet.

        :raises UserError: saying how much is left
        """
        self.ensure_one()
        left = self.quantity - self.quantity_used
        if self.product_uom_id.compare(quantity, left) > 0:
            raise UserError(
                self.env._(
                    "%(sheet)s: only %(left)s of “%(part)s” are left to exchange.",
                    sheet=self.sheet_id.name,
                    left=format_quantity(self.env, left, self.product_uom_id),
                    part=self.name,
                )
            )

    def _prepare_exchange_values(self, unit):
        """Return what a part has in common with the one that it is exchanged for.

        :param unit: see :meth:`_get_exchange_unit`
        """
        self.ensure_one()
        accepted_sudo = self.sudo().sale_line_id  # technicians have no sales rights
        return {
            "evaluation_id": self.evaluation_id.id,
            "fault_id": self.fault_id.id,
            "operation_id": self.operation_id.id,
            "coverage": self.coverage,
            "is_internal": self.is_internal,
            "price_unit": self.product_uom_id._compute_price(
                accepted_sudo.price_unit, unit
            ),
            "discount": self.discount,
            "sequence": self.sequence,
        }

    def _plan_less(self, quantity):
        """Need ``quantity`` less of this part, on the order too."""
        self.ensure_one()
        line_sudo = self.sudo()  # technicians have no sales rights
        with line_sudo.sale_order_id._unlock_for_service():
            line_sudo.sale_line_id.product_uom_qty -= quantity
        line_sudo.quantity_done = min(line_sudo.quantity_done, line_sudo.quantity)

    def _order_in_exchange(self, planned):
        """Put this part on the order of the planned one, and reserve it."""
        self.ensure_one()
        accepted_sudo = planned.sudo().sale_line_id  # technicians have no sales rights
        # The line's transfer has to know its sheet, which it is linked to first.
        line_sudo = self.sudo()
        line_sudo.sale_line_id = accepted_sudo.with_context(
            skip_procurement=True, sheet_adoption=False
        ).create(
            {
                **self._prepare_sale_order_line_values(),
                "order_id": accepted_sudo.order_id.id,
                "sequence": accepted_sudo.sequence,
                "price_unit": self.price_unit,
                "discount": accepted_sudo.discount,
                "tax_ids": [Command.set(accepted_sudo.tax_ids.ids)],
            }
        )
        line_sudo._launch_supply()

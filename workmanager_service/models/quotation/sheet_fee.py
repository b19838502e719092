from odoo import fields, models
from odoo.exceptions import UserError


class Sheet(models.Model):
    """The fee for a diagnosis: charged on refusal, deducted when repaired after all."""

    _inherit = "workmanager.sheet"

    has_diagnosis_fee = fields.Boolean(compute="_compute_has_diagnosis_fee")

    def _compute_has_diagnosis_fee(self):
        for sheet in self:
            sheet.has_diagnosis_fee = bool(
                sheet.equipment_type_id._get_inherited("diagnosis_product_id")
                and not sheet._get_fees("charged")
            )

    def action_charge_diagnosis(self):
        """Charge the fee of the type now, before the customer decides; it is deducted
        from the repair.

        :raises UserError: the type has no fee, or the sheet is past its decision
        """
        self._lock()._ensure_step("charge_diagnosis")
        for sheet in self:
            if not sheet.equipment_type_id._get_inherited("diagnosis_product_id"):
                raise UserError(
                    self.env._(
                        "The type %(type)s has no diagnosis fee: set one on it first.",
                        type=sheet.equipment_type_id.name,
                    )
                )
        self._charge_diagnosis()
        return True

    def _get_fees(self, fee):
        """Return the fee lines, charged or deducted, on orders that count."""
        return self.line_ids.filtered(
            lambda line: (
                line.fee == fee and line.sudo().order_state not in (False, "cancel")
            )
        )

    def _get_refusal_fee(self):
        """Return what a refusal of these repairs costs the customer, as text."""
        refusable = self.filtered(
            lambda sheet: sheet.state == "quoted" and not sheet._get_fees("charged")
        )
        fees = (sheet._get_diagnosis_fee() for sheet in refusable)
        return " + ".join(filter(None, fees))

    def _charge_diagnosis(self):
        """Charge the fee of the type once, where one is set, on an order of its own."""
        fees = {
            sheet: sheet.equipment_type_id._get_inherited("diagnosis_product_id")
            for sheet in self
            if not sheet._get_fees("charged")
        }
        lines = self._create_fee_lines(
            [
                {
                    "sheet_id": sheet.id,
                    "product_id": fee.id,
                    "fee": "charged",
                    "coverage": "customer",
                    "quantity": 1.0,
                }
                for sheet, fee in fees.items()
                if fee
            ]
        )
        if lines:
            self._create_sale_orders(lines).action_confirm()
        lines._plan_done()
        lines._deliver_done()

    def _prepare_fee_deductions(self):
        """Plan the deduction of fees that were charged and not deducted yet."""
        deductions = self.line_ids.filtered(lambda line: line.fee == "deducted")
        deductions.filtered(lambda line: line._is_to_quote()).unlink()
        charged = (self - self._get_fees("deducted").sheet_id)._get_fees("charged")
        return self._create_fee_lines(
            [line._prepare_deduction_values() for line in charged]
        )

    def _create_fee_lines(self, vals_list):
        return self.env["workmanager.sheet.line"]._create_by_step(vals_list)

    def _deduct_diagnosis(self):
        """Take the fee back on an order of its own, where no quotation did."""
        if lines := self._prepare_fee_deductions():
            self._create_sale_orders(lines).action_confirm()

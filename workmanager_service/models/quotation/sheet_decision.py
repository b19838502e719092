from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..service.states import STEPS, UNDECIDED_STATES
from .sale_order_decision import EXPIRED_ACTIVITY


class Sheet(models.Model):
    """The customer's decision on the quotations of a sheet, and the fee for a
    diagnosis: charged on refusal, deducted when repaired after all."""

    _inherit = "workmanager.sheet"

    has_open_decision = fields.Boolean(
        string="Waits for the Customer", compute="_compute_decision", compute_sudo=True
    )
    has_quotation_to_send = fields.Boolean(
        compute="_compute_decision", compute_sudo=True
    )
    quotation_validity_date = fields.Date(
        string="Valid Until",
        compute="_compute_decision",
        compute_sudo=True,
        help="The open quotation can be accepted until this day.",
    )
    is_quotation_expired = fields.Boolean(
        compute="_compute_decision", compute_sudo=True
    )
    decision_summary = fields.Char(
        string="Decision", compute="_compute_decision", compute_sudo=True
    )
    has_diagnosis_fee = fields.Boolean(compute="_compute_has_diagnosis_fee")

    # ---------------------------------------------------------------- COMPUTE

    @api.depends(
        "line_ids.sale_line_id.order_id.state",
        "line_ids.sale_line_id.order_id.validity_date",
        "line_ids.sale_line_id.order_id.service_decision_date",
    )
    def _compute_decision(self):
        for sheet in self:
            orders = sheet._get_customer_orders()
            undecided = sheet._get_undecided_orders()
            validities = [order.validity_date for order in undecided]
            sheet.has_open_decision = bool(undecided)
            sheet.has_quotation_to_send = "draft" in undecided.mapped("state")
            sheet.is_quotation_expired = any(undecided.mapped("is_expired"))
            sheet.quotation_validity_date = min(filter(None, validities), default=False)
            decided = orders.filtered("service_decision_date").sorted(
                lambda order: (order.service_decision_date, order.id)
            )
            sheet.decision_summary = (
                decided[-1]._decision_message() if decided else False
            )

    def _compute_has_diagnosis_fee(self):
        for sheet in self:
            sheet.has_diagnosis_fee = bool(
                sheet.equipment_type_id._get_inherited("diagnosis_product_id")
                and not sheet._get_fees("charged")
            )

    # ----------------------------------------------------------------- ACTION

    def action_accept_quotation(self):
        """Record at the counter that the customer accepts: confirm the quotations.

        :raises UserError: there is no open quotation, or it expired
        """
        self._lock()
        done = self.filtered(
            lambda sheet: sheet.state == "approved" and not sheet._has_open_decision()
        )
        (self - done)._accept_quotations()
        return True

    def action_refuse_quotation(self):
        """Record at the counter that the customer refuses.

        :raises UserError: there is no open quotation
        """
        self._lock()
        done = self.filtered(
            lambda sheet: sheet.outcome == "refused" and not sheet._has_open_decision()
        )
        (self - done)._refuse_quotations()
        return True

    def action_open_acceptance(self):
        """Ask who accepts the quotation, and how."""
        return self._open_decision("accepted", self.env._("The Customer Accepts"))

    def action_open_refusal(self):
        """Ask who refuses the quotation, and how."""
        return self._open_decision("refused", self.env._("The Customer Refuses"))

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

    # --------------------------------------------------------------- BUSINESS

    def _open_decision(self, decision, title):
        self._get_open_orders("accept" if decision == "accepted" else "refuse")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "workmanager.decision",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_sheet_ids": self.ids,
                "default_decision": decision,
            },
        }

    def _accept_quotations(self, with_expired=False, **record):
        """Confirm the open quotations of these sheets, which are locked.

        :param bool with_expired: whether the company stands by an expired offer
        :param record: see ``sale.order._record_decision``
        """
        orders_sudo = self._get_open_orders("accept")
        expired_sudo = orders_sudo.filtered("is_expired")
        if expired_sudo and not with_expired:
            raise UserError(
                self.env._(
                    "%(order)s expired on %(date)s. Agree to its prices once more when "
                    "you record the acceptance, or update the quotation first.",
                    order=expired_sudo[0].name,
                    date=format_date(self.env, expired_sudo[0].validity_date),
                )
            )
        orders_sudo._record_decision("accepted", **record)
        orders_sudo.action_confirm()

    def _refuse_quotations(self, **record):
        """Cancel the open quotations of these sheets, which are locked.

        :param record: see ``sale.order._record_decision``
        """
        orders_sudo = self._get_open_orders("refuse")
        orders_sudo._record_decision("refused", **record)
        orders_sudo._action_cancel()

    def _schedule_expired_quotation(self, order):
        """Ask whoever is responsible to do something about ``order``, which expired."""
        self.ensure_one()
        user = self._get_quotation_responsible()
        sheet = self.with_context(lang=user.lang)
        self.activity_schedule(
            EXPIRED_ACTIVITY,
            summary=sheet.env._("%s has expired", order.name),
            note=sheet.env._(
                "The customer did not decide. Call them, record the decision, or make "
                "a new quotation with “Update Quotation”."
            ),
            user_id=user.id,
        )

    def _get_quotation_responsible(self):
        """Return who talks to the customer: reception, or else the technician."""
        self.ensure_one()
        return self.company_id._get_responsible(self.received_by_id | self.user_id)

    def _withdraw_quotations(self):
        """Take back the open quotations of these sheets: others take their place."""
        if not self:
            return
        self.activity_unlink([EXPIRED_ACTIVITY])
        orders_sudo = self.sudo().sale_order_ids.filtered(
            lambda order: order.state in ("draft", "sent")
        )
        own_sudo = orders_sudo.filtered(lambda order: order.sheet_ids <= self)
        for order_sudo in own_sudo:
            order_sudo.message_post(
                body=self.env._("Withdrawn: a new quotation is being prepared.")
            )
        if own_sudo:
            own_sudo._action_cancel()
        shared_sudo = (orders_sudo - own_sudo).order_line.filtered(
            lambda line: line.sheet_line_ids.sheet_id & self
        )
        shared_sudo.sheet_line_ids.sale_line_id = False
        shared_sudo.unlink()

    def _withdraw_outdated_quotations(self):
        """Make room for a new quotation where the open one expired, or lacks lines."""
        outdated = self.filtered(
            lambda sheet: (
                sheet.state == "quoted"
                and (sheet.is_quotation_expired or sheet.has_lines_to_quote)
            )
        )
        outdated._set_state("evaluation")
        outdated._withdraw_quotations()

    def _undecided_error_message(self):
        """Return why a repair with an undecided quotation is not finished, or False."""
        self.ensure_one()
        if undecided := self._get_undecided_orders():
            return self.env._(
                "%(sheet)s: the customer has not decided on %(order)s yet. Record the "
                "decision, or cancel that quotation, before you finish the repair.",
                sheet=self.name,
                order=undecided[0].name,
            )
        return False

    # ------------------------------------------------------------ ORDER EVENTS

    def _on_order_confirmed(self):
        """React to an accepted order, whoever confirmed it and wherever."""
        waiting = self.filtered(
            lambda s: s.state in UNDECIDED_STATES and not s._has_open_decision()
        )
        # The customer refused before, and changed their mind.
        waiting |= self.filtered(
            lambda s: s.outcome == "refused" and s.state == "ready"
        )
        waiting._action_approve()
        waiting._confirm_covered_orders()
        running = self.filtered(lambda sheet: sheet.state == "repair")
        running._get_accepted_lines()._plan_done()

    def _on_order_cancelled(self):
        """React to a refused order: with no other one left, the sheet is refused."""
        self.filtered(
            lambda sheet: (
                sheet.state in STEPS["refuse"].sources and not sheet._has_live_order()
            )
        )._action_refuse()

    # -------------------------------------------------------------------- FEE

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

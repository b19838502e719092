from odoo import api, fields, models
from odoo.exceptions import UserError

from ...formats import format_quantity
from ..service.states import DONE_STATES, SETTLED_STATES


class SheetLine(models.Model):
    """The time that a line plans and takes, and what of it is billed."""

    _inherit = "workmanager.sheet.line"

    is_by_time = fields.Boolean(
        string="By the Hour",
        compute="_compute_is_by_time",
        store=True,
        help="The logged time is billed, in the unit of the line.",
    )
    work_log_ids = fields.One2many("workmanager.work.log", "line_id", string="Time")
    is_timer_running = fields.Boolean(compute="_compute_is_timer_running")
    planned_hours = fields.Float(compute="_compute_planned_hours", store=True)
    hours = fields.Float(string="Real Hours", compute="_compute_hours", store=True)
    hours_deviation = fields.Float(
        string="Hours over Plan",
        compute="_compute_hours_deviation",
        store=True,
        help="Real hours less planned hours.",
    )
    quantity_done = fields.Float(
        compute="_compute_quantity_done", store=True, readonly=False
    )
    sheet_state = fields.Selection(related="sheet_id.state")
    overrun_policy = fields.Selection(
        [("accepted", "Bill what was accepted"), ("all", "Bill all of it")],
        string="Time over the Accepted Quantity",
        copy=False,
        groups="workmanager_service.group_manager",
        help="What a manager decided about time beyond what the customer accepted.",
    )

    # ---------------------------------------------------------------- COMPUTE

    @api.depends("product_id", "product_uom_id")
    def _compute_is_by_time(self):
        """Keep what the product said when the line was made."""
        for line in self:
            line.is_by_time = (
                line.product_id.service_work_policy == "time"
                and line.product_id.type == "service"
                and line._is_in_time()
            )

    @api.depends("sheet_id.timer_line_id")
    @api.depends_context("uid")
    def _compute_is_timer_running(self):
        for line in self:
            running = line.sheet_id.timer_line_id
            line.is_timer_running = bool(running) and running == line._origin

    @api.depends("product_id", "product_uom_id", "quantity")
    def _compute_planned_hours(self):
        for line in self:
            if line.product_id.type != "service":
                line.planned_hours = 0.0
            elif line._is_in_time():
                line.planned_hours = line.product_uom_id._to_hours(line.quantity)
            else:
                line.planned_hours = line.quantity * line.product_id.service_hours

    @api.depends("work_log_ids.hours")
    def _compute_hours(self):
        for line in self:
            line.hours = sum(line.work_log_ids.mapped("hours"))

    @api.depends("hours", "planned_hours")
    def _compute_hours_deviation(self):
        for line in self:
            line.hours_deviation = line.hours - line.planned_hours

    @api.depends(
        "overrun_policy",
        "sheet_id.line_ids.hours",
        "sheet_id.line_ids.is_by_time",
        "sheet_id.line_ids.quantity",
        "sheet_id.line_ids.product_uom_id",
        "sheet_id.line_ids.is_accepted",
    )
    def _compute_quantity_done(self):
        """Take the time of work by the hour; what is done else, people say."""
        for line in self:
            if line._takes_time():
                line.quantity_done = line._get_quantity_by_time()
            else:
                line.quantity_done = line.quantity_done

    # ----------------------------------------------------------------- ACTION

    def action_start_timer(self):
        """Start the user's timer on this work; a running one of theirs stops."""
        self.ensure_one()
        return self.sheet_id._start_timer(self)

    def action_stop_timer(self):
        """Stop the user's timer on the sheet of this work, if it runs."""
        return self.sheet_id.action_stop_timer()

    def action_set_done(self):
        """Mark these lines as done as the customer accepted them."""
        for line in self._ensure_by_hand():
            line.quantity_done = line.quantity
        return True

    def action_set_not_done(self):
        """Mark these lines as not done."""
        self._ensure_by_hand().quantity_done = 0.0
        return True

    # --------------------------------------------------------------- BUSINESS

    def _ensure_done_open(self):
        """Refuse to change what the work statement says was done.

        :raises UserError: the repair is over
        """
        for line in self.filtered(lambda line: not line.fee):
            if line.sheet_id.state in SETTLED_STATES:
                raise UserError(
                    self.env._(
                        "The repair of %(sheet)s is over: what was done of "
                        "“%(line)s” is on its work statement, and is billed.",
                        sheet=line.sheet_id.name,
                        line=line.name,
                    )
                )

    def _plan_done(self):
        """Take it that all is done as accepted, where nobody said otherwise.

        Work by the hour is done as far as its time says.
        """
        for line in self.filtered(lambda line: not line._takes_time()):
            if line.product_uom_id.is_zero(line.quantity_done):
                line.quantity_done = line.quantity

    def _deliver_done(self):
        """Tell the orders what was done; parts that a transfer delivers, it tells."""
        for line in self:
            sale_line_sudo = line.sudo().sale_line_id  # technicians: no sales rights
            if sale_line_sudo.qty_delivered_method == "manual":
                sale_line_sudo.qty_delivered = line.quantity_done

    def _get_quantity_to_bill(self):
        """Return what is done of these lines where their work is over."""
        done = self.filtered(
            lambda line: line.sheet_id.state in DONE_STATES or line.fee == "charged"
        )
        return sum(done.mapped("quantity_done"))

    def _is_in_time(self):
        self.ensure_one()
        return bool(self.product_uom_id) and self.product_uom_id._is_time()

    def _takes_time(self):
        """Whether the logged time still decides what is done of this line."""
        self.ensure_one()
        return self.is_by_time and self.sheet_id.state not in SETTLED_STATES

    def _ensure_by_hand(self):
        """Refuse lines whose done quantity is not to be typed now."""
        for line in self:
            if line.sheet_id.state != "repair" or not line.is_accepted:
                raise UserError(
                    self.env._(
                        "“%(line)s” can be marked as done once the customer accepted "
                        "it and the repair of %(sheet)s has started.",
                        line=line.name,
                        sheet=line.sheet_id.name,
                    )
                )
            if line.is_by_time:
                raise UserError(
                    self.env._(
                        "“%(line)s” is billed by the hour: start its timer, or enter "
                        "the hours.",
                        line=line.name,
                    )
                )
        return self

    def _get_same_work(self):
        """Return the lines by the hour of the same product that share their time.

        The time of work that was quoted in parts fills one line after the other.
        """
        self.ensure_one()
        return self.sheet_id.line_ids.filtered(
            lambda line: line.is_by_time and line.product_id == self.product_id
        ).sorted(lambda line: (not line.is_accepted, line.sequence, line._origin.id))

    def _get_quantity_by_time(self):
        """Return what the logged time makes of this line, in its unit."""
        self.ensure_one()
        same = self._get_same_work()
        accepted = same.filtered("is_accepted")
        takers = accepted & self.sheet_id._get_agreed_work() or accepted or same[:1]
        left = sum(same.mapped("hours"))
        for line in takers:
            room = line.product_uom_id._to_hours(line.quantity)
            taken = left if line == takers[-1:] else min(left, room)
            left -= taken
            if line == self:
                done = line.product_uom_id._from_hours(taken)
                if line.sudo().overrun_policy == "accepted":
                    done = min(done, line.quantity)
                return done
        return 0.0

    def _get_allowed_quantity(self):
        """Return how much of this line may be done without asking the customer."""
        self.ensure_one()
        if not self.is_accepted:
            return 0.0
        # What the customer does not pay needs no consent. Technicians see that more is
        # allowed, managers see why.
        if self.is_internal or (
            self.is_by_time and self.sudo().overrun_policy == "all"
        ):
            return max(self.quantity, self.quantity_done)
        return self.quantity

    def _get_overrun(self):
        """Return how much more of this line is done than it is allowed."""
        self.ensure_one()
        overrun = self.quantity_done - self._get_allowed_quantity()
        return overrun if self.product_uom_id.compare(overrun, 0.0) > 0 else 0.0

    def _get_overrun_message(self, policy):
        """Return what a manager decided about the time beyond the accepted quantity.

        :param str policy: one of the values of ``overrun_policy``
        """
        self.ensure_one()
        unit = self.product_uom_id
        details = {
            "line": self.name,
            "done": format_quantity(self.env, self.quantity_done, unit),
            "accepted": format_quantity(self.env, self.quantity, unit),
        }
        if policy == "all":
            return self.env._(
                "“%(line)s”: %(done)s are billed, although the customer accepted "
                "%(accepted)s.",
                **details,
            )
        return self.env._(
            "“%(line)s”: %(accepted)s are billed as accepted, although it took "
            "%(done)s.",
            **details,
        )

    def _get_overrun_to_quote(self):
        """Return what of the overrun neither an open quotation nor a line that is
        still to quote asks for."""
        self.ensure_one()
        asked = self.sheet_id.line_ids.filtered(
            lambda line: (
                line.product_id == self.product_id
                and not line.is_accepted
                and line.order_state != "cancel"
            )
        )
        left = self._get_overrun()
        for line in asked:
            left -= line.product_uom_id._compute_quantity(
                line.quantity, self.product_uom_id, rounding_method="HALF-UP"
            )
        return left if self.product_uom_id.compare(left, 0.0) > 0 else 0.0

    def _prepare_overrun_values(self):
        """Return the values of the line that quotes the overrun of this one."""
        self.ensure_one()
        values = {
            "sheet_id": self.sheet_id.id,
            "evaluation_id": self.evaluation_id.id,
            "operation_id": self.operation_id.id,
            "fault_id": self.fault_id.id,
            "product_id": self.product_id.id,
            "name": self.name,
            "quantity": self._get_overrun_to_quote(),
            "product_uom_id": self.product_uom_id.id,
            "coverage": self.coverage,
            "discount": self.discount,
            "sequence": self.sequence,
        }
        if self._has_manual_price():
            values["price_unit"] = self.price_unit
        return values

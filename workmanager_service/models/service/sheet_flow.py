from odoo import api, fields, models
from odoo.exceptions import UserError

from ...locking import lock_records
from .states import (
    ACCEPTED_STATES,
    BEGUN_STATES,
    CLOSED_STATES,
    SETTLED_STATES,
    STATE_ACTIONS,
    STEPS,
)


class Sheet(models.Model):
    """The way of a sheet: ``action_x`` checks, ``_action_x`` does."""

    _inherit = "workmanager.sheet"

    allowed_steps = fields.Char(
        compute="_compute_allowed_steps",
        help="The steps that can be taken now: views show their buttons by it.",
    )
    is_closed = fields.Boolean(
        compute="_compute_state_groups", help="Delivered or cancelled."
    )
    is_settled = fields.Boolean(
        compute="_compute_state_groups", help="The work is over, or will not be done."
    )

    is_repair_begun = fields.Boolean(
        compute="_compute_state_groups", help="What was done is noted."
    )

    # ---------------------------------------------------------------- COMPUTE

    @api.depends(
        "state",
        "outcome",
        "evaluation_state",
        "has_diagnosis_fee",
        "has_lines_to_quote",
        "has_open_decision",
        "is_quotation_expired",
        "is_to_invoice",
        "is_credited",
        "pause_reason",
    )
    def _compute_allowed_steps(self):
        for sheet in self:
            sheet.allowed_steps = " ".join(
                name for name in STEPS if sheet._is_step_allowed(name)
            )

    @api.depends("state")
    def _compute_state_groups(self):
        for sheet in self:
            sheet.is_closed = sheet.state in CLOSED_STATES
            sheet.is_settled = sheet.state in SETTLED_STATES
            sheet.is_repair_begun = sheet.state in BEGUN_STATES

    # ----------------------------------------------------------------- ACTION

    def action_start_evaluation(self):
        """Start the evaluation, or take it up again after a refusal.

        While the customer decides, it withdraws the quotation.

        :raises UserError: the sheet is in a state that has no evaluation
        """
        self._lock_for_step(
            "start_evaluation", "evaluate_again"
        )._action_start_evaluation()
        return True

    def action_evaluate_more(self):
        """Start another evaluation of what is found during the repair, which goes on.

        :raises UserError: nothing is accepted yet, or the repair is over
        """
        self._lock()._ensure_step("evaluate_more")
        self._evaluate_again()
        return True

    def action_complete_evaluation(self):
        """Complete the current evaluation of these sheets."""
        return self.evaluation_id.action_complete()

    def action_create_quotation(self):
        """Create the quotation of what the evaluation found.

        During a repair it quotes what was found since, and the repair goes on.

        :raises UserError: the evaluation is open, or there is nothing to quote
        """
        self._lock()
        running = self.filtered(lambda sheet: sheet.state in ACCEPTED_STATES)
        self._withdraw_outdated_quotations()
        sheets = running | (self - running)._filter_for_step("create_quotation")
        for sheet in sheets:
            if error := sheet._quotation_error_message():
                raise UserError(error)
        sheets._action_create_quotation()
        return True

    def action_start_repair(self):
        """Start the repair of an approved sheet.

        :raises UserError: nothing was approved yet
        """
        self._lock_for_step("start_repair")._action_start_repair()
        return True

    def action_finish_repair(self):
        """Finish the repair: what is marked as done goes to the work statement.

        :raises UserError: a final check is open, or more was used than accepted
        """
        sheets = self._lock_for_step("finish_repair")
        sheets._stop_timers()
        for sheet in sheets:
            if error := sheet._finish_error_message():
                raise UserError(error)
        sheets._action_finish_repair()
        return True

    def action_mark_unrepairable(self):
        """Give up: the equipment goes back as it is."""
        sheets = self._lock_for_step("mark_unrepairable", outcome="unrepairable")
        sheets._action_mark_unrepairable()
        return True

    def action_deliver(self):
        """Hand the equipment over; the warranty on its repair starts.

        :raises UserError: the company wants it invoiced or paid before
        """
        sheets = self._lock_for_step("deliver")
        sheets._ensure_deliverable()
        sheets._action_deliver()
        return True

    def action_cancel(self):
        """Cancel the sheet with its quotations.

        :raises UserError: it is delivered, or an invoice of it is posted
        """
        sheets = self._lock_for_step("cancel")
        for sheet in sheets:
            if error := sheet._cancellation_error_message():
                raise UserError(error)
        sheets._action_cancel()
        return True

    # ------------------------------------------------------------------ HOOKS

    def _action_start_evaluation(self):
        """Hook: these sheets go under evaluation."""
        quoted = self.filtered(lambda sheet: sheet.state == "quoted")
        self._evaluate_again()
        for sheet in self.filtered(lambda sheet: not sheet.user_id):
            sheet.user_id = self.env.user
        self._set_state("evaluation", outcome=False, ready_date=False)
        quoted._withdraw_quotations()

    def _evaluate_again(self):
        """Give the sheets whose evaluation is done another one."""
        self.filtered(lambda s: s.evaluation_state == "done")._create_evaluations()

    def _action_create_quotation(self):
        """Hook: create the orders; work that nobody has to decide is confirmed."""
        self._prepare_fee_deductions()
        self._create_sale_orders()
        self.filtered(lambda s: s.state == "evaluation")._set_state("quoted")
        decided = self.filtered(lambda sheet: not sheet._has_open_decision())
        decided._confirm_covered_orders()

    def _action_start_repair(self):
        """Hook: the repair starts, with everything done as planned until told else."""
        self._get_accepted_lines()._plan_done()
        self._create_final_evaluations()
        self._set_state("repair")

    def _action_finish_repair(self):
        """Hook: the repair ends."""
        self._get_accepted_lines()._deliver_done()
        self._complete_final_evaluations()
        self.line_ids._freeze_unit_cost()
        self._set_state("ready", outcome="repaired", ready_date=fields.Datetime.now())
        self._number_statements()

    def _action_mark_unrepairable(self):
        """Hook: the equipment goes back unrepaired, by our own verdict."""
        self._set_state(
            "ready", outcome="unrepairable", ready_date=fields.Datetime.now()
        )
        self._stop_timers()
        self._release_orders()
        self._number_statements()

    def _action_refuse(self):
        """Hook: the customer does not want the repair."""
        self._set_state("ready", outcome="refused", ready_date=fields.Datetime.now())
        self._release_orders()
        self._charge_diagnosis()
        self._number_statements()

    def _action_approve(self):
        """Hook: the customer accepted; the repair can start."""
        self._set_state("approved", outcome=False, ready_date=False)
        self._deduct_diagnosis()

    def _action_deliver(self):
        """Hook: the equipment leaves."""
        self._return_accessories()
        self._start_repair_warranty()
        self._set_state("delivered", delivery_date=fields.Datetime.now())
        self._wipe_unlock_code()
        self._extend_warranty()
        self._stop_timers()

    def _action_cancel(self):
        """Hook: the sheet ends here, and its orders with it."""
        # The state first: the orders' own cancellation then finds nothing to refuse.
        self._set_state("cancelled")
        self._stop_timers()
        self._release_orders(with_fees=True)
        self._wipe_unlock_code()

    # --------------------------------------------------------------- BUSINESS

    def _set_state(self, state, **values):
        """Move the sheets to the first stage of ``state``; the only way to a state."""
        if not self:
            return
        # A repair that ends, or is given up, waits for nothing any more.
        self._end_pauses()
        stage = self.env["workmanager.stage"]._get_first(state)
        self._write_by_step({"stage_id": stage.id, **values})

    def _set_equipment(self, equipment):
        """Point these sheets to ``equipment``, which is the same device."""
        self._write_by_step({"equipment_id": equipment.id})

    def _lock(self):
        """Keep others off these sheets until commit: see :func:`lock_records`."""
        return lock_records(self)

    def _lock_for_step(self, *names, **reached):
        """Lock these sheets, and do :meth:`_filter_for_step`."""
        return self._lock()._filter_for_step(*names, **reached)

    def _filter_for_step(self, *names, **reached):
        """Return the sheets that one of the steps moves, without those it moved before.

        :param names: of steps that reach the same state
        :param reached: field values that tell a finished step from another one to the
            same state
        :raises UserError: naming a sheet that is in a state it cannot start from
        """
        target = STEPS[names[0]].target
        todo = self.filtered(
            lambda sheet: (
                sheet.state != target
                or any(sheet[field] != value for field, value in reached.items())
            )
        )
        todo._ensure_step(*names)
        return todo

    def _ensure_step(self, *names):
        """Refuse sheets that stand where none of the steps starts.

        :raises UserError: saying where the sheet stands, and what can be done
        """
        for sheet in self:
            if not any(sheet._is_step_source(name) for name in names):
                raise UserError(sheet._next_step_message())

    def _is_step_source(self, name):
        """Whether the step starts where this sheet stands."""
        self.ensure_one()
        return self.state in STEPS[name].sources and not (
            name == "evaluate_again" and not self._is_unrepaired()
        )

    def _is_step_allowed(self, name):
        """Whether the step has a sense now: whether its button shows."""
        self.ensure_one()
        condition = STEPS[name].condition
        if self.state not in STEPS[name].sources or not condition:
            return self.state in STEPS[name].sources
        if condition in self._fields:
            return bool(self[condition])
        return getattr(self, condition)()

    def _is_unrepaired(self):
        self.ensure_one()
        return self.state != "ready" or self.outcome != "repaired"

    def _is_evaluated(self):
        self.ensure_one()
        return self.evaluation_state == "done"

    def _is_under_evaluation(self):
        self.ensure_one()
        return self.evaluation_state == "draft"

    def _is_quotation_outdated(self):
        self.ensure_one()
        return self.has_lines_to_quote or self.is_quotation_expired

    def _is_running(self):
        self.ensure_one()
        return not self.pause_reason

    def _is_to_invoice_again(self):
        self.ensure_one()
        return self.is_credited and not self.is_to_invoice

    def _next_step_message(self):
        """Return where the sheet stands and what can be done with it from there."""
        self.ensure_one()
        steps = {
            "received": self.env._("Start its evaluation first."),
            "evaluation": self.env._("Complete its evaluation and quote it first."),
            "quoted": self.env._("The customer has to decide on its quotation first."),
            "approved": self.env._("Start its repair first."),
            "repair": self.env._("Finish its repair first."),
            "ready": self.env._("It only waits to be handed over."),
            "delivered": self.env._("Open a new sheet for the equipment."),
            "cancelled": self.env._("Open a new sheet for the equipment."),
        }
        return self.env._(
            "This cannot be done now: %(sheet)s is in the state “%(state)s”. %(step)s",
            sheet=self.name,
            state=self._get_state_label(),
            step=steps[self.state],
        )

    def _move_to_stage(self, stage):
        """Do what brings these sheets to the state of ``stage``.

        A card that is dragged on the board thus obeys the same rules as a button.
        """
        moved = self.filtered(lambda sheet: sheet.state != stage.state)
        if not moved:
            return
        if stage.state not in STATE_ACTIONS:
            raise UserError(moved[0]._next_step_message())
        getattr(moved, STATE_ACTIONS[stage.state])()
        elsewhere = moved.filtered(lambda sheet: sheet.state != stage.state)
        if elsewhere:
            raise UserError(elsewhere[0]._next_step_message())

    def _quotation_error_message(self):
        """Return why this sheet cannot be quoted, or False."""
        self.ensure_one()
        if self.evaluation_state == "draft":
            return self.env._(
                "Complete the evaluation of %(sheet)s before you quote it.",
                sheet=self.name,
            )
        if not self._get_lines_to_quote():
            return self.env._(
                "%(sheet)s has nothing to quote: add a part or work to it, or mark "
                "it as unrepairable.",
                sheet=self.name,
            )
        return False

    def _finish_error_message(self):
        """Return why the repair of this sheet cannot be finished, or False."""
        self.ensure_one()
        return (
            self._final_checks_error_message()
            or self._undecided_error_message()
            or self._time_error_message()
            or self._overrun_error_message()
        )

    def _cancellation_error_message(self):
        """Return why this sheet cannot be cancelled, or False."""
        self.ensure_one()
        if self.outcome == "repaired":
            return self.env._(
                "%(sheet)s is repaired, and its parts are used: hand it over. What the "
                "customer shall not pay is credited on the invoice.",
                sheet=self.name,
            )
        if self.sudo().invoice_ids.filtered(lambda move: move.state == "posted"):
            return self.env._(
                "%(sheet)s has a posted invoice: reverse it before you cancel the "
                "sheet.",
                sheet=self.name,
            )
        return False

"""The states of a service sheet, their groups, and the steps between them.

Fields, buttons, the board, guards and messages all read them here.
"""

from dataclasses import dataclass

SHEET_STATES = [
    ("received", "Received"),
    ("evaluation", "Evaluation"),
    ("quoted", "Quoted"),
    ("approved", "Approved"),
    ("repair", "In Repair"),
    ("ready", "Ready"),
    ("delivered", "Delivered"),
    ("cancelled", "Cancelled"),
]

# The customer has still to decide.
UNDECIDED_STATES = ("received", "evaluation", "quoted")
# The customer accepted, and the repair waits or goes on.
ACCEPTED_STATES = ("approved", "repair")
# A sheet follows what is added to its orders or taken off them.
FOLLOWING_STATES = ("evaluation", "quoted", *ACCEPTED_STATES)
# The work is over: what was done is billed.
DONE_STATES = ("ready", "delivered")
# The repair has begun: what is done is noted.
BEGUN_STATES = ("repair", *DONE_STATES)
# The equipment left, or nothing will be done.
CLOSED_STATES = ("delivered", "cancelled")
# From these states on it stands what was done.
SETTLED_STATES = (*DONE_STATES, "cancelled")
# All but the closed ones.
OPEN_STATES = (*UNDECIDED_STATES, *ACCEPTED_STATES, "ready")
# The checks of each phase are to be answered.
CHECK_STATES = {
    "before": ("received", "evaluation", *ACCEPTED_STATES),
    "after": ("repair",),
}


@dataclass(frozen=True)
class Step:
    """What can be done with a sheet.

    ``sources`` are the states in which it can, ``target`` the one that it reaches (none
    where the sheet stays), ``condition`` names what of the sheet has to be true besides
    for its button to show, and ``action`` the method that dragging a card to the target
    calls.
    """

    sources: tuple
    target: str | None = None
    condition: str | None = None
    action: str | None = None


STEPS = {
    "start_evaluation": Step(
        ("received",), "evaluation", action="action_start_evaluation"
    ),
    "evaluate_again": Step(("quoted", "ready"), "evaluation", "_is_unrepaired"),
    "evaluate_more": Step(ACCEPTED_STATES, condition="_is_evaluated"),
    "complete_evaluation": Step(
        ("evaluation", *ACCEPTED_STATES), condition="_is_under_evaluation"
    ),
    "create_quotation": Step(
        ("evaluation",), "quoted", "_is_evaluated", "action_create_quotation"
    ),
    "update_quotation": Step(("quoted",), condition="_is_quotation_outdated"),
    "quote_supplement": Step(ACCEPTED_STATES, condition="has_lines_to_quote"),
    "charge_diagnosis": Step(UNDECIDED_STATES, condition="has_diagnosis_fee"),
    # An order can be confirmed in any of them, and after a refusal.
    "accept": Step(
        (*UNDECIDED_STATES, "ready"),
        "approved",
        "has_open_decision",
        "action_accept_quotation",
    ),
    "refuse": Step(("quoted", "approved"), "ready", "has_open_decision"),
    "start_repair": Step(("approved",), "repair", action="action_start_repair"),
    "pause": Step(ACCEPTED_STATES, condition="_is_running"),
    "work": Step(("evaluation", "repair")),
    "finish_repair": Step(("repair",), "ready", action="action_finish_repair"),
    "mark_unrepairable": Step(("evaluation", "quoted", *ACCEPTED_STATES), "ready"),
    "sign": Step(("repair", "ready")),
    "invoice": Step(DONE_STATES, condition="is_to_invoice"),
    "invoice_again": Step(DONE_STATES, condition="_is_to_invoice_again"),
    "deliver": Step(("ready",), "delivered", action="action_deliver"),
    "cancel": Step(OPEN_STATES, "cancelled", action="action_cancel"),
}

# What a card that is dragged to a column of this state asks for.
STATE_ACTIONS = {step.target: step.action for step in STEPS.values() if step.action}

"""Conditions beyond state, role and what is filled in; the transition table names them.

Those about the actor decide already which buttons are shown; those about the step only when it is taken.
"""

from __future__ import annotations

from collections.abc import Callable

from gridmgr.domain.cases.actor import Actor
from gridmgr.domain.cases.model import BEST_RATING, HELP_WAITS, MOST_SUPERVISED, OFFICE, Case, Step
from gridmgr.texts import Message

#: Who may send a case to a department that gave it back: whoever settles the dispute between bodies.
_DECIDES_DISPUTES = frozenset({"lead", "admin"})


def _own_body(case: Case, actor: Actor) -> Message | None:
    if case.department is not None and case.department == actor.department:
        return None
    return Message("case.refuse_own_body", {"body": body_words(case.body)})


def _own_or_office(case: Case, actor: Actor) -> Message | None:
    """A department brings others into a case it has; the office and the lead into any."""
    return _own_body(case, actor) if actor.role == "department" else None


def _cooperates(case: Case, actor: Actor) -> Message | None:
    return None if actor.department in case.cooperating else Message("case.refuse_not_cooperating")


def _no_help_yet(case: Case, _actor: Actor) -> Message | None:
    return Message("case.refuse_help_asked") if case.help in HELP_WAITS else None


def _help_wanted(case: Case, _actor: Actor) -> Message | None:
    return None if case.help in HELP_WAITS else Message("case.refuse_no_help")


def _other_eyes(case: Case, actor: Actor) -> Message | None:
    if case.handler is None or case.handler != actor.name:
        return None
    return Message("case.refuse_other_eyes")


def _supervised(case: Case, _actor: Actor) -> Message | None:
    return None if case.supervised else Message("case.refuse_not_supervised")


def _new_body(case: Case, actor: Actor, step: Step) -> Message | None:
    if step.body == OFFICE and actor.role != "officer":
        return Message("case.refuse_office_to_itself")
    if step.body in case.objectors and actor.role not in _DECIDES_DISPUTES:
        return Message("case.refuse_objector", {"body": step.body})
    return None


def _other_body(case: Case, _actor: Actor, step: Step) -> Message | None:
    if step.body != case.department:
        return None
    return Message("case.refuse_same_body", {"body": body_words(case.body)})


def _higher_level(case: Case, _actor: Actor, step: Step) -> Message | None:
    if step.level is not None and case.supervised < step.level <= MOST_SUPERVISED:
        return None
    return Message("case.refuse_level", {"now": case.supervised, "most": MOST_SUPERVISED})


def _right_body(case: Case, _actor: Actor, step: Step) -> Message | None:
    if step.suggests is None or step.suggests != case.department:
        return None
    return Message("case.refuse_suggests_itself")


def _new_helper(case: Case, _actor: Actor, step: Step) -> Message | None:
    if step.body is None or step.body in (OFFICE, case.department) or step.body in case.unheard:
        return Message("case.refuse_helper", {"body": body_words(step.body or "-")})
    return None


def _has_helpers(case: Case, _actor: Actor) -> Message | None:
    return None if case.cooperating else Message("case.refuse_no_helpers")


def _helps_here(case: Case, _actor: Actor, step: Step) -> Message | None:
    if step.body in case.cooperating:
        return None
    return Message("case.refuse_release", {"body": body_words(step.body or "-")})


def _heard(case: Case, _actor: Actor, step: Step) -> Message | None:
    if step.unheard or not case.unheard:
        return None
    return Message("case.refuse_unheard", {"bodies": "、".join(case.unheard)})


def _another_case(case: Case, _actor: Actor, step: Step) -> Message | None:
    return Message("case.refuse_itself") if step.original == case.id else None


def _rating(_case: Case, _actor: Actor, step: Step) -> Message | None:
    if step.rating is None or 1 <= step.rating <= BEST_RATING:
        return None
    return Message("case.refuse_rating", {"most": BEST_RATING})


ACTOR_RULES: dict[str, Callable[[Case, Actor], Message | None]] = {
    "own_body": _own_body,
    "own_or_office": _own_or_office,
    "cooperates": _cooperates,
    "has_helpers": _has_helpers,
    "no_help_yet": _no_help_yet,
    "help_wanted": _help_wanted,
    "other_eyes": _other_eyes,
    "supervised": _supervised,
}
STEP_RULES: dict[str, Callable[[Case, Actor, Step], Message | None]] = {
    "new_body": _new_body,
    "other_body": _other_body,
    "higher_level": _higher_level,
    "another_case": _another_case,
    "rating": _rating,
    "right_body": _right_body,
    "new_helper": _new_helper,
    "heard": _heard,
    "helps_here": _helps_here,
}
#: What a step must bring, and how to see whether it does.
NEEDS: dict[str, Callable[[Step], bool]] = {
    "note": lambda step: bool(step.note.strip()),
    "crew": lambda step: bool(step.squad_id or step.officer_id),
    "body": lambda step: bool(step.body and step.body.strip()),
    "level": lambda step: step.level is not None,
    "rating": lambda step: step.rating is not None,
    "original": lambda step: bool(step.original),
    "penalty": lambda step: step.penalty is not None,
    "until": lambda step: step.until is not None,
    "cooperating": lambda step: bool(step.cooperating),
    "suggests": lambda step: bool(step.suggests),
    "unheard": lambda step: step.unheard,
}


def body_words(body: str) -> Message | str:
    """A body as a reader knows it."""
    return Message("case.office") if body == OFFICE else body

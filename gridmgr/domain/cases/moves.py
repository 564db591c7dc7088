"""Whether a step is allowed, why not, and what it makes of the case."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gridmgr.domain.cases.actor import STEP_ROLES, Actor
from gridmgr.domain.cases.model import OFFICE, Case, Step
from gridmgr.domain.cases.rules import ACTOR_RULES, NEEDS, STEP_RULES
from gridmgr.domain.cases.table import BACK, SAME, TABLE, Transition, sources_of, transition_for
from gridmgr.texts import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a step is not taken.

    Parameters
    ----------
    kind
        ``state``, ``role`` or ``input``: somebody was faster, it is not for this user, something is missing.
    message
        In words.
    """

    kind: str
    message: Message


def choices(case: Case, actor: Actor) -> tuple[Transition, ...]:
    """The steps the actor may take now, in the table's order."""
    if not actor.is_of(case.township_code):
        return ()
    return tuple(
        row
        for row in TABLE
        if case.state in row.sources and actor.role in row.roles and not _actor_refusals(row, case, actor)
    )


def refusals(case: Case, step: Step, actor: Actor) -> tuple[Refusal, ...]:
    """Everything that speaks against a step; nothing when it is allowed."""
    row = transition_for(step.action, case.state)
    if row is None:
        return (Refusal(kind="state", message=_wrong_state(case, step.action)),)
    if not actor.is_of(case.township_code):
        return (Refusal(kind="role", message=Message("case.refuse_township")),)
    if actor.role not in row.roles:
        return (Refusal(kind="role", message=_wrong_role(row, actor)),)
    found = [Refusal(kind="role", message=words) for words in _actor_refusals(row, case, actor)]
    missing = [name for name in row.needs if not NEEDS[name](step)]
    found += [Refusal(kind="input", message=Message(f"case.missing_{name}")) for name in missing]
    if step.penalty is not None and "penalty" not in (*row.needs, *row.takes):
        found.append(Refusal(kind="input", message=Message("case.refuse_penalty_here")))
    if missing:
        return tuple(found)
    judged = (STEP_RULES[name](case, actor, step) for name in row.rules if name in STEP_RULES)
    return (*found, *(Refusal(kind="input", message=words) for words in judged if words is not None))


def target_of(case: Case, row: Transition) -> str:
    """The state a row leads to from the case's."""
    if row.target == SAME:
        return case.state
    return (case.held_from or case.merged_from or "filed") if row.target == BACK else row.target


def advanced(case: Case, step: Step, actor: Actor, *, at: datetime) -> Case:
    """The case after an allowed step.

    Raises
    ------
    ValueError
        If the step is not allowed; ask `refusals` first.
    """
    against = refusals(case, step, actor)
    row = transition_for(step.action, case.state)
    if against or row is None:
        raise ValueError("; ".join(item.message.render("en") for item in against))
    effect = _EFFECTS.get(step.action)
    changes = effect(case, step, actor, at) if effect else {}
    return replace(case, state=target_of(case, row), changed_at=at, version=case.version + 1, **changes)


Effect = Callable[[Case, Step, Actor, datetime], dict[str, Any]]


def _dispatched(_case: Case, step: Step, _actor: Actor, _at: datetime) -> dict[str, Any]:
    # Sending the own people is the office's acceptance.
    return {
        "squad_id": step.squad_id,
        "officer_id": step.officer_id,
        "department": None,
        "answerable": OFFICE,
        "help": None,
    }


def _arrived(case: Case, _step: Step, actor: Actor, _at: datetime) -> dict[str, Any]:
    return {"officer_id": case.officer_id or actor.officer_id, "answerable": OFFICE}


def _escalated(case: Case, step: Step, _actor: Actor, _at: datetime) -> dict[str, Any]:
    department = None if step.body == OFFICE else step.body
    wanted = case.cooperating if step.cooperating is None else step.cooperating
    return {
        "department": department,
        "squad_id": None,
        "officer_id": None,
        "help": None,
        "cooperating": tuple(dict.fromkeys(body for body in wanted if body != department)),
        "answered": tuple(body for body in case.answered if body in wanted and body != department),
    }


def _objected(case: Case, _step: Step, _actor: Actor, _at: datetime) -> dict[str, Any]:
    # Whoever answers for it goes on doing so until another accepts.
    return {
        "department": None,
        "objections": case.objections + 1,
        "objectors": tuple(dict.fromkeys((*case.objectors, case.body))),
        "help": None,
    }


def _involved(case: Case, step: Step, _actor: Actor, _at: datetime) -> dict[str, Any]:
    # Asked once more, a body has to answer once more.
    return {
        "cooperating": tuple(dict.fromkeys((*case.cooperating, str(step.body)))),
        "answered": tuple(body for body in case.answered if body != step.body),
    }


def _released(case: Case, step: Step, _actor: Actor, _at: datetime) -> dict[str, Any]:
    # An opinion it gave stays on record: it is not asked again where it is brought in by a later escalation.
    return {"cooperating": tuple(body for body in case.cooperating if body != step.body)}


def _opined(case: Case, _step: Step, actor: Actor, _at: datetime) -> dict[str, Any]:
    return {"answered": tuple(dict.fromkeys((*case.answered, str(actor.department))))}


def _assigned(_case: Case, step: Step, _actor: Actor, _at: datetime) -> dict[str, Any]:
    return {"help": "assigned", "squad_id": step.squad_id, "officer_id": step.officer_id}


def _done(_case: Case, _step: Step, actor: Actor, at: datetime) -> dict[str, Any]:
    return {"handler": actor.name, "settled_at": at}


def _reworked(case: Case, _step: Step, _actor: Actor, _at: datetime) -> dict[str, Any]:
    return {"reworked": case.reworked + 1, "settled_at": None}


def _reopened(case: Case, _step: Step, _actor: Actor, at: datetime) -> dict[str, Any]:
    return {
        "reopened": case.reopened + 1,
        "filed_at": case.filed_at or at,
        "settled_at": None,
        "closed_at": None,
        "duplicate_of": None,
        "merged_from": None,
        "department": None,
        "squad_id": None,
        "officer_id": None,
        "help": None,
        "rating": None,
    }


_EFFECTS: dict[str, Effect] = {
    "file": lambda _case, _step, _actor, at: {"filed_at": at},
    "dispatch": _dispatched,
    "arrive": _arrived,
    "settle": _done,
    "escalate": _escalated,
    "accept": lambda case, _step, _actor, _at: {"answerable": case.body},
    "object": _objected,
    "ask_help": lambda _case, _step, _actor, _at: {"help": "asked"},
    "assign_help": _assigned,
    "answer_help": lambda _case, _step, _actor, _at: {"help": "answered"},
    "refuse_help": lambda _case, _step, _actor, _at: {"help": "refused"},
    "involve": _involved,
    "release": _released,
    "opine": _opined,
    "handle": lambda case, step, actor, at: {**_done(case, step, actor, at), "help": None},
    "rework": _reworked,
    "close": lambda _case, _step, _actor, at: {"closed_at": at},
    "cancel": lambda _case, _step, _actor, at: {"closed_at": at},
    "mark_duplicate": lambda case, step, _actor, at: {
        "closed_at": at,
        "duplicate_of": step.original,
        "merged_from": case.state,
    },
    "undo_duplicate": lambda _case, _step, _actor, _at: {
        "closed_at": None,
        "duplicate_of": None,
        "merged_from": None,
    },
    "rate": lambda _case, step, _actor, _at: {"rating": step.rating},
    "reopen": _reopened,
    "suspend": lambda case, step, _actor, _at: {"held_from": case.state, "suspended_until": step.until},
    "resume": lambda _case, _step, _actor, _at: {"held_from": None, "suspended_until": None},
    "supervise": lambda _case, step, _actor, _at: {"supervised": step.level},
    "lift_supervision": lambda _case, _step, _actor, _at: {"supervised": 0},
}


def _actor_refusals(row: Transition, case: Case, actor: Actor) -> list[Message]:
    judged = (ACTOR_RULES[name](case, actor) for name in row.rules if name in ACTOR_RULES)
    return [words for words in judged if words is not None]


def _wrong_state(case: Case, action: str) -> Message:
    sources = sources_of(action)
    if not sources:
        return Message("case.refuse_unknown", {"action": action})
    return Message(
        "case.refuse_state",
        {
            "action": Message(f"case.action.{action}"),
            "state": Message(f"case.state.{case.state}"),
            "states": listed(Message(f"case.state.{name}") for name in sources),
        },
    )


def _wrong_role(row: Transition, actor: Actor) -> Message:
    return Message(
        "case.refuse_role",
        {
            "action": Message(f"case.action.{row.action}"),
            "role": Message(f"case.role.{actor.role}"),
            "roles": listed(Message(f"case.role.{name}") for name in STEP_ROLES if name in row.roles),
        },
    )


def listed(words: Iterable[Message]) -> Message:
    """Several messages as one, in the reader's own punctuation."""
    first, *rest = words
    for word in rest:
        first = Message("case.listed", {"first": first, "next": word})
    return first

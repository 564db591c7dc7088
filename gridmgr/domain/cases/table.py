"""The one transition table: which step leads from where to where, who may take it, what it needs.

It is data: the desk's buttons, the phone's forms, the API's refusals and the tests all read it. A further
step (an extension, an appraisal) is one more row.
"""

from __future__ import annotations

from dataclasses import dataclass

from gridmgr.domain.cases.states import OPEN_STATES, STATES

#: The state stays as it is.
SAME = "="
#: Back to the state the case was suspended in, or found to be a duplicate in.
BACK = "<"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row of the table.

    Parameters
    ----------
    action
        The step.
    sources
        States it may start from.
    target
        The state it leads to; `SAME` or `BACK`.
    roles
        Who may take it.
    needs
        What the step must bring: ``note``, ``crew`` (a squad or an officer), ``body``, ``level``, ``rating``,
        ``original`` (the case it repeats), ``penalty``, ``cooperating`` (bodies that help), ``suggests`` (the
        right body), ``unheard`` (reply before all have answered).
    takes
        What it may bring besides.
    rules
        Further conditions, by name; see `gridmgr.domain.cases.rules`.
    """

    action: str
    sources: frozenset[str]
    target: str
    roles: frozenset[str]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


_ALL, _OPEN = " ".join(STATES), " ".join(sorted(OPEN_STATES))
_DESK = "planner admin"
_FIELD = "planner officer admin"
#: While a matter is being dealt with, several bodies may be at it.
_JOINT = "filed dispatched en_route on_scene escalated accepted"


def _row(
    action: str, sources: str, target: str, roles: str, *, needs: str = "", takes: str = "", rules: str = ""
) -> Transition:
    return Transition(
        action=action,
        sources=frozenset(sources.split()),
        target=target,
        roles=frozenset(roles.split()),
        needs=tuple(needs.split()),
        takes=tuple(takes.split()),
        rules=tuple(rules.split()),
    )


TABLE: tuple[Transition, ...] = (
    # Before filing.
    _row("verify", "reported", "verified", _FIELD),
    _row("file", "reported verified", "filed", f"{_FIELD} system"),
    # The township's own squads.
    _row("dispatch", "filed dispatched en_route escalated", "dispatched", _DESK, needs="crew"),
    _row("set_out", "dispatched", "en_route", "officer"),
    _row("arrive", "filed dispatched en_route", "on_scene", "officer"),
    _row("penalise", "on_scene", SAME, "officer", needs="penalty"),
    _row("settle", "on_scene", "settled", "officer", takes="penalty"),
    # The county's departments.
    _row(
        "escalate",
        "filed dispatched en_route on_scene",
        "escalated",
        _FIELD,
        needs="note body",
        takes="cooperating",
        rules="new_body",
    ),
    _row(
        "escalate",
        "escalated",
        "escalated",
        _DESK,
        needs="note body",
        takes="cooperating",
        rules="new_body other_body",
    ),
    _row("accept", "escalated", "accepted", "department", rules="own_body"),
    _row(
        "object",
        "escalated accepted",
        "filed",
        "department",
        needs="note",
        takes="suggests",
        rules="own_body right_body",
    ),
    _row("ask_help", "accepted", SAME, "department", needs="note", rules="own_body no_help_yet"),
    _row("assign_help", "accepted", SAME, _DESK, needs="crew", rules="help_wanted"),
    _row("answer_help", "accepted", SAME, _FIELD, needs="note", rules="help_wanted"),
    _row("refuse_help", "accepted", SAME, _DESK, needs="note", rules="help_wanted"),
    _row(
        "involve",
        "escalated accepted",
        SAME,
        f"{_DESK} department lead",
        needs="body",
        rules="own_or_office new_helper",
    ),
    _row(
        "release",
        _OPEN,
        SAME,
        f"{_DESK} department lead",
        needs="body note",
        rules="own_or_office has_helpers helps_here",
    ),
    _row("opine", _JOINT, SAME, "department", needs="note", rules="cooperates"),
    _row(
        "handle",
        "accepted",
        "handled",
        "department",
        needs="note",
        takes="unheard",
        rules="own_body heard",
    ),
    # Checking and closing.
    _row("check", "settled handled", "checked", _FIELD, rules="other_eyes"),
    _row("rework", "settled", "filed", _FIELD, needs="note", rules="other_eyes"),
    _row("rework", "handled", "accepted", _FIELD, needs="note", rules="other_eyes"),
    _row("close", "checked settled", "closed", f"{_DESK} lead"),
    _row("rate", "closed", "rated", f"{_DESK} public", needs="rating", rules="rating"),
    _row("reopen", "checked closed rated cancelled duplicate", "filed", f"{_DESK} lead system", needs="note"),
    # Aside from the straight way.
    _row(
        "cancel",
        "reported verified filed dispatched en_route on_scene escalated",
        "cancelled",
        _DESK,
        needs="note",
    ),
    _row(
        "mark_duplicate",
        "reported verified filed dispatched escalated",
        "duplicate",
        _DESK,
        needs="original",
        rules="another_case",
    ),
    _row("undo_duplicate", "duplicate", BACK, _DESK),
    _row(
        "suspend",
        "filed dispatched en_route on_scene escalated accepted",
        "suspended",
        f"{_DESK} lead",
        needs="note",
        takes="until",
    ),
    _row("resume", "suspended", BACK, f"{_DESK} lead system"),
    _row("supervise", _OPEN, SAME, f"{_DESK} lead system", needs="note level", rules="higher_level"),
    _row("lift_supervision", _OPEN, SAME, "lead admin", needs="note", rules="supervised"),
    _row("comment", _ALL, SAME, f"{_FIELD} department lead system", needs="note"),
)
#: Every step there is, in the table's order.
ACTIONS: tuple[str, ...] = tuple(dict.fromkeys(row.action for row in TABLE))


def transition_for(action: str, state: str) -> Transition | None:
    """The row of an action in a state, None where there is none."""
    return next((row for row in TABLE if row.action == action and state in row.sources), None)


def sources_of(action: str) -> tuple[str, ...]:
    """States from which an action may be taken, in the usual order."""
    sources = frozenset[str]().union(*(row.sources for row in TABLE if row.action == action))
    return tuple(state for state in STATES if state in sources)

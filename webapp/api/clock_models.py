"""Deadlines of cases as the API gives them."""

from __future__ import annotations

from webapp.api.case_models import CaseOut
from webapp.api.schemas import Answer, Timestamp


class PauseOut(Answer):
    """When a clock stood still, and why; `until` is null while it lasts."""

    since: Timestamp
    until: Timestamp | None
    kind: str
    kind_text: str
    note: str


class ExtensionOut(Answer):
    """More time, asked for and decided on."""

    id: str
    length_text: str
    reason: str
    asked_by: str
    asked_at: Timestamp
    state: str
    state_text: str
    decided_by: str | None
    decided_at: Timestamp | None
    note: str


class EscalationOut(Answer):
    """Somebody one level up was told that time is up."""

    level: str
    level_text: str
    fell_at: Timestamp
    told_at: Timestamp


class ClockOut(Answer):
    """A deadline of a case.

    `level` is green, yellow, red, overdue or paused while it runs, then met, late or void. `due_at` is null
    while it stands still. `left_minutes` counts as the rule counts: office hours for working hours and days.
    `provisional` ends rest on a year whose holiday notice is not on record. `basis_text` says what the limit
    rests on and how its time is counted. `may` names what the user may do.
    """

    id: str
    case_id: str
    phase: str
    name: str
    rule_text: str
    basis_text: str
    answers: str
    answers_text: str
    started_at: Timestamp
    due_at: Timestamp | None
    stopped_at: Timestamp | None
    level: str
    level_text: str
    used: float
    left_minutes: int
    left_text: str
    provisional: bool
    pauses: list[PauseOut]
    extensions: list[ExtensionOut]
    escalations: list[EscalationOut]
    may: list[str]


class ClockList(Answer):
    """Clocks, the most urgent first."""

    clocks: list[ClockOut]


class OpenCaseOut(Answer):
    """A case somebody has to act on, and its clock that falls first; null where none runs."""

    case: CaseOut
    item_name: str | None
    clock: ClockOut | None


class OpenCaseList(Answer):
    """Open cases, those with least time left first."""

    cases: list[OpenCaseOut]

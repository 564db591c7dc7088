"""The difference a re-plan makes, stop by stop and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridmgr.domain.patrols import DayPlan
from gridmgr.services.planning.dayplan_problem import DayProblem, moment, reason_of
from gridmgr.texts import Message
from planners import routing


@dataclass(frozen=True, kw_only=True)
class ChangedStop:
    """What becomes of one stop that was published or is new.

    Parameters
    ----------
    stop_id, name
        Which.
    kind
        ``kept``, ``retimed``, ``reordered``, ``moved``, ``dropped`` or ``added``.
    squad_before, squad_after
        Numbers; None where it was or is in no route.
    start_before, start_after
        Begin of the visit as it was told and as it is planned now; None where there was or is none.
    minutes
        Later by so many minutes, negative if earlier; None unless both times are known.
    reason
        Why it is dropped.
    words
        All of it for the reader, with the reason where it is dropped.
    """

    stop_id: str
    name: str
    kind: str
    squad_before: int | None
    squad_after: int | None
    start_before: datetime | None
    start_after: datetime | None
    minutes: int | None
    reason: Message | None
    words: Message


def told(
    built: DayProblem, changes: tuple[routing.StopChange, ...], published: DayPlan, draft: DayPlan
) -> tuple[ChangedStop, ...]:
    """The difference with names and numbers; what is done is left out."""
    numbers = {squad.id: squad.number for squad in (*published.squads, *draft.squads)}
    names = {visit.stop.id: visit.stop.name for visit in published.visits()}
    names |= {stop.id: stop.name for stop in built.stops.values()}
    return tuple(
        _in_words(built, change, names[change.stop], numbers) for change in changes if change.kind != "done"
    )


def _in_words(
    built: DayProblem, change: routing.StopChange, name: str, numbers: Mapping[str, int]
) -> ChangedStop:
    before, after = (
        numbers[squad] if squad is not None else None for squad in (change.squad_before, change.squad_after)
    )
    kind: str = change.kind
    if kind == "retimed":
        kind = "later" if (change.minutes or 0) > 0 else "earlier"
    values: dict[str, Any] = {"name": name, "minutes": abs(change.minutes or 0)}
    values |= {"squad_before": before or "", "squad_after": after or ""}
    reason = None if change.reason is None else reason_of(built, change.stop, change.reason)
    if reason is not None:
        values["reason"] = reason
    return ChangedStop(
        stop_id=change.stop,
        name=name,
        kind=change.kind,
        squad_before=before,
        squad_after=after,
        start_before=_moment(built, change.start_before),
        start_after=_moment(built, change.start_after),
        minutes=change.minutes,
        reason=reason,
        words=Message(f"replan.change.{kind}", values),
    )


def _moment(built: DayProblem, seconds: int | None) -> datetime | None:
    return None if seconds is None else moment(built, seconds)


def summary(now: datetime, changes: tuple[ChangedStop, ...]) -> Message:
    """What the re-plan changed, in one line."""
    kinds = [change.kind for change in changes]
    counts = {kind: kinds.count(kind) for kind in ("moved", "retimed", "added", "dropped")}
    return Message("replan.done", {"now": now.strftime("%H:%M"), **counts})

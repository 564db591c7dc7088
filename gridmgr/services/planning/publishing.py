"""Publishing a day, taking a change back, and telling two revisions apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest

from gridmgr.domain.patrols import DayHead, DayPlan, Squad, Visit
from gridmgr.errors import NoPlan
from gridmgr.services.context import Context, require_township
from gridmgr.services.planning.checking import Finding, check_day
from gridmgr.texts import Message


class NotPublishable(NoPlan):
    """A draft that breaks hard rules.

    Parameters
    ----------
    findings
        What it breaks.
    """

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__("plan.not_publishable", count=len(findings), first=findings[0].message)


def publish_day(
    ctx: Context,
    *,
    township_code: str,
    day: date,
    actor: str,
    expected_version: int | None = None,
) -> DayPlan:
    """Show the draft to the officers.

    Raises
    ------
    NotFound, NoPlan, NotPublishable, Conflict
        Unknown township; no draft; the draft breaks hard rules; somebody else changed the day meanwhile.
    """
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        head = uow.days.head(township_code, day)
        draft = uow.days.get(head.draft_id)
    if draft is None:
        raise NoPlan("plan.nothing_to_publish", township=township_code, day=day.isoformat())
    hard = tuple(finding for finding in check_day(ctx, draft) if finding.hard)
    if hard:
        raise NotPublishable(hard)
    with ctx.storage.write(actor) as uow:
        moved = replace(head, published_id=draft.id, published_at=ctx.clock.utc_now())
        uow.days.move_head(
            moved, expected_version=head.version if expected_version is None else expected_version
        )
        uow.record("day_plan.publish", "day_plan", f"{township_code}/{day}", revision=draft.id)
        uow.commit()
    return draft


def undo_day(
    ctx: Context, *, township_code: str, day: date, actor: str, expected_version: int | None = None
) -> DayPlan:
    """Go back to the revision the draft was made from. What is published stays published.

    Raises
    ------
    NoPlan, Conflict
        There is nothing to go back to; somebody else changed the day meanwhile.
    """
    with ctx.storage.write(actor) as uow:
        head = uow.days.head(township_code, day)
        draft = uow.days.get(head.draft_id)
        parent = uow.days.get(draft.parent_id) if draft else None
        if draft is None or parent is None:
            raise NoPlan("plan.nothing_to_undo", township=township_code, day=day.isoformat())
        version = head.version if expected_version is None else expected_version
        uow.days.move_head(replace(head, draft_id=parent.id), expected_version=version)
        uow.record("day_plan.undo", "day_plan", f"{township_code}/{day}", revision=parent.id, undone=draft.id)
        uow.commit()
    return parent


@dataclass(frozen=True, kw_only=True)
class StopChange:
    """One stop that is not the same in two plans.

    Parameters
    ----------
    stop_id, name
        Which stop.
    kind
        ``added``, ``dropped``, ``moved`` (to another squad) or ``shifted`` (by five minutes or more).
    squad_before, squad_after
        Squad numbers, None where it is in no route.
    minutes
        Later by so many minutes, for ``shifted``.
    """

    stop_id: str
    name: str
    kind: str
    squad_before: int | None
    squad_after: int | None
    minutes: int = 0


@dataclass(frozen=True, kw_only=True)
class DayDifference:
    """Two plans of a day side by side.

    Parameters
    ----------
    changes
        Stop by stop.
    prize, travel_seconds, travel_metres, visits
        After minus before.
    squads_changed
        Numbers of squads whose members or leader differ.
    """

    changes: tuple[StopChange, ...]
    prize: int
    travel_seconds: int
    travel_metres: int
    visits: int
    squads_changed: tuple[int, ...]


#: A stop later or earlier by less is not worth telling.
_SHIFT_MINUTES = 5

_Placed = tuple[Squad, Visit]


def compare_days(before: DayPlan | None, after: DayPlan | None) -> DayDifference:
    """What is different in the second plan; None stands for an empty one."""
    old, new = _placed(before), _placed(after)
    done = {visit.stop.id for squad in after.squads for visit in squad.done_visits} if after else set()
    pairs = [
        pair
        for stop_id in sorted((old.keys() | new.keys()) - (done & old.keys()))
        for pair in _paired(old.get(stop_id, []), new.get(stop_id, []))
    ]
    changes = [_change(before, after) for before, after in pairs]
    return DayDifference(
        changes=tuple(change for change in changes if change is not None),
        prize=(after.prize if after else 0) - (before.prize if before else 0),
        travel_seconds=(after.travel_seconds if after else 0) - (before.travel_seconds if before else 0),
        travel_metres=_metres(after) - _metres(before),
        visits=sum(map(len, new.values())) - sum(map(len, old.values())),
        squads_changed=_squads_changed(before, after),
    )


def _placed(plan: DayPlan | None) -> Mapping[str, list[_Placed]]:
    """Who visits each stop; several where squads meet."""
    found: dict[str, list[_Placed]] = {}
    for squad in plan.squads if plan else ():
        for visit in squad.visits:
            found.setdefault(visit.stop.id, []).append((squad, visit))
    return found


def _paired(old: list[_Placed], new: list[_Placed]) -> list[tuple[_Placed | None, _Placed | None]]:
    """The same squad's visits first, then those that one squad takes over from another."""
    before, after = ({squad.number: (squad, visit) for squad, visit in items} for items in (old, new))
    stays = sorted(before.keys() & after.keys())
    gone = [before[number] for number in sorted(before.keys() - after.keys())]
    come = [after[number] for number in sorted(after.keys() - before.keys())]
    return [*((before[number], after[number]) for number in stays), *zip_longest(gone, come)]


def _metres(plan: DayPlan | None) -> int:
    return sum(squad.travel_metres for squad in plan.squads) if plan else 0


def _change(old: _Placed | None, new: _Placed | None) -> StopChange | None:
    known = new or old
    if known is None:
        return None
    change = StopChange(
        stop_id=known[1].stop.id,
        name=known[1].stop.name,
        kind="moved",
        squad_before=old[0].number if old else None,
        squad_after=new[0].number if new else None,
    )
    if old is None or new is None:
        return replace(change, kind="added" if old is None else "dropped")
    if change.squad_before != change.squad_after:
        return change
    minutes = round((new[1].start - old[1].start).total_seconds() / 60)
    return replace(change, kind="shifted", minutes=minutes) if abs(minutes) >= _SHIFT_MINUTES else None


def _squads_changed(before: DayPlan | None, after: DayPlan | None) -> tuple[int, ...]:
    def teams(plan: DayPlan | None) -> dict[int, tuple[str, frozenset[str]]]:
        return {s.number: (s.leader, frozenset(s.members)) for s in plan.squads} if plan else {}

    old, new = teams(before), teams(after)
    return tuple(n for n in sorted(old.keys() | new.keys()) if old.get(n) != new.get(n))


def day_state(head: DayHead, draft: DayPlan | None) -> Message:
    """Where a day stands, in words."""
    if draft is None:
        return Message("plan.state.empty")
    if head.published_id == head.draft_id:
        return Message("plan.state.published")
    if head.published_id is not None:
        return Message("plan.state.changed")
    return Message(f"plan.state.{draft.stage}")

"""Stops and links of a day that stay in it whatever is due."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from gridmgr.domain.patrols import DayPlan, Squad, StopInfo
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

#: Said first of what to do at an incident that a planner called a squad to by name.
CALLED = "purpose.called"

_INCIDENT = "incident:"


def all_stops(plan: DayPlan) -> dict[str, StopInfo]:
    """Every stop of the plan by id, visited or left out."""
    stops = {visit.stop.id: visit.stop for visit in plan.visits()}
    return stops | {item.stop.id: item.stop for item in plan.unassigned}


def kept_stops(uow: UnitOfWork, draft: DayPlan, *, visited: Collection[str]) -> Iterator[StopInfo]:
    """Stops of the draft that stay in the day: put in by hand, pinned, visited already, or linked.

    Parameters
    ----------
    uow
        To ask which incidents are still open: a settled one is wanted by nobody, linked or not.
    draft
        The day.
    visited
        Ids of stops that squads have been to.
    """
    pinned = {visit.stop.id for visit in draft.visits() if visit.pinned}
    linked = {stop for link in draft.links for stop in link.stops}
    wanted = {
        name: stop
        for name, stop in all_stops(draft).items()
        if stop.kind == "manual" or name in pinned or name in visited or name in linked
    }
    asked = [n for n in wanted if n in linked and n.startswith(_INCIDENT) and n not in pinned | set(visited)]
    still = _open_incidents(uow, asked)
    return (stop for name, stop in wanted.items() if name not in asked or name in still)


def still_called(uow: UnitOfWork, draft: DayPlan) -> dict[str, StopInfo]:
    """Incidents a planner called a squad to on this day: required until they are settled."""
    called = {
        name: stop
        for name, stop in all_stops(draft).items()
        if any(message.key == CALLED for message in stop.purpose)
    }
    still = _open_incidents(uow, called)
    return {name: stop for name, stop in called.items() if name in still}


def _open_incidents(uow: UnitOfWork, names: Collection[str]) -> set[str]:
    if not names:
        return set()
    found = uow.incidents.get_many(name.removeprefix(_INCIDENT) for name in names)
    return {f"{_INCIDENT}{name}" for name, incident in found.items() if incident.is_open}


def with_living_links(draft: DayPlan, *, known: Collection[str]) -> tuple[DayPlan, tuple[Message, ...]]:
    """The draft without links that ask nothing any more, and notes that say so.

    Parameters
    ----------
    draft
        The day.
    known
        Ids of all stops that can be visited, were visited, or were taken out by hand.
    """
    names = {name: stop.name for name, stop in all_stops(draft).items()}
    kept, notes, squads = [], [], draft.squads
    for link in draft.links:
        living = tuple(stop for stop in link.stops if stop in known)
        gone = "、".join(names.get(stop, stop) for stop in link.stops if stop not in known)
        if gone:
            notes.append(Message("plan.link_over", {"stop": gone, "link": Message(f"link.kind.{link.kind}")}))
        if living == link.stops:
            kept.append(link)
        elif link.kind == "one_of" and len(living) > 1:
            kept.append(replace(link, stops=living))
        elif link.kind == "meet":
            squads = visited_once(squads, link.stops[0])
    return replace(draft, squads=squads, links=tuple(kept)), tuple(notes)


def visited_once(squads: Sequence[Squad], stop_id: str) -> tuple[Squad, ...]:
    """The squads, of whom the first that visits the stop goes on doing so, and is not held to it."""
    changed, seen = [], False
    for squad in squads:
        visits = []
        for visit in squad.visits:
            if visit.stop.id != stop_id:
                visits.append(visit)
            elif not seen:
                visits.append(replace(visit, pinned=False))
                seen = True
        changed.append(replace(squad, visits=tuple(visits)))
    return tuple(changed)

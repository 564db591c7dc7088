"""A day's links as people read them: what was asked, who comes when, and whether the plan does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gridmgr.domain.links import StopLink
from gridmgr.domain.patrols import DayPlan, Squad, StopInfo, Visit
from gridmgr.services.planning.kept import all_stops
from gridmgr.texts import Message


@dataclass(frozen=True, kw_only=True)
class Coming:
    """A squad's visit to a linked stop.

    Parameters
    ----------
    stop_id
        Where.
    squad
        Who.
    visit
        When; ``start - arrive`` is what it waits for the others.
    """

    stop_id: str
    squad: Squad
    visit: Visit

    @property
    def wait_minutes(self) -> int:
        """Minutes between arriving and beginning, lunch taken there included."""
        return round((self.visit.start - self.visit.arrive).total_seconds() / 60)


@dataclass(frozen=True, kw_only=True)
class LinkView:
    """A link and what the plan makes of it.

    Parameters
    ----------
    link
        What was asked.
    words
        In words.
    stops
        What is linked, in the link's order.
    coming
        Visits to these stops, by time.
    state
        ``kept``, ``broken`` (the routes do otherwise), ``left_out`` (a stop it needs is in no route) or
        ``unplanned`` (there are no routes yet).
    """

    link: StopLink
    words: Message
    stops: tuple[StopInfo, ...]
    coming: tuple[Coming, ...]
    state: str

    @property
    def starts(self) -> datetime | None:
        """When it begins; None where nobody comes."""
        return self.coming[0].visit.start if self.coming else None


def link_views(plan: DayPlan) -> list[LinkView]:
    """Every link of the plan, in the order they were asked."""
    stops = all_stops(plan)
    return [_view(plan, link, [stops[name] for name in link.stops if name in stops]) for link in plan.links]


def link_words(link: StopLink, plan: DayPlan) -> Message:
    """What a link asks, with names of stops and numbers of squads."""
    stops = all_stops(plan)
    return _words(plan, link, [stops[name] for name in link.stops if name in stops])


def _view(plan: DayPlan, link: StopLink, stops: Sequence[StopInfo]) -> LinkView:
    coming = [
        Coming(stop_id=visit.stop.id, squad=squad, visit=visit)
        for squad in plan.squads
        for visit in squad.visits
        if visit.stop.id in link.stops
    ]
    coming.sort(key=lambda item: (item.visit.start, item.squad.number))
    return LinkView(
        link=link,
        words=_words(plan, link, stops),
        stops=tuple(stops),
        coming=tuple(coming),
        state="unplanned" if plan.stage == "squads" else _state(link, coming),
    )


def _state(link: StopLink, coming: Sequence[Coming]) -> str:
    visited = {item.stop_id for item in coming}
    if link.kind == "meet":
        if not coming:
            return "left_out"
        named = not link.squads or {item.squad.id for item in coming} == set(link.squads)
        together = len({item.visit.start for item in coming}) == 1
        return "kept" if len(coming) == link.squads_needed and together and named else "broken"
    if link.kind == "one_of":
        return ("left_out", "kept")[len(visited)] if len(visited) < 2 else "broken"
    first, second = link.stops
    if second not in visited:
        return "left_out" if first not in visited else "kept"
    ends = [item.visit.leave for item in coming if item.stop_id == first]
    starts = [item.visit.start for item in coming if item.stop_id == second]
    return "kept" if ends and max(ends) <= min(starts) else "broken"


def _words(plan: DayPlan, link: StopLink, stops: Sequence[StopInfo]) -> Message:
    names = [stop.name for stop in stops]
    if link.kind == "one_of" or len(names) < len(link.stops):
        return Message(f"link.words.{link.kind}", {"stops": "、".join(f"“{name}”" for name in names)})
    if link.kind == "before":
        return Message("link.words.before", {"stop": names[0], "other": names[1]})
    if not link.squads:
        return Message("link.words.meet", {"stop": names[0], "count": link.squads_needed})
    numbers = [str(squad.number) for squad in plan.squads if squad.id in link.squads]
    return Message("link.words.meet_named", {"stop": names[0], "squads": "、".join(numbers)})

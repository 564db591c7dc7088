"""What a planner asks of a day's stops together: squads that meet, one visit before another, one of several.

A link is part of the day's plan and goes with every revision of it, so that whoever checks, changes or plans
the day anew holds it to the same wishes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from gridmgr.domain.validate import require_choice, require_text
from gridmgr.texts import Message

#: ``meet``: several squads at one stop at the same time; ``before``: the first stop's visit ends before the
#: second one's begins; ``one_of``: a visit to any one of the stops is enough.
LINK_KINDS = frozenset({"meet", "before", "one_of"})
#: Squads that can be asked to one meeting.
MOST_SQUADS = 8
#: Stops one of which is enough.
MOST_CHOICES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLink:
    """What ties stops of one day together.

    Parameters
    ----------
    id
        ``L1``, ``L2``, ... within the day.
    kind
        One of `LINK_KINDS`.
    stops
        Stop ids: one for ``meet``, the earlier and the later one for ``before``, two or more for ``one_of``.
    squads_needed
        How many squads meet; 1 for the other kinds.
    squads
        Ids of the squads that meet, as many as are needed; empty leaves the choice to the planner's engine.
    """

    id: str
    kind: str
    stops: tuple[str, ...]
    squads_needed: int = 1
    squads: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_text("StopLink", "id", self.id)
        require_choice("StopLink", "kind", self.kind, LINK_KINDS)
        for stop in self.stops:
            require_text("StopLink", "stops", stop)
        least, most = {"meet": (1, 1), "before": (2, 2), "one_of": (2, MOST_CHOICES)}[self.kind]
        if not least <= len(self.stops) <= most or len(set(self.stops)) != len(self.stops):
            raise ValueError(
                f"StopLink.stops of kind {self.kind!r} must be {least} to {most} different stops, "
                f"got {self.stops!r}"
            )
        squads = (2, MOST_SQUADS) if self.kind == "meet" else (1, 1)
        if not squads[0] <= self.squads_needed <= squads[1]:
            raise ValueError(
                f"StopLink.squads_needed of kind {self.kind!r} must be {squads[0]} to {squads[1]}, "
                f"got {self.squads_needed}"
            )
        if self.squads and (
            self.kind != "meet"
            or len(self.squads) != self.squads_needed
            or len(set(self.squads)) != len(self.squads)
        ):
            raise ValueError(
                f"StopLink.squads must be the {self.squads_needed} different squads that meet, "
                f"got {self.squads!r}"
            )


def next_link_id(links: Iterable[StopLink]) -> str:
    """An id no link of the day has."""
    taken = {link.id for link in links}
    number = len(taken) + 1
    while f"L{number}" in taken:
        number += 1
    return f"L{number}"


def refusal_of(links: Iterable[StopLink], new: StopLink) -> Message | None:
    """Why a link cannot go with those there are; None where it can.

    The stops' ids stand in the message's ``stop`` and ``other``.
    """
    held = list(links)
    if new.kind == "meet":
        clash = any(link.kind == "meet" and link.stops == new.stops for link in held)
        return Message("link.meets_already", {"stop": new.stops[0]}) if clash else None
    if new.kind == "one_of":
        grouped = {stop for link in held if link.kind == "one_of" for stop in link.stops}
        twice = next((stop for stop in new.stops if stop in grouped), None)
        return Message("link.grouped_already", {"stop": twice}) if twice else None
    values = {"stop": new.stops[0], "other": new.stops[1]}
    if any(link.kind == "before" and link.stops == new.stops for link in held):
        return Message("link.ordered_already", values)
    return Message("link.circle", values) if _goes_round([*held, new]) else None


def _goes_round(links: Iterable[StopLink]) -> bool:
    before: dict[str, set[str]] = {}
    for link in links:
        if link.kind == "before":
            before.setdefault(link.stops[1], set()).add(link.stops[0])
    try:
        TopologicalSorter(before).prepare()
    except CycleError:
        return True
    return False

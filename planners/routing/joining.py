"""Putting linked stops into a plan where what they displace is worth least.

A full day has no gap for a visit of several squads: it has to be made. For each moment of a grid, every squad
that may come is asked which run of its visits, worth least together, would have to go for it to be there just
then; the moment with the largest gain of prize is taken. What was displaced, and what else fits now, the
plain search puts in afterwards. Always in the same order, without chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from planners.routing.data import Problem, StopPoint
from planners.routing.fixed import FixedDay, ends_of, fixed_day
from planners.routing.polish import Orders, is_stuck
from planners.routing.score import score
from planners.routing.timeline import Roads, Timeline
from planners.routing.together import linked_by, schedules

#: Moments tried are so many seconds apart.
GRID_SECONDS = 900
#: Most visits one squad gives up for one stop, and how many places before the last reached are tried.
_MOST_GIVEN_UP, _EARLIER_PLACES = 4, 2


@dataclass(frozen=True, kw_only=True)
class _Room:
    """What one squad gives up to be at a stop at a moment."""

    loss: int
    squad: str
    first: int
    last: int


class Joiner:
    """Puts linked stops into one plan after the other.

    Parameters
    ----------
    problem
        The linked day; no stop for several squads is locked in it.
    orders
        A plan that keeps its rules.
    """

    def __init__(self, problem: Problem, orders: Orders) -> None:
        self._problem = problem
        self.orders = orders
        self._open = {squad.id for squad in problem.squads if not is_stuck(problem, squad)}
        self._look()

    def _look(self) -> None:
        routes, _ = schedules(self._problem, self.orders)
        self._ends = ends_of(routes)
        self._day: FixedDay = fixed_day(self._problem, routes)
        self._roads = Roads(self._day.problem)
        plain = self._day.orders(self.orders)
        self._lines = {
            squad.id: Timeline(self._roads, squad, [self._day.problem.stop(name) for name in plain[squad.id]])
            for squad in self._day.problem.squads
            if squad.id in self._open
        }

    def run(self, *, most_lost: float) -> Orders:
        """The plan with every linked stop in it that loses no more than so much of its own prize.

        Parameters
        ----------
        most_lost
            Part of a stop's prize that the visits it displaces may be worth; over 1 in the hope that what is
            displaced finds another place.
        """
        for stop in self._left_out():
            for name in (*self._missing(stop), stop.id):
                if name not in self._ends and not self._put_in(self._problem.stop(name), most_lost, stop):
                    break
        return self.orders

    def _left_out(self) -> list[StopPoint]:
        """Linked stops in no route, those that bring most for the squads' time first."""
        left = [s for s in self._problem.stops if s.id in self._problem.linked and s.id not in self._ends]
        worth = {stop.id: (stop.required, _density(stop)) for stop in left}
        return sorted(left, key=lambda stop: worth[stop.id], reverse=True)

    def _missing(self, stop: StopPoint) -> Iterator[str]:
        """What has to be visited before it and is not, the first of all first."""
        for name in linked_by(self._problem, stop):
            if name not in self._ends:
                yield from self._missing(self._problem.stop(name))
                yield name

    def _put_in(self, stop: StopPoint, most_lost: float, for_the_sake_of: StopPoint) -> bool:
        """Put the stop in at its best moment; False if none is worth it or nothing of it holds."""
        rivals = self._problem.rivals.get(stop.id, frozenset())
        if rivals & self._ends.keys():
            return False
        prize = stop.prize if stop is for_the_sake_of else stop.prize + for_the_sake_of.prize
        # A required stop is worth whatever is not required itself.
        bound = most_lost * prize if not (stop.required or for_the_sake_of.required) else float("inf")
        best: tuple[int, list[_Room]] | None = None
        for moment in self._moments(stop):
            rooms = self._rooms(stop, moment)
            if len(rooms) < stop.squads_needed:
                continue
            chosen = rooms[: stop.squads_needed]
            loss = sum(room.loss for room in chosen)
            if loss <= bound and (best is None or loss < best[0]):
                best = loss, chosen
        if best is None:
            return False
        return self._accept(self._joined(stop, best[1]))

    def _moments(self, stop: StopPoint) -> list[int]:
        """Starts to try, ascending: openings, ends of what it follows, and a grid in between."""
        earliest = max((self._ends[name] for name in linked_by(self._problem, stop)), default=0)
        first = min((line.squad.start for line in self._lines.values()), default=0)
        last = max((line.squad.end for line in self._lines.values()), default=0) - stop.service_seconds
        moments = {earliest, *(opens for opens, _ in stop.windows)}
        moments |= set(range(first - first % GRID_SECONDS, last + 1, GRID_SECONDS))
        spans = stop.windows or ((0, last),)
        return sorted(
            at for at in moments if at >= earliest and any(opens <= at <= closes for opens, closes in spans)
        )

    def _rooms(self, stop: StopPoint, moment: int) -> list[_Room]:
        """The least each squad could give up for it, the cheapest first."""
        at = replace(stop, windows=((moment, moment),), squads_needed=1, after=())
        self._roads.windows[stop.id] = at.windows
        rooms = []
        for name, line in self._lines.items():
            if _is_able(at, line):
                room = self._room(name, line, at, moment)
                if room is not None:
                    rooms.append(room)
        return sorted(rooms, key=lambda room: room.loss)

    def _room(self, name: str, line: Timeline, stop: StopPoint, moment: int) -> _Room | None:
        last_place = self._last_place(line, stop, moment)
        if last_place is None:
            return None
        best: _Room | None = None
        lowest = max(len(line.squad.locked), last_place - _EARLIER_PLACES)
        for first in range(last_place, lowest - 1, -1):
            loss = 0
            for last in range(first, min(len(line.stops), first + _MOST_GIVEN_UP) + 1):
                if last > first:
                    out = line.stops[last - 1]
                    if out.required or out.id in self._problem.awaited or out.pinned_squad is not None:
                        break
                    loss += out.prize
                if best is not None and loss >= best.loss:
                    break
                if self._has_room(line, first, last) and line.fits(first, (stop,), last):
                    best = _Room(loss=loss, squad=name, first=first, last=last)
                    break
        return best

    @staticmethod
    def _has_room(line: Timeline, first: int, last: int) -> bool:
        most = line.squad.max_stops
        return most is None or len(line.stops) - (last - first) < most

    def _last_place(self, line: Timeline, stop: StopPoint, moment: int) -> int | None:
        """The last place of the route from which the squad is there by that moment."""
        for place in range(len(line.stops), len(line.squad.locked) - 1, -1):
            node = line.stops[place - 1].node if place else line.squad.start_node
            if min(line.ready_after(place)) + self._roads.seconds[node][stop.node] <= moment:
                return place
        return None

    def _joined(self, stop: StopPoint, rooms: Sequence[_Room]) -> Orders:
        orders = dict(self.orders)
        for room in rooms:
            order = orders[room.squad]
            orders[room.squad] = (*order[: room.first], stop.id, *order[room.last :])
        return orders

    def _accept(self, orders: Orders) -> bool:
        """Take the plan if it keeps every rule; visits that waited for something may come earlier now."""
        if score(self._problem, orders).violations:
            return False
        self.orders = orders
        self._look()
        return True


def _density(stop: StopPoint) -> float:
    return stop.prize / (stop.squads_needed * max(1, stop.service_seconds))


def _is_able(stop: StopPoint, line: Timeline) -> bool:
    squad = line.squad
    allowed = stop.allowed_squads is None or squad.id in stop.allowed_squads
    pinned = stop.pinned_squad in (None, squad.id)
    lawful = not (stop.needs_lawful and squad.patrol_only)
    return (
        allowed
        and pinned
        and lawful
        and squad.id not in stop.forbidden_squads
        and stop.skills <= squad.skills
    )

"""Small certain improvements of a finished plan, without a solver and always in the same order.

The solver weighs prize against travel, so it may leave out a stop of little worth that would fit, and it
stops wherever its work ends. Here stops that fit are put in, dearer ones take the place of cheaper ones,
and ways are shortened, until nothing helps or the rounds are used up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from planners.routing.data import Problem, SquadShift, StopPoint
from planners.routing.schedule import schedule
from planners.routing.timeline import NEVER, Roads, Timeline

Orders = dict[str, tuple[str, ...]]

#: Rounds of all moves; each round but the last improves the plan.
MAX_ROUNDS = 30
#: Longest piece of a route that is moved elsewhere.
LONGEST_PIECE = 3


def is_stuck(problem: Problem, squad: SquadShift) -> bool:
    """Whether the squad's locked visits alone already break a rule, so that nothing may be added to them."""
    return bool(schedule(problem, squad.id, squad.locked).violations)


def worth(stop: StopPoint) -> tuple[bool, int]:
    """What stops are compared by: required ones first, then prize."""
    return stop.required, stop.prize


class Polisher:
    """Holds the routes of a plan while they are improved.

    Parameters
    ----------
    problem
        The day.
    orders
        A feasible plan, stop ids by squad.
    cancelled
        Asked between moves; once True the plan stays as it is.
    """

    def __init__(
        self,
        problem: Problem,
        orders: Mapping[str, Sequence[str]],
        *,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._problem = problem
        self._roads = Roads(problem)
        self._cancelled = cancelled or (lambda: False)
        self._fixed = {
            squad.id: self._route(squad, orders) for squad in problem.squads if is_stuck(problem, squad)
        }
        self._lines = {
            squad.id: Timeline(self._roads, squad, self._route(squad, orders))
            for squad in problem.squads
            if squad.id not in self._fixed
        }
        visited = {stop_id for order in orders.values() for stop_id in order}
        locked = problem.locked_to
        self._left = [stop for stop in problem.stops if stop.id not in visited and stop.id not in locked]
        self._rivals = problem.rivals
        self._visited = visited | set(locked)

    def _route(self, squad: SquadShift, orders: Mapping[str, Sequence[str]]) -> list[StopPoint]:
        return [self._problem.stop(stop_id) for stop_id in orders.get(squad.id, squad.locked)]

    @property
    def orders(self) -> Orders:
        """The plan as it stands, stop ids by squad in the problem's order."""
        routes = {**self._fixed, **{name: line.stops for name, line in self._lines.items()}}
        return {squad.id: tuple(stop.id for stop in routes[squad.id]) for squad in self._problem.squads}

    def run(self) -> Orders:
        """Improve until nothing helps; the plan that comes out."""
        moves = (self._insert, self._exchange, self._relocate, self._reverse)
        for _ in range(MAX_ROUNDS):
            # Counted, not any(): every kind of move gets its turn in each round.
            if sum(move() for move in moves if not self._cancelled()) == 0:
                break
        return self.orders

    def _rebuild(self, line: Timeline, stops: Sequence[StopPoint]) -> None:
        self._lines[line.squad.id] = Timeline(self._roads, line.squad, stops)

    def _insert(self) -> bool:
        """Put in whatever fits, the most worth first and where it costs least travel."""
        improved = False
        waiting = sorted((stop for stop in self._left if any(worth(stop))), key=worth, reverse=True)
        for stop in waiting:
            line_and_place = None if self._rival(stop) else self._cheapest(stop, self._lines.values())
            if line_and_place is None:
                continue
            line, place = line_and_place
            self._rebuild(line, [*line.stops[:place], stop, *line.stops[place:]])
            self._enter(stop)
            improved = True
        return improved

    def _rival(self, stop: StopPoint) -> frozenset[str]:
        """Visited stops of the same group, one at most."""
        rivals = self._rivals.get(stop.id)
        return rivals & self._visited if rivals else frozenset()

    def _enter(self, stop: StopPoint, leaving: StopPoint | None = None) -> None:
        """Note that a stop is visited from now on, and another no more."""
        self._left.remove(stop)
        self._visited.add(stop.id)
        if leaving is not None:
            self._left.append(leaving)
            self._visited.remove(leaving.id)

    def _cheapest(self, stop: StopPoint, lines: Iterable[Timeline]) -> tuple[Timeline, int] | None:
        best: tuple[int, Timeline, int] | None = None
        for line in lines:
            if not self._has_room(line, stop):
                continue
            for place in range(len(line.squad.locked), len(line.stops) + 1):
                extra = self._extra(line, place, stop)
                if (best is None or extra < best[0]) and extra < NEVER and line.fits(place, (stop,), place):
                    best = (extra, line, place)
        return None if best is None else best[1:]

    def _has_room(self, line: Timeline, stop: StopPoint) -> bool:
        full = line.squad.max_stops is not None and len(line.stops) >= line.squad.max_stops
        return not full and self._roads.may_serve(stop, line.squad)

    def _extra(self, line: Timeline, place: int, stop: StopPoint) -> int:
        seconds = self._roads.seconds
        here = line.stops[place - 1].node if place else line.squad.start_node
        there = line.stops[place].node if place < len(line.stops) else line.squad.end_node
        saved = seconds[here][there] if line.stops else 0
        return seconds[here][stop.node] + seconds[stop.node][there] - saved

    def _exchange(self) -> bool:
        """Put a stop in place of a visit that moves to another squad, or that is worth less and leaves."""
        without = {
            (line.squad.id, out): Timeline(
                self._roads, line.squad, [*line.stops[:out], *line.stops[out + 1 :]]
            )
            for line in self._lines.values()
            for out in range(len(line.squad.locked), len(line.stops))
        }
        for stop in sorted((stop for stop in self._left if any(worth(stop))), key=worth, reverse=True):
            for line in self._lines.values():
                if self._cancelled():
                    return False
                if self._roads.may_serve(stop, line.squad) and self._exchange_in(line, stop, without):
                    return True
        return False

    def _exchange_in(
        self, line: Timeline, stop: StopPoint, without: Mapping[tuple[str, int], Timeline]
    ) -> bool:
        others = [other for other in self._lines.values() if other is not line]
        free = range(len(line.squad.locked), len(line.stops))
        rival = self._rival(stop)
        for out in sorted(free, key=lambda i: worth(line.stops[i])):
            if rival and line.stops[out].id not in rival:
                continue
            leaving, rest = line.stops[out], without[line.squad.id, out]
            found = self._cheapest(stop, [rest])
            if found is None:
                continue
            refuge = None if rival else self._cheapest(leaving, others)
            if refuge is None and worth(leaving) >= worth(stop):
                continue
            self._rebuild(line, [*rest.stops[: found[1]], stop, *rest.stops[found[1] :]])
            self._enter(stop, leaving if refuge is None else None)
            if refuge is not None:
                other, place = refuge
                self._rebuild(other, [*other.stops[:place], leaving, *other.stops[place:]])
            return True
        return False

    def _relocate(self) -> bool:
        """Move a short piece of a route elsewhere, in the same route or another, if that saves travel."""
        return sum(self._relocate_from(name) for name in self._lines if not self._cancelled()) > 0

    def _relocate_from(self, name: str) -> bool:
        line = self._lines[name]
        for first, last in _pieces(line, LONGEST_PIECE):
            piece = line.stops[first:last]
            rest = [*line.stops[:first], *line.stops[last:]]
            saved = self._roads.travel(line.squad, line.stops) - self._roads.travel(line.squad, rest)
            for target in self._lines.values():
                if self._move(line, target, piece, rest, saved):
                    return True
        return False

    def _move(
        self, line: Timeline, target: Timeline, piece: list[StopPoint], rest: list[StopPoint], saved: int
    ) -> bool:
        same = target is line
        if not same and not self._takes(target, piece):
            return False
        into = rest if same else target.stops
        before = self._roads.travel(target.squad, into)
        for place in range(len(target.squad.locked), len(into) + 1):
            joined = [*into[:place], *piece, *into[place:]]
            if self._roads.travel(target.squad, joined) - before >= saved:
                continue
            if self._accept(target, joined) and (same or self._accept(line, rest)):
                if not same:
                    self._rebuild(line, rest)
                self._rebuild(target, joined)
                return True
        return False

    def _takes(self, target: Timeline, piece: list[StopPoint]) -> bool:
        limit = target.squad.max_stops
        if limit is not None and len(target.stops) + len(piece) > limit:
            return False
        return all(self._roads.may_serve(stop, target.squad) for stop in piece)

    def _accept(self, line: Timeline, stops: Sequence[StopPoint]) -> bool:
        # Rounded road times need not obey the triangle rule, so even a shortened route is checked.
        return not stops or line.fits(0, stops, len(line.stops))

    def _reverse(self) -> bool:
        """Turn a piece of a route around if that saves travel."""
        return sum(self._reverse_in(name) for name in self._lines) > 0

    def _reverse_in(self, name: str) -> bool:
        line = self._lines[name]
        travel = self._roads.travel(line.squad, line.stops)
        for first, last in _pieces(line, len(line.stops)):
            turned = [*line.stops[:first], *line.stops[first:last][::-1], *line.stops[last:]]
            if self._roads.travel(line.squad, turned) < travel and self._accept(line, turned):
                self._rebuild(line, turned)
                return True
        return False


def _pieces(line: Timeline, longest: int) -> Iterator[tuple[int, int]]:
    """Spans (first, last) of the visits that are not locked, shortest spans first."""
    count = len(line.stops)
    for length in range(1, longest + 1):
        for first in range(len(line.squad.locked), count - length + 1):
            yield first, first + length


def repair(problem: Problem, orders: Mapping[str, Sequence[str]]) -> Orders:
    """The feasible rest of an old plan: stops that are gone, moved or no longer fit are left out.

    Every route begins with the squad's locked visits; the others follow in the old order as far as they fit.
    """
    roads = Roads(problem)
    locked = problem.locked_to
    taken: set[str] = set(locked)
    for stop_id in locked:
        taken |= problem.rivals.get(stop_id, frozenset())
    result: Orders = {}
    for squad in problem.squads:
        kept = [problem.stop(stop_id) for stop_id in squad.locked]
        result[squad.id] = squad.locked
        if is_stuck(problem, squad):
            continue
        for stop_id in orders.get(squad.id, ()):
            if stop_id in taken or not problem.has_stop(stop_id):
                continue
            stop = problem.stop(stop_id)
            full = squad.max_stops is not None and len(kept) >= squad.max_stops
            line = Timeline(roads, squad, kept)
            if not full and roads.may_serve(stop, squad) and line.fits(len(kept), (stop,), len(kept)):
                kept.append(stop)
                taken |= {stop_id} | problem.rivals.get(stop_id, frozenset())
        result[squad.id] = tuple(stop.id for stop in kept)
    return result

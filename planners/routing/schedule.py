"""Times of a route by plain forward simulation, for good routes and bad ones alike.

This is what the desk calls after a drag, and where every stored time comes from: the solver only proposes
orders.

The rules of a schedule:

- A squad sets out at its shift's start, leaves each place as soon as it may and waits where it arrives.
- A visit starts at the first lawful moment after arriving. If every window is closed it starts at once, late.
- Lunch is eaten standing: before setting out on a way, or on arriving and before service, also at the
  start and at the end. Back at its end by the latest start of lunch, a squad eats after the patrol and
  nothing is delayed. Of all places the one with least lateness in total is taken, then the earliest return,
  then the earliest place. If no place is in time, the first after the latest start is among the choices, so
  the lunch is as little late as may be.
- An empty route stays where it is: no way, no lunch.
- Stops locked to the squad are not judged again (see `SquadShift.locked`).
- What other squads do is not known here. Where a visit waits for them (`planners.routing.together`), the
  moment is given, and of lunches equally in time that is taken which holds up other squads least.

Each code of a duration has ``minutes`` beside ``seconds``. Codes of violations: ``late`` (seconds, latest),
``shift_overrun`` (seconds), ``lunch_late`` (seconds), ``no_road`` (from, to), ``too_many_stops`` (count,
max), ``lock_broken`` (squad), ``unknown_stop``, ``duplicate_stop`` and those of
`planners.routing.rules.eligibility_breaches`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from planners.result import Reason
from planners.routing.data import Lunch, Problem, SquadShift, StopPoint
from planners.routing.plan import LunchTaken, Schedule, Violation, Visit, duration_params
from planners.routing.rules import eligibility_breaches, enforced_windows, service_start


@dataclass(frozen=True)
class _Break:
    """Where a lunch is tried: on which way, and at which end of it."""

    leg: int
    on_arrival: bool


@dataclass(frozen=True, kw_only=True)
class _Walk:
    """Times of one pass over a route with the lunch at a given place."""

    arrive: list[int]
    start: list[int]
    leave: list[int]
    lunch: LunchTaken | None
    end: int
    late: list[int]
    lunch_late: int

    def lateness(self, shift_end: int) -> int:
        """Seconds by which all time rules together are broken."""
        return sum(self.late) + self.lunch_late + max(0, self.end - shift_end)


def _ways(rows: list[list[int]], squad: SquadShift, stops: Sequence[StopPoint]) -> list[int]:
    nodes = [squad.start_node, *(stop.node for stop in stops), squad.end_node]
    return [rows[here][there] for here, there in pairwise(nodes)]


class _Walker:
    """Walks one route several times, with the lunch at different places."""

    def __init__(
        self,
        problem: Problem,
        squad: SquadShift,
        stops: Sequence[StopPoint],
        *,
        not_before: Mapping[str, int],
        room: Mapping[str, int],
    ) -> None:
        self._squad = squad
        self._stops = stops
        self._not_before = not_before
        self._room = room
        self._awaited = [i for i, stop in enumerate(stops) if stop.id in problem.awaited]
        # A missing road is a violation of its own; counting it as no time keeps the other times readable.
        self._travel = [max(0, way) for way in _ways(problem.seconds_rows, squad, stops)]
        self._windows = [enforced_windows(problem, stop) for stop in stops]

    def best(self) -> _Walk:
        """The walk with the lunch at its best place."""
        lunch = self._squad.lunch_due
        plain = self.walk(None, None)
        if lunch is None or not self._stops:
            return plain
        walks = [self.walk(lunch, place) for place in self._lunch_places(lunch, plain)]
        return min(
            walks,
            key=lambda walk: (
                walk.lateness(self._squad.end),
                sum(walk.start[i] for i in self._awaited),
                walk.end,
            ),
        )

    def _lunch_places(self, lunch: Lunch, plain: _Walk) -> list[_Break]:
        """Places worth trying, in order of time.

        Eating at a later place that is still reached before the earliest start is never worse than eating
        at an earlier one, so places before the last of those are left out; so are all but the first that
        come too late.
        """
        places: list[_Break] = []
        for place, time in self._moments(plain):
            if time <= lunch.earliest_start:
                places.clear()
            places.append(place)
            if time > lunch.latest_start:
                break
        return places

    def _moments(self, plain: _Walk) -> Iterator[tuple[_Break, int]]:
        for leg in range(len(self._travel)):
            yield _Break(leg, False), plain.leave[leg - 1] if leg else self._squad.start
            yield _Break(leg, True), plain.arrive[leg] if leg < len(self._stops) else plain.end

    def walk(self, lunch: Lunch | None, place: _Break | None) -> _Walk:
        """Times with the lunch at that place."""
        arrive, start, leave, late = [], [], [], []
        taken: LunchTaken | None = None
        clock = self._squad.start
        for leg, travel in enumerate(self._travel):
            if lunch and place == _Break(leg, False):
                taken = _eat(lunch, clock, place)
                clock = taken.end
            clock += travel
            if leg == len(self._stops):
                break
            arrive.append(clock)
            if lunch and place == _Break(leg, True):
                taken = _eat(lunch, clock, place)
                clock = taken.end
            if self._not_before:
                clock = max(clock, self._not_before.get(self._stops[leg].id, 0))
            lawful = service_start(self._windows[leg], clock)
            late.append(clock - self._windows[leg][-1][1] if lawful is None else 0)
            start.append(clock if lawful is None else lawful)
            clock = start[-1] + self._stops[leg].service_seconds
            leave.append(clock)
        if lunch and place == _Break(len(self._stops), True):
            taken = _eat(lunch, clock, place)
        end = clock if self._stops else self._squad.start
        lunch_late = max(0, taken.start - lunch.latest_start) if lunch and taken else 0
        return _Walk(
            arrive=arrive, start=start, leave=leave, lunch=taken, end=end, late=late, lunch_late=lunch_late
        )

    def slack(self, walk: _Walk) -> list[int]:
        """How much later each visit could start with all that follows still in time, by going backwards."""
        lunch = self._squad.lunch_due
        room = max(0, self._squad.end - walk.end)
        result: list[int] = []
        for leg in range(len(self._stops), -1, -1):
            if leg < len(self._stops):
                room = min(room, self._window_room(leg, walk))
                if self._room:
                    room = min(room, self._room.get(self._stops[leg].id, room))
                result.append(room)
                room += walk.start[leg] - _ready(walk, leg)
            if lunch and walk.lunch and walk.lunch.leg == leg:
                reached = self._reached(walk, walk.lunch)
                eating_delays = leg < len(self._stops) or not walk.lunch.on_arrival
                if eating_delays:
                    room = min(room, lunch.latest_start - walk.lunch.start) + walk.lunch.start - reached
                else:
                    room = min(room, lunch.latest_start - reached)
                room = max(0, room)
        return result[::-1]

    def idle_before_lunch(self, walk: _Walk) -> int:
        """Seconds spent waiting for lunch where a visit has already ended; other waits belong to a visit."""
        if walk.lunch is None or walk.lunch.on_arrival:
            return 0
        return walk.lunch.start - self._reached(walk, walk.lunch)

    def _window_room(self, leg: int, walk: _Walk) -> int:
        start = walk.start[leg]
        closing = [latest for earliest, latest in self._windows[leg] if earliest <= start <= latest]
        if closing:
            return closing[0] - start
        return 0 if self._windows[leg] else self._squad.end

    def _reached(self, walk: _Walk, lunch: LunchTaken) -> int:
        if not lunch.on_arrival:
            return walk.leave[lunch.leg - 1] if lunch.leg else self._squad.start
        return walk.arrive[lunch.leg] if lunch.leg < len(self._stops) else walk.end


def _eat(lunch: Lunch, clock: int, place: _Break) -> LunchTaken:
    start = max(clock, lunch.earliest_start)
    return LunchTaken(
        start=start, end=start + lunch.duration_seconds, leg=place.leg, on_arrival=place.on_arrival
    )


def _ready(walk: _Walk, leg: int) -> int:
    """When the squad stands at visit ``leg`` with its lunch eaten, if it is eaten there."""
    lunch = walk.lunch
    return lunch.end if lunch and lunch.on_arrival and lunch.leg == leg else walk.arrive[leg]


def _known_once(
    problem: Problem, squad: SquadShift, order: Sequence[str]
) -> tuple[list[StopPoint], list[Violation]]:
    stops: dict[str, StopPoint] = {}
    broken = []
    for stop_id in order:
        if not problem.has_stop(stop_id):
            broken.append(Violation(reason=Reason("unknown_stop"), squad=squad.id, stop=stop_id))
        elif stop_id in stops:
            broken.append(Violation(reason=Reason("duplicate_stop"), squad=squad.id, stop=stop_id))
        else:
            stops[stop_id] = problem.stop(stop_id)
    return list(stops.values()), broken


def _rule_violations(problem: Problem, squad: SquadShift, stops: Sequence[StopPoint]) -> Iterator[Violation]:
    for stop in stops:
        for reason in eligibility_breaches(problem, stop, squad):
            yield Violation(reason=reason, squad=squad.id, stop=stop.id)
    order = tuple(stop.id for stop in stops)
    if order[: len(squad.locked)] != squad.locked:
        yield Violation(reason=Reason("lock_broken", {"squad": squad.id}), squad=squad.id)
    if squad.max_stops is not None and len(stops) > squad.max_stops:
        params = {"count": len(stops), "max": squad.max_stops}
        yield Violation(reason=Reason("too_many_stops", params), squad=squad.id)
    if not stops:
        return
    names = ["", *order, ""]
    for leg, seconds in enumerate(_ways(problem.seconds_rows, squad, stops)):
        if seconds < 0:
            params_road = {"from": names[leg], "to": names[leg + 1]}
            yield Violation(
                reason=Reason("no_road", params_road), squad=squad.id, stop=names[leg + 1] or names[leg]
            )


def _time_violations(
    problem: Problem, squad: SquadShift, stops: Sequence[StopPoint], walk: _Walk
) -> Iterator[Violation]:
    for stop, seconds in zip(stops, walk.late, strict=True):
        if seconds:
            params = {**duration_params(seconds), "latest": enforced_windows(problem, stop)[-1][1]}
            yield Violation(reason=Reason("late", params), squad=squad.id, stop=stop.id)
    if walk.lunch_late:
        yield Violation(reason=Reason("lunch_late", duration_params(walk.lunch_late)), squad=squad.id)
    if walk.end > squad.end:
        overrun = duration_params(walk.end - squad.end)
        yield Violation(reason=Reason("shift_overrun", overrun), squad=squad.id)


def schedule(
    problem: Problem,
    squad_id: str,
    order: Sequence[str],
    *,
    not_before: Mapping[str, int] = MappingProxyType({}),
    room: Mapping[str, int] = MappingProxyType({}),
) -> Schedule:
    """Times and violations of one squad's route.

    Parameters
    ----------
    problem
        The day.
    squad_id
        Whose route.
    order
        Ids of the stops in the order of visits. Unknown and repeated ids are reported and left out.
    not_before
        Moments before which visits do not start since other squads are not ready, seconds since midnight, by
        stop id.
    room
        How much later visits could start for what other squads do after them, seconds by stop id.

    Returns
    -------
    Schedule
        Never raises for a bad route: what is wrong stands in ``violations``.

    Raises
    ------
    KeyError
        If there is no such squad.
    """
    squad = problem.squad(squad_id)
    stops, broken = _known_once(problem, squad, order)
    walker = _Walker(problem, squad, stops, not_before=not_before, room=room)
    walk = walker.best()
    seconds = [max(0, way) for way in _ways(problem.seconds_rows, squad, stops)] if stops else [0]
    metres = [max(0, way) for way in _ways(problem.metres_rows, squad, stops)] if stops else [0]
    visits = tuple(
        Visit(
            stop=stop.id,
            arrive=walk.arrive[i],
            start=walk.start[i],
            leave=walk.leave[i],
            wait_seconds=_idle_before(walk, i),
            slack_seconds=slack,
            travel_seconds=seconds[i],
            travel_metres=metres[i],
        )
        for i, (stop, slack) in enumerate(zip(stops, walker.slack(walk), strict=True))
    )
    broken += _rule_violations(problem, squad, stops)
    broken += _time_violations(problem, squad, stops, walk)
    return Schedule(
        squad=squad_id,
        visits=visits,
        lunch=walk.lunch,
        start=squad.start,
        end=walk.end,
        return_seconds=seconds[-1],
        return_metres=metres[-1],
        travel_seconds=sum(seconds),
        travel_metres=sum(metres),
        waiting_seconds=sum(visit.wait_seconds for visit in visits) + walker.idle_before_lunch(walk),
        spare_seconds=max(0, squad.end - walk.end),
        violations=tuple(broken),
    )


def _idle_before(walk: _Walk, leg: int) -> int:
    lunch = walk.lunch
    eaten_here = lunch.end - lunch.start if lunch and lunch.on_arrival and lunch.leg == leg else 0
    return walk.start[leg] - walk.arrive[leg] - eaten_here

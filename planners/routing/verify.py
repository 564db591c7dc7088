"""Checks a route plan against every rule, by arithmetic of its own.

Nothing of the solver, the model or the schedule is used: only the problem's data and the plan's own
numbers. What `verify` finds wrong is a fault of the planner, or a plan that was changed after it was made.

Codes: ``unknown_squad``, ``missing_squad``, ``unknown_stop``, ``duplicate_stop``, ``lost_stop``,
``lock_broken``, ``locked_elsewhere``, ``pinned_elsewhere``, ``squad_not_allowed``, ``missing_skill``,
``needs_lawful_squad``, ``too_many_stops``, ``no_road``, ``wrong_travel``, ``wrong_time``, ``late``,
``lunch_missing``, ``lunch_late``, ``wrong_lunch``, ``shift_overrun``, ``wrong_sum``,
``required_without_reason``, ``group_twice``, ``joint_squads`` (needed, count), ``joint_apart`` (seconds),
``before_predecessor`` (other, seconds), ``predecessor_left_out`` (other).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from planners.result import Reason
from planners.routing.data import Problem, SquadShift, StopPoint
from planners.routing.plan import LunchTaken, RoutePlan, Schedule, Violation, duration_params


class UnverifiedPlanError(RuntimeError):
    """A plan that breaks a rule was about to be returned; it carries the violations.

    Parameters
    ----------
    violations
        What `verify` found.
    """

    def __init__(self, violations: Sequence[Violation]) -> None:
        self.violations = tuple(violations)
        listed = "; ".join(
            f"{v.code} squad={v.squad} stop={v.stop} {dict(v.reason.params)}" for v in violations
        )
        super().__init__(f"the route plan breaks {len(self.violations)} rules: {listed}")


def verify(problem: Problem, plan: RoutePlan) -> tuple[Violation, ...]:
    """Every rule the plan breaks; empty for a good plan.

    Parameters
    ----------
    problem
        The day.
    plan
        The plan as stored.
    """
    found = [*_check_squads(problem, plan), *_check_stops(problem, plan), *_check_sums(problem, plan)]
    found += _check_groups(problem, plan)
    found += _check_links(problem, plan)
    for route in plan.routes:
        if any(squad.id == route.squad for squad in problem.squads):
            found += _RouteCheck(problem, route).run()
    return tuple(found)


def _check_squads(problem: Problem, plan: RoutePlan) -> Iterator[Violation]:
    known = {squad.id for squad in problem.squads}
    routed = Counter(route.squad for route in plan.routes)
    for name in routed.keys() - known:
        yield Violation(reason=Reason("unknown_squad", {"squad": name}), squad=name)
    for name in known:
        if routed[name] != 1:
            yield Violation(
                reason=Reason("missing_squad", {"squad": name, "routes": routed[name]}), squad=name
            )


def _check_stops(problem: Problem, plan: RoutePlan) -> Iterator[Violation]:
    """Every stop is visited once or named once as unassigned with a reason."""
    named = Counter(visit.stop for route in plan.routes for visit in route.visits)
    for stop in problem.stops:
        # How many squads come together is asked in _check_links.
        if stop.squads_needed > 1 and stop.id in named:
            named[stop.id] -= len({r.squad for r in plan.routes if stop.id in r.order}) - 1
    named.update(item.stop for item in plan.unassigned)
    reasons = {item.stop: item for item in plan.unassigned}
    for stop in problem.stops:
        times = named.pop(stop.id, 0)
        if times == 0:
            yield Violation(reason=Reason("lost_stop"), stop=stop.id)
        elif times > 1:
            yield Violation(reason=Reason("duplicate_stop"), stop=stop.id)
        left = reasons.get(stop.id)
        if left is not None and (not left.reason.code or left.required != stop.required):
            yield Violation(reason=Reason("required_without_reason"), stop=stop.id)
    for name in named:
        yield Violation(reason=Reason("unknown_stop"), stop=name)


def _check_groups(problem: Problem, plan: RoutePlan) -> Iterator[Violation]:
    """Of each group one stop at most is visited, those that are locked not counted."""
    visited = {visit.stop for route in plan.routes for visit in route.visits}
    locked = {name for squad in problem.squads for name in squad.locked}
    members: dict[str, list[str]] = {}
    for stop in problem.stops:
        if stop.group is not None and stop.id in visited:
            members.setdefault(stop.group, []).append(stop.id)
    for group, names in members.items():
        free = [name for name in names if name not in locked]
        for name in free if len(free) < len(names) else free[1:]:
            other = next(item for item in names if item != name)
            yield Violation(reason=Reason("group_twice", {"group": group, "other": other}), stop=name)


def _check_links(problem: Problem, plan: RoutePlan) -> Iterator[Violation]:
    """Squads that are to meet do so, all of them and at one moment; nothing starts before what it follows."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for route in plan.routes:
        for visit in route.visits:
            spans.setdefault(visit.stop, []).append((visit.start, visit.leave))
    locked = {name for squad in problem.squads for name in squad.locked}
    for stop in problem.stops:
        if stop.id not in spans:
            continue
        starts = [start for start, _ in spans[stop.id]]
        if stop.squads_needed > 1 and len(starts) != stop.squads_needed and stop.id not in locked:
            params: dict[str, str | int | float] = {"needed": stop.squads_needed, "count": len(starts)}
            yield Violation(reason=Reason("joint_squads", params), stop=stop.id)
        if stop.squads_needed > 1 and min(starts) != max(starts):
            apart = duration_params(max(starts) - min(starts))
            yield Violation(reason=Reason("joint_apart", apart), stop=stop.id)
        for other in () if stop.id in locked else stop.after:
            if other not in spans:
                yield Violation(reason=Reason("predecessor_left_out", {"other": other}), stop=stop.id)
            elif (early := max(leave for _, leave in spans[other]) - min(starts)) > 0:
                params = {"other": other, **duration_params(early)}
                yield Violation(reason=Reason("before_predecessor", params), stop=stop.id)


def _check_sums(problem: Problem, plan: RoutePlan) -> Iterator[Violation]:
    visited = {visit.stop for route in plan.routes for visit in route.visits}
    sums = {
        "prize": (plan.prize, sum(stop.prize for stop in problem.stops if stop.id in visited)),
        "travel_seconds": (plan.travel_seconds, sum(route.travel_seconds for route in plan.routes)),
        "travel_metres": (plan.travel_metres, sum(route.travel_metres for route in plan.routes)),
    }
    for name, (stated, right) in sums.items():
        if stated != right:
            yield Violation(reason=Reason("wrong_sum", {"what": name, "stated": stated, "right": right}))


class _RouteCheck:
    """Checks of one squad's route."""

    def __init__(self, problem: Problem, route: Schedule) -> None:
        self._problem = problem
        self._route = route
        self._squad: SquadShift = problem.squad(route.squad)
        self._stops = [problem.stop(name) for name in route.order if problem.has_stop(name)]
        #: Locked visits alone are kept whatever they break: they are done, or the planner's own decision.
        self._only_locked = route.order == self._squad.locked

    def run(self) -> list[Violation]:
        if len(self._stops) != len(self._route.visits):
            return []
        found = [*self._who(), *self._counts(), *self._roads(), *self._clock()]
        if not self._only_locked:
            found += [*self._windows(), *self._shift()]
        return [*found, *self._lunch()]

    def _breach(self, code: str, stop: str | None = None, /, **params: str | int | float) -> Violation:
        return Violation(reason=Reason(code, params), squad=self._squad.id, stop=stop)

    def _who(self) -> Iterator[Violation]:
        squad = self._squad
        locked = {name for owner in self._problem.squads for name in owner.locked}
        for stop in self._stops:
            if stop.id in locked:
                if stop.id not in squad.locked:
                    owner = next(other.id for other in self._problem.squads if stop.id in other.locked)
                    yield self._breach("locked_elsewhere", stop.id, squad=owner)
                continue
            if stop.pinned_squad and stop.pinned_squad != squad.id:
                yield self._breach("pinned_elsewhere", stop.id, squad=stop.pinned_squad)
            if squad.id in stop.forbidden_squads:
                yield self._breach("squad_not_allowed", stop.id, squad=squad.id)
            if stop.allowed_squads is not None and squad.id not in stop.allowed_squads:
                yield self._breach("squad_not_allowed", stop.id, squad=squad.id)
            if not squad.skills.issuperset(stop.skills):
                skill = ", ".join(sorted(stop.skills.difference(squad.skills)))
                yield self._breach("missing_skill", stop.id, squad=squad.id, skill=skill)
            if stop.needs_lawful and squad.patrol_only:
                yield self._breach("needs_lawful_squad", stop.id, squad=squad.id)

    def _counts(self) -> Iterator[Violation]:
        squad, order = self._squad, self._route.order
        if order[: len(squad.locked)] != squad.locked:
            yield self._breach("lock_broken", squad=squad.id)
        if squad.max_stops is not None and len(order) > squad.max_stops and not self._only_locked:
            yield self._breach("too_many_stops", count=len(order), max=squad.max_stops)

    def _roads(self) -> Iterator[Violation]:
        route = self._route
        seconds = [*(visit.travel_seconds for visit in route.visits), route.return_seconds]
        metres = [*(visit.travel_metres for visit in route.visits), route.return_metres]
        if route.travel_seconds != sum(seconds) or route.travel_metres != sum(metres):
            yield self._breach("wrong_sum", what="travel", stated=route.travel_seconds, right=sum(seconds))
        if not self._stops:
            if route.travel_seconds or route.travel_metres:
                yield self._breach("wrong_travel", stated=route.travel_seconds, right=0)
            return
        nodes = [self._squad.start_node, *(stop.node for stop in self._stops), self._squad.end_node]
        for leg, (here, there) in enumerate(pairwise(nodes)):
            way = 0 if here == there else int(self._problem.travel_seconds[here, there])
            length = 0 if here == there else int(self._problem.travel_metres[here, there])
            name = self._stops[min(leg, len(self._stops) - 1)].id
            if way < 0:
                if not self._only_locked:
                    yield self._breach("no_road", name)
            elif way != seconds[leg] or max(0, length) != metres[leg]:
                yield self._breach("wrong_travel", name, stated=seconds[leg], right=way)

    def _clock(self) -> Iterator[Violation]:
        """Each moment follows from the one before: drive, lunch, wait, service."""
        clock = self._squad.start
        if self._route.start != clock:
            yield self._breach("wrong_time", what="start", stated=self._route.start, right=clock)
        for leg, (visit, stop) in enumerate(zip(self._route.visits, self._stops, strict=True)):
            clock = self._after_lunch(clock, leg, on_arrival=False) + visit.travel_seconds
            if visit.arrive != clock:
                yield self._breach("wrong_time", stop.id, what="arrive", stated=visit.arrive, right=clock)
            ready = self._after_lunch(visit.arrive, leg, on_arrival=True)
            if visit.start < ready:
                yield self._breach("wrong_time", stop.id, what="start", stated=visit.start, right=ready)
            clock = visit.start + stop.service_seconds
            if visit.leave != clock:
                yield self._breach("wrong_time", stop.id, what="leave", stated=visit.leave, right=clock)
        clock = self._after_lunch(clock, len(self._stops), on_arrival=False) + self._route.return_seconds
        if self._route.end != clock:
            yield self._breach("wrong_time", what="end", stated=self._route.end, right=clock)

    def _after_lunch(self, clock: int, leg: int, *, on_arrival: bool) -> int:
        lunch = self._route.lunch
        if lunch is None or lunch.leg != leg or lunch.on_arrival != on_arrival:
            return clock
        return max(clock, lunch.end)

    def _windows(self) -> Iterator[Violation]:
        for visit, stop in zip(self._route.visits, self._stops, strict=True):
            if stop.id in self._squad.locked or not stop.windows:
                continue
            if not any(earliest <= visit.start <= latest for earliest, latest in stop.windows):
                yield self._breach(
                    "late",
                    stop.id,
                    **duration_params(_distance(stop, visit.start)),
                    latest=stop.windows[-1][1],
                )

    def _shift(self) -> Iterator[Violation]:
        if self._route.end > self._squad.end:
            yield self._breach("shift_overrun", **duration_params(self._route.end - self._squad.end))

    def _lunch(self) -> Iterator[Violation]:
        owed, taken = self._squad.lunch_due, self._route.lunch
        if owed is None or not self._stops:
            if taken is not None:
                yield self._breach("wrong_lunch", what="not owed")
            return
        if taken is None:
            yield self._breach("lunch_missing")
            return
        if taken.end - taken.start != owed.duration_seconds:
            yield self._breach("wrong_lunch", what="duration")
        if taken.start < max(owed.earliest_start, self._lunch_reached(taken)):
            yield self._breach("wrong_lunch", what="too early")
        if taken.start > owed.latest_start and not self._only_locked:
            yield self._breach("lunch_late", **duration_params(taken.start - owed.latest_start))

    def _lunch_reached(self, taken: LunchTaken) -> int:
        """When the squad is at the place of its lunch with its hands free."""
        visits = self._route.visits
        if taken.on_arrival:
            return visits[taken.leg].arrive if taken.leg < len(visits) else self._route.end
        return visits[taken.leg - 1].leave if taken.leg else self._squad.start


def _distance(stop: StopPoint, start: int) -> int:
    """Seconds between a start and the nearest lawful one."""
    return min(max(earliest - start, start - latest) for earliest, latest in stop.windows)

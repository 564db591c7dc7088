"""Why stops are left out of a plan, on days with and without links between squads.

Plain stops are explained by `planners.routing.reasons` with all linked visits where and when they are. For
stops that need several squads or follow others these reasons come in between, after those that hold whatever
else the squads do:

- ``joint_needs_squads``: fewer squads than it needs could come even with nothing else to do (needed, able).
- ``predecessor_left_out``: a stop it must follow is not visited (other).
- ``predecessor_too_late``: nobody could still come after a stop it must follow (other).
- ``joint_no_moment``: no moment suits so many squads beside their other visits (needed).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from planners.result import Reason
from planners.routing.data import Problem, SquadShift, StopPoint
from planners.routing.fixed import FixedDay, fixed_day
from planners.routing.plan import Schedule, Unassigned
from planners.routing.reasons import Explainer
from planners.routing.timeline import NEVER, Roads, Timeline
from planners.routing.together import linked_by, schedules


def explain(problem: Problem, orders: Mapping[str, Sequence[str]]) -> tuple[Unassigned, ...]:
    """Every stop in no route of the plan with its reason, in the problem's order.

    Parameters
    ----------
    problem
        The day.
    orders
        A plan that keeps the rules, stop ids in order by squad.
    """
    if not problem.linked:
        return Explainer(problem, orders).unassigned()
    return _LinkedExplainer(problem, orders).unassigned()


class _LinkedExplainer:
    """Explains a plan with all linked visits held where they are."""

    def __init__(self, problem: Problem, orders: Mapping[str, Sequence[str]]) -> None:
        self._problem = problem
        routes, _ = schedules(problem, orders)
        self._visited = {visit.stop for route in routes for visit in route.visits}
        self._ends = _ends(routes)
        self._day = fixed_day(problem, routes, keep_left_out=True)
        self._orders = self._day.orders(orders)
        self._any_time = Explainer(self._day.problem, self._orders)
        self._later = replace(
            self._day.problem, stops=tuple(self._held_back(stop) for stop in self._day.problem.stops)
        )
        self._in_time = Explainer(self._later, self._orders)

    def unassigned(self) -> tuple[Unassigned, ...]:
        """Every stop in no route with its reason, in the problem's order."""
        return tuple(
            Unassigned(stop=stop.id, reason=_in_own_words(self._day, self._why(stop)), required=stop.required)
            for stop in self._problem.stops
            if stop.id not in self._visited
        )

    def _held_back(self, stop: StopPoint) -> StopPoint:
        """A stop that is left out, with windows from the end of what it must follow."""
        if stop.id in self._visited or not self._problem.has_stop(stop.id):
            return stop
        after = [self._ends.get(other, 0) for other in self._problem.stop(stop.id).after]
        earliest = max(after, default=0)
        if not earliest:
            return stop
        spans = stop.windows or ((0, NEVER),)
        open_still = tuple((max(earliest, first), last) for first, last in spans if last >= earliest)
        # Past every window nothing is open: a moment no shift reaches stands for that.
        return replace(stop, windows=open_still or ((NEVER, NEVER),))

    def _why(self, stop: StopPoint) -> Reason:
        plain = self._day.problem.stop(stop.id)
        able, reason = self._any_time.able(plain)
        if reason is not None:
            return reason
        if len(able) < stop.squads_needed:
            return Reason("joint_needs_squads", {"needed": stop.squads_needed, "able": len(able)})
        for other in linked_by(self._problem, stop):
            if other not in self._visited:
                return Reason("predecessor_left_out", {"other": other})
        if idle := self._any_time.idle_reason(plain):
            return idle
        held = self._later.stop(stop.id)
        able, _ = self._in_time.able(held)
        if len(able) < stop.squads_needed:
            last = max(stop.after, key=lambda name: (self._ends[name], name))
            return Reason("predecessor_too_late", {"other": last})
        if stop.squads_needed == 1:
            return self._in_time.why_not_beside_others(held, able)
        return self._why_not_together(held, able, stop.squads_needed)

    def _why_not_together(self, stop: StopPoint, able: Sequence[SquadShift], needed: int) -> Reason:
        meeting = _common_moment(self._later, self._orders, stop, able, needed)
        if meeting is None:
            return Reason("joint_no_moment", {"needed": needed})
        return Reason("not_chosen", {"squad": ", ".join(meeting)})


def _ends(routes: Sequence[Schedule]) -> dict[str, int]:
    ends: dict[str, int] = {}
    for route in routes:
        for visit in route.visits:
            ends[visit.stop] = max(visit.leave, ends.get(visit.stop, 0))
    return ends


def _in_own_words(day: FixedDay, reason: Reason) -> Reason:
    """The reason with the stop's own id where a squad's part of it is named."""
    other = reason.params.get("other")
    if isinstance(other, str) and other in day.names:
        return Reason(reason.code, {**reason.params, "other": day.names[other]})
    return reason


def _common_moment(
    problem: Problem,
    orders: Mapping[str, Sequence[str]],
    stop: StopPoint,
    able: Sequence[SquadShift],
    needed: int,
) -> tuple[str, ...] | None:
    """Squads that could all start a visit at one moment beside their other visits; None if there is none.

    Whether a moment suits a squad can begin only at an opening or where the squad is first there, with its
    lunch eaten or not, so no other moments are tried.
    """
    # Its own, for the windows of this one stop are changed in it.
    roads = Roads(problem)
    lines = [
        Timeline(roads, squad, [problem.stop(name) for name in orders[squad.id]])
        for squad in able
        if squad.max_stops is None or len(orders[squad.id]) < squad.max_stops
    ]
    moments = {first for first, _ in stop.windows}
    for line in lines:
        for place in range(len(line.squad.locked), len(line.stops) + 1):
            moments |= _arrivals(roads, line, place, stop)
    last = max((line.squad.end for line in lines), default=0) - stop.service_seconds
    for moment in sorted(moment for moment in moments if moment <= last):
        if stop.windows and not any(first <= moment <= last for first, last in stop.windows):
            continue
        meeting = tuple(line.squad.id for line in lines if _is_free(roads, line, stop, moment))
        if len(meeting) >= needed:
            return meeting[:needed]
    return None


def _arrivals(roads: Roads, line: Timeline, place: int, stop: StopPoint) -> set[int]:
    node = line.stops[place - 1].node if place else line.squad.start_node
    way = roads.seconds[node][stop.node]
    lunch = line.squad.lunch_due
    found = {ready + way for ready in line.ready_after(place) if ready + way < NEVER}
    if lunch is not None:
        found |= {max(moment, lunch.earliest_start) + lunch.duration_seconds for moment in found}
        found |= {max(moment - way, lunch.earliest_start) + lunch.duration_seconds + way for moment in found}
    return found


def _is_free(roads: Roads, line: Timeline, stop: StopPoint, moment: int) -> bool:
    """Whether the squad could start the visit just then beside its others."""
    roads.windows[stop.id] = ((moment, moment),)
    for place in range(len(line.squad.locked), len(line.stops) + 1):
        if min(line.ready_after(place)) > moment:
            return False
        if line.fits(place, (stop,), place):
            return True
    return False

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
from planners.routing.fixed import ends_of, fixed_day, held_back
from planners.routing.moment import common_moment
from planners.routing.parts import split_locks
from planners.routing.plan import Unassigned
from planners.routing.reasons import Explainer
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
    day = split_locks(problem)
    if not day.problem.linked:
        found = Explainer(day.problem, day.orders(orders)).unassigned()
    else:
        found = _LinkedExplainer(day.problem, day.orders(orders)).unassigned()
    return tuple(replace(item, reason=day.own_words(item.reason)) for item in found) if day.parts else found


class _LinkedExplainer:
    """Explains a plan with all linked visits held where they are."""

    def __init__(self, problem: Problem, orders: Mapping[str, Sequence[str]]) -> None:
        self._problem = problem
        routes, _ = schedules(problem, orders)
        self._visited = {visit.stop for route in routes for visit in route.visits}
        self._ends = ends_of(routes)
        self._day = fixed_day(problem, routes, keep_left_out=True)
        self._orders = self._day.orders(orders)
        self._any_time = Explainer(self._day.problem, self._orders)
        self._later = held_back(problem, self._day.problem, self._ends)
        self._in_time = Explainer(self._later, self._orders)

    def unassigned(self) -> tuple[Unassigned, ...]:
        """Every stop in no route with its reason, in the problem's order."""
        return tuple(
            Unassigned(stop=stop.id, reason=self._day.own_words(self._why(stop)), required=stop.required)
            for stop in self._problem.stops
            if stop.id not in self._visited
        )

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
        meeting = common_moment(self._later, self._orders, stop, able, needed)
        if meeting is None:
            return Reason("joint_no_moment", {"needed": needed})
        return Reason("not_chosen", {"squad": ", ".join(meeting.places)})

"""Why a stop is left out, found from the problem and the final plan without a solver.

The rules are tried in this order, and the first that explains it is the reason (parameters in brackets,
``minutes`` always beside ``seconds``):

- ``no_squad``: there is no squad this day.
- ``forbidden_everywhere``: pins, allowed and forbidden squads leave no squad for it.
- ``no_squad_with_skill``: none of those left holds what it needs (skill: what the nearest one lacks).
- ``needs_lawful_squad``: of those only patrol-only squads are left.
- ``unreachable``: no road leads there from any of their starts and on to their ends.
- ``too_long_for_shift``: with nothing else to do, none would be back in time (seconds: smallest overrun).
- ``window_closed_for_all``: with nothing else to do, each comes after its last opening or would have to miss
  lunch for it (arrive: the earliest arrival; latest: its last lawful start).
- ``group_visited``: another stop of its group is visited (other, group).
- ``no_prize``: it is worth nothing and not required.
- ``stops_full``: every squad that could has its number of visits (squad, max).
- ``not_chosen``: it would fit into the plan as it stands (squad); only in plans made by hand.
- ``shift_full``: it would fit beside the visits if one squad worked longer (squad, seconds: the least extra).
- ``lower_prize``: no longer shift helps, but it would fit in place of a visit (squad, other: the one of least
  prize, prize, other_prize).
- ``no_gap``: no place in any route suits its opening and theirs (squads: how many could serve it alone).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from planners.result import Reason
from planners.routing.data import Problem, SquadShift, StopPoint
from planners.routing.insertions import Insertions
from planners.routing.plan import Unassigned, duration_params
from planners.routing.polish import is_stuck
from planners.routing.rules import squad_is_allowed
from planners.routing.timeline import NEVER, Roads, Timeline

#: A shift without an end, to ask how much longer a squad would have to work.
_ENDLESS = NEVER // 2


class Explainer:
    """Answers why each stop is not in a plan.

    Parameters
    ----------
    problem
        The day.
    orders
        The final plan, stop ids in order by squad.
    """

    def __init__(self, problem: Problem, orders: Mapping[str, Sequence[str]]) -> None:
        self._problem = problem
        self._roads = Roads(problem)
        self._routes = {
            squad.id: [problem.stop(stop_id) for stop_id in orders.get(squad.id, ())]
            for squad in problem.squads
        }
        self._endless = {
            squad.id: Timeline(self._roads, squad, self._routes[squad.id], shift_end=_ENDLESS)
            for squad in problem.squads
        }
        self._visited = {stop.id for route in self._routes.values() for stop in route}
        self._left = [stop for stop in problem.stops if stop.id not in self._visited]
        self._alone: dict[str, Insertions] = {}
        self._beside: dict[str, Insertions] = {}
        self._stuck = {squad.id for squad in problem.squads if is_stuck(problem, squad)}
        self._rests: dict[tuple[str, int], Timeline] = {}

    def unassigned(self) -> tuple[Unassigned, ...]:
        """Every stop in no route with its reason, in the problem's order."""
        return tuple(
            Unassigned(stop=stop.id, reason=self.why(stop), required=stop.required) for stop in self._left
        )

    def why(self, stop: StopPoint) -> Reason:
        """Why this stop is left out."""
        able, reason = self.able(stop)
        if reason is not None:
            return reason
        return self.idle_reason(stop) or self.why_not_beside_others(stop, able)

    def able(self, stop: StopPoint) -> tuple[list[SquadShift], Reason | None]:
        """Squads that could serve the stop with nothing else to do, or why there is none."""
        squads, reason = self._who_may(stop)
        return ([], reason) if reason is not None else self._who_could_alone(stop, squads)

    def idle_reason(self, stop: StopPoint) -> Reason | None:
        """Why nobody would want to visit the stop; None if there is something to visit it for."""
        if rival := self._visited_rival(stop):
            return Reason("group_visited", {"other": rival, "group": stop.group or ""})
        if not any((stop.required, stop.prize)):
            return Reason("no_prize")
        return None

    def _visited_rival(self, stop: StopPoint) -> str | None:
        return min(self._problem.rivals.get(stop.id, frozenset()) & self._visited, default=None)

    def _who_may(self, stop: StopPoint) -> tuple[list[SquadShift], Reason | None]:
        """Squads that every rule but time lets serve the stop, or why there is none."""
        if not self._problem.squads:
            return [], Reason("no_squad")
        squads = [squad for squad in self._problem.squads if squad_is_allowed(stop, squad)]
        if not squads:
            return [], Reason("forbidden_everywhere")
        skilled = [squad for squad in squads if stop.skills <= squad.skills]
        if not skilled:
            lacking = min((sorted(stop.skills - squad.skills) for squad in squads), key=lambda s: (len(s), s))
            return [], Reason("no_squad_with_skill", {"skill": ", ".join(lacking)})
        lawful = [squad for squad in skilled if not (stop.needs_lawful and squad.patrol_only)]
        if not lawful:
            return [], Reason("needs_lawful_squad")
        linked = [squad for squad in lawful if self._roads.travel(squad, [stop]) < NEVER]
        if not linked:
            return [], Reason("unreachable")
        return linked, None

    def _who_could_alone(
        self, stop: StopPoint, squads: Iterable[SquadShift]
    ) -> tuple[list[SquadShift], Reason | None]:
        """Squads that could serve the stop with nothing else to do, or why there is none."""
        able, overruns, arrivals = [], [], []
        for squad in squads:
            back = self._idle(squad).least_back(stop, before=NEVER)
            if back <= squad.end:
                able.append(squad)
            elif back < NEVER:
                overruns.append(back - squad.end)
            arrivals.append(squad.start + self._roads.seconds[squad.start_node][stop.node])
        if able:
            return able, None
        if overruns:
            return [], Reason("too_long_for_shift", duration_params(min(overruns)))
        latest = stop.windows[-1][1] if stop.windows else min(arrivals)
        return [], Reason("window_closed_for_all", {"arrive": min(arrivals), "latest": latest})

    def _idle(self, squad: SquadShift) -> Insertions:
        """The stops left out in a day of the squad without anything else to do."""
        if squad.id not in self._alone:
            line = Timeline(self._roads, squad, [], shift_end=_ENDLESS)
            self._alone[squad.id] = Insertions(self._roads, line, self._left, range(1))
        return self._alone[squad.id]

    def _busy(self, squad: SquadShift) -> Insertions:
        """The stops left out in the squad's route, behind what is locked."""
        if squad.id not in self._beside:
            line = self._endless[squad.id]
            places = range(len(squad.locked), len(line.stops) + 1)
            self._beside[squad.id] = Insertions(self._roads, line, self._left, places)
        return self._beside[squad.id]

    def why_not_beside_others(self, stop: StopPoint, able: Sequence[SquadShift]) -> Reason:
        """Why none of these squads, which could serve it alone, does so beside its other visits."""
        open_squads = [squad for squad in able if not self._is_full(squad)]
        if not open_squads:
            squad = able[0]
            most = len(self._routes[squad.id]) if squad.max_stops is None else squad.max_stops
            return Reason("stops_full", {"squad": squad.id, "max": most})
        extra = self._least_extra_time(stop, open_squads)
        if extra is not None:
            squad, seconds = extra
            if seconds == 0:
                return Reason("not_chosen", {"squad": squad.id})
            return Reason("shift_full", {"squad": squad.id, **duration_params(seconds)})
        return self._displaced_by(stop, able) or Reason("no_gap", {"squads": len(able)})

    def _is_full(self, squad: SquadShift) -> bool:
        return squad.max_stops is not None and len(self._routes[squad.id]) >= squad.max_stops

    def _least_extra_time(
        self, stop: StopPoint, squads: Iterable[SquadShift]
    ) -> tuple[SquadShift, int] | None:
        """The squad that would have to work least longer to take the stop as well, and by how much."""
        best: tuple[SquadShift, int] | None = None
        for squad in squads:
            most = NEVER if best is None else squad.end + best[1]
            back = self._busy(squad).least_back(stop, before=most)
            if back < NEVER:
                best = (squad, max(0, back - squad.end))
            if best is not None and best[1] == 0:
                break
        return best

    def _rest(self, squad: SquadShift, out: int) -> Timeline:
        """The squad's route without one visit; asked for by many stops, so kept."""
        if (squad.id, out) not in self._rests:
            route = self._routes[squad.id]
            self._rests[squad.id, out] = Timeline(self._roads, squad, [*route[:out], *route[out + 1 :]])
        return self._rests[squad.id, out]

    def _displaced_by(self, stop: StopPoint, squads: Iterable[SquadShift]) -> Reason | None:
        """The visit of least worth whose place the stop could take."""
        # Cheapest first: the first that can be displaced is the answer, and most stops find one early.
        visits = sorted(
            (
                (squad, out)
                for squad in squads
                if squad.id not in self._stuck
                for out in range(len(squad.locked), len(self._routes[squad.id]))
            ),
            key=lambda visit: self._routes[visit[0].id][visit[1]].prize,
        )
        for squad, out in visits:
            rest = self._rest(squad, out)
            places = range(len(squad.locked), len(rest.stops) + 1)
            if any(rest.fits(place, (stop,), place) for place in places):
                other = self._routes[squad.id][out]
                params: dict[str, str | int | float] = {
                    "squad": squad.id, "other": other.id, "prize": stop.prize, "other_prize": other.prize,
                }  # fmt: skip
                return Reason("lower_prize", params)
        return None

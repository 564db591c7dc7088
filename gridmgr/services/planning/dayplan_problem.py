"""Domain to routing problem and back: the only place that knows both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from gridmgr.domain.links import StopLink
from gridmgr.domain.patrols import DayPlan, Squad, StopInfo, Unassigned, Visit
from gridmgr.domain.settings import OfficeSettings
from gridmgr.geo.matrices import MatrixCache, travel_matrix
from gridmgr.geo.routers.base import Matrix, Router
from gridmgr.services.planning.asked_links import Asked
from gridmgr.services.planning.candidates import Depot
from gridmgr.services.planning.drafts import words
from gridmgr.texts import Message
from planners import routing
from planners.result import Reason

#: Matrices of the days being worked on; a hand change must answer within a tenth of a second.
_MATRICES = MatrixCache(size=32)


@dataclass(frozen=True, kw_only=True)
class DayProblem:
    """A routing problem and what is needed to read its answer.

    Parameters
    ----------
    problem
        For the planner.
    stops
        Stop infos by id.
    squad_numbers
        What people call the squads, by id.
    matrix
        Travel between depot (index 0) and stops.
    zone, day
        The office's zone, the day planned.
    notes
        What to know about the roads and links, beside the matrix's own notes.
    barred
        Stops that nobody may visit for a reason the planner does not know, by id.
    met_by
        The squads named for a meeting, by stop id.
    """

    problem: routing.Problem
    stops: Mapping[str, StopInfo]
    squad_numbers: Mapping[str, int]
    matrix: Matrix
    zone: ZoneInfo
    day: date
    notes: tuple[Message, ...] = ()
    barred: Mapping[str, Message] = field(default_factory=dict)
    met_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def words(self, reason: Reason) -> Message:
        """A planner's reason with squad numbers and names of stops in the place of ids."""
        values = dict(reason.params)
        if values.get("squad") in self.squad_numbers:
            values["squad"] = self.squad_numbers[str(values["squad"])]
        if "other" in values:
            # A circle of waiting names several.
            named = str(values["other"]).split(", ")
            if all(name in self.stops for name in named):
                values["other"] = "、".join(self.stops[name].name for name in named)
        return words(Reason(reason.code, values))


def build_problem(
    *,
    day: date,
    zone: ZoneInfo,
    squads: Sequence[Squad],
    stops: Sequence[StopInfo],
    depot: Depot,
    office: OfficeSettings,
    router: Router,
    pins: Mapping[str, str] | None = None,
    locked: Mapping[str, Sequence[str]] | None = None,
    links: Sequence[StopLink] = (),
    out: Sequence[StopInfo] = (),
) -> DayProblem:
    """Make the routing problem of a township's day.

    Parameters
    ----------
    day, zone
        Which day, where.
    squads
        Who goes out.
    stops
        What may be visited.
    depot, office, router
        Start and end, rules, roads.
    pins
        Squad id by stop id, fixed by the planner.
    locked
        Stops already visited, by squad id, in their order.
    links
        What is asked of stops together.
    out
        Stops that nobody is to visit that day.
    """
    done = {visit.stop.id for squad in squads for visit in squad.done_visits}
    ahead = [stop for stop in stops if stop.id not in done]
    standing = [squad.standing for squad in squads if squad.standing is not None]
    # Squads that are out go on from where they stand: places of their own, after depot and stops.
    places = [(depot.lon, depot.lat), *((stop.lon, stop.lat) for stop in ahead)]
    places += [(item.lon, item.lat) for item in standing]
    starts = iter(range(1 + len(ahead), len(places)))
    nodes = {squad.id: next(starts) if squad.standing else 0 for squad in squads}
    points = np.array(places, dtype=np.float64)
    matrix = travel_matrix(router, points, depot=0, cache=_MATRICES)
    squad_ids = {squad.id for squad in squads}
    asked = Asked(links, ahead=ahead, squads=squads, out=out, zone=zone)
    problem = routing.Problem(
        stops=tuple(
            asked.linked(_stop_point(stop, node, (pins or {}).get(stop.id), squad_ids))
            for node, stop in enumerate(ahead, start=1)
        ),
        squads=tuple(
            _shift(
                squad,
                office,
                zone,
                nodes[squad.id],
                tuple(name for name in (locked or {}).get(squad.id, ()) if name not in done),
            )
            for squad in squads
        ),
        travel_seconds=matrix.seconds.astype(np.int64),
        travel_metres=matrix.metres.astype(np.int64),
        balance_tolerance=office.balance_percent,
    )
    return DayProblem(
        problem=problem,
        stops={stop.id: stop for stop in stops},
        squad_numbers={squad.id: squad.number for squad in squads},
        matrix=matrix,
        zone=zone,
        day=day,
        barred=asked.barred,
        met_by={link.stops[0]: link.squads for link in links if link.squads},
    )


def _stop_point(stop: StopInfo, node: int, pin: str | None, squad_ids: set[str]) -> routing.StopPoint:
    window = ((_seconds(stop.open), _seconds(stop.close)),) if stop.open and stop.close else ()
    pinned = pin if pin in squad_ids else None
    return routing.StopPoint(
        id=stop.id,
        node=node,
        prize=stop.prize,
        service_seconds=60 * stop.service_minutes,
        windows=window,
        skills=frozenset(stop.skills),
        # A stop the planner pinned by hand is wanted, whatever it is worth.
        required=stop.required or pinned is not None,
        needs_lawful=stop.needs_lawful,
        pinned_squad=pinned,
    )


def _shift(
    squad: Squad, office: OfficeSettings, zone: ZoneInfo, start_node: int, locked: tuple[str, ...]
) -> routing.SquadShift:
    standing = squad.standing
    end = _seconds(squad.shift_end.astimezone(zone).time())
    free = standing.at if standing else squad.departs or squad.shift_start
    return routing.SquadShift(
        id=squad.id,
        start_node=start_node,
        end_node=0,
        # Whoever is free only after the shift has no time left, not less than none.
        start=min(_seconds(free.astimezone(zone).time()), end),
        end=end,
        skills=frozenset(squad.scopes),
        patrol_only=squad.patrol_only,
        lunch=None if standing and standing.fed else _lunch(office),
        locked=locked,
    )


def _lunch(office: OfficeSettings) -> routing.Lunch | None:
    if office.lunch_minutes <= 0:
        return None
    return routing.Lunch(
        earliest_start=_seconds(office.lunch_earliest),
        latest_start=_seconds(office.lunch_latest),
        duration_seconds=60 * office.lunch_minutes,
    )


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


def squads_of(
    built: DayProblem, routes: Sequence[routing.Schedule], squads: Sequence[Squad], *, pins: Mapping[str, str]
) -> tuple[Squad, ...]:
    """Squads with the visits of their routes."""
    by_squad = {route.squad: route for route in routes}
    return tuple(_with_route(built, squad, by_squad[squad.id], pins) for squad in squads)


def _with_route(built: DayProblem, squad: Squad, route: routing.Schedule, pins: Mapping[str, str]) -> Squad:
    visits = tuple(
        Visit(
            stop=built.stops[visit.stop],
            arrive=moment(built, visit.arrive),
            start=moment(built, visit.start),
            leave=moment(built, visit.leave),
            travel_seconds=visit.travel_seconds,
            travel_metres=visit.travel_metres,
            pinned=visit.stop in pins or visit.stop in built.met_by,
        )
        for visit in route.visits
    )
    if squad.standing is None or not squad.standing.fed:
        squad = replace(
            squad,
            lunch_start=moment(built, route.lunch.start) if route.lunch else None,
            lunch_end=moment(built, route.lunch.end) if route.lunch else None,
        )
    return replace(
        squad,
        visits=(*squad.done_visits, *visits),
        return_seconds=route.return_seconds,
        return_metres=route.return_metres,
    )


def moment(built: DayProblem, seconds: int) -> datetime:
    """The aware time so many seconds after the day's midnight."""
    # Wall-clock arithmetic: half past eight is half past eight on a day that changes its clocks, too.
    wall = datetime.combine(built.day, time()) + timedelta(seconds=seconds)
    return wall.replace(tzinfo=built.zone)


def unassigned_of(built: DayProblem, items: Sequence[routing.Unassigned]) -> tuple[Unassigned, ...]:
    """Stops left out with the binding reason; where no road leads, the road's own."""
    return tuple(
        Unassigned(stop=built.stops[item.stop], reason=reason_of(built, item.stop, item.reason))
        for item in items
    )


def reason_of(built: DayProblem, stop_id: str, reason: Reason) -> Message:
    """Why a stop is left out, in words; where no road leads there, what the roads say."""
    if stop_id in built.barred:
        return built.barred[stop_id]
    if reason.code == "unreachable":
        problem = built.matrix.problem_of(built.problem.stop(stop_id).node)
        if problem is not None:
            return problem.message
    return built.words(reason)


def road_notes(built: DayProblem, depot: Depot) -> tuple[Message, ...]:
    """What to know about the travel times as a whole."""
    notes = [*built.notes, *(item.message for item in built.matrix.problems if item.index is None)]
    if built.matrix.problem_of(0) is not None:
        notes.append(Message("plan.depot_off_road"))
    if not depot.on_record:
        notes.append(Message("plan.no_depot"))
    return tuple(notes)


def orders_of(plan: DayPlan) -> dict[str, tuple[str, ...]]:
    """Stop ids by squad, in order; without what was done before the day was last planned anew."""
    return {squad.id: tuple(visit.stop.id for visit in squad.open_visits) for squad in plan.squads}


def pins_of(plan: DayPlan) -> dict[str, str]:
    """Squad id by pinned stop id; who comes to a meeting is said by its link."""
    together = plan.meetings
    return {
        v.stop.id: squad.id
        for squad in plan.squads
        for v in squad.open_visits
        if v.pinned and v.stop.id not in together
    }

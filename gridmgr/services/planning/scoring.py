"""Plan mode: what a day's plan made by hand, or by another program, is worth and what it breaks.

Nothing is stored and nothing is put right: the orders of stops are taken as they are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from gridmgr.domain.patrols import DayPlan, Squad, Unassigned
from gridmgr.services.context import Context, require_township
from gridmgr.services.planning.burden import Guard
from gridmgr.services.planning.checking import (
    Finding,
    burden_findings,
    own_stops,
    route_findings,
    squad_findings,
)
from gridmgr.services.planning.dayplan_problem import orders_of, squads_of, unassigned_of
from gridmgr.services.planning.routes import DayFrame, DayInputs, build_day, read_day, with_due_stops
from gridmgr.services.planning.staff import Staff
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message
from planners import routing


@dataclass(frozen=True, kw_only=True)
class SquadScore:
    """One squad's route as it would go.

    Parameters
    ----------
    squad
        With the visits and their times.
    travel_seconds, waiting_seconds, spare_seconds
        On the road, idle, and left of the shift.
    """

    squad: Squad
    travel_seconds: int
    waiting_seconds: int
    spare_seconds: int


@dataclass(frozen=True, kw_only=True)
class DayScore:
    """What a day's plan is worth and what it breaks.

    Parameters
    ----------
    plan
        The day with the given orders; not saved.
    squads
        Its squads' routes, in the plan's order.
    prize
        Sum over visited stops, each counted once.
    travel_seconds, travel_metres
        Sums over routes.
    findings
        Everything broken, each with its numbers.
    """

    plan: DayPlan
    squads: tuple[SquadScore, ...]
    prize: int
    travel_seconds: int
    travel_metres: int
    findings: tuple[Finding, ...]

    @property
    def lawful(self) -> bool:
        """Whether it could be published as it is."""
        return not any(finding.hard for finding in self.findings)


def score_day(
    ctx: Context, *, township_code: str, day: date, orders: Mapping[str, Sequence[str]] | None = None
) -> DayScore:
    """Score a plan made elsewhere over the day's own squads, without changing anything.

    Parameters
    ----------
    ctx
        The wired parts.
    township_code, day
        Whose day.
    orders
        Stop ids in order, by squad id; a squad left out stays at the office. None scores the draft.
        Squads and stops that do not exist are findings, not errors.

    Raises
    ------
    NotFound, NoPlan
        Unknown township; no squads were formed yet.
    """
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        frame = read_day(uow, township_code=township_code, day=day)
        inputs, out = _inputs(uow, frame, orders)
        guard = Guard.read(uow, township_code=township_code, day=day, office=frame.office)
        staff = Staff.read(uow, township_code=township_code, first=day, last=day)
    wanted = orders_of(inputs.draft) if orders is None else _ahead(inputs.draft, orders)
    built = build_day(ctx, inputs)
    scored = routing.score(built.problem, wanted)
    known = {
        squad.id: tuple(name for name in wanted.get(squad.id, ()) if built.problem.has_stop(name))
        for squad in inputs.draft.squads
    }
    squads = squads_of(built, scored.routes, inputs.draft.squads, pins={})
    left_out = unassigned_of(built, routing.explain(built.problem, known))
    plan = replace(inputs.draft, squads=squads, unassigned=(*left_out, *_still_out(out, wanted)))
    findings = squad_findings(staff, plan) + route_findings(built, scored) + burden_findings(guard, plan)
    routes = {route.squad: route for route in scored.routes}
    return DayScore(
        plan=plan,
        squads=tuple(
            SquadScore(
                squad=squad,
                travel_seconds=routes[squad.id].travel_seconds,
                waiting_seconds=routes[squad.id].waiting_seconds,
                spare_seconds=routes[squad.id].spare_seconds,
            )
            for squad in squads
        ),
        prize=scored.prize,
        travel_seconds=scored.travel_seconds,
        travel_metres=scored.travel_metres,
        findings=(*findings, *_against_the_planner(out, wanted)),
    )


def _inputs(
    uow: UnitOfWork, frame: DayFrame, orders: Mapping[str, Sequence[str]] | None
) -> tuple[DayInputs, tuple[Unassigned, ...]]:
    """The day with its stops, and what the planner took out; what is wanted all the same can be visited."""
    if frame.draft.stage != "routes":
        return with_due_stops(uow, frame), ()
    own = own_stops(frame, frame.draft)
    out = tuple(item for item in frame.draft.unassigned if item.forbidden)
    wanted = {name for order in (orders or {}).values() for name in order}
    extra = [item.stop for item in out if item.stop.id in wanted]
    return replace(own, stops=(*own.stops, *extra)), out


def _ahead(draft: DayPlan, orders: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The orders without what squads did before their day was last planned anew."""
    done = {squad.id: {visit.stop.id for visit in squad.done_visits} for squad in draft.squads}
    return {
        squad_id: tuple(name for name in order if name not in done.get(squad_id, ()))
        for squad_id, order in orders.items()
    }


def _still_out(out: Sequence[Unassigned], orders: Mapping[str, Sequence[str]]) -> tuple[Unassigned, ...]:
    visited = {name for order in orders.values() for name in order}
    return tuple(item for item in out if item.stop.id not in visited)


def _against_the_planner(
    out: Sequence[Unassigned], orders: Mapping[str, Sequence[str]]
) -> tuple[Finding, ...]:
    """Visits to stops that the planner took out of the day."""
    taken_out = {item.stop.id: item for item in out}
    return tuple(
        Finding(
            message=Message(
                "plan.at_stop", {"stop": taken_out[name].stop.name, "what": taken_out[name].reason}
            ),
            squad_id=squad_id,
            stop_id=name,
        )
        for squad_id, order in orders.items()
        for name in order
        if name in taken_out
    )

"""Planning a day's routes: read, solve, save as a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from gridmgr.domain.closures import RoadClosure
from gridmgr.domain.patrols import DayHead, DayPlan, StopInfo, Unassigned
from gridmgr.domain.settings import OfficeSettings
from gridmgr.errors import BadInput, NoPlan
from gridmgr.services.closures import closures_of, during, open_roads
from gridmgr.services.context import Context, require_township
from gridmgr.services.planning.arrivals import done_by_squad
from gridmgr.services.planning.burden import Guard
from gridmgr.services.planning.candidates import Depot, day_stops, read_depot
from gridmgr.services.planning.dayplan_problem import (
    DayProblem,
    build_problem,
    orders_of,
    pins_of,
    road_notes,
    squads_of,
    unassigned_of,
)
from gridmgr.services.planning.drafts import new_revision_id, save_draft, words
from gridmgr.services.planning.fixes import with_fixes
from gridmgr.services.planning.kept import kept_stops, still_called, with_living_links
from gridmgr.services.planning.squads import form_squads
from gridmgr.services.planning.unpredictable import VariedDay, on_time, percent_of, unvaried, vary_day
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message
from planners import routing
from planners.result import Result, Status
from planners.stop import Stop

ENGINES: tuple[routing.Engine, ...] = routing.ENGINES
#: The clock is a safety net for machines so many times slower.
_SLOWER = 4.0


@dataclass(frozen=True, kw_only=True)
class DayFrame:
    """A day as it stands, without the stops to choose from.

    Parameters
    ----------
    head, draft
        Where the day stands.
    depot, office
        Start and end; rules.
    done
        Stops visited already, by squad id, in their order.
    closures
        Closed roads that may concern the day.
    """

    head: DayHead
    draft: DayPlan
    depot: Depot
    office: OfficeSettings
    done: Mapping[str, tuple[str, ...]]
    closures: tuple[RoadClosure, ...] = ()

    @property
    def visited(self) -> frozenset[str]:
        """Every stop visited already."""
        return frozenset(name for names in self.done.values() for name in names)

    @property
    def under_way(self) -> bool:
        """Whether squads are out already, or the rest of their day was planned anew."""
        return bool(self.done) or any(squad.standing for squad in self.draft.squads)


@dataclass(frozen=True, kw_only=True)
class DayInputs(DayFrame):
    """A day with the stops to choose from.

    Parameters
    ----------
    stops
        What could be visited, what the planner added by hand included.
    forbidden
        Stops the planner took out.
    blocked
        Stops that premises need not bear on the day, with their reasons.
    notes
        What to know about the day's links.
    """

    stops: tuple[StopInfo, ...]
    forbidden: tuple[StopInfo, ...]
    blocked: tuple[Unassigned, ...] = ()
    notes: tuple[Message, ...] = ()


def read_day(uow: UnitOfWork, *, township_code: str, day: date) -> DayFrame:
    """Read where a day stands.

    Raises
    ------
    NoPlan
        If no squads were formed yet.
    """
    head = uow.days.head(township_code, day)
    draft = uow.days.get(head.draft_id)
    if draft is None:
        raise NoPlan("plan.no_squads_yet", township=township_code, day=day.isoformat())
    return DayFrame(
        head=head,
        draft=draft,
        depot=read_depot(uow, township_code),
        office=uow.settings.office(),
        done=_done(uow, head, township_code, day),
        closures=closures_of(uow, draft),
    )


def with_due_stops(uow: UnitOfWork, frame: DayFrame) -> DayInputs:
    """The day with everything that is due, what the planner wants, and what was done already."""
    draft = frame.draft
    guard = Guard.read(uow, township_code=draft.township_code, day=draft.day, office=frame.office)
    due = day_stops(uow, township_code=draft.township_code, day=draft.day, office=frame.office, guard=guard)
    stops = {stop.id: stop for stop in due}
    out = {item.stop.id: item.stop for item in draft.unassigned if item.forbidden}
    for stop in kept_stops(uow, draft, visited=frame.visited):
        stops.setdefault(stop.id, stop)
    stops |= still_called(uow, draft)
    # What a squad did that is not out any more is done all the same.
    out_there = {squad.id for squad in draft.squads}
    past = {name for squad_id, names in frame.done.items() if squad_id not in out_there for name in names}
    wanted = [stop for stop_id, stop in sorted(stops.items()) if stop_id not in out and stop_id not in past]
    free, blocked = guard.split(wanted, draft.squads, done=frame.visited)
    draft, notes = with_living_links(draft, known=stops.keys() | out.keys() | past)
    return DayInputs(
        **{**vars(frame), "draft": draft},
        stops=tuple(free),
        forbidden=tuple(out.values()),
        blocked=tuple(blocked),
        notes=notes,
    )


def _done(uow: UnitOfWork, head: DayHead, township_code: str, day: date) -> dict[str, tuple[str, ...]]:
    """Stops of the published plan that squads checked in at, in the order they did."""
    published = uow.days.get(head.published_id)
    if published is None:
        return {}
    return done_by_squad(published, uow.check_ins.between(day, day, township_code=township_code))


def plan_routes(
    ctx: Context,
    *,
    township_code: str,
    day: date,
    actor: str,
    seconds: float | None = None,
    seed: int = 1,
    engine: str = ENGINES[0],
    vary: float | None = None,
    stop: Stop | None = None,
    expected_version: int | None = None,
) -> DayPlan:
    """Plan the routes of a township's squads and save them as the draft.

    Squads are formed first where there are none. What squads have done already, and what the planner pinned
    or forbade, stays.

    Parameters
    ----------
    ctx
        The wired parts.
    township_code, day, actor
        Whose day, who plans.
    seconds
        Solving time; the office's setting by default. The work is counted, so that the same seed gives the
        same answer; the clock is a safety net.
    seed
        Varies the search.
    engine
        One of `ENGINES`.
    vary
        At most so many percent of the prize are given up to vary times and order on purpose; the office's
        setting by default. Once a squad is out its day is not varied again: departures stay as they are.
    stop
        For cancelling and progress; its ``seconds`` and ``work`` are set from ``seconds``.
    expected_version
        Version of the day the caller looked at; the present one by default.

    Raises
    ------
    NotFound, NoPlan, Conflict, BadInput
        Unknown township; nobody to send; somebody else changed the day meanwhile; unknown engine, or
        ``vary`` out of its bounds.
    """
    known = next((name for name in ENGINES if name == engine), None)
    if known is None:
        raise BadInput("plan.unknown_engine", engine=engine, known=", ".join(ENGINES))
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        percent = percent_of(vary, uow.settings.office().unpredictability)
        has_draft = uow.days.head(township_code, day).draft_id is not None
    if not has_draft:
        form_squads(ctx, township_code=township_code, first=day, last=day, actor=actor, seed=seed)
        expected_version = None
    with ctx.storage.read() as uow:
        inputs = with_due_stops(uow, read_day(uow, township_code=township_code, day=day))
    if not inputs.draft.squads:
        raise NoPlan("plan.nobody_to_send", township=township_code, day=day.isoformat())
    if not inputs.under_way:
        inputs = replace(inputs, draft=on_time(inputs.draft))
    built = build_day(ctx, inputs)
    result = _solve(built, inputs, engine=known, seconds=seconds, seed=seed, stop=stop)
    solution = _routes_of(result, township_code)
    day_routes = unvaried(built, solution, inputs.draft.squads)
    if percent and solution.prize and not inputs.under_way:
        day_routes = vary_day(ctx, built, solution, inputs.draft, percent=percent, actor=actor, stop=stop)
    drafted = _filled(day_routes, inputs, result)
    plan = replace(
        drafted,
        unassigned=with_fixes(day_routes.built, orders_of(drafted), drafted.unassigned, seed=seed, stop=stop),
        id=new_revision_id(),
        created_at=ctx.clock.utc_now(),
        created_by=actor,
    )
    save_draft(
        ctx,
        plan,
        expected_version=inputs.head.version if expected_version is None else expected_version,
        action="day_plan.routes",
        detail={"engine": plan.engine, "seed": seed, "prize": plan.prize} | day_routes.detail,
    )
    return plan


def build_day(ctx: Context, inputs: DayInputs) -> DayProblem:
    """The routing problem of what was read, over the roads that are open."""
    roads = open_roads(ctx, during(inputs.closures, inputs.draft))
    built = build_problem(
        day=inputs.draft.day,
        zone=ctx.clock.zone,
        squads=inputs.draft.squads,
        stops=inputs.stops,
        depot=inputs.depot,
        office=inputs.office,
        router=roads.router,
        pins=pins_of(inputs.draft),
        locked=inputs.done,
        links=inputs.draft.links,
        out=(*inputs.forbidden, *(item.stop for item in inputs.blocked)),
    )
    return replace(built, notes=inputs.notes + roads.notes)


def _solve(
    built: DayProblem,
    inputs: DayInputs,
    *,
    engine: routing.Engine,
    seconds: float | None,
    seed: int,
    stop: Stop | None,
) -> Result[routing.RoutePlan]:
    limits = routing.default_stop(
        len(inputs.stops), seconds=seconds or inputs.office.plan_seconds, engine=engine, slower=_SLOWER
    )
    wanted = replace(stop, seconds=limits.seconds, work=limits.work) if stop else limits
    # Squads already out start from the plan they follow; a fresh day starts from nothing, so that the same
    # seed gives the same answer whatever was tried before.
    warm = _warm(built.problem, inputs.draft) if inputs.done else None
    return routing.solve(built.problem, wanted, seed, engine=engine, warm=warm)


def _routes_of(result: Result[routing.RoutePlan], township_code: str) -> routing.RoutePlan:
    if result.solution is None:
        reasons = "; ".join(words(reason).render("en") for reason in result.reasons)
        raise NoPlan("plan.no_routes", township=township_code, reasons=reasons)
    return result.solution


def solved_plan(built: DayProblem, inputs: DayInputs, result: Result[routing.RoutePlan]) -> DayPlan:
    """The draft with the solution's routes in it."""
    solution = _routes_of(result, inputs.draft.township_code)
    return _filled(unvaried(built, solution, inputs.draft.squads), inputs, result)


def _filled(found: VariedDay, inputs: DayInputs, result: Result[routing.RoutePlan]) -> DayPlan:
    built, solution = found.built, found.plan
    forbidden = tuple(
        Unassigned(stop=out, reason=Message("reason.forbidden_by_planner"), forbidden=True)
        for out in inputs.forbidden
    )
    visits = sum(len(route.visits) for route in solution.routes)
    return replace(
        inputs.draft,
        parent_id=inputs.draft.id,
        stage="routes",
        change=Message(
            "plan.planned",
            {"stops": visits, "left_out": len(solution.unassigned) + len(inputs.blocked)},
        ),
        # A plan that gave up prize on purpose is not the best one, whatever the search proved.
        status=result.status.value if found.lost_percent is None else Status.FEASIBLE.value,
        engine=result.engine,
        seed=result.seed,
        seconds=result.seconds,
        travel_method=built.matrix.method,
        squads=squads_of(built, solution.routes, found.squads, pins=pins_of(inputs.draft)),
        unassigned=found.explained(unassigned_of(built, solution.unassigned)) + inputs.blocked + forbidden,
        notes=found.notes + _squad_notes(inputs.draft) + road_notes(built, inputs.depot),
    )


def _warm(problem: routing.Problem, draft: DayPlan) -> routing.RoutePlan | None:
    """The draft's routes as a start, where there are any."""
    if draft.stage != "routes":
        return None
    orders = {
        squad_id: tuple(name for name in order if problem.has_stop(name))
        for squad_id, order in orders_of(draft).items()
    }
    return routing.make_plan(problem, orders)


def _squad_notes(draft: DayPlan) -> tuple[Message, ...]:
    """Notes of the squads' stage; those on roads and depot are made anew with each routing."""
    return tuple(
        note
        for note in draft.notes
        if not note.key.startswith("plan.") and note.key != "reason.straight_line"
    )

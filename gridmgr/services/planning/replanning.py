"""Planning the rest of a published day anew: incidents came in, a squad is late, an officer fell ill.

Squads go on from their last check-in, or from the depot; what they have done is history and stays as it
really was. `plan_rest` works the answer out and stores nothing; `keep_rest` makes it the draft, which is then
compared with what is published, published, or taken back as any other. `replan_day` does both.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from gridmgr.domain.closures import RoadClosure
from gridmgr.domain.patrols import DayHead, DayPlan
from gridmgr.errors import Conflict, NoPlan
from gridmgr.services.closures import store_closure
from gridmgr.services.context import Context, require_township
from gridmgr.services.planning.dayplan_problem import DayProblem
from gridmgr.services.planning.drafts import move_draft, new_revision_id
from gridmgr.services.planning.replan_events import (
    Events,
    allowed_again,
    closures_now,
    moment_of,
    with_called,
    without_ill,
)
from gridmgr.services.planning.replan_standing import check_ins_of, standing_now
from gridmgr.services.planning.replan_words import ChangedStop, summary, told
from gridmgr.services.planning.routes import DayInputs, build_day, read_day, solved_plan, with_due_stops
from gridmgr.services.planning.staff import Staff
from planners import routing
from planners.result import Result
from planners.stop import Stop

#: Solving time where none is given.
REPLAN_SECONDS = 1.0
#: The clock is a safety net for machines so many times slower.
_SLOWER = 4.0


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """What lies ahead of the squads by one plan.

    Parameters
    ----------
    visits, prize
        Planned visits and what they are worth together.
    travel_seconds
        Driving, with the way back.
    """

    visits: int
    prize: int
    travel_seconds: int


@dataclass(frozen=True, kw_only=True)
class Replanned:
    """The rest of a day planned anew.

    Parameters
    ----------
    plan
        The new plan of the day.
    version
        Version of the day it was made from.
    now
        The moment it was planned for.
    events
        What happened.
    closures
        Roads closed by it, to be noted once the plan is kept.
    changes
        Stop by stop, what was published against the plan.
    told, rest, ahead
        What is ahead by the published plan, by what of it is still possible unchanged, and by the new one.
    disturbed
        Stops that go to another squad, in another order, or to none.
    late_seconds
        By how much visits begin later than they were told, together.
    arrived
        Stops squads had checked in at when it was made.
    seconds
        What it took.
    """

    plan: DayPlan
    version: int
    now: datetime
    events: Events
    closures: tuple[RoadClosure, ...]
    changes: tuple[ChangedStop, ...]
    told: Ahead
    rest: Ahead
    ahead: Ahead
    disturbed: int
    late_seconds: int
    arrived: tuple[str, ...]
    seconds: float

    @property
    def prize(self) -> int:
        """Of the visits ahead now."""
        return self.ahead.prize

    @property
    def rest_prize(self) -> int:
        """Of the visits of the published plan that are still possible unchanged."""
        return self.rest.prize


@dataclass(frozen=True, kw_only=True)
class _Read:
    """A day under way: its squads where they stand, what is published, and the moment."""

    inputs: DayInputs
    published: DayPlan
    now: datetime
    arrived: frozenset[str]


def replan_day(
    ctx: Context,
    *,
    township_code: str,
    day: date,
    actor: str,
    events: Events,
    seconds: float = REPLAN_SECONDS,
    seed: int = 1,
    prize_per_change: int | None = None,
    stop: Stop | None = None,
    expected_version: int | None = None,
) -> Replanned:
    """Plan the rest of a published day anew and save it as the draft; see `plan_rest` and `keep_rest`."""
    made = plan_rest(
        ctx,
        township_code=township_code,
        day=day,
        actor=actor,
        events=events,
        seconds=seconds,
        seed=seed,
        prize_per_change=prize_per_change,
        stop=stop,
        expected_version=expected_version,
    )
    keep_rest(ctx, made, actor=actor)
    return made


def plan_rest(
    ctx: Context,
    *,
    township_code: str,
    day: date,
    actor: str,
    events: Events,
    seconds: float = REPLAN_SECONDS,
    seed: int = 1,
    prize_per_change: int | None = None,
    stop: Stop | None = None,
    expected_version: int | None = None,
) -> Replanned:
    """Plan the rest of a published day anew; nothing is stored.

    Parameters
    ----------
    ctx
        The wired parts.
    township_code, day, actor
        Whose day, who plans.
    events
        What happened.
    seconds, seed
        Solving time and what varies the search; the work is counted as in
        `gridmgr.services.planning.routes.plan_routes`.
    prize_per_change
        Prize that moving, re-ordering or dropping one stop must bring; the office's setting by default.
    stop
        For cancelling and progress.
    expected_version
        Version of the day the caller looked at; the present one by default.

    Raises
    ------
    NotFound, NoPlan, BadInput, Conflict
        Unknown township, squad, officer or incident; nothing published or nobody left; events that make no
        sense; somebody else changed the day meanwhile.
    """
    read = _read(ctx, township_code, day, events)
    inputs = read.inputs
    if expected_version not in (None, inputs.head.version):
        raise Conflict("error.draft_changed")
    closures = closures_now(ctx, events, township_code=township_code, now=read.now, actor=actor)
    inputs = replace(inputs, closures=(*inputs.closures, *closures))
    built = build_day(ctx, inputs)
    limits = routing.default_stop(len(inputs.stops), seconds=seconds, slower=_SLOWER)
    wanted = replace(stop, seconds=limits.seconds, work=limits.work) if stop else limits
    result = routing.replan(
        built.problem,
        _followed(built, read),
        wanted,
        seed,
        prize_per_change=inputs.office.prize_per_change if prize_per_change is None else prize_per_change,
    )
    answer = result.solution
    assert answer is not None  # the rest of the old plan always is one
    changes = told(built, answer.changes, read.published, inputs.draft)
    routes: Result[routing.RoutePlan] = Result(**{**vars(result), "solution": answer.plan})
    plan = replace(
        solved_plan(built, inputs, routes),
        id=new_revision_id(),
        created_at=ctx.clock.utc_now(),
        created_by=actor,
        change=summary(read.now, changes),
    )
    return Replanned(
        plan=plan,
        version=inputs.head.version,
        now=read.now,
        events=events,
        closures=closures,
        changes=changes,
        told=_told_ahead(read),
        rest=_ahead(answer.rest),
        ahead=_ahead(answer.plan),
        disturbed=answer.disturbed,
        late_seconds=answer.late_seconds,
        arrived=tuple(sorted(read.arrived)),
        seconds=result.seconds,
    )


def keep_rest(ctx: Context, made: Replanned, *, actor: str, expected_version: int | None = None) -> DayHead:
    """Make what `plan_rest` gave the draft.

    Parameters
    ----------
    ctx
        The wired parts.
    made
        The plan and what led to it.
    actor
        Who keeps it.
    expected_version
        Version of the day the caller looks at; must be the one it was made from.

    Raises
    ------
    Conflict
        If the day was changed since, or a squad arrived at a stop it is not to visit by this plan.
    """
    plan = made.plan
    if expected_version not in (None, made.version):
        raise Conflict("error.draft_changed")
    _refuse_overtaken(ctx, made)
    with ctx.storage.write(actor) as uow:
        for closure in made.closures:
            store_closure(uow, replace(closure, created_by=actor))
        head = move_draft(uow, replace(plan, created_by=actor), expected_version=made.version)
        uow.record(
            "day_plan.replan",
            "day_plan",
            f"{plan.township_code}/{plan.day}",
            revision=plan.id,
            now=made.now.isoformat(),
            late=dict(made.events.late),
            ill=list(made.events.ill),
            incidents=list(made.events.incidents),
            closures=[closure.id for closure in made.closures],
            disturbed=made.disturbed,
            seed=plan.seed,
        )
        uow.commit()
    return head


def _refuse_overtaken(ctx: Context, made: Replanned) -> None:
    """A squad that arrived meanwhile where this plan does not send it: plan again from there."""
    plan = made.plan
    with ctx.storage.read() as uow:
        done = read_day(uow, township_code=plan.township_code, day=plan.day).done
    for squad_id, names in done.items():
        squad = plan.squad(squad_id)
        planned = {visit.stop.id for visit in squad.visits} if squad else set()
        if set(names) - set(made.arrived) - planned:
            raise Conflict("replan.overtaken", squad=squad.number if squad else squad_id)


def _read(ctx: Context, township_code: str, day: date, events: Events) -> _Read:
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        frame = read_day(uow, township_code=township_code, day=day)
        published = uow.days.get(frame.head.published_id)
        if published is None or published.stage != "routes":
            raise NoPlan("replan.nothing_published", township=township_code, day=day.isoformat())
        now = moment_of(ctx, day, events.now)
        staff = Staff.read(uow, township_code=township_code, first=day, last=day)
        draft = allowed_again(without_ill(staff, frame.draft, events.ill), events.incidents)
        if not draft.squads:
            raise NoPlan("replan.nobody_left", township=township_code, day=day.isoformat())
        draft = standing_now(ctx, draft, frame, published, check_ins_of(uow, draft), events.late, now)
        inputs = with_due_stops(uow, replace(frame, draft=draft))
        return _Read(
            inputs=with_called(uow, inputs, events.incidents),
            published=published,
            now=now,
            arrived=frame.visited,
        )


def _followed(built: DayProblem, read: _Read) -> routing.Followed:
    """What the squads were told, without what is done."""
    done = read.inputs.visited
    ahead = {
        squad.id: [visit for visit in squad.visits if visit.stop.id not in done]
        for squad in read.published.squads
    }
    midnight = datetime.combine(built.day, time(), built.zone)
    times = Counter(visit.stop.id for visits in ahead.values() for visit in visits)
    return routing.Followed(
        joint=frozenset(name for name, squads in times.items() if squads > 1),
        orders={name: tuple(visit.stop.id for visit in visits) for name, visits in ahead.items()},
        starts={
            visit.stop.id: int((visit.start - midnight).total_seconds())
            for visits in ahead.values()
            for visit in visits
        },
    )


def _told_ahead(read: _Read) -> Ahead:
    """What the published plan has ahead, possible or not."""
    done = read.inputs.visited
    routes = [[v for v in squad.visits if v.stop.id not in done] for squad in read.published.squads]
    back = [squad.return_seconds for squad in read.published.squads if squad.visits]
    ahead = [visit for route in routes for visit in route]
    return Ahead(
        visits=len(ahead),
        prize=sum({visit.stop.id: visit.stop.prize for visit in ahead}.values()),
        travel_seconds=sum(visit.travel_seconds for visit in ahead) + sum(back),
    )


def _ahead(plan: routing.RoutePlan) -> Ahead:
    return Ahead(
        visits=sum(len(route.visits) for route in plan.routes),
        prize=plan.prize,
        travel_seconds=plan.travel_seconds,
    )

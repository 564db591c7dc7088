"""Planning the rest of a published day anew: incidents came in, a squad is late, an officer fell ill.

Squads go on from their last check-in, or from the depot; what they have done is history and stays as it
really was. The answer is a draft revision as any other: compared with what is published, published, or taken
back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from gridmgr.domain.patrols import CheckIn, DayPlan, Squad, Standing, Visit
from gridmgr.errors import BadInput, NoPlan, NotFound
from gridmgr.services.context import Context, require_township
from gridmgr.services.planning.candidates import Depot
from gridmgr.services.planning.dayplan_problem import DayProblem
from gridmgr.services.planning.drafts import new_revision_id, save_draft
from gridmgr.services.planning.replan_words import ChangedStop, summary, told
from gridmgr.services.planning.routes import (
    DayFrame,
    DayInputs,
    build_day,
    read_day,
    solved_plan,
    with_due_stops,
)
from gridmgr.services.planning.squad_editing import SquadChange, Squads
from gridmgr.services.planning.squads import Staff
from gridmgr.storage import UnitOfWork
from planners import routing
from planners.result import Result
from planners.stop import Stop

#: Longest delay that is taken for one, minutes.
_MOST_LATE = 600
#: Prize that disturbing one stop must bring: half a week's patrol of a calm village.
PRIZE_PER_CHANGE = 5


@dataclass(frozen=True, kw_only=True)
class Events:
    """What happened; reported incidents need not be named, they are on record.

    Parameters
    ----------
    now
        Local time to plan from; the clock's by default, which must then show the day planned.
    late
        Minutes of delay by squad: its id, or its number as text.
    ill
        Officers who cannot go on.
    """

    now: time | None = None
    late: Mapping[str, int] = field(default_factory=dict)
    ill: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for minutes in self.late.values():
            if not 0 <= minutes <= _MOST_LATE:
                raise BadInput("replan.bad_minutes", minutes=minutes)


@dataclass(frozen=True, kw_only=True)
class Replanned:
    """The rest of a day planned anew.

    Parameters
    ----------
    plan
        The new draft.
    now
        The moment it was planned for.
    changes
        Stop by stop, what was published against the draft.
    prize, rest_prize
        Of the visits ahead now, and of those of the published plan that are still possible unchanged.
    seconds
        What it took.
    """

    plan: DayPlan
    now: datetime
    changes: tuple[ChangedStop, ...]
    prize: int
    rest_prize: int
    seconds: float


def replan_day(
    ctx: Context,
    *,
    township_code: str,
    day: date,
    actor: str,
    events: Events,
    seconds: float = 1.0,
    seed: int = 1,
    prize_per_change: int = PRIZE_PER_CHANGE,
    stop: Stop | None = None,
    expected_version: int | None = None,
) -> Replanned:
    """Plan the rest of a published day anew and save it as the draft.

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
        Prize that moving, re-ordering or dropping one stop must bring.
    stop
        For cancelling and progress.
    expected_version
        Version of the day the caller looked at; the present one by default.

    Raises
    ------
    NotFound, NoPlan, BadInput, Conflict
        Unknown township, squad or officer; nothing published or nobody left; events that make no sense;
        somebody else changed the day meanwhile.
    """
    inputs, published, now = _read(ctx, township_code, day, events)
    built = build_day(ctx, inputs)
    limits = routing.default_stop(len(inputs.stops), seconds=seconds)
    wanted = replace(stop, seconds=limits.seconds, work=limits.work) if stop else limits
    result = routing.replan(
        built.problem,
        _followed(built, published, inputs),
        wanted,
        seed,
        prize_per_change=prize_per_change,
    )
    answer = result.solution
    assert answer is not None  # the rest of the old plan always is one
    changes = told(built, answer.changes, published, inputs.draft)
    routes: Result[routing.RoutePlan] = Result(**{**vars(result), "solution": answer.plan})
    plan = replace(
        solved_plan(built, inputs, routes),
        id=new_revision_id(),
        created_at=ctx.clock.utc_now(),
        created_by=actor,
        change=summary(now, changes),
    )
    save_draft(
        ctx,
        plan,
        expected_version=inputs.head.version if expected_version is None else expected_version,
        action="day_plan.replan",
        detail={
            "now": now.isoformat(),
            "late": dict(events.late),
            "ill": list(events.ill),
            "disturbed": answer.disturbed,
            "seed": seed,
        },
    )
    return Replanned(
        plan=plan,
        now=now,
        changes=changes,
        prize=answer.plan.prize,
        rest_prize=answer.rest.prize,
        seconds=result.seconds,
    )


def _read(ctx: Context, township_code: str, day: date, events: Events) -> tuple[DayInputs, DayPlan, datetime]:
    """The day as it stands with its squads where they stand, what is published, and the moment."""
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        frame = read_day(uow, township_code=township_code, day=day)
        published = uow.days.get(frame.head.published_id)
        if published is None or published.stage != "routes":
            raise NoPlan("replan.nothing_published", township=township_code, day=day.isoformat())
        now = _moment(ctx, day, events.now)
        staff = Staff.read(uow, township_code=township_code, first=day, last=day)
        draft = _without_ill(staff, frame.draft, events.ill)
        if not draft.squads:
            raise NoPlan("replan.nobody_left", township=township_code, day=day.isoformat())
        draft = _standing_now(ctx, draft, frame, published, _arrivals(uow, draft), events, now)
        return with_due_stops(uow, replace(frame, draft=draft)), published, now


def _moment(ctx: Context, day: date, given: time | None) -> datetime:
    if given is not None:
        return datetime.combine(day, given, ctx.clock.zone)
    if ctx.clock.today() != day:
        raise BadInput("replan.not_today", day=day.isoformat())
    return ctx.clock.now()


def _without_ill(staff: Staff, draft: DayPlan, ill: tuple[str, ...]) -> DayPlan:
    """The day without them: squads judged anew, and none at all where nobody is left of it."""
    for officer_id in ill:
        squad = draft.squad_of(officer_id)
        if squad is None:
            raise BadInput("replan.in_no_squad", officer=officer_id)
        if len(squad.members) == 1:
            draft = replace(draft, squads=tuple(s for s in draft.squads if s.id != squad.id))
            continue
        moved = Squads(staff, draft).changed(SquadChange(action="move_member", officer_id=officer_id))
        reserve = tuple(name for name in moved.reserve if name != officer_id)
        draft = replace(draft, squads=moved.squads, reserve=reserve)
    return draft


def _arrivals(uow: UnitOfWork, draft: DayPlan) -> dict[str, CheckIn]:
    """First check-in at each stop that day."""
    found: dict[str, CheckIn] = {}
    for item in uow.check_ins.between(draft.day, draft.day, township_code=draft.township_code):
        known = found.get(item.stop_id)
        if known is None or item.arrived_at < known.arrived_at:
            found[item.stop_id] = item
    return found


def _standing_now(
    ctx: Context,
    draft: DayPlan,
    frame: DayFrame,
    published: DayPlan,
    arrivals: Mapping[str, CheckIn],
    events: Events,
    now: datetime,
) -> DayPlan:
    """The draft with every squad where it stands, its made visits with the times they really had."""
    late = _late_by_id(draft, events.late)
    visits = {visit.stop.id: visit for visit in published.visits()}
    squads = []
    for squad in draft.squads:
        names = [name for name in frame.done.get(squad.id, ()) if arrivals[name].arrived_at <= now]
        made = tuple(_made(ctx, visits[name], arrivals[name]) for name in names)
        told = published.squad(squad.id)
        squads.append(_placed(squad, told, made, frame.depot, now, late.get(squad.id, 0)))
    return replace(draft, squads=tuple(squads))


def _late_by_id(draft: DayPlan, late: Mapping[str, int]) -> dict[str, int]:
    ids = {squad.id: squad.id for squad in draft.squads}
    ids |= {str(squad.number): squad.id for squad in draft.squads}
    for name in late:
        if name not in ids:
            raise NotFound(
                "replan.no_such_squad",
                squad=name,
                known=", ".join(str(squad.number) for squad in draft.squads),
            )
    return {ids[name]: minutes for name, minutes in late.items()}


def _made(ctx: Context, visit: Visit, arrival: CheckIn) -> Visit:
    """The visit as it really was, or as far as it is known."""
    arrived = arrival.arrived_at.astimezone(ctx.clock.zone)
    planned = arrived + timedelta(minutes=visit.stop.service_minutes)
    left = arrival.left_at.astimezone(ctx.clock.zone) if arrival.left_at else planned
    return replace(visit, arrive=arrived, start=arrived, leave=max(arrived, left))


def _placed(
    squad: Squad, told: Squad | None, made: tuple[Visit, ...], depot: Depot, now: datetime, late: int
) -> Squad:
    """The squad where it stands and when it is free."""
    fed = bool(told and told.lunch_start and told.lunch_start <= now)
    # Who has not set out yet still leaves when it was told to.
    start = squad.shift_start if made else squad.departs or squad.shift_start
    ready = [now, start, *(visit.leave for visit in made[-1:])]
    if fed and told and told.lunch_end:
        ready.append(told.lunch_end)
    lon, lat = (made[-1].stop.lon, made[-1].stop.lat) if made else (depot.lon, depot.lat)
    # Fields of one zone: comparing and adding wall times of several would be wrong on the day clocks change.
    free = max(ready) + timedelta(minutes=late)
    ahead = tuple(v for v in squad.open_visits if v.stop.id not in {m.stop.id for m in made})
    return replace(
        squad,
        visits=(*made, *ahead),
        lunch_start=told.lunch_start if fed and told else None,
        lunch_end=told.lunch_end if fed and told else None,
        standing=Standing(at=free.astimezone(now.tzinfo), lon=lon, lat=lat, done=len(made), fed=fed),
    )


def _followed(built: DayProblem, published: DayPlan, frame: DayFrame) -> routing.Followed:
    """What the squads were told, without what is done."""
    ahead = {
        squad.id: [visit for visit in squad.visits if visit.stop.id not in frame.visited]
        for squad in published.squads
    }
    midnight = datetime.combine(built.day, time(), built.zone)
    return routing.Followed(
        orders={name: tuple(visit.stop.id for visit in visits) for name, visits in ahead.items()},
        starts={
            visit.stop.id: int((visit.start - midnight).total_seconds())
            for visits in ahead.values()
            for visit in visits
        },
    )

"""Checking stored squads and routes again, without any solver."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile

from gridmgr.domain.closures import RoadClosure
from gridmgr.domain.patrols import DayPlan, Squad
from gridmgr.services.context import Context
from gridmgr.services.planning.burden import Guard, breaches_of
from gridmgr.services.planning.dayplan_problem import DayProblem, orders_of
from gridmgr.services.planning.routes import DayFrame, DayInputs, build_day, read_day
from gridmgr.services.planning.squads import Names
from gridmgr.services.planning.staff import Staff
from gridmgr.texts import Message
from planners import rostering, routing

#: Breaches a planner may decide to live with; every other one keeps a plan from being published.
_BEARABLE = frozenset({"lunch_late", "squad_too_small", "squad_too_large", "leader_not_certified"})


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something a stored plan breaks.

    Parameters
    ----------
    message
        In words.
    squad_id, stop_id
        Where; None where it concerns no single one.
    hard
        Whether it keeps the plan from being published.
    """

    message: Message
    squad_id: str | None = None
    stop_id: str | None = None
    hard: bool = True

    @property
    def cause(self) -> Message:
        """The broken rule's own message, without the stop's name before it."""
        inner = self.message.params.get("what") if self.message.key == "plan.at_stop" else None
        return inner if isinstance(inner, Message) else self.message

    @property
    def code(self) -> str:
        """The broken rule, for programs."""
        return self.cause.key.removeprefix("reason.")

    @property
    def numbers(self) -> dict[str, int | float]:
        """By how much, as far as the rule counts: minutes, metres, limits."""
        return {
            name: value
            for name, value in self.cause.params.items()
            if isinstance(value, int | float) and not isinstance(value, bool)
        }


def check_day(
    ctx: Context, plan: DayPlan, *, also_closed: tuple[RoadClosure, ...] = ()
) -> tuple[Finding, ...]:
    """Everything a day plan breaks: lawfulness and make-up of squads, and the routes' rules.

    Parameters
    ----------
    ctx
        The wired parts.
    plan
        What to check.
    also_closed
        Closures beside those on record, of a plan that is only looked at.
    """
    with ctx.storage.read() as uow:
        staff = Staff.read(uow, township_code=plan.township_code, first=plan.day, last=plan.day)
        guard = Guard.read(uow, township_code=plan.township_code, day=plan.day, office=uow.settings.office())
    findings = list(squad_findings(staff, plan))
    findings += burden_findings(guard, plan)
    if plan.stage == "routes":
        built = _problem_of(ctx, plan, also_closed)
        scored = routing.score(built.problem, orders_of(plan))
        findings += route_findings(built, scored)
        if plan.day >= ctx.clock.today():
            findings += _stale_times(scored, plan)
    return tuple(findings)


def _problem_of(ctx: Context, plan: DayPlan, also_closed: tuple[RoadClosure, ...]) -> DayProblem:
    """The routing problem with the plan's own stops, as they were when it was made."""
    with ctx.storage.read() as uow:
        frame = read_day(uow, township_code=plan.township_code, day=plan.day)
    return build_day(ctx, own_stops(replace(frame, closures=(*frame.closures, *also_closed)), plan))


def own_stops(frame: DayFrame, plan: DayPlan) -> DayInputs:
    """The day with the plan in the draft's place and its stops, visited and left out, to choose from."""
    stops = {v.stop.id: v.stop for v in plan.visits()}
    stops |= {item.stop.id: item.stop for item in plan.unassigned if not item.forbidden}
    return DayInputs(
        head=frame.head,
        draft=plan,
        stops=tuple(stop for _, stop in sorted(stops.items())),
        forbidden=tuple(item.stop for item in plan.unassigned if item.forbidden),
        depot=frame.depot,
        office=frame.office,
        # Squads leave stops out and change their order: only what they did as planned counts as locked.
        done={
            squad_id: tuple(takewhile(frame.visited.__contains__, order))
            for squad_id, order in orders_of(plan).items()
        },
        closures=frame.closures,
    )


def burden_findings(guard: Guard, plan: DayPlan) -> list[Finding]:
    """Inspections beyond what premises must bear, or by a squad that may not make them."""
    return [
        Finding(
            message=Message("plan.at_stop", {"stop": breach.stop.name, "what": breach.reason}),
            squad_id=breach.squad_id,
            stop_id=breach.stop.id,
        )
        for breach in breaches_of(guard, plan)
    ]


def squad_findings(staff: Staff, plan: DayPlan) -> list[Finding]:
    """What the squads break: members, leaders, seats, and claims of lawfulness."""
    names = Names(staff.officers, staff.agencies.values())
    people = {person.id: person for person in staff.people(plan.day)}
    day, _ = staff.day(plan.day)
    seats = {vehicle.id: vehicle for vehicle in day.vehicles}
    findings = []
    for squad in plan.squads:
        unknown = [member for member in squad.members if member not in people]
        if unknown:
            message = Message("plan.unknown_member", {"person": ", ".join(unknown)})
            findings.append(Finding(message=message, squad_id=squad.id))
            continue
        check = rostering.check_squad(
            [people[member] for member in squad.members],
            staff.rules,
            day,
            leader=squad.leader,
            vehicle=seats.get(squad.vehicle) if squad.vehicle else None,
        )
        findings += [
            Finding(message=names.words(b), squad_id=squad.id, hard=b.code not in _BEARABLE)
            for b in check.breaches
        ]
        findings += _claims(squad, check)
    return findings


def _claims(squad: Squad, check: rostering.SquadCheck) -> list[Finding]:
    """A squad must not claim to enforce what it may not (行政处罚法 Art 42)."""
    too_much = sorted(set(squad.scopes) - check.scopes)
    if squad.patrol_only == check.patrol_only and not too_much:
        return []
    message = Message("plan.not_lawful", {"scopes": ", ".join(too_much)})
    return [Finding(message=message, squad_id=squad.id)]


def route_findings(built: DayProblem, scored: routing.Scored) -> list[Finding]:
    """What the routes break."""
    return [
        Finding(
            message=_named(built, violation),
            squad_id=violation.squad,
            stop_id=violation.stop,
            hard=violation.code not in _BEARABLE,
        )
        for violation in scored.violations
    ]


def _named(built: DayProblem, violation: routing.Violation) -> Message:
    stop = built.stops.get(violation.stop) if violation.stop else None
    message = built.words(violation.reason)
    if stop is None:
        return message
    if violation.code == "squad_not_allowed" and stop.id in built.barred:
        message = built.barred[stop.id]
    return Message("plan.at_stop", {"stop": stop.name, "what": message})


def _stale_times(scored: routing.Scored, plan: DayPlan) -> list[Finding]:
    """Stored times that the roads of today do not give any more."""
    by_squad = {route.squad: route for route in scored.routes}
    findings = []
    for squad in plan.squads:
        stored = [int((v.leave - v.start).total_seconds()) + v.travel_seconds for v in squad.open_visits]
        now = [v.leave - v.start + v.travel_seconds for v in by_squad[squad.id].visits]
        if stored != now:
            message = Message("plan.times_changed", {"squad": squad.number})
            findings.append(Finding(message=message, squad_id=squad.id, hard=False))
    return findings


@dataclass(frozen=True, kw_only=True)
class DayCheck:
    """A township's stored plan of a day and what it breaks."""

    township_code: str
    published: bool
    revision: str
    findings: tuple[Finding, ...]


def check_stored(ctx: Context, day: date, *, township_code: str | None = None) -> list[DayCheck]:
    """Check the plans stored for a day, the published one where there is one, the draft else."""
    with ctx.storage.read() as uow:
        codes = [township_code] if township_code else [t.code for t in uow.townships.find()]
        heads = [uow.days.head(code, day) for code in codes]
        plans = [(head, uow.days.get(head.published_id or head.draft_id)) for head in heads]
    return [
        DayCheck(
            township_code=plan.township_code,
            published=head.published_id is not None,
            revision=plan.id,
            findings=check_day(ctx, plan),
        )
        for head, plan in plans
        if plan is not None
    ]

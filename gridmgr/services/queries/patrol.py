"""An officer's day as the phone shows it: the squad of the published plan, its stops, what is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gridmgr.domain.patrols import CheckIn, DayPlan, Squad, Visit
from gridmgr.domain.people import Officer
from gridmgr.services.asking import existing
from gridmgr.services.context import Context
from gridmgr.services.queries.dayview import owners_of
from gridmgr.storage import UnitOfWork

#: How far ahead the next duty is looked for.
_LOOK_AHEAD_DAYS = 14
#: A stop this much later or earlier than before is told as changed.
_SHIFT_MINUTES = 10


@dataclass(frozen=True, kw_only=True)
class PatrolStop:
    """A stop of the squad.

    Parameters
    ----------
    number
        1, 2, ... in order.
    visit
        As planned.
    state
        ``done``, ``here`` (arrived, not left), ``next`` or ``later``.
    check_in
        The squad's first at this stop, None before.
    left_at
        When the squad left.
    village_name, owner_name
        Where it lies and who answers for it.
    """

    number: int
    visit: Visit
    state: str
    check_in: CheckIn | None
    left_at: datetime | None
    village_name: str | None
    owner_name: str | None


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody of the squad."""

    officer_id: str
    name: str
    agency_name: str
    is_leader: bool
    certified: bool


@dataclass(frozen=True, kw_only=True)
class Duty:
    """A day on which the officer is in a published squad."""

    day: date
    squad_number: int
    start: datetime
    leader_name: str


@dataclass(frozen=True, kw_only=True)
class Patrol:
    """An officer's day.

    Parameters
    ----------
    officer, day
        Whose, which.
    plan
        The published plan, None where nothing is published.
    published_at
        When it was.
    squad
        The officer's, None where the officer is in none.
    stops, members
        Of the squad.
    next_duty
        Told where there is no squad today.
    """

    officer: Officer
    day: date
    plan: DayPlan | None
    published_at: datetime | None
    squad: Squad | None
    stops: tuple[PatrolStop, ...]
    members: tuple[Member, ...]
    next_duty: Duty | None

    @property
    def current(self) -> PatrolStop | None:
        """Where the squad is, else where it goes next; None when all is done."""
        waiting = [stop for stop in self.stops if stop.state in ("here", "next")]
        return min(waiting, key=lambda stop: stop.state, default=None)

    @property
    def done(self) -> int:
        """Stops visited."""
        return sum(stop.check_in is not None for stop in self.stops)


def view_patrol(ctx: Context, *, officer_id: str, day: date) -> Patrol:
    """Read an officer's day.

    Raises
    ------
    NotFound
        If there is no such officer.
    """
    with ctx.storage.read() as uow:
        officer = find_officer(uow, officer_id)
        township = officer.township_code
        head = uow.days.head(township, day)
        plan = uow.days.get(head.published_id)
        squad = plan.squad_of(officer_id) if plan else None
        officers = {item.id: item for item in uow.officers.find(township_code=township)}
        agencies = {agency.code: agency.name for agency in uow.agencies.find(township_code=township)}
        names = {item.id: item.name for item in officers.values()}
        check_ins = uow.check_ins.between(day, day, township_code=township)
        villages = {village.code: village.name for village in uow.villages.find(township_code=township)}
        owners = owners_of(uow, township, names).by_village()
        ahead = uow.days.published_between(
            day + timedelta(days=1), day + timedelta(days=_LOOK_AHEAD_DAYS), township_code=township
        )
    people = {item.id: (item, agencies.get(item.agency_code, item.agency_code)) for item in officers.values()}
    return Patrol(
        officer=officer,
        day=day,
        plan=plan,
        published_at=head.published_at,
        squad=squad,
        stops=_stops(squad, check_ins, villages, owners) if squad else (),
        members=_members(squad, people, day) if squad else (),
        next_duty=None if squad else _next_duty(ahead, officer_id, names),
    )


def find_officer(uow: UnitOfWork, officer_id: str) -> Officer:
    """The officer of that id.

    Raises
    ------
    NotFound
        If there is none.
    """
    return existing(uow.officers.get(officer_id), "word.officer", officer_id)


def _stops(
    squad: Squad,
    check_ins: Iterable[CheckIn],
    villages: Mapping[str, str],
    owners: Mapping[str, tuple[str, str]],
) -> tuple[PatrolStop, ...]:
    at_stop: dict[str, list[CheckIn]] = {}
    for check_in in sorted(check_ins, key=lambda item: item.arrived_at):
        at_stop.setdefault(check_in.stop_id, []).append(check_in)
    stops = []
    has_next = False
    for number, visit in enumerate(squad.visits, start=1):
        here = at_stop.get(visit.stop.id, [])
        left_at = max((c.left_at for c in here if c.left_at is not None), default=None)
        state = "later"
        if here:
            state = "here" if left_at is None else "done"
        elif not has_next:
            state, has_next = "next", True
        code = visit.stop.village_code or ""
        stops.append(
            PatrolStop(
                number=number,
                visit=visit,
                state=state,
                check_in=here[0] if here else None,
                left_at=left_at,
                village_name=villages.get(code),
                owner_name=owners[code][1] if code in owners else None,
            )
        )
    return tuple(_passed(stops))


def _passed(stops: list[PatrolStop]) -> Iterable[PatrolStop]:
    """Forgetting to tap "leave" must not hold the page at an old stop: a later arrival ends it."""
    latest = max((s.check_in.arrived_at for s in stops if s.check_in), default=None)
    for stop in stops:
        stale = stop.state == "here" and stop.check_in and latest and stop.check_in.arrived_at < latest
        yield _as_done(stop) if stale else stop


def _as_done(stop: PatrolStop) -> PatrolStop:
    return PatrolStop(
        number=stop.number,
        visit=stop.visit,
        state="done",
        check_in=stop.check_in,
        left_at=None,
        village_name=stop.village_name,
        owner_name=stop.owner_name,
    )


def _members(squad: Squad, people: Mapping[str, tuple[Officer, str]], day: date) -> tuple[Member, ...]:
    known = (people[member] for member in squad.members if member in people)
    members = [
        Member(
            officer_id=officer.id,
            name=officer.name,
            agency_name=agency,
            is_leader=officer.id == squad.leader,
            certified=officer.certified_on(day),
        )
        for officer, agency in known
    ]
    return tuple(sorted(members, key=lambda member: not member.is_leader))


def _next_duty(plans: Iterable[DayPlan], officer_id: str, names: Mapping[str, str]) -> Duty | None:
    for plan in plans:
        squad = plan.squad_of(officer_id)
        if squad is not None:
            leader = names.get(squad.leader, squad.leader)
            return Duty(day=plan.day, squad_number=squad.number, start=squad.shift_start, leader_name=leader)
    return None


@dataclass(frozen=True, kw_only=True)
class PlanChange:
    """What is different in a squad's day since an officer last looked.

    Parameters
    ----------
    added, dropped, shifted
        Names of stops.
    team
        Whether members, leader or vehicle changed.
    """

    added: tuple[str, ...]
    dropped: tuple[str, ...]
    shifted: tuple[str, ...]
    team: bool


def changes_since(ctx: Context, patrol: Patrol, seen_plan_id: str) -> PlanChange | None:
    """What changed for the officer between the plan seen and the published one; None where it is the same."""
    if patrol.plan is None or patrol.plan.id == seen_plan_id:
        return None
    with ctx.storage.read() as uow:
        seen = uow.days.get(seen_plan_id)
    if seen is None or (seen.township_code, seen.day) != (patrol.plan.township_code, patrol.day):
        return None
    before, now = seen.squad_of(patrol.officer.id), patrol.squad
    old = {visit.stop.id: visit for visit in before.visits} if before else {}
    new = {visit.stop.id: visit for visit in now.visits} if now else {}
    late = timedelta(minutes=_SHIFT_MINUTES)
    return PlanChange(
        added=tuple(visit.stop.name for key, visit in new.items() if key not in old),
        dropped=tuple(visit.stop.name for key, visit in old.items() if key not in new),
        shifted=tuple(
            visit.stop.name
            for key, visit in new.items()
            if key in old and abs(visit.start - old[key].start) >= late
        ),
        team=_team(before) != _team(now),
    )


def _team(squad: Squad | None) -> tuple[str | None, frozenset[str], str | None]:
    return (squad.leader, frozenset(squad.members), squad.vehicle) if squad else (None, frozenset(), None)


def squads_of_day(ctx: Context, township_code: str | None, day: date) -> list[tuple[str, Squad]]:
    """Published squads of a day with their townships' names, for a planner who looks at one's phone."""
    with ctx.storage.read() as uow:
        plans = uow.days.published_between(day, day, township_code=township_code)
        names = {township.code: township.name for township in uow.townships.find()}
    return [(names.get(plan.township_code, ""), squad) for plan in plans for squad in plan.squads]

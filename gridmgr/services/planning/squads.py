"""Forming squads: from attendance to lawful joint teams, one draft a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from gridmgr.domain.links import StopLink
from gridmgr.domain.patrols import DayPlan, ShortAgency, Squad, Unassigned
from gridmgr.domain.people import Agency, Officer
from gridmgr.domain.settings import OfficeSettings
from gridmgr.errors import BadInput
from gridmgr.services.context import Context, require_township
from gridmgr.services.planning.drafts import move_draft, new_revision_id, words
from gridmgr.services.planning.kept import all_stops
from gridmgr.services.planning.rostered import kept_days, with_rostered
from gridmgr.services.planning.staff import Staff
from gridmgr.texts import Message
from planners import rostering
from planners.result import Reason, Result, Status
from planners.stop import Stop

#: Longest roster at once.
MAX_DAYS = 62
#: Names what formed squads that the month's roster had formed before.
_BY_ROSTER = "month roster"
#: Parameters of reasons that hold ids the reader knows by name.
_PERSON, _AGENCY = "person", "agency"


def form_squads(
    ctx: Context,
    *,
    township_code: str,
    first: date,
    last: date,
    actor: str,
    seed: int = 1,
    stop: Stop | None = None,
    expected_version: int | None = None,
) -> list[DayPlan]:
    """Form the squads of one or several days and save each day as a draft without routes.

    Parameters
    ----------
    ctx
        The wired parts.
    township_code, first, last, actor
        Whose days (both included), who asks.
    seed
        Chooses among equals.
    stop
        For cancelling and progress.
    expected_version
        Version of the (single) day the caller looked at; the present ones by default.

    Raises
    ------
    NotFound, BadInput, Conflict
        Unknown township; days in the wrong order or too many; a day changed meanwhile.
    """
    length = (last - first).days + 1
    if not 1 <= length <= MAX_DAYS:
        raise BadInput("squads.bad_days", first=first.isoformat(), last=last.isoformat(), most=MAX_DAYS)
    dates = [first + timedelta(days=offset) for offset in range(length)]
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        staff = Staff.read(uow, township_code=township_code, first=first, last=last)
        heads = {day: uow.days.head(township_code, day) for day in dates}
        drafts = {day: uow.days.get(head.draft_id) for day, head in heads.items()}
    days = [staff.day(day) for day in dates]
    problem = staff.problem([day for day, _ in days], township_code=township_code)
    result = _formed(staff, problem, stop, seed)
    on_record = {day.date: known for day, known in days}
    rosters = result.solution.days if result.solution else ()
    plans = [
        _plan(
            ctx,
            staff,
            roster,
            result,
            township_code=township_code,
            actor=actor,
            old=drafts[roster.date],
            attendance_known=on_record[roster.date],
        )
        for roster in rosters
    ]
    with ctx.storage.write(actor) as uow:
        for plan in plans:
            version = heads[plan.day].version if expected_version is None else expected_version
            move_draft(uow, plan, expected_version=version)
        uow.record(
            "day_plan.squads",
            "township",
            township_code,
            first=first.isoformat(),
            last=last.isoformat(),
            seed=seed,
        )
        uow.commit()
    return plans


def _formed(
    staff: Staff, problem: rostering.Problem, stop: Stop | None, seed: int
) -> Result[rostering.Roster]:
    """Squads of the days: the month roster's where they still hold, else solved around its people."""
    kept = kept_days(problem, staff.rostered)
    if len(kept) == len(problem.days):
        days = tuple(kept[day.date] for day in problem.days)
        duties = Counter(person for made in days for person in made.sent)
        roster = rostering.Roster(days=days, duties=duties, people_proven=False)
        return Result(status=Status.FEASIBLE, solution=roster, engine=_BY_ROSTER, seed=seed)
    result = rostering.solve(with_rostered(problem, staff.rostered), stop, seed)
    if result.status is Status.INFEASIBLE:
        # The rules or the people are not those the month was rostered by: what is asked now comes first.
        result = rostering.solve(problem, stop, seed)
    if result.solution is None:
        return result
    days = tuple(kept.get(made.date, made) for made in result.solution.days)
    return replace(result, solution=replace(result.solution, days=days))


def _plan(
    ctx: Context,
    staff: Staff,
    roster: rostering.DayRoster,
    result: Result[rostering.Roster],
    *,
    township_code: str,
    actor: str,
    old: DayPlan | None,
    attendance_known: bool,
) -> DayPlan:
    names = Names(staff.officers, staff.agencies.values())
    notes = [names.words(note) for note in roster.notes]
    notes += [names.words(note) for squad in roster.squads for note in squad.notes]
    if roster.date in staff.rostered:
        notes.insert(0, Message("squads.by_roster"))
    if not attendance_known:
        notes.insert(0, Message("squads.no_attendance"))
    start, end = shift_of(ctx, staff.office, roster.date)
    squads = tuple(
        Squad(
            id=f"{township_code}-{roster.date.isoformat()}-{squad.number}",
            number=squad.number,
            leader=squad.leader,
            members=squad.members,
            vehicle=squad.vehicle,
            scopes=tuple(sorted(squad.scopes)),
            patrol_only=squad.patrol_only,
            reason=names.words(squad.reasons[0]) if squad.reasons else None,
            shift_start=start,
            shift_end=end,
        )
        for squad in roster.squads
    )
    return DayPlan(
        id=new_revision_id(),
        parent_id=old.id if old else None,
        township_code=township_code,
        day=roster.date,
        created_at=ctx.clock.utc_now(),
        created_by=actor,
        change=Message("squads.formed", {"squads": len(roster.squads)}),
        status=result.status.value,
        engine=result.engine,
        seed=result.seed,
        seconds=result.seconds,
        squads=squads,
        short=tuple(ShortAgency(agency_code=s.agency, reason=names.words(s.reason)) for s in roster.short),
        reserve=tuple(item.person for item in roster.reserve),
        notes=_unique(notes),
        # What was asked of stops holds whoever goes out.
        links=tuple(_of_squads(link, {squad.id for squad in squads}) for link in old.links) if old else (),
        unassigned=_linked_stops(old) if old else (),
    )


def _of_squads(link: StopLink, squads: set[str]) -> StopLink:
    """The link, by any squads where one that it named is not formed any more."""
    return link if squads.issuperset(link.squads) else replace(link, squads=())


def _linked_stops(old: DayPlan) -> tuple[Unassigned, ...]:
    """Stops that are linked, kept for the routes that are planned next."""
    linked = {stop for link in old.links for stop in link.stops}
    forbidden = {item.stop.id for item in old.unassigned if item.forbidden}
    return tuple(
        Unassigned(stop=stop, reason=Message("reason.not_planned_yet"))
        for name, stop in sorted(all_stops(old).items())
        if name in linked - forbidden
    )


def _unique(notes: Iterable[Message]) -> tuple[Message, ...]:
    kept: list[Message] = []
    for note in notes:
        if note not in kept:
            kept.append(note)
    return tuple(kept)


def shift_of(ctx: Context, office: OfficeSettings, day: date) -> tuple[datetime, datetime]:
    """Start and end of the office's shift on that day, aware."""

    def at(moment: time) -> datetime:
        return datetime.combine(day, moment, tzinfo=ctx.clock.zone)

    return at(office.shift_start), at(office.shift_end)


class Names:
    """Puts names in the place of ids in a planner's reasons.

    Parameters
    ----------
    officers, agencies
        Whose names.
    """

    def __init__(self, officers: Iterable[Officer], agencies: Iterable[Agency]) -> None:
        self._people = {officer.id: officer.name for officer in officers}
        self._agencies = {agency.code: agency.name for agency in agencies}

    def words(self, reason: Reason) -> Message:
        """The reason as a message a planner can read."""
        values = dict(reason.params)
        for field, names in ((_PERSON, self._people), (_AGENCY, self._agencies)):
            if field in values:
                values[field] = names.get(str(values[field]), values[field])
        return words(Reason(reason.code, values))

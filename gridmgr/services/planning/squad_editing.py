"""Changing squads by hand: another squad or the reserve, another leader, another vehicle; looked at or kept.

Routes stay as they are: visits, order and times do not depend on who is in the car. What a squad may lawfully
enforce does, so it is judged anew for every squad touched, and a stop that now needs more than its squad has
shows among the findings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from gridmgr.domain.patrols import DayHead, DayPlan, Squad
from gridmgr.domain.people import Officer
from gridmgr.domain.validate import require_choice
from gridmgr.errors import BadInput, NotFound
from gridmgr.services.asking import existing
from gridmgr.services.context import Context
from gridmgr.services.planning.checking import Finding, check_day, own_stops
from gridmgr.services.planning.dayplan_problem import orders_of, unassigned_of
from gridmgr.services.planning.drafts import new_revision_id, save_draft
from gridmgr.services.planning.routes import DayFrame, build_day, read_day
from gridmgr.services.planning.squads import Names
from gridmgr.services.planning.staff import Staff
from gridmgr.texts import Message
from planners import rostering, routing

SQUAD_ACTIONS = frozenset({"move_member", "set_leader", "set_vehicle"})


@dataclass(frozen=True, kw_only=True)
class SquadChange:
    """One change of squads by hand.

    Parameters
    ----------
    action
        One of `SQUAD_ACTIONS`.
    officer_id
        Who moves or leads; None for ``set_vehicle``.
    squad_id
        Where to, or which squad; None for ``move_member`` means the reserve.
    vehicle
        Number plate for ``set_vehicle``; None leaves the squad without one. A squad that has it already gets
        this squad's in exchange.
    why
        The planner's words, kept in the audit trail.
    """

    action: str
    officer_id: str | None = None
    squad_id: str | None = None
    vehicle: str | None = None
    why: str = ""

    def __post_init__(self) -> None:
        require_choice("SquadChange", "action", self.action, SQUAD_ACTIONS)
        if self.action != "set_vehicle" and not self.officer_id:
            raise ValueError(f"SquadChange.officer_id is needed for action {self.action!r}")
        if self.action != "move_member" and not self.squad_id:
            raise ValueError(f"SquadChange.squad_id is needed for action {self.action!r}")


@dataclass(frozen=True, kw_only=True)
class SquadPreview:
    """What a change of squads would do.

    Parameters
    ----------
    plan
        The day as it would be; not saved.
    findings
        Everything the day would break, squads and routes.
    new_findings
        Those the day before did not break.
    """

    plan: DayPlan
    findings: tuple[Finding, ...]
    new_findings: tuple[Finding, ...]


def preview_squad(
    ctx: Context, *, township_code: str, day: date, change: SquadChange, actor: str
) -> SquadPreview:
    """What a change of squads would do, without keeping it.

    Raises
    ------
    NoPlan, NotFound, BadInput
        There is no draft; no such officer, squad or vehicle in the township; the change makes no sense.
    """
    _, preview = _apply(ctx, township_code=township_code, day=day, change=change, actor=actor)
    return preview


def edit_squad(
    ctx: Context,
    *,
    township_code: str,
    day: date,
    change: SquadChange,
    actor: str,
    expected_version: int | None = None,
) -> SquadPreview:
    """Change squads and keep it as the draft.

    Raises
    ------
    NoPlan, NotFound, BadInput, Conflict
        As `preview_squad`; or somebody else changed the draft meanwhile.
    """
    head, preview = _apply(ctx, township_code=township_code, day=day, change=change, actor=actor)
    save_draft(
        ctx,
        preview.plan,
        expected_version=head.version if expected_version is None else expected_version,
        action="day_plan.squad",
        why=change.why,
        detail={
            "change": change.action,
            "officer": change.officer_id,
            "squad": change.squad_id,
            "vehicle": change.vehicle,
        },
    )
    return preview


def _apply(
    ctx: Context, *, township_code: str, day: date, change: SquadChange, actor: str
) -> tuple[DayHead, SquadPreview]:
    with ctx.storage.read() as uow:
        frame = read_day(uow, township_code=township_code, day=day)
        staff = Staff.read(uow, township_code=township_code, first=day, last=day)
    draft = frame.draft
    changed = Squads(staff, draft).changed(change)
    plan = replace(
        draft,
        id=new_revision_id(),
        parent_id=draft.id,
        created_at=ctx.clock.utc_now(),
        created_by=actor,
        status="MANUAL",
        change=changed.words,
        squads=changed.squads,
        reserve=changed.reserve,
    )
    plan = _with_reasons(ctx, frame, plan)
    old, new = check_day(ctx, draft), check_day(ctx, plan)
    fresh = tuple(finding for finding in new if finding not in old)
    return frame.head, SquadPreview(plan=plan, findings=new, new_findings=fresh)


def _with_reasons(ctx: Context, frame: DayFrame, plan: DayPlan) -> DayPlan:
    """The plan with the reasons of stops left out as they are with these squads."""
    if plan.stage != "routes":
        return plan
    built = build_day(ctx, own_stops(frame, plan))
    free = unassigned_of(built, routing.explain(built.problem, orders_of(plan)))
    return replace(plan, unassigned=(*free, *(item for item in plan.unassigned if item.forbidden)))


@dataclass(frozen=True, kw_only=True)
class _Changed:
    """Squads and reserve after a change, and what was changed."""

    squads: tuple[Squad, ...]
    reserve: tuple[str, ...]
    words: Message


class Squads:
    """A draft's squads and everybody who could be in them."""

    def __init__(self, staff: Staff, draft: DayPlan) -> None:
        self._draft = draft
        self._rules = staff.rules
        self._officers: Mapping[str, Officer] = {officer.id: officer for officer in staff.officers}
        self._people = {person.id: person for person in staff.people(draft.day)}
        self._day, _ = staff.day(draft.day)
        self._names = Names(staff.officers, staff.agencies.values())

    def changed(self, change: SquadChange) -> _Changed:
        """Squads and reserve after the change."""
        squad = self._squad(change.squad_id) if change.squad_id else None
        if change.action == "set_vehicle" and squad is not None:
            return self._with_vehicle(squad, change.vehicle)
        officer = self._officer(change.officer_id or "")
        if change.action == "set_leader" and squad is not None:
            return self._led(squad, officer)
        return self._moved(officer, squad)

    def _squad(self, squad_id: str) -> Squad:
        return existing(self._draft.squad(squad_id), "word.squad", squad_id)

    def _officer(self, officer_id: str) -> Officer:
        return existing(self._officers.get(officer_id), "word.officer", officer_id)

    def _with_vehicle(self, squad: Squad, vehicle: str | None) -> _Changed:
        if vehicle is not None and vehicle not in {item.id for item in self._day.vehicles}:
            raise NotFound("error.not_found", kind=Message("squad_edit.vehicle"), id=vehicle)
        if vehicle == squad.vehicle:
            raise BadInput("squad_edit.same_vehicle", squad=squad.number)
        touched = {squad.id: replace(squad, vehicle=vehicle)}
        for other in self._draft.squads:
            if vehicle is not None and other.vehicle == vehicle:
                touched[other.id] = replace(other, vehicle=squad.vehicle)
        key = "squad_edit.vehicle_taken" if vehicle is None else "squad_edit.vehicle_set"
        return self._result(touched, Message(key, {"squad": squad.number, "vehicle": vehicle or ""}))

    def _led(self, squad: Squad, officer: Officer) -> _Changed:
        if officer.id not in squad.members:
            raise BadInput("squad_edit.leader_not_member", officer=officer.name, squad=squad.number)
        if officer.id == squad.leader:
            raise BadInput("squad_edit.leads_already", officer=officer.name, squad=squad.number)
        words = Message("squad_edit.leader_set", {"officer": officer.name, "squad": squad.number})
        return self._result({squad.id: replace(squad, leader=officer.id)}, words)

    def _moved(self, officer: Officer, target: Squad | None) -> _Changed:
        source = self._draft.squad_of(officer.id)
        on_duty = officer.id in self._day.available
        self._refuse_move(officer, source, target, on_duty=on_duty)
        touched = {}
        if source is not None:
            touched[source.id] = self._without(source, officer.id)
        if target is not None:
            touched[target.id] = replace(target, members=(*target.members, officer.id))
        reserve = [name for name in self._draft.reserve if name != officer.id]
        if target is None and on_duty:
            # Who is taken out because of leave is no reserve.
            reserve.append(officer.id)
        words = Message("squad_edit.to_reserve", {"officer": officer.name})
        if target is not None:
            words = Message("squad_edit.to_squad", {"officer": officer.name, "squad": target.number})
        return self._result(touched, words, reserve=tuple(reserve))

    def _refuse_move(
        self, officer: Officer, source: Squad | None, target: Squad | None, *, on_duty: bool
    ) -> None:
        if target is not None and not on_duty:
            raise BadInput("squad_edit.not_on_duty", officer=officer.name, day=self._draft.day.isoformat())
        if source is None and target is None:
            raise BadInput("squad_edit.in_no_squad", officer=officer.name)
        if source is None:
            return
        if target is not None and source.id == target.id:
            raise BadInput("squad_edit.there_already", officer=officer.name, squad=source.number)
        if len(source.members) == 1:
            raise BadInput("squad_edit.last_member", officer=officer.name, squad=source.number)

    def _without(self, squad: Squad, officer_id: str) -> Squad:
        """The squad without a member; the next leader is chosen where the leader left."""
        members = tuple(name for name in squad.members if name != officer_id)
        if squad.leader != officer_id:
            return replace(squad, members=members)
        led = {person.id: person.led_last_weeks for person in self._people.values()}
        known = [self._people[name] for name in members if name in self._people]
        leader = rostering.choose_leader(known, self._day, led=led).id if known else members[0]
        return replace(squad, members=members, leader=leader)

    def _result(
        self, touched: Mapping[str, Squad], words: Message, *, reserve: tuple[str, ...] | None = None
    ) -> _Changed:
        return _Changed(
            squads=tuple(
                self._judged(touched[squad.id]) if squad.id in touched else squad
                for squad in self._draft.squads
            ),
            reserve=self._draft.reserve if reserve is None else reserve,
            words=words,
        )

    def _judged(self, squad: Squad) -> Squad:
        """The squad with what it may lawfully enforce now, and why nothing where it may not."""
        members = [self._people[name] for name in squad.members if name in self._people]
        check = rostering.check_squad(members, self._rules, self._day)
        return replace(
            squad,
            patrol_only=check.patrol_only,
            scopes=tuple(sorted(check.scopes)),
            reason=self._names.words(check.reasons[0]) if check.reasons else None,
        )

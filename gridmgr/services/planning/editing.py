"""Changing a draft by hand: move, pin, forbid, allow, add, reorder; look at the cost first, or keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from gridmgr.domain.patrols import DayHead, DayPlan, StopInfo, Unassigned
from gridmgr.domain.validate import require_choice
from gridmgr.errors import BadInput, NoPlan, NotFound
from gridmgr.services.context import Context
from gridmgr.services.planning.burden import Guard
from gridmgr.services.planning.checking import Finding, burden_findings, own_stops, route_findings
from gridmgr.services.planning.dayplan_problem import (
    DayProblem,
    orders_of,
    pins_of,
    squads_of,
    unassigned_of,
)
from gridmgr.services.planning.drafts import new_revision_id, save_draft
from gridmgr.services.planning.meeting_edits import leaving, links_after
from gridmgr.services.planning.routes import DayFrame, build_day, read_day
from gridmgr.texts import Message
from planners import routing

ACTIONS = frozenset({"move", "remove", "pin", "unpin", "forbid", "allow", "add"})
#: What a stop added on the map is worth: between a due enterprise and a plain incident.
_ADDED_PRIZE = 60


@dataclass(frozen=True, kw_only=True)
class AddStop:
    """A stop put on the map by hand.

    Parameters
    ----------
    name
        What the officer reads.
    lon, lat
        WGS84 degrees.
    minutes
        Planned stay.
    """

    name: str
    lon: float
    lat: float
    minutes: int = 20


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One change by hand.

    Parameters
    ----------
    action
        One of `ACTIONS`.
    stop_id
        The stop it is about; None for ``add``.
    squad_id
        Where a stop goes, for ``move`` (and ``add``, where None leaves it unassigned).
    from_squad_id
        Whose visit is moved or removed at a stop where squads meet. None moves the squad's own visit within
        its order, lets a squad join a meeting that lacks one, and removes the visits of all.
    position
        Place in the squad's order, from 0; None finds the cheapest.
    added
        The new stop, for ``add``.
    why
        The planner's words, kept in the audit trail.
    """

    action: str
    stop_id: str | None = None
    squad_id: str | None = None
    from_squad_id: str | None = None
    position: int | None = None
    added: AddStop | None = None
    why: str = ""

    def __post_init__(self) -> None:
        require_choice("Edit", "action", self.action, ACTIONS)
        if self.action == "add" and self.added is None:
            raise ValueError("Edit.added is needed for action 'add'")
        if self.action != "add" and not self.stop_id:
            raise ValueError(f"Edit.stop_id is needed for action {self.action!r}")
        if self.action == "move" and not self.squad_id:
            raise ValueError("Edit.squad_id is needed for action 'move'")


@dataclass(frozen=True, kw_only=True)
class EditPreview:
    """What a change would do.

    Parameters
    ----------
    plan
        The day as it would be; not saved.
    findings
        Everything the new routes break.
    new_findings
        Those the routes before did not break.
    prize_change, travel_seconds_change, travel_metres_change
        Difference to the draft.
    """

    plan: DayPlan
    findings: tuple[Finding, ...]
    new_findings: tuple[Finding, ...]
    prize_change: int
    travel_seconds_change: int
    travel_metres_change: int


def preview_edit(ctx: Context, *, township_code: str, day: date, edit: Edit, actor: str) -> EditPreview:
    """What a change would do, without keeping it.

    Raises
    ------
    NoPlan, NotFound, BadInput
        There is no draft; no such stop or squad; the change makes no sense.
    """
    _, preview = _apply(ctx, township_code=township_code, day=day, edit=edit, actor=actor)
    return preview


def edit_day(
    ctx: Context,
    *,
    township_code: str,
    day: date,
    edit: Edit,
    actor: str,
    expected_version: int | None = None,
) -> EditPreview:
    """Make a change and keep it as the draft.

    Raises
    ------
    NoPlan, NotFound, BadInput, Conflict
        As `preview_edit`; or somebody else changed the draft meanwhile.
    """
    head, preview = _apply(ctx, township_code=township_code, day=day, edit=edit, actor=actor)
    save_draft(
        ctx,
        preview.plan,
        expected_version=head.version if expected_version is None else expected_version,
        action=f"day_plan.{edit.action}",
        why=edit.why,
        detail={"stop": edit.stop_id, "squad": edit.squad_id},
    )
    return preview


def _apply(
    ctx: Context, *, township_code: str, day: date, edit: Edit, actor: str
) -> tuple[DayHead, EditPreview]:
    with ctx.storage.read() as uow:
        frame = read_day(uow, township_code=township_code, day=day)
        village = uow.villages.at(edit.added.lon, edit.added.lat) if edit.added else None
        guard = Guard.read(uow, township_code=township_code, day=day, office=frame.office)
    draft = frame.draft
    if draft.stage != "routes":
        raise NoPlan("plan.no_routes_yet", township=township_code, day=day.isoformat())
    for named in (edit.squad_id, edit.from_squad_id):
        if named is not None and draft.squad(named) is None:
            raise NotFound("error.not_found", kind=Message("word.squad"), id=named)
    if edit.added is not None:
        stop = _added_stop(draft, edit.added, village.code if village else None)
    else:
        stop = _find_stop(draft, edit.stop_id or "")
    _refuse_done(frame, stop, edit)
    meeting = draft.meetings.get(stop.id)
    gone = leaving(draft, stop, edit, meeting)
    draft = replace(draft, links=links_after(draft, meeting, edit, gone))
    built = _problem(ctx, replace(frame, draft=draft), stop)
    before = orders_of(draft)
    after = _reordered(built, draft, stop, edit, gone)
    was, now = routing.score(built.problem, before), routing.score(built.problem, after)
    plan = explained(guard, frame, _edited(ctx, built, draft, after, stop, edit, now, actor=actor))
    old = route_findings(built, was) + burden_findings(guard, draft)
    new = route_findings(built, now) + burden_findings(guard, plan)
    preview = EditPreview(
        plan=plan,
        findings=tuple(new),
        new_findings=tuple(finding for finding in new if finding not in old),
        prize_change=now.prize - was.prize,
        travel_seconds_change=now.travel_seconds - was.travel_seconds,
        travel_metres_change=now.travel_metres - was.travel_metres,
    )
    return frame.head, preview


def explained(guard: Guard, frame: DayFrame, plan: DayPlan) -> DayPlan:
    """The plan whose left-out premises keep saying what they need not bear."""
    _, blocked = guard.split(
        (item.stop for item in plan.unassigned if not item.forbidden), plan.squads, done=frame.visited
    )
    reasons = {item.stop.id: item.reason for item in blocked}
    kept = (replace(item, reason=reasons.get(item.stop.id, item.reason)) for item in plan.unassigned)
    return replace(plan, unassigned=tuple(kept))


def _problem(ctx: Context, frame: DayFrame, stop: StopInfo) -> DayProblem:
    """The draft's own problem, without pins: a pinned stop may be moved by hand, and is then pinned there."""
    own = own_stops(frame, frame.draft)
    stops = {item.id: item for item in own.stops} | {stop.id: stop}
    return build_day(
        ctx, replace(own, stops=tuple(item for _, item in sorted(stops.items())), draft=_unpinned(own.draft))
    )


def _unpinned(plan: DayPlan) -> DayPlan:
    return replace(
        plan,
        squads=tuple(
            replace(squad, visits=tuple(replace(visit, pinned=False) for visit in squad.visits))
            for squad in plan.squads
        ),
    )


def _added_stop(draft: DayPlan, added: AddStop, village_code: str | None) -> StopInfo:
    if not added.name.strip():
        raise BadInput("plan.stop_needs_name")
    if not 0 <= added.minutes <= 480:
        raise BadInput("plan.stop_minutes", minutes=added.minutes)
    taken = {v.stop.id for v in draft.visits()} | {item.stop.id for item in draft.unassigned}
    number = next(n for n in range(1, len(taken) + 2) if f"manual:{n}" not in taken)
    return StopInfo(
        id=f"manual:{number}",
        kind="manual",
        name=added.name.strip()[:80],
        lon=added.lon,
        lat=added.lat,
        village_code=village_code,
        prize=_ADDED_PRIZE,
        service_minutes=added.minutes,
        purpose=(Message("purpose.added_by_hand"),),
    )


def _find_stop(draft: DayPlan, stop_id: str) -> StopInfo:
    for visit in draft.visits():
        if visit.stop.id == stop_id:
            return visit.stop
    for item in draft.unassigned:
        if item.stop.id == stop_id:
            return item.stop
    raise NotFound("error.not_found", kind=Message("word.stop"), id=stop_id)


def _refuse_done(frame: DayFrame, stop: StopInfo, edit: Edit) -> None:
    """What a squad did already is history, not a plan."""
    if edit.action in ("pin", "unpin"):
        return
    if stop.id in frame.visited:
        raise BadInput("plan.stop_done", stop=stop.name)


def _reordered(
    built: DayProblem, draft: DayPlan, stop: StopInfo, edit: Edit, gone: set[str]
) -> dict[str, tuple[str, ...]]:
    """Every squad's stops after the change."""
    orders = {
        squad_id: tuple(name for name in order if name != stop.id or squad_id not in gone)
        for squad_id, order in orders_of(draft).items()
    }
    if edit.squad_id is not None and edit.action in ("move", "add"):
        order = orders[edit.squad_id]
        position = edit.position
        if position is None:
            position = _cheapest(built, orders, edit.squad_id, stop.id)
        elif (squad := draft.squad(edit.squad_id)) is not None:
            position -= len(squad.done_visits)
        position = max(0, min(position, len(order)))
        orders[edit.squad_id] = (*order[:position], stop.id, *order[position:])
    return orders


def _cheapest(built: DayProblem, orders: Mapping[str, tuple[str, ...]], squad_id: str, stop_id: str) -> int:
    """Where the stop costs least: fewest violations, then the earliest return, then least travel."""
    order = orders[squad_id]

    def cost(position: int) -> tuple[int, int, int]:
        new = (*order[:position], stop_id, *order[position:])
        if built.problem.linked:
            day = routing.score(built.problem, {**orders, squad_id: new})
            tried = next(route for route in day.routes if route.squad == squad_id)
            return len(day.violations), tried.end, tried.travel_seconds
        tried = routing.schedule(built.problem, squad_id, new)
        return len(tried.violations), tried.end, tried.travel_seconds

    return min(range(len(order) + 1), key=cost)


def _edited(
    ctx: Context,
    built: DayProblem,
    draft: DayPlan,
    orders: dict[str, tuple[str, ...]],
    stop: StopInfo,
    edit: Edit,
    scored: routing.Scored,
    *,
    actor: str,
) -> DayPlan:
    visited = {name for order in orders.values() for name in order}
    return replace(
        draft,
        id=new_revision_id(),
        parent_id=draft.id,
        created_at=ctx.clock.utc_now(),
        created_by=actor,
        change=Message(f"plan.edit.{edit.action}", {"stop": stop.name}),
        status="MANUAL",
        travel_method=built.matrix.method,
        squads=squads_of(built, scored.routes, draft.squads, pins=_pins(draft, stop, edit, visited)),
        unassigned=_left_out(built, draft, orders, stop, edit),
    )


def _pins(draft: DayPlan, stop: StopInfo, edit: Edit, visited: set[str]) -> dict[str, str]:
    """Pins after the change; whatever the planner moved by hand stays where it was put."""
    pins = {name: squad_id for name, squad_id in pins_of(draft).items() if name in visited}
    if edit.action == "unpin":
        pins.pop(stop.id, None)
    elif edit.action in ("move", "pin", "add") and stop.id in visited and stop.id not in draft.meetings:
        pins[stop.id] = edit.squad_id or ""
    return pins


def _left_out(
    built: DayProblem, draft: DayPlan, orders: dict[str, tuple[str, ...]], stop: StopInfo, edit: Edit
) -> tuple[Unassigned, ...]:
    """Stops in no route after the change, each with its reason as it is now."""
    out = {item.stop.id: item for item in draft.unassigned if item.forbidden}
    if edit.action == "allow":
        out.pop(stop.id, None)
    elif edit.action == "forbid":
        reason = Message("reason.forbidden_by_planner")
        out[stop.id] = Unassigned(stop=stop, reason=reason, forbidden=True)
    elif edit.action == "move":
        out.pop(stop.id, None)
    free = unassigned_of(built, routing.explain(built.problem, orders))
    return (*(item for item in free if item.stop.id not in out), *out.values())

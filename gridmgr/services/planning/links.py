"""Links of a day's stops: squads that meet, one visit before another, one of several places is enough.

Asking for a link makes a new draft that holds the routes to it: what they break shows among the findings
until they are planned anew, and keeps the draft from being published.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from gridmgr.domain.links import LINK_KINDS, MOST_CHOICES, MOST_SQUADS, StopLink, next_link_id, refusal_of
from gridmgr.domain.patrols import DayPlan, StopInfo, Unassigned
from gridmgr.errors import BadInput, NotFound
from gridmgr.services.context import Context, require_township
from gridmgr.services.planning.burden import Guard
from gridmgr.services.planning.candidates import asked_place
from gridmgr.services.planning.checking import own_stops
from gridmgr.services.planning.dayplan_problem import orders_of, pins_of, squads_of, unassigned_of
from gridmgr.services.planning.drafts import new_revision_id, save_draft
from gridmgr.services.planning.editing import explained
from gridmgr.services.planning.kept import all_stops, visited_once
from gridmgr.services.planning.routes import DayFrame, build_day, read_day, with_due_stops
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message
from planners import routing


@dataclass(frozen=True, kw_only=True)
class LinkWish:
    """What a planner asks of a day's stops.

    Parameters
    ----------
    kind
        One of `gridmgr.domain.links.LINK_KINDS`.
    stops
        Stop ids, as in `gridmgr.domain.links.StopLink`. A place of the township may be named that is not due.
    squads_needed
        How many squads meet; two where squads are not named either.
    squads
        Who meets: ids, or numbers as text; empty leaves it open.
    why
        The planner's words, kept in the audit trail.
    """

    kind: str
    stops: tuple[str, ...]
    squads_needed: int | None = None
    squads: tuple[str, ...] = ()
    why: str = ""

    def __post_init__(self) -> None:
        if self.kind not in LINK_KINDS:
            raise BadInput("link.unknown_kind", kind=self.kind, known=", ".join(sorted(LINK_KINDS)))
        least, most = {"meet": (1, 1), "before": (2, 2), "one_of": (2, MOST_CHOICES)}[self.kind]
        if not least <= len(self.stops) <= most:
            raise BadInput(f"link.stops.{self.kind}", count=len(self.stops), most=most)
        twice = next((stop for stop in self.stops if self.stops.count(stop) > 1), None)
        if twice is not None:
            raise BadInput("link.same_stop", stop=twice)
        if self.kind != "meet" and (self.squads or self.squads_needed is not None):
            raise BadInput("link.squads_only_meet")
        if self.squads and self.squads_needed not in (None, len(self.squads)):
            raise BadInput("link.squads_count", needed=self.squads_needed or 0, count=len(self.squads))


def add_link(
    ctx: Context,
    *,
    township_code: str,
    day: date,
    wish: LinkWish,
    actor: str,
    expected_version: int | None = None,
) -> tuple[DayPlan, StopLink]:
    """Ask for a link and keep it with the draft.

    Returns
    -------
    DayPlan, StopLink
        The new draft and the link in it.

    Raises
    ------
    NotFound, NoPlan, BadInput, Conflict
        Unknown township, stop or squad; no squads were formed yet; the link makes no sense beside the others
        or what is done; somebody else changed the draft meanwhile.
    """
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        frame = read_day(uow, township_code=township_code, day=day)
        stops = _named_stops(uow, frame, wish.stops)
        guard = Guard.read(uow, township_code=township_code, day=day, office=frame.office)
    draft = frame.draft
    for stop in stops.values():
        if stop.id in frame.visited:
            raise BadInput("plan.stop_done", stop=stop.name)
    link = _link(draft, wish)
    refusal = refusal_of(draft.links, link)
    if refusal is not None:
        names = {name: stop.name for name, stop in (all_stops(draft) | stops).items()}
        raise BadInput(refusal.key, **{key: names.get(str(id_), id_) for key, id_ in refusal.params.items()})
    known = all_stops(draft)
    fresh = tuple(
        Unassigned(stop=stop, reason=Message("reason.not_planned_yet"))
        for name, stop in stops.items()
        if name not in known
    )
    changed = replace(draft, links=(*draft.links, link), unassigned=(*draft.unassigned, *fresh))
    words = Message(f"link.added.{link.kind}", {"stops": "、".join(stop.name for stop in stops.values())})
    plan = _rescheduled(ctx, guard, frame, changed, words, actor=actor)
    save_draft(
        ctx,
        plan,
        expected_version=frame.head.version if expected_version is None else expected_version,
        action="day_plan.link",
        why=wish.why.strip(),
        detail=_told(link),
    )
    return plan, link


def remove_link(
    ctx: Context,
    *,
    township_code: str,
    day: date,
    link_id: str,
    actor: str,
    why: str = "",
    expected_version: int | None = None,
) -> DayPlan:
    """Take a link back; of squads that were to meet the first keeps the visit.

    Raises
    ------
    NotFound, NoPlan, BadInput, Conflict
        Unknown township or link; no squads were formed yet; squads met already; somebody else changed the
        draft meanwhile.
    """
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        frame = read_day(uow, township_code=township_code, day=day)
        guard = Guard.read(uow, township_code=township_code, day=day, office=frame.office)
    draft = frame.draft
    link = next((item for item in draft.links if item.id == link_id), None)
    if link is None:
        raise NotFound("error.not_found", kind=Message("word.link"), id=link_id)
    names = {name: stop.name for name, stop in all_stops(draft).items()}
    if link.kind == "meet" and _is_done(frame, link.stops[0]):
        raise BadInput("plan.stop_done", stop=names.get(link.stops[0], link.stops[0]))
    kept = tuple(item for item in draft.links if item.id != link_id)
    squads = visited_once(draft.squads, link.stops[0]) if link.kind == "meet" else draft.squads
    changed = replace(draft, squads=squads, links=kept)
    words = Message(f"link.removed.{link.kind}", {"stops": "、".join(names.get(s, s) for s in link.stops)})
    plan = _rescheduled(ctx, guard, frame, changed, words, actor=actor)
    save_draft(
        ctx,
        plan,
        expected_version=frame.head.version if expected_version is None else expected_version,
        action="day_plan.unlink",
        why=why.strip(),
        detail=_told(link),
    )
    return plan


def _told(link: StopLink) -> dict[str, object]:
    """For the audit trail."""
    told: dict[str, object] = {"link": link.id, "kind": link.kind, "stops": list(link.stops)}
    return told | {"squads_needed": link.squads_needed, "squads": list(link.squads)}


def _is_done(frame: DayFrame, stop_id: str) -> bool:
    made = {visit.stop.id for squad in frame.draft.squads for visit in squad.done_visits}
    return stop_id in made or stop_id in frame.visited


def _named_stops(uow: UnitOfWork, frame: DayFrame, wanted: Collection[str]) -> dict[str, StopInfo]:
    """The stops of those ids: of the draft, of what is due, or places that are not."""
    known = all_stops(frame.draft)
    if not known.keys() >= set(wanted):
        due = with_due_stops(uow, frame)
        offered = (*due.stops, *due.forbidden, *(item.stop for item in due.blocked))
        known = {stop.id: stop for stop in offered} | known
    return {name: known.get(name) or _asked_place(uow, frame, name) for name in wanted}


def _asked_place(uow: UnitOfWork, frame: DayFrame, stop_id: str) -> StopInfo:
    place = uow.places.get(stop_id)
    if place is None or place.township_code != frame.draft.township_code or place.kind == "depot":
        raise NotFound("error.not_found", kind=Message("word.stop"), id=stop_id)
    return asked_place(place, frame.office)


def _link(draft: DayPlan, wish: LinkWish) -> StopLink:
    if wish.kind != "meet":
        return StopLink(id=next_link_id(draft.links), kind=wish.kind, stops=wish.stops)
    squads = tuple(dict.fromkeys(_squad_id(draft, name) for name in wish.squads))
    if len(squads) != len(wish.squads):
        raise BadInput("link.same_squad")
    needed = len(squads) if squads else wish.squads_needed or 2
    most = min(MOST_SQUADS, len(draft.squads))
    if not 2 <= needed <= most:
        raise BadInput("link.squads_needed", needed=needed, squads=len(draft.squads))
    return StopLink(
        id=next_link_id(draft.links), kind="meet", stops=wish.stops, squads_needed=needed, squads=squads
    )


def _squad_id(draft: DayPlan, name: str) -> str:
    for squad in draft.squads:
        if name in (squad.id, str(squad.number)):
            return squad.id
    raise NotFound("error.not_found", kind=Message("word.squad"), id=name)


def _rescheduled(
    ctx: Context, guard: Guard, frame: DayFrame, changed: DayPlan, words: Message, *, actor: str
) -> DayPlan:
    """The changed draft as a revision of its own, with times and reasons as the links make them."""
    plan = replace(
        changed,
        id=new_revision_id(),
        parent_id=frame.draft.id,
        created_at=ctx.clock.utc_now(),
        created_by=actor,
        change=words,
    )
    if plan.stage != "routes":
        return plan
    built = build_day(ctx, own_stops(frame, plan))
    orders = orders_of(plan)
    scored = routing.score(built.problem, orders)
    left_out = unassigned_of(built, routing.explain(built.problem, orders))
    plan = replace(
        plan,
        status="MANUAL",
        travel_method=built.matrix.method,
        squads=squads_of(built, scored.routes, plan.squads, pins=pins_of(plan)),
        unassigned=(*left_out, *(item for item in plan.unassigned if item.forbidden)),
    )
    return explained(guard, frame, plan)

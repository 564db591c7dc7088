"""Inspections of premises: written down at check-in, looked up, allowed beyond the rule by the office."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from gridmgr.domain.burden import Burden, burden_on, counts_as_inspection, next_day, rule_for
from gridmgr.domain.inspections import Inspection, InspectionLimit, InspectionPermit, InspectionRequest
from gridmgr.domain.patrols import CheckIn, Squad, StopInfo
from gridmgr.domain.places import Place
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Conflict, Forbidden, NotFound
from gridmgr.services.asking import existing
from gridmgr.services.context import Context
from gridmgr.services.planning.burden import Guard, open_requests, refusal_of
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message


def record_inspection(uow: UnitOfWork, item: CheckIn, squad: Squad | None) -> Inspection | None:
    """Write down the inspection that a check-in is, within the caller's transaction.

    It is one where a squad that may enforce comes to premises that cap and spacing hold for. One visit a day
    counts once and settles every agency's wish that the squad may look into. A permit makes it an exception.

    Returns
    -------
    Inspection or None
        None where it is no inspection, or the day's is on record already.
    """
    place = uow.places.get(item.stop_id)
    manual = None if place or squad is None else _stop_of(squad, item.stop_id)
    if squad is None or squad.patrol_only or (place is None and manual is None):
        return None
    guard = Guard.read(uow, township_code=item.township_code, day=item.day, office=uow.settings.office())
    if place is None and manual is not None:
        place = guard.place_of(manual)
    if place is None:
        return None
    return _written(uow, item, squad, guard, place)


def _stop_of(squad: Squad, stop_id: str) -> StopInfo | None:
    return next((v.stop for v in squad.visits if v.stop.id == stop_id and v.stop.kind == "manual"), None)


def _written(uow: UnitOfWork, item: CheckIn, squad: Squad, guard: Guard, place: Place) -> Inspection | None:
    wishes = [
        wish
        for wish in open_requests(uow, [place.id])
        if wish.not_before <= item.day and set(wish.skills) <= set(squad.scopes)
    ]
    inspection_id = f"{item.day}/{place.id}"
    if uow.inspections.get(inspection_id) is not None or not (place.id in guard.places or wishes):
        return None
    permit = guard.permit(place.id)
    codes = dict.fromkeys(wish.agency_code for wish in wishes)
    made = Inspection(
        id=inspection_id,
        place_id=place.id,
        day=item.day,
        township_code=item.township_code,
        squad_id=squad.id,
        officer_id=item.officer_id,
        agencies=tuple(guard.agencies.get(code, code) for code in codes),
        requests=tuple(wish.id for wish in wishes),
        exception=permit.kind if permit else None,
        reason=permit.reason if permit else "",
    )
    uow.inspections.add(made)
    uow.record(
        "inspection.make",
        "inspection",
        made.id,
        place=place.id,
        requests=list(made.requests),
        exception=made.exception,
    )
    return made


@dataclass(frozen=True, kw_only=True)
class PlaceBurden:
    """How premises stand: what they bear, what they bore, what is wanted of them.

    Parameters
    ----------
    place
        Which premises.
    counted
        Whether cap and spacing hold for them.
    burden
        As judged for the day asked for.
    refusal
        Why they must not be inspected on the day, None where they may.
    permit
        The permit that holds on the day.
    permits
        Permits that hold on the day or later, by first day.
    earliest
        The first day from then on on which they may be inspected by the rule.
    inspections
        Of the calendar year, newest first.
    requests
        Wishes still open, by deadline.
    agencies
        Names of agencies by code.
    """

    place: Place
    counted: bool
    burden: Burden
    refusal: Message | None
    permit: InspectionPermit | None
    permits: tuple[InspectionPermit, ...]
    earliest: date | None
    inspections: tuple[Inspection, ...]
    requests: tuple[InspectionRequest, ...]
    agencies: Mapping[str, str]


def burdens(
    ctx: Context, *, township_code: str, day: date, place_ids: Sequence[str] | None = None
) -> list[PlaceBurden]:
    """How a township's premises stand on a day, by place id; those asked for, or all that are counted."""
    with ctx.storage.read() as uow:
        return burdens_within(uow, township_code=township_code, day=day, place_ids=place_ids)


def burdens_within(
    uow: UnitOfWork, *, township_code: str, day: date, place_ids: Sequence[str] | None = None
) -> list[PlaceBurden]:
    """As `burdens`, within a transaction."""
    office = uow.settings.office()
    guard = Guard.read(uow, township_code=township_code, day=day, office=office)
    wanted = set(guard.places) if place_ids is None else set(place_ids)
    places = [p for p in uow.places.find(township_code=township_code) if p.id in wanted]
    made = uow.inspections.at_places(wanted, date(day.year, 1, 1), date(day.year, 12, 31))
    wishes = open_requests(uow, wanted)
    found = []
    for place in places:
        rule = rule_for(place, office, guard.limits.get(place.id))
        days = guard.days.get(place.id, frozenset())
        burden = burden_on(rule, days, day)
        counted = counts_as_inspection(place, office)
        permit = guard.permit(place.id)
        ahead = [p for p in guard.permits if p.place_id == place.id and p.last >= day]
        found.append(
            PlaceBurden(
                place=place,
                counted=counted,
                burden=burden,
                refusal=refusal_of(burden, day) if counted and permit is None else None,
                permit=permit,
                permits=tuple(sorted(ahead, key=lambda p: (p.first, p.last, p.id))),
                earliest=next_day(rule, days, day),
                inspections=tuple(reversed([item for item in made if item.place_id == place.id])),
                requests=tuple(
                    sorted((w for w in wishes if w.place_id == place.id), key=lambda w: (w.deadline, w.id))
                ),
                agencies=guard.agencies,
            )
        )
    return found


def place_burden(ctx: Context, *, place_id: str, day: date, user: User) -> PlaceBurden:
    """How one place stands.

    Raises
    ------
    NotFound, Forbidden
        Unknown place; the place lies in another township than the user's.
    """
    with ctx.storage.read() as uow:
        place = _own_place(uow, place_id, user)
        found = burdens_within(uow, township_code=place.township_code or "", day=day, place_ids=[place.id])
    return found[0]


def _own_place(uow: UnitOfWork, place_id: str, user: User) -> Place:
    place = uow.places.get(place_id)
    if place is None or place.township_code is None:
        raise NotFound("error.not_found", kind=Message("word.place"), id=place_id)
    if not user.may_see(place.township_code):
        raise Forbidden("error.township_scope", township=place.township_code)
    return place


def grant_permit(
    ctx: Context, *, place_id: str, first: date, last: date, kind: str, reason: str, user: User
) -> InspectionPermit:
    """Allow premises to be inspected beyond cap and spacing.

    Raises
    ------
    NotFound, Forbidden
        Unknown place; the place lies in another township than the user's.
    BadInput
        Without a reason, of an unknown kind, or ending before it begins.
    """
    with ctx.storage.write(user.name) as uow:
        place = _own_place(uow, place_id, user)
        if not reason.strip():
            raise BadInput("inspection.reason_needed")
        try:
            permit = InspectionPermit(
                id=secrets.token_hex(6),
                place_id=place.id,
                first=first,
                last=last,
                kind=kind,
                reason=reason.strip(),
                granted_by=user.name,
            )
        except ValueError as error:
            raise BadInput("import.invalid", reason=str(error)) from error
        uow.inspection_permits.add(permit)
        uow.record(
            "inspection.permit",
            "place",
            place.id,
            why=permit.reason,
            kind=kind,
            first=first.isoformat(),
            last=last.isoformat(),
        )
        uow.commit()
    return permit


def set_limit(
    ctx: Context,
    *,
    place_id: str,
    yearly_cap: int | None,
    spacing_days: int | None,
    reason: str,
    user: User,
) -> InspectionLimit:
    """Give premises a rule of their own; without both numbers the office's rule holds again.

    Raises
    ------
    NotFound, Forbidden, BadInput
        Unknown place; of another township; without a reason, or a number below 0.
    """
    with ctx.storage.write(user.name) as uow:
        place = _own_place(uow, place_id, user)
        if not reason.strip():
            raise BadInput("inspection.reason_needed")
        try:
            limit = InspectionLimit(
                place_id=place.id, yearly_cap=yearly_cap, spacing_days=spacing_days, reason=reason.strip()
            )
        except ValueError as error:
            raise BadInput("import.invalid", reason=str(error)) from error
        before = uow.inspection_limits.get(place.id)
        if before is not None:
            uow.inspection_limits.delete(place.id)
        if yearly_cap is not None or spacing_days is not None:
            uow.inspection_limits.add(limit)
        uow.record(
            "inspection.limit",
            "place",
            place.id,
            why=limit.reason,
            before=asdict(before) if before else None,
            yearly_cap=yearly_cap,
            spacing_days=spacing_days,
        )
        uow.commit()
    return limit


def mark_exception(
    ctx: Context, *, inspection_id: str, kind: str | None, reason: str, user: User
) -> Inspection:
    """Say afterwards that an inspection does not count (or, without a kind, that it does after all).

    Raises
    ------
    NotFound, Forbidden, BadInput
        Unknown inspection; of another township; without a reason or of an unknown kind.
    """
    with ctx.storage.write(user.name) as uow:
        made = existing(uow.inspections.get(inspection_id), "word.inspection", inspection_id)
        _own_place(uow, made.place_id, user)
        if not reason.strip():
            raise BadInput("inspection.reason_needed")
        try:
            marked = replace(made, exception=kind, reason=reason.strip() if kind else "")
        except ValueError as error:
            raise BadInput("import.invalid", reason=str(error)) from error
        uow.inspections.replace(marked)
        uow.record(
            "inspection.mark", "inspection", made.id, why=reason.strip(), before=made.exception, after=kind
        )
        uow.commit()
    return marked


@dataclass(frozen=True, kw_only=True)
class RequestState:
    """An agency's wish and what became of it.

    Parameters
    ----------
    request
        The wish.
    agency_name
        Of the agency that asked; its code where it is not on record.
    settled_by
        The inspection that settled it, None while it is open.
    """

    request: InspectionRequest
    agency_name: str
    settled_by: Inspection | None


def requests_of(
    ctx: Context, *, township_code: str | None, agency_code: str | None = None
) -> list[RequestState]:
    """Wishes for a township's premises, of one agency or all, by deadline."""
    with ctx.storage.read() as uow:
        ours = [place.id for place in uow.places.find(township_code=township_code)]
        settled = uow.inspections.settled_requests()
        made = uow.inspections.get_many(settled.values())
        names = {agency.code: agency.name for agency in uow.agencies.find()}
        found = uow.inspection_requests.at_places(ours)
    return [
        RequestState(
            request=wish,
            agency_name=names.get(wish.agency_code, wish.agency_code),
            settled_by=made.get(settled.get(wish.id, "")),
        )
        for wish in sorted(found, key=lambda wish: (wish.deadline, wish.id))
        if agency_code in (None, wish.agency_code)
    ]


def withdraw_request(ctx: Context, *, request_id: str, reason: str, user: User) -> None:
    """Take back a wish that is still open.

    Raises
    ------
    NotFound, Forbidden, Conflict, BadInput
        Unknown; of another township; settled already; without a reason.
    """
    with ctx.storage.write(user.name) as uow:
        wish = existing(uow.inspection_requests.get(request_id), "word.inspection_request", request_id)
        _own_place(uow, wish.place_id, user)
        if not reason.strip():
            raise BadInput("inspection.reason_needed")
        if request_id in uow.inspections.settled_requests():
            raise Conflict("inspection.settled_already", id=request_id)
        uow.inspection_requests.delete(request_id)
        uow.record(
            "inspection_request.withdraw",
            "inspection_request",
            request_id,
            why=reason.strip(),
            place=wish.place_id,
            agency=wish.agency_code,
            matter=wish.matter,
        )
        uow.commit()


def warnings_for(ctx: Context, squad: Squad, *, township_code: str, day: date) -> dict[str, Message]:
    """What a squad must know before it goes in, by stop id: premises it must not inspect on the day."""
    with ctx.storage.read() as uow:
        guard = Guard.read(uow, township_code=township_code, day=day, office=uow.settings.office())
    found = {}
    for stop in (visit.stop for visit in squad.visits):
        refusal = guard.refusal(stop)
        if guard.place_of(stop) is not None and squad.patrol_only:
            refusal = Message("reason.inspection_needs_lawful")
        if refusal is not None:
            found[stop.id] = refusal
    return found

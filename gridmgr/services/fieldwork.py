"""What officers do in the field: arriving, leaving, recording what they find.

An officer checks in at stops of the own squad's published plan, or unplanned at a place or village of the own
township; never elsewhere. The device makes the id, so that what is sent twice is stored once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from gridmgr.domain.cases import Actor
from gridmgr.domain.coverage import village_of_stop
from gridmgr.domain.incidents import Incident
from gridmgr.domain.patrols import CheckIn, Squad
from gridmgr.domain.people import Officer
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Conflict, Forbidden, NotFound
from gridmgr.geo.datum import to_wgs84
from gridmgr.geo.earth import distances
from gridmgr.services.asking import new_number
from gridmgr.services.cases.onscene import conclude, found_on_scene, on_scene
from gridmgr.services.context import Context
from gridmgr.services.incidents import CLOCK_TOLERANCE, report_within
from gridmgr.services.inspections import record_inspection
from gridmgr.services.photos import Photo, store_photo
from gridmgr.services.queries.patrol import find_officer
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message, text

#: An arrival farther from its stop is told as far away.
FAR_METRES = 500
#: What a phone kept longer than this is too old to be taken.
_OLDEST = timedelta(days=7)
#: Kinds of findings officers choose by icon, the office's common matters; see ``field.kind.<kind>``.
FINDING_KINDS = (
    "street_trading",
    "dumping",
    "rubble",
    "building",
    "farmland",
    "river",
    "burning",
    "dust",
    "noise",
    "food",
    "safety",
    "other",
)
#: What became of a finding.
OUTCOMES = frozenset({"settled", "passed_on"})
#: Incidents are kept in the words of the office's own list, whatever language the reporter reads.
_CATEGORY_LANGUAGE = "zh"


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where a phone says it is; degrees of the datum named."""

    lon: float
    lat: float
    datum: str = "wgs84"

    def wgs84(self) -> tuple[float, float]:
        """Longitude and latitude in WGS84 degrees."""
        lon, lat = to_wgs84(self.lon, self.lat, self.datum)
        return float(lon), float(lat)


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A phone says that its officer is at a stop.

    Parameters
    ----------
    id
        Made by the device, so that sending twice stores once.
    stop_id
        A stop of the squad's plan, a place's id, or ``village:CODE``.
    arrived_at
        Aware time; None for now.
    position
        Where the phone is, None where it does not know.
    note
        The officer's words.
    """

    id: str
    stop_id: str
    arrived_at: datetime | None = None
    position: Position | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """A check-in as stored.

    Parameters
    ----------
    check_in
        What is stored.
    new
        Whether it was not stored before.
    planned
        Whether the stop is of the squad's published plan.
    distance_metres
        From the stop to the phone, None where the phone gave no position.
    """

    check_in: CheckIn
    new: bool
    planned: bool
    distance_metres: int | None

    @property
    def far(self) -> bool:
        """Whether the phone was too far away to be at the stop."""
        return self.distance_metres is not None and self.distance_metres > FAR_METRES


@dataclass(frozen=True, kw_only=True)
class _Spot:
    """Where a stop is, and whose."""

    lon: float
    lat: float
    village_code: str | None
    squad: Squad | None
    planned: bool


def officer_of(ctx: Context, user: User) -> Officer:
    """The officer an account belongs to.

    Raises
    ------
    Forbidden
        If the account is no officer's.
    """
    if user.officer_id is None:
        raise Forbidden("field.no_officer")
    with ctx.storage.read() as uow:
        return _own_officer(uow, user)


def _own_officer(uow: UnitOfWork, user: User) -> Officer:
    if user.officer_id is None:
        raise Forbidden("field.no_officer")
    officer = find_officer(uow, user.officer_id)
    if not user.may_see(officer.township_code):
        raise Forbidden("error.township_scope", township=officer.township_code)
    return officer


def check_in(ctx: Context, arrival: Arrival, *, user: User) -> Arrived:
    """Store that an officer arrived at a stop.

    Raises
    ------
    Forbidden
        If the account is no officer's, or the stop lies in another township.
    NotFound
        If there is no such stop.
    BadInput
        If the time lies in the future, or too far back.
    Conflict
        If the id is taken by a check-in of other content.
    """
    moment = _sound_time(ctx, arrival.arrived_at)
    with ctx.storage.write(user.name) as uow:
        officer = _own_officer(uow, user)
        known = uow.check_ins.get(arrival.id)
        if known is not None and arrival.arrived_at is None:
            moment = known.arrived_at
        day = moment.astimezone(ctx.clock.zone).date()
        spot = _spot(uow, officer, arrival.stop_id, day)
        lon, lat = arrival.position.wgs84() if arrival.position else (None, None)
        item = CheckIn(
            id=arrival.id,
            day=day,
            township_code=officer.township_code,
            squad_id=spot.squad.id if spot.squad else None,
            officer_id=officer.id,
            stop_id=arrival.stop_id,
            village_code=spot.village_code,
            arrived_at=moment,
            lon=lon,
            lat=lat,
            note=arrival.note.strip(),
        )
        away = _metres_away(item, spot)
        if known is not None:
            if replace(item, squad_id=known.squad_id, left_at=known.left_at) != known:
                raise Conflict("field.check_in_taken", id=arrival.id)
            return Arrived(check_in=known, new=False, planned=spot.planned, distance_metres=away)
        uow.check_ins.add(item)
        record_inspection(uow, item, spot.squad)
        uow.record(
            "check_in.arrive", "check_in", item.id, stop=item.stop_id, planned=spot.planned, metres=away
        )
        on_scene(ctx, uow, item.stop_id, actor=Actor.of(user), at=moment)
        uow.commit()
    return Arrived(check_in=item, new=True, planned=spot.planned, distance_metres=away)


def _sound_time(ctx: Context, given: datetime | None) -> datetime:
    now = ctx.clock.utc_now()
    if given is None:
        return now.astimezone(UTC)
    if given > now + CLOCK_TOLERANCE:
        raise BadInput("field.time_ahead", at=given.isoformat())
    if given < now - _OLDEST:
        raise BadInput("field.time_too_old", at=given.isoformat(), days=_OLDEST.days)
    return given.astimezone(UTC)


def _spot(uow: UnitOfWork, officer: Officer, stop_id: str, day: date) -> _Spot:
    """Where the stop is: of the squad's plan first, then any place or village of the own township."""
    plan = uow.days.published(officer.township_code, day)
    squad = plan.squad_of(officer.id) if plan else None
    for visit in squad.visits if squad else ():
        if visit.stop.id == stop_id:
            stop = visit.stop
            return _Spot(
                lon=stop.lon, lat=stop.lat, village_code=stop.village_code, squad=squad, planned=True
            )
    return _unplanned(uow, officer, stop_id, squad)


def _unplanned(uow: UnitOfWork, officer: Officer, stop_id: str, squad: Squad | None) -> _Spot:
    code = village_of_stop(stop_id)
    village = uow.villages.get(code) if code is not None else None
    place = uow.places.get(stop_id) if village is None else None
    found = village or place
    if found is None:
        raise NotFound("error.not_found", kind=Message("word.stop"), id=stop_id)
    if found.township_code != officer.township_code:
        raise Forbidden("error.township_scope", township=found.township_code or "")
    if village is not None:
        point = village.point
        return _Spot(lon=point.x, lat=point.y, village_code=village.code, squad=squad, planned=False)
    assert place is not None  # one of both was found
    return _Spot(lon=place.lon, lat=place.lat, village_code=place.village_code, squad=squad, planned=False)


def _metres_away(item: CheckIn, spot: _Spot) -> int | None:
    if item.lon is None or item.lat is None:
        return None
    return round(float(distances(np.array([item.lon, item.lat]), np.array([spot.lon, spot.lat]))))


def leave(ctx: Context, *, stop_id: str, user: User, outcome: str | None = None, note: str = "") -> CheckIn:
    """Store that the officer's squad left a stop today; a second time changes nothing.

    Parameters
    ----------
    ctx
        The wired parts.
    stop_id
        Where the squad, or the officer alone, checked in.
    user
        Any member of the squad.
    outcome
        One of `OUTCOMES` at a stop that is an incident; ``settled`` settles its case, ``passed_on`` leaves it
        to the office.
    note
        The officer's words.

    Raises
    ------
    Forbidden, NotFound, BadInput
        The account is no officer's; nobody of the squad arrived there today; unknown outcome.
    """
    if outcome is not None and outcome not in OUTCOMES:
        raise BadInput("field.bad_outcome", value=outcome)
    today = ctx.clock.today()
    with ctx.storage.write(user.name) as uow:
        officer = _own_officer(uow, user)
        plan = uow.days.published(officer.township_code, today)
        squad = plan.squad_of(officer.id) if plan else None
        mine = [
            item
            for item in uow.check_ins.between(today, today, township_code=officer.township_code)
            if item.stop_id == stop_id and _is_ours(item, officer, squad)
        ]
        if not mine:
            raise NotFound("field.not_arrived")
        first = min(mine, key=lambda item: item.arrived_at)
        if first.left_at is not None:
            return first
        words = "\n".join(part for part in (first.note, note.strip()) if part)
        left = replace(first, left_at=max(ctx.clock.utc_now(), first.arrived_at), note=words)
        uow.check_ins.replace(left)
        uow.record("check_in.leave", "check_in", left.id, stop=stop_id, outcome=outcome)
        if outcome is not None:
            conclude(ctx, uow, stop_id, outcome=outcome, note=note, actor=Actor.of(user))
        uow.commit()
    return left


def _is_ours(item: CheckIn, officer: Officer, squad: Squad | None) -> bool:
    return item.officer_id == officer.id or (squad is not None and item.officer_id in squad.members)


@dataclass(frozen=True, kw_only=True)
class FieldFinding:
    """Something an officer found.

    Parameters
    ----------
    id
        Made by the device or the form; None makes a new one.
    kind
        One of `FINDING_KINDS`.
    outcome
        One of `OUTCOMES`.
    position
        Where the phone is; else the photo's own position counts, else the stop's.
    stop_id
        The stop the officer is at or on the way to.
    found_at
        Aware time; None for now.
    description
        The officer's words.
    urgent
        A squad has to go today.
    photos
        Read by `gridmgr.services.photos.read_photo`.
    """

    kind: str
    outcome: str
    id: str | None = None
    position: Position | None = None
    stop_id: str | None = None
    found_at: datetime | None = None
    description: str = ""
    urgent: bool = False
    photos: tuple[Photo, ...] = ()


def record_finding(ctx: Context, finding: FieldFinding, *, user: User) -> tuple[Incident, bool]:
    """Store what an officer found, with its photos.

    Returns
    -------
    Incident, bool
        As stored, and whether it is new; sending again with the same id changes nothing.

    Raises
    ------
    BadInput
        If the kind or outcome is unknown, the time in the future, or nothing tells where it is.
    Forbidden
        If the account is no officer's, or the place lies in another township.
    Conflict
        If the id is taken by another incident.
    """
    if finding.kind not in FINDING_KINDS:
        raise BadInput("field.bad_kind", value=finding.kind)
    if finding.outcome not in OUTCOMES:
        raise BadInput("field.bad_outcome", value=finding.outcome)
    moment = _sound_time(ctx, finding.found_at)
    with ctx.storage.write(user.name) as uow:
        officer = _own_officer(uow, user)
        known = uow.incidents.get(finding.id) if finding.id else None
        if known is not None and finding.found_at is None:
            moment = known.reported_at
        lon, lat = _place_of(uow, officer, finding, moment.astimezone(ctx.clock.zone).date())
        incident = Incident(
            id=finding.id or new_number(ctx),
            reported_at=moment,
            source="patrol",
            category=text(f"field.kind.{finding.kind}", _CATEGORY_LANGUAGE),
            lon=lon,
            lat=lat,
            description=finding.description.strip(),
            urgent=finding.urgent,
        )
        stored, new = report_within(ctx, uow, incident, user=user)
        if not new:
            return stored, False
        for photo in finding.photos:
            store_photo(ctx, uow, photo, subject_kind="incident", subject_id=stored.id)
        stored = found_on_scene(ctx, uow, stored, outcome=finding.outcome, actor=Actor.of(user), at=moment)
        uow.commit()
    return stored, True


def _place_of(uow: UnitOfWork, officer: Officer, finding: FieldFinding, day: date) -> tuple[float, float]:
    """The phone's position, else the photo's, else the stop's; one that lies in no village is passed over."""
    given = [finding.position.wgs84()] if finding.position else []
    given += [photo.lon_lat for photo in finding.photos if photo.lon_lat is not None]
    for lon, lat in given:
        if uow.villages.at(lon, lat) is not None:
            return lon, lat
    if finding.stop_id:
        spot = _spot(uow, officer, finding.stop_id, day)
        return spot.lon, spot.lat
    if given:
        return given[0]
    raise BadInput("field.no_position")

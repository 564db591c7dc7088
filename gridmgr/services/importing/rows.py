"""What a read row of a table becomes, held against what is in the database already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gridmgr.clock import Clock
from gridmgr.domain.calendar import WORKING_WEEKDAYS, CalendarDay
from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.deadlines import RuleTextError, is_meant_as_rule, parse_rule
from gridmgr.domain.incidents import Incident
from gridmgr.domain.inspections import HIGHEST_PRIORITY, Inspection, InspectionRequest
from gridmgr.domain.people import Agency, Attendance, Officer, Recusal
from gridmgr.domain.places import Place, Vehicle, Village
from gridmgr.geo.datum import to_wgs84
from gridmgr.services.importing import parse
from gridmgr.services.importing.locate import FAR_METRES, Locator
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

Row = Mapping[str, Any]


class FieldProblem(Exception):
    """A row that reads well cell by cell but makes no sense.

    Parameters
    ----------
    field
        Our name of the column to blame, None for the whole row.
    key, params
        Words for the user.
    """

    def __init__(self, field: str | None, key: str, **params: Any) -> None:
        self.field = field
        self.message = Message(key, params)
        super().__init__(key)


@dataclass(kw_only=True)
class Known:
    """What is in the database already, looked up once an import; collects warnings.

    Parameters
    ----------
    townships, agencies, officers, items
        Codes and ids that exist; ``agencies`` with their township.
    villages, places
        By code, by id.
    locator
        Villages by point.
    clock
        For the zone of times without one.
    """

    townships: frozenset[str]
    agencies: Mapping[str, str]
    officers: frozenset[str]
    items: frozenset[str]
    villages: Mapping[str, Village]
    places: Mapping[str, Place]
    locator: Locator
    clock: Clock
    warnings: list[Message] = field(default_factory=list)

    @classmethod
    def load(cls, uow: UnitOfWork, clock: Clock) -> Known:
        """Read what exists."""
        villages = uow.villages.find()
        return cls(
            townships=frozenset(t.code for t in uow.townships.find()),
            agencies={a.code: a.township_code for a in uow.agencies.find()},
            officers=frozenset(o.id for o in uow.officers.find()),
            items=frozenset(i.code for i in uow.catalogue.find()),
            villages={v.code: v for v in villages},
            places={p.id: p for p in uow.places.find()},
            locator=Locator(villages),
            clock=clock,
        )

    def require_township(self, code: str | None) -> None:
        """Refuse a township nobody imported."""
        if code is not None and code not in self.townships:
            raise FieldProblem("township_code", "import.unknown_township")


def pick(row: Row, *names: str) -> dict[str, Any]:
    """Values of a row that are there; the dataclass's defaults stand for the others."""
    return {name: row[name] for name in names if row.get(name) is not None}


def need(row: Row, *names: str) -> None:
    """Refuse a row that lacks one of these."""
    for name in names:
        if row.get(name) is None:
            raise FieldProblem(name, "import.blank")


def point(row: Row, lon_field: str = "lon", lat_field: str = "lat") -> tuple[float, float]:
    """The row's point as WGS84 degrees."""
    lon, lat = row[lon_field], row[lat_field]
    if not -180 <= lon <= 180:
        raise FieldProblem(lon_field, "import.not_longitude")
    if not -90 <= lat <= 90:
        # A longitude of China in the latitude column is the usual mistake.
        key = "import.swapped" if -90 <= lon <= 90 else "import.not_latitude"
        raise FieldProblem(lat_field, key)
    east, north = to_wgs84(lon, lat, row.get("datum") or "wgs84")
    return float(east), float(north)


def agency(row: Row, known: Known) -> Agency:
    """An agency of a known township."""
    need(row, "code", "name", "township_code")
    known.require_township(row["township_code"])
    return Agency(**pick(row, "code", "name", "township_code"), department=row.get("department") or "")


def officer(row: Row, known: Known) -> Officer:
    """An officer of a known agency."""
    need(row, "id", "name", "agency_code")
    home_township = known.agencies.get(row["agency_code"])
    if home_township is None:
        raise FieldProblem("agency_code", "import.unknown_agency")
    township = row.get("township_code") or home_township
    known.require_township(township)
    values = pick(
        row,
        "id",
        "name",
        "agency_code",
        "certificate_no",
        "certificate_valid_to",
        "skills",
        "employment",
        "birth_year",
        "dispatched_on",
    )
    if values.get("birth_year", 1980) not in parse.YEARS:
        raise FieldProblem("birth_year", "import.not_date")
    if (row.get("home_lon") is None) != (row.get("home_lat") is None):
        raise FieldProblem("home_lon", "import.half_point")
    if row.get("home_lon") is not None:
        values["home_lon"], values["home_lat"] = point(row, "home_lon", "home_lat")
    return Officer(township_code=township, **values)


def vehicle(row: Row, known: Known) -> Vehicle:
    """A vehicle of a known township."""
    need(row, "id", "township_code")
    known.require_township(row["township_code"])
    return Vehicle(**pick(row, "id", "township_code", "seats"))


def item(row: Row, known: Known) -> CatalogueItem:
    """A catalogue item."""
    need(row, "code", "name", "kind", "lead_body")
    if row.get("effective_from") and row.get("effective_to") and row["effective_to"] < row["effective_from"]:
        raise FieldProblem("effective_to", "import.ends_before_start")
    _warn_of_deadline(row, known)
    for township in row.get("handed_to") or ():
        if township not in known.townships:
            raise FieldProblem("handed_to", "import.unknown_handed_to", township=township)
    names = ("code", "name", "kind", "lead_body", "cooperating_bodies", "basis", "deadline_rule")
    values = pick(row, *names, "effective_from", "effective_to", "process", "handed_to")
    values["handed_to"] = tuple(sorted(set(values.get("handed_to", ()))))
    return CatalogueItem(**values)


def _warn_of_deadline(row: Row, known: Known) -> None:
    """Words of a deadline that nothing can be reckoned from: a slip in a number is refused, prose is told."""
    words = row.get("deadline_rule")
    if words is None:
        return
    try:
        parse_rule(words)
    except RuleTextError as error:
        if is_meant_as_rule(words):
            raise FieldProblem("deadline_rule", "deadline.unreadable", words=words) from error
        known.warnings.append(Message("deadline.not_reckoned", {"code": row["code"], "words": words}))


def calendar_day(row: Row, _known: Known) -> CalendarDay:
    """A day on which another rule holds than that of its weekday."""
    need(row, "date", "kind")
    if row["kind"] == "holiday":
        need(row, "name")
    if row["kind"] == "makeup" and row["date"].weekday() in WORKING_WEEKDAYS:
        raise FieldProblem("date", "deadline.makeup_on_weekday")
    return CalendarDay(day=row["date"], **pick(row, "kind", "name", "source"))


def locate(row: Row, known: Known, *, lon: float, lat: float, label: str) -> Village | None:
    """The village a row belongs to; far outside all is a bad row, near is a warning."""
    given = row.get("village_code")
    if given is not None and given not in known.villages:
        raise FieldProblem("village_code", "import.unknown_village")
    found = known.locator.find(lon, lat)
    if found is None:
        return None
    if found.outside_metres > FAR_METRES:
        kilometres = round(found.outside_metres / 1000, 1)
        raise FieldProblem("lon", "import.far_outside", kilometres=kilometres, village=found.village.name)
    if found.outside_metres > 0:
        metres = round(found.outside_metres)
        values = {"what": label, "metres": metres, "village": found.village.name}
        known.warnings.append(Message("import.near_outside", values))
    elif given is not None and found.village.code != given:
        values = {"what": label, "given": given, "found": f"{found.village.code} {found.village.name}"}
        known.warnings.append(Message("import.other_village", values))
    return known.villages[given] if given is not None else found.village


def place(row: Row, known: Known) -> Place:
    """A place, in the village its point or its row names."""
    need(row, "id", "name", "kind", "lon", "lat")
    lon, lat = point(row)
    village = locate(row, known, lon=lon, lat=lat, label=f"{row['id']} {row['name']}")
    if (row.get("open") is None) != (row.get("close") is None):
        raise FieldProblem("open", "import.half_window")
    if row.get("open") is not None and row["close"] <= row["open"]:
        raise FieldProblem("close", "import.closes_before_open")
    values = pick(row, "id", "name", "kind", "priority", "service_minutes", "open", "close")
    return Place(
        lon=lon,
        lat=lat,
        required_skills=row.get("required_skills") or (),
        village_code=village.code if village else None,
        township_code=village.township_code if village else None,
        **values,
    )


def recusal(row: Row, known: Known) -> Recusal:
    """An officer who does not answer for a village."""
    need(row, "officer_id", "recused_from", "reason")
    if row["officer_id"] not in known.officers:
        raise FieldProblem("officer_id", "import.unknown_officer")
    if row["recused_from"] not in known.villages:
        raise FieldProblem("recused_from", "import.unknown_village")
    if row.get("starts_on") and row.get("ends_on") and row["ends_on"] < row["starts_on"]:
        raise FieldProblem("ends_on", "import.ends_before_begin")
    told = pick(row, "reason", "starts_on", "ends_on", "kind")
    return Recusal.of(row["officer_id"], row["recused_from"], **told)


def attendance(row: Row, known: Known) -> Attendance:
    """One officer's day."""
    need(row, "date", "officer_id", "status")
    if row["officer_id"] not in known.officers:
        raise FieldProblem("officer_id", "import.unknown_officer")
    return Attendance(day=row["date"], officer_id=row["officer_id"], status=row["status"])


def incident(row: Row, known: Known) -> Incident:
    """An incident that has happened, at its place."""
    need(row, "id", "reported_at", "lon", "lat")
    if row["reported_at"] > known.clock.now():
        raise FieldProblem("reported_at", "import.in_future")
    lon, lat = point(row)
    village = locate(row, known, lon=lon, lat=lat, label=row["id"])
    item = row.get("item_code")
    if item is not None and item not in known.items:
        raise FieldProblem("item_code", "import.unknown_item")
    values = pick(row, "id", "reported_at", "category", "item_code", "description", "state", "urgent")
    return Incident(
        lon=lon,
        lat=lat,
        source=row.get("source") or "import",
        village_code=village.code if village else None,
        township_code=village.township_code if village else None,
        **values,
    )


def _premises(row: Row, known: Known, *, township: str | None = None) -> Place:
    """The place a row names by id, or by a name that only one place bears."""
    given, name = row.get("place_id"), row.get("place_name")
    if given is not None:
        if given not in known.places:
            raise FieldProblem("place_id", "import.unknown_place")
        return known.places[given]
    if name is None:
        raise FieldProblem("place_id", "import.blank")
    found = [
        item for item in known.places.values() if item.name == name and township in (None, item.township_code)
    ]
    if len(found) != 1:
        key = "import.place_name_twice" if found else "import.unknown_place"
        raise FieldProblem("place_name", key, places=", ".join(item.id for item in found))
    return found[0]


def inspection(row: Row, known: Known) -> Inspection:
    """An inspection the office made before, or outside of, its patrols."""
    need(row, "id", "date")
    if row["date"] > known.clock.today():
        raise FieldProblem("date", "import.in_future")
    place = _premises(row, known)
    if row.get("exception") is not None and row.get("reason") is None:
        raise FieldProblem("reason", "import.exception_needs_reason")
    return Inspection(
        place_id=place.id,
        day=row["date"],
        township_code=place.township_code,
        source="import",
        agencies=row.get("agencies") or (),
        **pick(row, "id", "exception", "reason"),
    )


def inspection_request(row: Row, known: Known) -> InspectionRequest:
    """An agency's wish to have premises of its own township inspected."""
    need(row, "id", "agency_code", "matter", "not_before", "deadline")
    township = known.agencies.get(row["agency_code"])
    if township is None:
        raise FieldProblem("agency_code", "import.unknown_agency")
    place = _premises(row, known, township=township)
    if place.township_code != township:
        raise FieldProblem("place_id", "import.place_elsewhere")
    if row["deadline"] < row["not_before"]:
        raise FieldProblem("deadline", "import.deadline_before_start")
    if row.get("minutes") is not None and row["minutes"] < 1:
        raise FieldProblem("minutes", "import.at_least_one")
    if row.get("priority") is not None and not 1 <= row["priority"] <= HIGHEST_PRIORITY:
        raise FieldProblem("priority", "import.priority_range")
    values = pick(row, "id", "agency_code", "matter", "not_before", "deadline", "minutes", "priority")
    return InspectionRequest(
        place_id=place.id, skills=row.get("skills") or (), **values, **pick(row, "reason")
    )

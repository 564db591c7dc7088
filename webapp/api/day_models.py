"""What the API tells of a day; texts are in the user's language, times carry the office's offset."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from webapp.api.link_models import LinkOut
from webapp.api.schemas import Answer, Body, Code, Lat, LocalTime, Lon


class NamedOut(Answer):
    """Somebody by id and name."""

    id: str
    name: str


class StopOut(Answer):
    """What a stop is; degrees WGS84, open and close local times."""

    id: str
    kind: str
    name: str
    lon: float
    lat: float
    village_code: str | None
    village_name: str | None
    prize: int
    service_minutes: int
    required: bool
    purpose: list[str]
    needs_lawful: bool
    skills: list[str]
    requests: list[str]
    open: LocalTime | None
    close: LocalTime | None
    owner: NamedOut | None


class VisitOut(Answer):
    """One planned stop of a squad, and whether the squad was there."""

    stop: StopOut
    arrive: datetime
    start: datetime
    leave: datetime
    travel_seconds: int
    travel_metres: int
    pinned: bool
    done: bool
    arrived_at: datetime | None
    left_at: datetime | None


class SquadOut(Answer):
    """A day's joint team and its route; `load` is the share of the shift until it is back.

    `departs` tells when it sets out, where that is on purpose later than its shift begins.
    """

    id: str
    number: int
    leader: str
    members: list[str]
    vehicle: str | None
    scopes: list[str]
    patrol_only: bool
    reason_text: str | None
    shift_start: datetime
    shift_end: datetime
    departs: datetime | None
    lunch_start: datetime | None
    lunch_end: datetime | None
    back_at: datetime | None
    travel_seconds: int
    travel_metres: int
    return_seconds: int
    return_metres: int
    load: float
    visits: list[VisitOut]


class UnassignedOut(Answer):
    """A stop in no route, and why."""

    stop: StopOut
    reason_text: str
    reason_code: str
    forbidden: bool
    fixes: list[str]


class ShortOut(Answer):
    """An agency that could send nobody, and why."""

    agency: str
    agency_name: str
    reason_text: str


class PlanOut(Answer):
    """One revision of a day's plan."""

    id: str
    parent_id: str | None
    stage: str
    status: str
    engine: str
    seed: int
    seconds: float
    travel_method: str | None
    travel_method_text: str | None
    prize: int
    travel_seconds: int
    travel_metres: int
    change_text: str
    created_at: datetime
    created_by: str
    squads: list[SquadOut]
    unassigned: list[UnassignedOut]
    short: list[ShortOut]
    reserve: list[str]
    notes: list[str]
    links: list[LinkOut]


class PersonOut(Answer):
    """An officer on this day."""

    name: str
    agency: str
    agency_name: str
    is_office: bool
    certified: bool
    certificate_valid_to: date | None
    skills: list[str]
    status: str
    status_text: str


class VehicleOut(Answer):
    """A vehicle of the office."""

    id: str
    seats: int


class DepotOut(Answer):
    """Where squads start; degrees WGS84."""

    name: str
    lon: float
    lat: float
    on_record: bool


class OwnershipSummary(Answer):
    """How ownership stands: counts of villages with and without a lead officer in the plan that counts."""

    version: int
    state: Literal["none", "draft", "changed", "published"]
    state_text: str
    published_at: datetime | None
    villages: int
    covered: int
    uncovered: int
    missing_officers: int


class RoadsOut(Answer):
    """Where travel times come from."""

    method: str
    imported: bool
    text: str


class TownshipName(Answer):
    """A township."""

    code: str
    name: str


class DayOut(Answer):
    """A township's day. The published plan is left out where it is the draft (`published_same`)."""

    township: TownshipName
    date: date
    version: int
    state: Literal["empty", "squads", "routes", "changed", "published"]
    state_text: str
    draft_id: str | None
    published_id: str | None
    published_at: datetime | None
    draft: PlanOut | None
    published: PlanOut | None
    published_same: bool
    people: dict[str, PersonOut]
    attendance_on_record: bool
    vehicles: list[VehicleOut]
    depot: DepotOut | None
    ownership: OwnershipSummary
    can_undo: bool
    roads: RoadsOut


class FindingOut(Answer):
    """Something the plan breaks; a hard one keeps it from being published."""

    text: str
    squad_id: str | None
    stop_id: str | None
    hard: bool


class TownshipDayOut(Answer):
    """Where a township's day stands; counts are of the draft."""

    code: str
    name: str
    state: Literal["empty", "squads", "routes", "changed", "published"]
    state_text: str
    published_at: datetime | None
    squads: int
    patrol_only: int
    visits: int
    done: int
    unassigned: int


class CountyDayOut(Answer):
    """A day in all townships the user may see."""

    date: date
    townships: list[TownshipDayOut]


class PreviewOut(Answer):
    """What a change would do, compared with the draft."""

    prize_change: int
    travel_seconds_change: int
    travel_metres_change: int
    findings: list[FindingOut]
    new_findings: list[FindingOut]
    plan: PlanOut


class SquadPreviewOut(Answer):
    """What a change of squads would do; the new findings are those the draft does not have."""

    findings: list[FindingOut]
    new_findings: list[FindingOut]
    plan: PlanOut


class ChangeOut(Answer):
    """One stop that is not the same in the draft as in the published plan."""

    stop_id: str
    name: str
    kind: Literal["added", "dropped", "moved", "shifted"]
    squad_before: int | None
    squad_after: int | None
    minutes: int
    text: str


class DifferenceOut(Answer):
    """From the published plan to the draft."""

    changes: list[ChangeOut]
    prize: int
    travel_seconds: int
    travel_metres: int
    visits: int
    squads_changed: list[int]


class AddedIn(Body):
    """A stop put on the map by hand; degrees WGS84."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    lon: Lon
    lat: Lat
    minutes: Annotated[int, Field(ge=0, le=480)] = 20


class EditIn(Body):
    """One change by hand; `from_squad_id` says whose visit it is about where squads meet."""

    action: Literal["move", "remove", "pin", "unpin", "forbid", "allow", "add"]
    stop_id: Code | None = None
    squad_id: Code | None = None
    from_squad_id: Code | None = None
    position: Annotated[int, Field(ge=0, le=1000)] | None = None
    added: AddedIn | None = None
    why: Annotated[str, Field(max_length=500)] = ""

    @model_validator(mode="after")
    def _complete(self) -> EditIn:
        if self.action == "add" and self.added is None:
            raise ValueError("added is needed for action 'add'")
        if self.action != "add" and self.stop_id is None:
            raise ValueError(f"stop_id is needed for action {self.action!r}")
        if self.action == "move" and self.squad_id is None:
            raise ValueError("squad_id is needed for action 'move'")
        return self


class EditSaved(Body):
    """A change to keep, made on the version the planner looked at."""

    version: Annotated[int, Field(ge=0)]
    edit: EditIn


class EditTried(Body):
    """A change to look at."""

    edit: EditIn


class SquadChangeIn(Body):
    """One change of squads by hand; without `squad_id` a member moves to the reserve."""

    action: Literal["move_member", "set_leader", "set_vehicle"]
    officer_id: Code | None = None
    squad_id: Code | None = None
    vehicle: Code | None = None
    why: Annotated[str, Field(max_length=500)] = ""

    @model_validator(mode="after")
    def _complete(self) -> SquadChangeIn:
        if self.action != "set_vehicle" and self.officer_id is None:
            raise ValueError(f"officer_id is needed for action {self.action!r}")
        if self.action != "move_member" and self.squad_id is None:
            raise ValueError(f"squad_id is needed for action {self.action!r}")
        return self


class SquadChangeSaved(Body):
    """A change of squads to keep, made on the version the planner looked at."""

    version: Annotated[int, Field(ge=0)]
    change: SquadChangeIn


class SquadChangeTried(Body):
    """A change of squads to look at."""

    change: SquadChangeIn


class VersionIn(Body):
    """The version the planner looked at."""

    version: Annotated[int, Field(ge=0)]

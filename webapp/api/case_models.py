"""What the endpoints of cases take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, Strict

from gridmgr.domain.cases import ACTIONS, PenaltyGiven, Step
from webapp.api.joint_models import JointOut
from webapp.api.schemas import Answer, Body, Code, Day, Query, Timestamp

Note = Annotated[str, Field(max_length=4000)]
DeviceId = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[\w.:-]+$")]
Photos = Annotated[
    tuple[Annotated[str, Field(max_length=40_000_000)], ...], Strict(strict=False), Field(max_length=4)
]
Bodies = Annotated[tuple[Code, ...], Strict(strict=False), Field(max_length=20)]
State = Literal[
    "reported",
    "verified",
    "filed",
    "dispatched",
    "en_route",
    "on_scene",
    "escalated",
    "accepted",
    "suspended",
    "settled",
    "handled",
    "checked",
    "closed",
    "rated",
    "cancelled",
    "duplicate",
]


class CaseQuery(Query):
    """Which cases: opened in [since, until), `open` for those that are not over."""

    township: Code | None = None
    village: Code | None = None
    item: Code | None = None
    department: Code | None = None
    answerable: Code | None = None
    state: State | None = None
    open: bool | None = None
    urgent: bool | None = None
    supervised: bool | None = None
    help: Literal["asked", "assigned", "answered", "refused"] | None = None
    since: Timestamp | None = None
    until: Timestamp | None = None
    words: Annotated[str, Field(max_length=100)] = ""
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class ChoiceOut(Answer):
    """A step the user may take now, what it needs and what it may bring besides."""

    action: str
    action_text: str
    needs: list[str]
    takes: list[str]


class CaseOut(Answer):
    """A case; degrees WGS84.

    `answerable` is the body that answers for it, `office` or a department: it changes only when another
    accepts. `cooperating` departments help the one it is with, `unheard` are those that still owe their
    opinion; `help` is where a request for the township's help stands. `version` goes with the next step, so
    that nobody overwrites what he has not seen.
    """

    id: str
    incident_id: str
    township_code: str | None
    village_code: str | None
    lon: float
    lat: float
    category: str
    item_code: str | None
    urgent: bool
    state: str
    state_text: str
    answerable: str
    answerable_text: str
    department: str | None
    cooperating: list[str]
    unheard: list[str]
    help: str | None
    squad_id: str | None
    officer_id: str | None
    held_from: str | None
    suspended_until: date | None
    supervised: int
    reworked: int
    reopened: int
    objections: int
    duplicate_of: str | None
    rating: int | None
    opened_at: datetime
    filed_at: datetime | None
    settled_at: datetime | None
    closed_at: datetime | None
    changed_at: datetime
    version: int


class CaseList(Answer):
    """Cases, those that changed last first; `total` without the limit."""

    total: int
    cases: list[CaseOut]


class EvidenceOut(Answer):
    """A photo or document of a step, hashed anew: `sound`, `altered` or `missing`; a photo has no name."""

    id: str
    url: str
    sha256: str
    name: str
    state: str
    state_text: str


class StepOut(Answer):
    """A step that was taken."""

    seq: int
    action: str
    action_text: str
    source: str
    target: str
    target_text: str
    at: datetime
    recorded_at: datetime
    actor: str
    actor_name: str
    role: str
    note: str
    body: str | None
    detail: dict[str, Any]
    detail_text: str
    evidence: list[EvidenceOut]


class PenaltyOut(Answer):
    """A penalty imposed on the spot; the party's name is masked for those who need not know it."""

    id: str
    seq: int
    kind: str
    kind_text: str
    party: str
    party_name: str
    amount_yuan: int
    item_code: str
    basis: str
    officers: list[str]
    certificates: list[str]
    imposed_at: datetime


class CaseIncidentOut(Answer):
    """A report that belongs to the case."""

    id: str
    reported_at: datetime
    source: str
    description: str
    state: str
    photos: list[str]


class CaseViewOut(Answer):
    """A case with its whole trail, and what the user may do next.

    `masked` tells whether names, telephones and the like are masked in it for this user.
    """

    case: CaseOut
    village_name: str | None
    township_name: str | None
    item_name: str | None
    officer_name: str | None
    incidents: list[CaseIncidentOut]
    steps: list[StepOut]
    penalties: list[PenaltyOut]
    allowed: list[ChoiceOut]
    duplicates: list[str]
    merged: list[CaseIncidentOut]
    joint: list[JointOut]
    departments: list[str]
    masked: bool


class EvidenceList(Answer):
    """Every file of a case, hashed anew; `sound` when all are what they were."""

    sound: bool
    evidence: list[EvidenceOut]


class DocumentIn(Body):
    """A PDF, Word or Excel file in base64."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    content: Annotated[str, Field(max_length=40_000_000)]


Documents = Annotated[tuple[DocumentIn, ...], Strict(strict=False), Field(max_length=4)]


class PenaltyIn(Body):
    """A penalty on the spot: a warning, or a fine within the limits of Art 51, by two certified officers."""

    kind: Literal["warning", "fine"]
    party: Literal["citizen", "organisation"]
    party_name: Annotated[str, Field(min_length=1, max_length=200)]
    amount_yuan: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    officers: Annotated[tuple[Code, ...], Strict(strict=False), Field(max_length=4)]
    certificates_shown: bool
    rights_told: bool

    def given(self) -> PenaltyGiven:
        """As the domain takes it."""
        return PenaltyGiven(**{name: getattr(self, name) for name in type(self).model_fields})


class StepIn(Body):
    """A step. The sender's own `device_id` makes sending twice harmless; without a time it is now.

    Which further fields a step needs and takes stands in the case's `allowed`. `version` is the case's as it
    was seen; a step on a case that changed since is a conflict. Photos are JPEG, PNG or WebP in base64.
    `cooperating` names the departments that help the one it is escalated to, by default those the catalogue
    names; `suggests` whom an objecting department takes for the right body; `unheard` replies although
    cooperating departments have not answered.
    """

    action: Annotated[str, Field(max_length=40, description=f"One of {', '.join(ACTIONS)}.")]
    version: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    device_id: DeviceId | None = None
    at: Timestamp | None = None
    note: Note = ""
    squad_id: Code | None = None
    officer_id: Code | None = None
    body: Code | None = None
    level: Annotated[int, Field(ge=1, le=3)] | None = None
    rating: Annotated[int, Field(ge=1, le=5)] | None = None
    original: Code | None = None
    until: Day | None = None
    penalty: PenaltyIn | None = None
    cooperating: Bodies | None = None
    suggests: Code | None = None
    unheard: bool = False
    photos: Photos = ()
    documents: Documents = ()

    def step(self) -> Step:
        """As the domain takes it."""
        same = (
            "action",
            "device_id",
            "at",
            "note",
            "squad_id",
            "officer_id",
            "body",
            "level",
            "rating",
            "original",
            "until",
            "cooperating",
            "suggests",
            "unheard",
        )
        values = {name: getattr(self, name) for name in same}
        return Step(**values, penalty=self.penalty.given() if self.penalty else None)


class CaseIn(StepIn):
    """The first step on an incident, filing by default; `urgent` and `item_code` as they turned out to be."""

    incident_id: Code
    action: Annotated[str, Field(max_length=40)] = "file"
    urgent: bool | None = None
    item_code: Code | None = None


class CaseIncidentQuery(Query):
    """Which incident."""

    incident: Code


class FirstChoices(Answer):
    """What the user may do with an incident: its case where it has one, else the first steps."""

    case_id: str | None
    allowed: list[ChoiceOut]

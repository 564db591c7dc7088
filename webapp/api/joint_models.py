"""What the endpoints of joint matters take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, Strict

from webapp.api.schemas import Answer, Body, Code, Query

Note = Annotated[str, Field(max_length=500)]


class JointQuery(Query):
    """Which joint matters: of a township, in a state; else those to be decided and those joined."""

    township: Code | None = None
    state: Literal["suggested", "joined", "dismissed", "undone", "replaced", "lapsed"] | None = None


class JointCaseOut(Answer):
    """A case of a joint matter; degrees WGS84."""

    id: str
    incident_id: str
    category: str
    state: str
    state_text: str
    body_text: str
    opened_at: datetime
    lon: float
    lat: float


class BodyOut(Answer):
    """A body by its name in the API and in words."""

    name: str
    text: str


class JointOut(Answer):
    """One matter of several bodies: `lead` and `cooperating` once it is joined, `proposed` to lead before."""

    id: str
    township_code: str
    township: str
    village: str | None
    state: str
    state_text: str
    bodies: list[BodyOut]
    lead: BodyOut | None
    cooperating: list[BodyOut]
    proposed: str
    leads: list[BodyOut]
    cases: list[JointCaseOut]
    found_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    decided_by_name: str | None
    why: str


class JointList(Answer):
    """Joint matters, those found last first."""

    matters: list[JointOut]


class JoinIn(Body):
    """The body that leads, `office` or a department, and words for the trails."""

    lead: Code
    note: Note = ""


class JointIn(JoinIn):
    """Cases to join that no rule found."""

    cases: Annotated[tuple[Code, ...], Strict(strict=False), Field(min_length=2, max_length=20)]


class ReasonIn(Body):
    """The reason, which stays on record."""

    why: Annotated[str, Field(min_length=1, max_length=500)]

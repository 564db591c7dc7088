"""What the API takes and gives about changes of the catalogue."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from webapp.api.catalogue import ItemOut
from webapp.api.schemas import Answer, Body, Code, Day, Timestamp

Words = Annotated[str, Field(min_length=1, max_length=2000)]
Name = Annotated[str, Field(max_length=200)]
Townships = Annotated[list[Code], Field(max_length=500)]
Names = Annotated[list[Name], Field(max_length=50)]


class RequestIn(Body):
    """A power a township asks for: an item of the catalogue, or words for it."""

    township: Code
    item_code: Code | None = None
    item_name: Name = ""
    body: Name = ""
    why: Words


class OfferIn(Body):
    """A power a department offers; to all townships where none is named."""

    item_code: Code | None = None
    item_name: Name = ""
    body: Name = ""
    townships: Annotated[Townships, Field(default_factory=list)]
    conditions: Words


class WhyIn(Body):
    """The reason."""

    why: Words


class LineIn(Body):
    """Whether a line stands."""

    kept: bool


class ApproveIn(Body):
    """The first day of the new versions, and the reason."""

    effective_from: Day
    reason: Words


class ReasonIn(Body):
    """The reason."""

    reason: Words


class AdmissionIn(Body):
    """A duty that is to come down to townships."""

    code: Code
    name: Annotated[str, Field(min_length=1, max_length=200)]
    kind: Literal["basic", "entrusted"]
    lead_body: Name = ""
    cooperating_bodies: Annotated[Names, Field(default_factory=list)]
    basis: Words
    deadline_rule: Name = ""
    process: Annotated[Names, Field(default_factory=list)]
    townships: Annotated[list[Code], Field(min_length=1, max_length=500)]
    body: Name = ""
    why: Words


class OpinionIn(Body):
    """What a township says."""

    township: Code
    agrees: bool
    words: Words


class ReviewIn(Body):
    """The review; `unheard` reviews although townships have said nothing."""

    recommends: bool
    words: Words
    unheard: bool = False


class DecisionIn(Body):
    """The decision; a duty that is admitted needs its first day."""

    admit: bool
    words: Words
    effective_from: Day | None = None


class WishOut(Answer):
    """A request or an offer."""

    id: str
    side: str
    item_name: str
    item_code: str | None
    body: str
    townships: list[str]
    words: str
    made_by: str
    made_at: Timestamp
    state: str
    state_text: str
    proposal_id: str | None
    answer: str


class MatchOut(Answer):
    """How an offer answers a request; `score` 1 for the same item."""

    request_id: str
    offer_id: str
    exact: bool
    score: float
    name_score: float
    body_score: float


class WishBoard(Answer):
    """Requests and offers, and the offers that answer each open request, best first."""

    requests: list[WishOut]
    offers: list[WishOut]
    matches: list[MatchOut]


class LineOut(Answer):
    """One power to hand down."""

    number: int
    item_code: str
    item_name: str
    body: str
    townships: list[str]
    request_ids: list[str]
    offer_id: str
    exact: bool
    score: float
    conditions: str
    kept: bool


class LeftOutOut(Answer):
    """A wish without a line, and why."""

    wish_id: str
    reason: str


class ProposalOut(Answer):
    """A list for the county lead to decide."""

    id: str
    created_at: Timestamp
    created_by: str
    state: str
    state_text: str
    lines: list[LineOut]
    left_out: list[LeftOutOut]
    decided_at: Timestamp | None
    decided_by: str | None
    reason: str
    effective_from: date | None


class ProposalList(Answer):
    """Proposals, the newest first."""

    proposals: list[ProposalOut]


class OpinionOut(Answer):
    """What a township said."""

    township_code: str
    agrees: bool
    words: str
    by: str
    at: Timestamp


class VerdictOut(Answer):
    """What the reviewer or the lead said."""

    yes: bool
    words: str
    by: str
    at: Timestamp


class AdmissionOut(Answer):
    """A duty on its way to the list."""

    id: str
    item: ItemOut
    asking_body: str
    why: str
    asked_by: str
    asked_at: Timestamp
    state: str
    state_text: str
    opinions: list[OpinionOut]
    unheard: list[str]
    review: VerdictOut | None
    decision: VerdictOut | None
    effective_from: date | None


class AdmissionList(Answer):
    """Admissions, the newest first."""

    admissions: list[AdmissionOut]

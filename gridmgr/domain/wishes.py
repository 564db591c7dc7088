"""Powers handed down by agreement: townships ask (点菜), departments offer (端菜), the county lead decides.

A wish is either side's sheet of paper. A proposal matches open ones: each line names one power, who hands it
down, who takes it, and how sure the match is. Approving a proposal makes new versions of its items.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from gridmgr.domain.bodies import same_body
from gridmgr.domain.similarity import likeness, plain
from gridmgr.domain.validate import require_aware, require_choice, require_text
from gridmgr.texts import Message

SIDES = frozenset({"request", "offer"})
#: ``open`` may be matched, ``proposed`` stands in a proposal, the others are the end.
WISH_STATES = frozenset({"open", "proposed", "granted", "refused", "withdrawn"})
PROPOSAL_STATES = frozenset({"draft", "approved", "refused"})
#: Weights of name and body in a match that is not exact, and the least score worth showing.
NAME_WEIGHT, BODY_WEIGHT, LEAST_SCORE = 0.7, 0.3, 0.45


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A township's request for a power, or a department's offer of one.

    Parameters
    ----------
    id
        Its number.
    side
        ``request`` or ``offer``.
    item_name
        The power in words.
    item_code
        The catalogue item, None where the writer did not name one.
    body
        The department that holds the power; a request may leave it empty.
    townships
        The one township that asks; those an offer is for, empty for all.
    words
        Why the power is wanted; conditions of the offer.
    made_by, made_at
        Who wrote it, when.
    state
        One of `WISH_STATES`.
    proposal_id
        The proposal it stands or stood in.
    answer
        Words of whoever decided.
    """

    id: str
    side: str
    item_name: str
    item_code: str | None = None
    body: str = ""
    townships: tuple[str, ...] = ()
    words: str
    made_by: str
    made_at: datetime
    state: str = "open"
    proposal_id: str | None = None
    answer: str = ""

    def __post_init__(self) -> None:
        for field in ("id", "item_name", "words", "made_by"):
            require_text("Wish", field, getattr(self, field))
        require_choice("Wish", "side", self.side, SIDES)
        require_choice("Wish", "state", self.state, WISH_STATES)
        require_aware("Wish", "made_at", self.made_at)
        if self.side == "request" and len(self.townships) != 1:
            raise ValueError(f"Wish.townships must be the one township that asks, got {self.townships!r}")
        if self.side == "offer":
            require_text("Wish", "body", self.body)

    def is_for(self, township_code: str) -> bool:
        """Whether an offer is for a township."""
        return not self.townships or township_code in self.townships


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """How well an offer answers a request.

    Parameters
    ----------
    request_id, offer_id
        The two.
    exact
        Both name the same item.
    score
        1 for exact ones, else the weighted likeness of names and bodies, 0 to 1.
    name_score, body_score
        The two parts of it.
    """

    request_id: str
    offer_id: str
    exact: bool
    score: float
    name_score: float
    body_score: float


def match(request: Wish, offer: Wish) -> Match | None:
    """How well an offer answers a request, None where it is for other townships or too far off."""
    if not offer.is_for(request.townships[0]):
        return None
    coded = request.item_code is not None and offer.item_code is not None
    bodies = 1.0 if not request.body or same_body(request.body, offer.body) else 0.0
    names = likeness(request.item_name, offer.item_name)
    if coded:
        exact = request.item_code == offer.item_code
        if not exact:
            return None
    else:
        exact = plain(request.item_name) == plain(offer.item_name) and bodies == 1.0
    if bodies < 1.0:
        bodies = likeness(request.body, offer.body)
    score = 1.0 if exact else round(NAME_WEIGHT * names + BODY_WEIGHT * bodies, 4)
    if score < LEAST_SCORE or (not exact and names == 0.0):
        return None
    return Match(
        request_id=request.id,
        offer_id=offer.id,
        exact=exact,
        score=score,
        name_score=round(names, 4),
        body_score=round(bodies, 4),
    )


def rank_offers(request: Wish, offers: Iterable[Wish]) -> list[Match]:
    """Offers that answer a request: exact ones first, then by score, then by the offers' ids."""
    found = (match(request, offer) for offer in offers)
    return sorted((m for m in found if m is not None), key=lambda m: (not m.exact, -m.score, m.offer_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One power to hand down.

    Parameters
    ----------
    item_code, item_name
        The catalogue item.
    body
        Who hands it down.
    townships
        Who takes it.
    request_ids, offer_id
        The sheets it answers.
    exact, score
        How sure the match is; the weakest of its requests counts.
    conditions
        Of the offer.
    kept
        Whether the lead lets it stand.
    """

    item_code: str
    item_name: str
    body: str
    townships: tuple[str, ...]
    request_ids: tuple[str, ...]
    offer_id: str
    exact: bool
    score: float
    conditions: str = ""
    kept: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A wish that no line answers, and why."""

    wish_id: str
    reason: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A list of powers to hand down, for the county lead to decide.

    Parameters
    ----------
    id
        Its number.
    created_at, created_by
        When (aware), by whom.
    lines
        Exact matches first, then by score.
    left_out
        Open wishes without a line.
    state
        One of `PROPOSAL_STATES`.
    decided_at, decided_by, reason
        The decision.
    effective_from
        First day of the new versions; None until approved.
    """

    id: str
    created_at: datetime
    created_by: str
    lines: tuple[Line, ...]
    left_out: tuple[LeftOut, ...] = ()
    state: str = "draft"
    decided_at: datetime | None = None
    decided_by: str | None = None
    reason: str = ""
    effective_from: date | None = None

    def __post_init__(self) -> None:
        require_text("Proposal", "id", self.id)
        require_aware("Proposal", "created_at", self.created_at)
        require_choice("Proposal", "state", self.state, PROPOSAL_STATES)

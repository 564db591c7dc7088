"""What comes from outside: reports of villagers and hotlines, before and after they are an incident."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from gridmgr.domain.validate import require_aware, require_choice, require_lon_lat, require_text

#: Ways in, as on the incident a report becomes.
TIP_SOURCES = frozenset({"tip", "wechat", "open311", "hotline"})
#: ``pending`` still needs a place; ``taken`` is an incident; ``spam`` was marked so by the office.
TIP_STATES = frozenset({"pending", "taken", "spam"})
#: Where a point comes from: the reporter; the photo's own record; the reporter, but it lies outside every
#: village or not in the one they chose; the office; a place on record that the reporter's words name.
POINT_ORIGINS = frozenset({"given", "photo", "doubtful", "office", "words"})
LOWEST_SCORE, HIGHEST_SCORE = 1, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach a reporter; never stored but sealed.

    Parameters
    ----------
    name, phone, email
        As given; empty where not.
    account
        The reporter's id in the channel they wrote from (WeChat openid, Open311 account), to answer there.
    """

    name: str = ""
    phone: str = ""
    email: str = ""
    account: str = ""

    def __bool__(self) -> bool:
        return any((self.name, self.phone, self.email, self.account))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What a reporter says of the outcome.

    Parameters
    ----------
    solved
        Whether the problem is solved.
    score
        1 (very dissatisfied) to 5 (very satisfied).
    words
        Their own, may be empty.
    """

    solved: bool
    score: int
    words: str = ""

    def __post_init__(self) -> None:
        if not LOWEST_SCORE <= self.score <= HIGHEST_SCORE:
            raise ValueError(f"Rating.score must be {LOWEST_SCORE} to {HIGHEST_SCORE}, got {self.score!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """A report that came in, whatever became of it.

    Parameters
    ----------
    id
        Its number in the office.
    source
        One of `TIP_SOURCES`.
    sender_key
        The sender's own key, unique within the source: the same again is the same report.
    received_at, reported_at
        When it arrived; when it was told, earlier for hotlines. Aware.
    category, description
        What is wrong, in the reporter's words. May name people: mask before anything is shown in public.
    item_code
        Catalogue item, where the sender named one.
    urgent
        Told to be.
    place_words
        Where, in words.
    village_code, township_code
        Where as far as it is known.
    lon, lat
        WGS84 degrees, both or neither.
    point_from
        One of `POINT_ORIGINS`, None without a point.
    state
        One of `TIP_STATES`.
    incident_id
        The incident it became.
    receipt_lookup
        Keyed hash of the receipt code, by which it is found.
    receipt_sealed, contact_sealed
        Encrypted code and contact; None once erased.
    language
        The reporter's.
    content_hash, text_hash
        SHA-256 of all that was told, and of the description alone, to know repeats.
    sender_hash
        Keyed hash of the sender's address that changes every day; None once it has served.
    checked_at, checked_by
        When and by whom the office looked at it.
    rated_at, solved, score, rating_words
        The reporter's rating.
    erased_at
        When contact and photos were deleted, by rule or on request.
    due_at
        Until when whoever passed it on wants it done; aware, None where they did not say.
    """

    id: str
    source: str
    sender_key: str
    received_at: datetime
    reported_at: datetime
    category: str = ""
    description: str = ""
    item_code: str | None = None
    urgent: bool = False
    place_words: str = ""
    village_code: str | None = None
    township_code: str | None = None
    lon: float | None = None
    lat: float | None = None
    point_from: str | None = None
    state: str = "pending"
    incident_id: str | None = None
    receipt_lookup: str
    receipt_sealed: bytes | None = field(default=None, repr=False)
    contact_sealed: bytes | None = field(default=None, repr=False)
    language: str = "zh"
    content_hash: str = ""
    text_hash: str = ""
    sender_hash: str | None = None
    checked_at: datetime | None = None
    checked_by: str | None = None
    rated_at: datetime | None = None
    solved: bool | None = None
    score: int | None = None
    rating_words: str = ""
    erased_at: datetime | None = None
    due_at: datetime | None = None

    def __post_init__(self) -> None:
        require_text("Tip", "id", self.id)
        require_text("Tip", "sender_key", self.sender_key)
        require_choice("Tip", "source", self.source, TIP_SOURCES)
        require_choice("Tip", "state", self.state, TIP_STATES)
        for name in ("received_at", "reported_at"):
            require_aware("Tip", name, getattr(self, name))
        if self.due_at is not None:
            require_aware("Tip", "due_at", self.due_at)
        if (self.lon is None) != (self.lat is None):
            raise ValueError(f"Tip.lon and Tip.lat go together, got {self.lon!r}, {self.lat!r}")
        if self.lon is not None and self.lat is not None:
            require_lon_lat("Tip", self.lon, self.lat)
            require_choice("Tip", "point_from", self.point_from, POINT_ORIGINS)
        if self.state == "taken" and not self.incident_id:
            raise ValueError(f"Tip.incident_id is needed once taken (tip {self.id!r})")

    @property
    def is_rated(self) -> bool:
        """Whether the reporter has had their say."""
        return self.rated_at is not None

    def reworded(self, change: Callable[[str], str]) -> Tip:
        """The report with everything people wrote freely changed."""
        return replace(
            self,
            description=change(self.description),
            place_words=change(self.place_words),
            rating_words=change(self.rating_words),
        )

    def rated(self, rating: Rating, at: datetime) -> Tip:
        """The report with its rating."""
        return replace(self, rated_at=at, solved=rating.solved, score=rating.score, rating_words=rating.words)

"""Whether two reports tell of the same matter: by distance, time, kind and words, with the reasons.

A score of 0 to 100 is the sum of four parts, so that a person sees what speaks for it:

- distance: `DISTANCE` points at the same point, falling in a straight line to none at the largest distance;
- time: `TIME` points at the same moment, falling to none at the longest lag;
- kind: `KIND` points for the same item or the same words for the kind, a third where one says nothing,
  none where both differ;
- words: `WORDS` points times how alike the texts are (`gridmgr.domain.similarity.shared_words`).

Two reports are suggested only within the largest distance and lag, with words that are alike enough, and
with a score that is high enough; a person decides. What is still open when the later report comes in is the
same matter for longer: its lag counts only up to the day it was dealt with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from gridmgr.domain.nearness import metres_between
from gridmgr.domain.similarity import plain, shared_words
from gridmgr.domain.validate import require_at_least
from gridmgr.texts import Message

DISTANCE, TIME, KIND, WORDS = 30, 10, 25, 35
#: A matter that stays open is the same matter for so many days.
MOST_DAYS_OPEN = 90
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a report tells, as far as it says whether another one tells the same.

    Parameters
    ----------
    id
        Of the incident.
    lon, lat
        WGS84 degrees.
    at
        When it was reported, aware.
    over_at
        When it was dealt with, None while it is open.
    category, item_code
        What kind, in words and by the catalogue; empty and None where that is not said.
    words
        What was told.
    """

    id: str
    lon: float
    lat: float
    at: datetime
    over_at: datetime | None = None
    category: str = ""
    item_code: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateRules:
    """When two reports may be the same.

    Parameters
    ----------
    metres
        Farthest apart.
    days
        Longest from the one's being dealt with (or its report, where it is open) to the other's report.
    text_percent
        Least likeness of the words, where both have some.
    percent
        Least score.
    """

    metres: float = 200.0
    days: float = 7.0
    text_percent: float = 5.0
    percent: float = 50.0

    def __post_init__(self) -> None:
        for name in ("metres", "days"):
            require_at_least("DuplicateRules", name, getattr(self, name), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resemblance:
    """How much two reports look like the same matter.

    Parameters
    ----------
    id
        The other report's.
    metres, days
        Apart in place and time.
    kind
        ``same``, ``unknown`` or ``other``.
    words
        Likeness of the texts, 0 to 1; None where one has none.
    score
        0 to 100.
    """

    id: str
    metres: float
    days: float
    kind: str
    words: float | None
    score: float

    @property
    def reasons(self) -> tuple[Message, ...]:
        """What speaks for and against it."""
        time = "routing.same_day" if self.days < 1 else "routing.days_apart"
        said = [
            Message("routing.metres_apart", {"metres": round(self.metres)}),
            Message(time, {"days": round(self.days)}),
            Message(f"routing.kind_{self.kind}"),
        ]
        if self.words is None:
            return (*said, Message("routing.no_words"))
        return (*said, Message("routing.words_alike", {"percent": round(100 * self.words)}))


def lag_days(one: Told, other: Told) -> float:
    """Days between two reports, without the time the earlier one was still open."""
    first, second = sorted((one, other), key=lambda told: told.at)
    if second.at - first.at > MOST_DAYS_OPEN * _DAY:
        return (second.at - first.at) / _DAY
    over = second.at if first.over_at is None else min(first.over_at, second.at)
    return (second.at - max(over, first.at)) / _DAY


def resemblance(one: Told, other: Told, rules: DuplicateRules) -> Resemblance | None:
    """How much two reports look the same, None where it is not worth a person's look. Symmetric."""
    metres = metres_between(one.lon, one.lat, other.lon, other.lat)
    if metres > rules.metres:
        return None
    lag = lag_days(one, other)
    if lag > rules.days:
        return None
    words = shared_words(one.words, other.words)
    if words is not None and 100 * words < rules.text_percent:
        return None
    apart = abs(one.at - other.at) / _DAY
    kind = _kind(one, other)
    score = (
        DISTANCE * (1 - metres / rules.metres if rules.metres else 1)
        + TIME * max(0.0, 1 - apart / rules.days if rules.days else 1)
        + KIND * {"same": 1.0, "unknown": 1 / 3, "other": 0.0}[kind]
        + WORDS * (words or 0.0)
    )
    if score < rules.percent:
        return None
    return Resemblance(id=other.id, metres=metres, days=apart, kind=kind, words=words, score=score)


def suggested(
    told: Told, others: Iterable[Told], rules: DuplicateRules, *, most: int = 5
) -> list[Resemblance]:
    """The reports most like this one, the likeliest first; never itself."""
    found = (resemblance(told, other, rules) for other in others if other.id != told.id)
    ranked = sorted((item for item in found if item is not None), key=lambda item: (-item.score, item.id))
    return ranked[:most]


def _kind(one: Told, other: Told) -> str:
    if one.item_code and other.item_code:
        return "same" if one.item_code == other.item_code else _by_category(one, other, "other")
    return _by_category(one, other, "unknown")


def _by_category(one: Told, other: Told, otherwise: str) -> str:
    first, second = plain(one.category), plain(other.category)
    if first and second:
        return "same" if first == second else "other"
    return otherwise

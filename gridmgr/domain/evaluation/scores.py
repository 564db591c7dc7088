"""Entries counted to rates with intervals, and bodies compared by rates, never by numbers of cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gridmgr.domain.evaluation.entries import Entry
from gridmgr.domain.evaluation.indices import INDICES, Index
from gridmgr.domain.evaluation.intervals import shrunk, wilson

#: Of fewer cases a body is not compared with others.
FEWEST = 10
#: ``better`` and ``worse`` only where the whole interval lies on one side of everybody's rate.
STANDINGS = ("better", "same", "worse", "few", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """So many of so many.

    Parameters
    ----------
    hits, of
        Numerator and denominator.
    waiting
        Not decided yet, in neither.
    excluded
        How many count for nobody, by reason.
    """

    hits: int = 0
    of: int = 0
    waiting: int = 0
    excluded: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.of or self.waiting < 0:
            raise ValueError(f"Tally needs 0 <= hits <= of and waiting >= 0, got {self!r}")

    @property
    def rate(self) -> float | None:
        """Their share; None of nothing."""
        return self.hits / self.of if self.of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A body's rate, how sure it is, and how it stands beside everybody's.

    Parameters
    ----------
    index
        Which index.
    tally
        What was counted.
    low, high
        Ends of the interval; None of nothing.
    drawn
        The rate drawn towards everybody's, which bodies are put in order by; None of nothing.
    standing
        One of `STANDINGS`.
    """

    index: Index
    tally: Tally
    low: float | None = None
    high: float | None = None
    drawn: float | None = None
    standing: str = "none"

    @property
    def is_ranked(self) -> bool:
        """Whether there are enough cases to compare."""
        return self.standing not in ("few", "none")


def tallied(entries: Iterable[Entry]) -> Tally:
    """Entries of one body and index, counted."""
    outcomes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for entry in entries:
        outcomes[entry.outcome] += 1
        if entry.reason:
            reasons[entry.reason] += 1
    return Tally(
        hits=outcomes["hit"],
        of=outcomes["hit"] + outcomes["miss"],
        waiting=outcomes["waiting"],
        excluded=dict(sorted(reasons.items())),
    )


def scores_of(
    entries: Iterable[Entry], *, group: str
) -> tuple[dict[str, dict[str, Score]], dict[str, Score]]:
    """Every body's scores by index, and everybody's together.

    Parameters
    ----------
    entries
        Of all bodies of the group, also those the reader may not see: everybody's rate is theirs too.
    group
        Whose.
    """
    kept: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        if entry.group == group:
            kept.setdefault((entry.body, entry.index), []).append(entry)
    indices = [index for index in INDICES if group in index.groups]
    bodies = sorted({body for body, _ in kept})
    all_scores: dict[str, Score] = {}
    found: dict[str, dict[str, Score]] = {body: {} for body in bodies}
    for index in indices:
        every = [entry for body in bodies for entry in kept.get((body, index.id), ())]
        together = tallied(every)
        all_scores[index.id] = score_of(index, together, common=together.rate)
        for body in bodies:
            tally = tallied(kept.get((body, index.id), ()))
            found[body][index.id] = score_of(index, tally, common=together.rate)
    return found, all_scores


def score_of(index: Index, tally: Tally, *, common: float | None) -> Score:
    """A tally with its interval, beside everybody's rate."""
    interval = wilson(tally.hits, tally.of)
    if interval is None or common is None:
        return Score(index=index, tally=tally)
    low, high = interval
    return Score(
        index=index,
        tally=tally,
        low=low,
        high=high,
        drawn=shrunk(tally.hits, tally.of, towards=common),
        standing=_standing(index, tally, low, high, common),
    )


def _standing(index: Index, tally: Tally, low: float, high: float, common: float) -> str:
    if tally.of < FEWEST:
        return "few"
    if low > common:
        return "better" if index.higher else "worse"
    if high < common:
        return "worse" if index.higher else "better"
    return "same"


def ranked(scores: Mapping[str, Mapping[str, Score]], index: Index) -> Sequence[str]:
    """Bodies, the best first by the drawn rate; then those with too few cases, by name."""

    def order(body: str) -> tuple[bool, float, str]:
        score = scores[body].get(index.id)
        if score is None or not score.is_ranked or score.drawn is None:
            return True, 0.0, body
        return False, -score.drawn if index.higher else score.drawn, body

    return sorted(scores, key=order)

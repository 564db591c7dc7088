"""Admission of a new duty (职责准入): asked by a department, townships heard, reviewed, decided, on record.

The steps are a table: what may be done in which state, and where it leads. Townships are heard while the
matter is ``asked``; each has one say, the last one counts until the review.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from gridmgr.domain.bodies import is_office_body
from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.validate import require_aware, require_choice, require_text

ADMISSION_STATES = ("asked", "reviewed", "admitted", "refused", "withdrawn")
#: Action -> (states it may be taken in, state it leads to).
STEPS: Mapping[str, tuple[frozenset[str], str]] = {
    "opinion": (frozenset({"asked"}), "asked"),
    "review": (frozenset({"asked"}), "reviewed"),
    "admit": (frozenset({"reviewed"}), "admitted"),
    "refuse": (frozenset({"reviewed"}), "refused"),
    "withdraw": (frozenset({"asked", "reviewed"}), "withdrawn"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a township says to a duty that is to come down to it."""

    township_code: str
    agrees: bool
    words: str
    by: str
    at: datetime

    def __post_init__(self) -> None:
        for field in ("township_code", "words", "by"):
            require_text("Opinion", field, getattr(self, field))
        require_aware("Opinion", "at", self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the reviewer or the lead says.

    Parameters
    ----------
    yes
        For or against.
    words
        The reasons.
    by, at
        Who, when.
    """

    yes: bool
    words: str
    by: str
    at: datetime

    def __post_init__(self) -> None:
        require_text("Verdict", "words", self.words)
        require_aware("Verdict", "at", self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A duty that is to come down to townships.

    Parameters
    ----------
    id
        Its number.
    item
        The duty as it is to stand in the catalogue; its ``handed_to`` are the townships concerned.
    asking_body
        The department that asks.
    why
        Its reasons.
    asked_by, asked_at
        Who wrote it, when.
    state
        One of `ADMISSION_STATES`.
    opinions
        One a township, by township.
    review, decision
        What was said on the way.
    effective_from
        First day on which an admitted duty holds.
    """

    id: str
    item: CatalogueItem
    asking_body: str
    why: str
    asked_by: str
    asked_at: datetime
    state: str = "asked"
    opinions: tuple[Opinion, ...] = ()
    review: Verdict | None = None
    decision: Verdict | None = None
    effective_from: date | None = None

    def __post_init__(self) -> None:
        for field in ("id", "asking_body", "why", "asked_by"):
            require_text("Admission", field, getattr(self, field))
        require_choice("Admission", "state", self.state, ADMISSION_STATES)
        require_aware("Admission", "asked_at", self.asked_at)
        if not self.item.handed_to:
            raise ValueError("Admission.item.handed_to must name the townships concerned, got ()")
        if is_office_body(self.asking_body):
            raise ValueError(f"Admission.asking_body must be a department, got {self.asking_body!r}")

    @property
    def unheard(self) -> tuple[str, ...]:
        """Townships that have not said anything yet."""
        heard = {opinion.township_code for opinion in self.opinions}
        return tuple(code for code in self.item.handed_to if code not in heard)

    def may(self, action: str) -> bool:
        """Whether the action is open in the present state."""
        return self.state in STEPS[action][0]

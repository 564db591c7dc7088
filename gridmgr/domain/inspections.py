"""Inspections of premises: what was inspected, what agencies want inspected, and what a place must bear.

An inspection is a lawful squad's visit of premises. It must not be repeated at will: 国办发〔2024〕54号 asks
for a yearly cap, for visits of several bodies to be made as one, and for certified officers only. How often
is too often is judged in `gridmgr.domain.burden`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gridmgr.domain.validate import require_at_least, require_choice, require_text

#: Why an inspection does not count against the cap.
EXCEPTIONS = frozenset({"complaint", "accident", "transferred", "recheck", "court", "campaign"})
#: How an inspection became known: a squad checked in, or the office wrote it down.
SOURCES = frozenset({"check_in", "import"})
HIGHEST_PRIORITY = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """Premises were inspected on a day; however many officers and agencies came, it is one.

    Parameters
    ----------
    id
        ``<day>/<place id>`` for check-ins; the office's own number for what it wrote down.
    place_id, day
        Where and when.
    township_code
        Where the place lies, None where that is unknown.
    squad_id, officer_id
        Who came, None where that was not written down.
    source
        One of `SOURCES`.
    agencies
        Names of the bodies whose matters were looked at, as written down.
    requests
        Ids of the inspection requests that this visit settled.
    exception
        One of `EXCEPTIONS` where it does not count against the cap, else None.
    reason
        The words for the exception; needed with one.
    """

    id: str
    place_id: str
    day: date
    township_code: str | None = None
    squad_id: str | None = None
    officer_id: str | None = None
    source: str = "check_in"
    agencies: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    exception: str | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        require_text("Inspection", "id", self.id)
        require_text("Inspection", "place_id", self.place_id)
        require_choice("Inspection", "source", self.source, SOURCES)
        if self.exception is not None:
            require_choice("Inspection", "exception", self.exception, EXCEPTIONS)
            require_text("Inspection", "reason", self.reason)

    @property
    def counts(self) -> bool:
        """Whether it counts against the cap and begins a spacing."""
        return self.exception is None


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionRequest:
    """An agency wants premises inspected within a period.

    Parameters
    ----------
    id
        Its number.
    place_id, agency_code
        Which premises, who asks.
    matter
        What is to be looked at.
    skills
        Professional fields the squad must hold for it.
    not_before, deadline
        First and last day wanted, both included.
    minutes
        How long this matter takes by itself.
    priority
        1 to 10.
    reason
        Why it is asked for.
    """

    id: str
    place_id: str
    agency_code: str
    matter: str
    skills: tuple[str, ...] = ()
    not_before: date
    deadline: date
    minutes: int = 20
    priority: int = 5
    reason: str = ""

    def __post_init__(self) -> None:
        for field in ("id", "place_id", "agency_code", "matter"):
            require_text("InspectionRequest", field, getattr(self, field))
        require_at_least("InspectionRequest", "minutes", self.minutes, 1)
        require_at_least("InspectionRequest", "priority", self.priority, 1)
        if self.priority > HIGHEST_PRIORITY:
            raise ValueError(f"InspectionRequest.priority must be at most 10, got {self.priority}")
        if self.deadline < self.not_before:
            raise ValueError(
                f"InspectionRequest.deadline must not be before {self.not_before}, got {self.deadline}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionPermit:
    """The office lets premises be inspected beyond cap and spacing, for a reason it answers for.

    Parameters
    ----------
    id
        Its number.
    place_id
        Which premises.
    first, last
        Days on which it holds, both included.
    kind
        One of `EXCEPTIONS`.
    reason
        The complaint, order or approval, in words.
    granted_by
        Who decided.
    """

    id: str
    place_id: str
    first: date
    last: date
    kind: str
    reason: str
    granted_by: str

    def __post_init__(self) -> None:
        for field in ("id", "place_id", "reason", "granted_by"):
            require_text("InspectionPermit", field, getattr(self, field))
        require_choice("InspectionPermit", "kind", self.kind, EXCEPTIONS)
        if self.last < self.first:
            raise ValueError(f"InspectionPermit.last must not be before first {self.first}, got {self.last}")

    def holds(self, day: date) -> bool:
        """Whether the day lies within it."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionLimit:
    """How often one place may be inspected, in the place of the office's rule.

    Parameters
    ----------
    place_id
        Which premises.
    yearly_cap
        Inspections a calendar year; None for the office's rule.
    spacing_days
        Least days from one to the next; None for the office's rule.
    reason
        Why this place differs.
    """

    place_id: str
    yearly_cap: int | None = None
    spacing_days: int | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        require_text("InspectionLimit", "place_id", self.place_id)
        for field in ("yearly_cap", "spacing_days"):
            value = getattr(self, field)
            if value is not None:
                require_at_least("InspectionLimit", field, value, 0)

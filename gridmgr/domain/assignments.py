"""Ownership: which officer answers for which village, as a chain of plan revisions a township."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gridmgr.domain.validate import require_aware, require_choice, require_text
from gridmgr.texts import Message

ROLES = frozenset({"lead", "support"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsibility:
    """An officer answers for a village.

    Parameters
    ----------
    officer_id, village_code
        Who, where.
    role
        ``lead`` (one a village) or ``support``.
    why
        The planner's reasons, for the officer who asks.
    since
        Day from which the officer has answered for the village without a break, for tenure; None where that
        is not on record.
    """

    officer_id: str
    village_code: str
    role: str = "lead"
    why: tuple[Message, ...] = ()
    since: date | None = None

    def __post_init__(self) -> None:
        require_text("Responsibility", "officer_id", self.officer_id)
        require_text("Responsibility", "village_code", self.village_code)
        require_choice("Responsibility", "role", self.role, ROLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncovered:
    """A village without a lead officer, and why."""

    village_code: str
    reason: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipPlan:
    """One revision of a township's ownership; revisions are never edited.

    Parameters
    ----------
    id
        Revision id.
    township_code
        The township.
    created_at, created_by
        When (aware), by whom.
    status
        Solver status, or ``MANUAL`` after a hand change.
    objective, bound, seconds
        Of the solve; None where not solved.
    responsibilities, uncovered
        The plan itself.
    missing_officers
        How many more officers would cover every village.
    why
        Notes on the whole plan.
    """

    id: str
    township_code: str
    created_at: datetime
    created_by: str
    status: str
    objective: float | None = None
    bound: float | None = None
    seconds: float = 0.0
    responsibilities: tuple[Responsibility, ...] = ()
    uncovered: tuple[Uncovered, ...] = ()
    missing_officers: int = 0
    why: tuple[Message, ...] = ()

    def __post_init__(self) -> None:
        require_text("OwnershipPlan", "id", self.id)
        require_aware("OwnershipPlan", "created_at", self.created_at)
        leads = [r.village_code for r in self.responsibilities if r.role == "lead"]
        if len(leads) != len(set(leads)):
            twice = sorted({code for code in leads if leads.count(code) > 1})
            raise ValueError(f"OwnershipPlan.responsibilities has villages with two lead officers: {twice}")

    def lead_of(self, village_code: str) -> str | None:
        """The lead officer's id, None where the village has none."""
        for responsibility in self.responsibilities:
            if responsibility.village_code == village_code and responsibility.role == "lead":
                return responsibility.officer_id
        return None

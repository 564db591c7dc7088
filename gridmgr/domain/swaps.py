"""Requests to exchange duties: asked by one officer, consented to by another, approved by the office."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from gridmgr.domain.validate import require_at_least, require_aware, require_choice, require_text

#: Which steps lead from each state to which.
STEPS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "asked": MappingProxyType(
            {
                "consent": "consented",
                "decline": "declined",
                "withdraw": "withdrawn",
                "refuse": "refused",
                "expire": "expired",
            }
        ),
        "consented": MappingProxyType(
            {
                "approve": "approved",
                "refuse": "refused",
                "withdraw": "withdrawn",
                "decline": "declined",
                "expire": "expired",
            }
        ),
    }
)
OPEN_STATES = frozenset(STEPS)
STATES = OPEN_STATES | {target for steps in STEPS.values() for target in steps.values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapRequest:
    """A wish to exchange a duty.

    Parameters
    ----------
    id, township_code
        Which, whose.
    giver, taker
        Who asks to be relieved, and who goes instead.
    day
        The giver's duty.
    back
        The taker's duty that the giver takes in return; None where the duty is given away.
    state
        One of `STATES`.
    why, answer
        The asker's words, and those of whoever decided last.
    created_at, changed_at, changed_by
        Aware times, and who moved it last.
    version
        Counts the steps.
    """

    id: str
    township_code: str
    giver: str
    taker: str
    day: date
    back: date | None = None
    state: str = "asked"
    why: str = ""
    answer: str = ""
    created_at: datetime
    changed_at: datetime
    changed_by: str
    version: int = 1

    def __post_init__(self) -> None:
        for field in ("id", "township_code", "giver", "taker", "changed_by"):
            require_text("SwapRequest", field, getattr(self, field))
        require_choice("SwapRequest", "state", self.state, STATES)
        require_at_least("SwapRequest", "version", self.version, 1)
        require_aware("SwapRequest", "created_at", self.created_at)
        require_aware("SwapRequest", "changed_at", self.changed_at)
        if self.giver == self.taker:
            raise ValueError(f"SwapRequest.taker must be another than the giver, got {self.taker!r}")
        if self.back == self.day:
            raise ValueError(f"SwapRequest.back must be another day than {self.day}")

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to decide."""
        return self.state in OPEN_STATES

    @property
    def first_day(self) -> date:
        """The earlier of the days concerned."""
        return self.day if self.back is None else min(self.day, self.back)

    @property
    def cells(self) -> frozenset[tuple[date, str]]:
        """Cells of the roster that it changes: day and officer."""
        days = [self.day] if self.back is None else [self.day, self.back]
        return frozenset((day, officer) for day in days for officer in (self.giver, self.taker))

"""What a deadline is: so many hours, days, months or years after something, by which article."""

from __future__ import annotations

from dataclasses import dataclass

from gridmgr.domain.validate import require_choice

#: Most of each unit that can be meant; more is a slip.
MOST = {"working_hour": 2000, "hour": 8760, "working_day": 1000, "day": 3660, "month": 240, "year": 30}
UNITS = tuple(MOST)
#: What begins a period.
EVENTS = (
    "reported",
    "verified",
    "filed",
    "dispatched",
    "escalated",
    "accepted",
    "notified",
    "decided",
    "seized",
    "ended",
)
#: When the last day ends: at the office's closing time, or at midnight (民法典第二百零三条第二款).
ENDS = ("office", "midnight")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRule:
    """A length of time and how it is counted.

    Parameters
    ----------
    amount, unit
        How much of which of `UNITS`.
    starts
        One of `EVENTS`, or empty where whoever uses the rule knows.
    law, article
        Where it stands; empty and 0 for an office's own promise. ``law`` is an id of the data file of laws.
    counted_by
        The article of the same law that makes its days working days, 0 where it counts as it says.
    ends
        One of `ENDS`.
    """

    amount: int
    unit: str
    starts: str = ""
    law: str = ""
    article: int = 0
    counted_by: int = 0
    ends: str = "office"

    def __post_init__(self) -> None:
        require_choice("DeadlineRule", "unit", self.unit, UNITS)
        require_choice("DeadlineRule", "starts", self.starts, ("", *EVENTS))
        require_choice("DeadlineRule", "ends", self.ends, ENDS)
        if isinstance(self.amount, bool) or not isinstance(self.amount, int):
            raise ValueError(f"DeadlineRule.amount must be a whole number, got {self.amount!r}")
        if not 1 <= self.amount <= MOST[self.unit]:
            raise ValueError(
                f"DeadlineRule.amount must be 1 to {MOST[self.unit]} for {self.unit}, got {self.amount!r}"
            )

    @property
    def in_office_time(self) -> bool:
        """Whether only the office's own hours and days count."""
        return self.unit in ("working_hour", "working_day")

    @property
    def in_hours(self) -> bool:
        """Whether it runs from the moment it starts, and not from the next day (民法典第二百零一条)."""
        return self.unit in ("working_hour", "hour")

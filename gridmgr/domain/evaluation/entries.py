"""One judgement: by one matter, of one body, for one index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gridmgr.domain.evaluation.indices import GROUPS
from gridmgr.domain.validate import require_choice, require_text

#: ``hit`` stands in numerator and denominator, ``miss`` in the denominator only, the others in neither.
OUTCOMES = ("hit", "miss", "waiting", "excluded")
#: Why something counts for nobody; words are ``evaluation.excluded_<reason>``.
EXCLUSIONS = (
    "suspended",
    "transferred",
    "objection",
    "rerouted",
    "cancelled",
    "own_find",
    "by_office",
    "merged",
    "before_cases",
    "force_majeure",
    "appeal",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A judgement.

    Parameters
    ----------
    index
        Which index.
    group, body
        Of whom: one of `GROUPS`, and the code, name or id there.
    subject
        The case's number; the report's where nobody made a case of it.
    is_case
        Whether ``subject`` is a case.
    outcome
        One of `OUTCOMES`.
    reason
        One of `EXCLUSIONS` for what is excluded, else "".
    reported_at
        When the matter was reported; it says to which period the entry belongs.
    township_code
        Where the matter lies.
    """

    index: str
    group: str
    body: str
    subject: str
    is_case: bool
    outcome: str
    reason: str = ""
    reported_at: datetime
    township_code: str | None

    def __post_init__(self) -> None:
        require_choice("Entry", "group", self.group, GROUPS)
        require_text("Entry", "body", self.body)
        require_choice("Entry", "outcome", self.outcome, OUTCOMES)
        require_choice("Entry", "reason", self.reason, ("", *EXCLUSIONS))
        if (self.outcome == "excluded") != bool(self.reason):
            raise ValueError(f"Entry.reason says why it is excluded, and only then, got {self!r}")

    @property
    def counts(self) -> bool:
        """Whether it stands in the denominator."""
        return self.outcome in ("hit", "miss")

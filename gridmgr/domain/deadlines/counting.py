"""What laws say about their own days: which of them are working days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from gridmgr.domain.deadlines.rules import DeadlineRule
from gridmgr.domain.validate import require_text


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingRule:
    """An article that makes days of its law working days.

    Parameters
    ----------
    law, article
        Where it stands.
    amounts
        Only limits of so many days; empty for no such list.
    up_to
        Limits of so many days and fewer; None for no such bound.
    """

    law: str
    article: int
    amounts: tuple[int, ...] = ()
    up_to: int | None = None

    def __post_init__(self) -> None:
        require_text("CountingRule", "law", self.law)
        if bool(self.amounts) == (self.up_to is not None):
            raise ValueError(f"CountingRule needs amounts or up_to, one of the two (law {self.law!r})")

    def holds_for(self, rule: DeadlineRule) -> bool:
        """Whether the rule's days are working days by this article."""
        if rule.law != self.law or rule.unit != "day":
            return False
        return rule.amount in self.amounts if self.up_to is None else rule.amount <= self.up_to


def under_law(rule: DeadlineRule, countings: Iterable[CountingRule]) -> DeadlineRule:
    """The rule as its law counts it; the article that changed the count is named in ``counted_by``."""
    found = next((counting for counting in countings if counting.holds_for(rule)), None)
    return rule if found is None else replace(rule, unit="working_day", counted_by=found.article)

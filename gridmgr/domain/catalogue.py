"""The catalogue of enforcement items: who leads, who helps, on which basis, how, from when until when.

An item's content changes by versions: each has its own days, and a case keeps the one it was filed under.
How versions follow one another is in `gridmgr.domain.catalogue_versions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gridmgr.domain.bodies import is_office_body
from gridmgr.domain.validate import require_at_least, require_choice, require_text

ITEM_KINDS = frozenset({"basic", "entrusted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueItem:
    """One version of an enforcement item.

    Parameters
    ----------
    code, name
        Code and name.
    kind
        ``basic`` (基础) or ``entrusted`` (委托).
    lead_body, cooperating_bodies
        Who answers for it, who helps.
    basis
        The law and article.
    deadline_rule
        The office's own rule in words or short form; interpreted by the deadlines step.
    effective_from, effective_to
        First and last day on which it holds; None for open.
    version
        Number of the version, 1 for the item's first; the order in which they were written down.
    process
        The steps of handling, in words.
    handed_to
        Codes of townships whose own office leads it in the place of ``lead_body``, which then helps (下放).
    """

    code: str
    name: str
    kind: str
    lead_body: str
    cooperating_bodies: tuple[str, ...] = ()
    basis: str = ""
    deadline_rule: str = ""
    effective_from: date | None = None
    effective_to: date | None = None
    version: int = 1
    process: tuple[str, ...] = ()
    handed_to: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for field in ("code", "name", "lead_body"):
            require_text("CatalogueItem", field, getattr(self, field))
        require_at_least("CatalogueItem", "version", self.version, 1)
        require_choice("CatalogueItem", "kind", self.kind, ITEM_KINDS)
        if self.effective_from and self.effective_to and self.effective_to < self.effective_from:
            raise ValueError(
                f"CatalogueItem.effective_to must not be before effective_from, got {self.effective_to}"
            )

    @property
    def first_day(self) -> date:
        """First day on which it holds; the beginning of time where that is open."""
        return self.effective_from or date.min

    @property
    def last_day(self) -> date:
        """Last day on which it holds; the end of time where that is open."""
        return self.effective_to or date.max

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.first_day <= day <= self.last_day

    def is_led_by_office(self, township_code: str) -> bool:
        """Whether the township's own office leads it there."""
        return township_code in self.handed_to or is_office_body(self.lead_body)

    def helpers_in(self, township_code: str) -> tuple[str, ...]:
        """Bodies that help in that township; the lead body first where the township leads in its place."""
        if township_code in self.handed_to and not is_office_body(self.lead_body):
            rest = (body for body in self.cooperating_bodies if not is_office_body(body))
            return (self.lead_body, *rest)
        return self.cooperating_bodies

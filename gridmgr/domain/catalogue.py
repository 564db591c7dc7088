"""The catalogue of enforcement items: who leads, who helps, on which basis, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gridmgr.domain.validate import require_choice, require_text

ITEM_KINDS = frozenset({"basic", "entrusted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueItem:
    """One enforcement item.

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
        When it holds; None for open.
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

    def __post_init__(self) -> None:
        require_text("CatalogueItem", "code", self.code)
        require_text("CatalogueItem", "name", self.name)
        require_choice("CatalogueItem", "kind", self.kind, ITEM_KINDS)
        if self.effective_from and self.effective_to and self.effective_to < self.effective_from:
            raise ValueError(
                f"CatalogueItem.effective_to must not be before effective_from, got {self.effective_to}"
            )

"""Rows of a catalogue file against the versions on record.

A row with later days and other content is a new version; the same again is nothing; other content for days
that are taken is a conflict which names the row, its field and its value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.catalogue_versions import Placement, place
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message


@dataclass(frozen=True, kw_only=True)
class Clash:
    """A row that cannot be placed.

    Parameters
    ----------
    row
        Its number.
    field
        Our name of the field to blame.
    item
        What the row says.
    reason
        Words for the user.
    """

    row: int
    field: str
    item: CatalogueItem
    reason: Message


@dataclass(kw_only=True)
class VersionPlan:
    """What an import does to the catalogue.

    Parameters
    ----------
    versions
        By code, of every item touched, as they will be.
    taken, unchanged
        How many rows change something, and how many do not.
    clashes
        Rows that cannot be placed.
    """

    versions: dict[str, tuple[CatalogueItem, ...]] = field(default_factory=dict)
    taken: int = 0
    unchanged: int = 0
    clashes: list[Clash] = field(default_factory=list)


def plan_versions(
    known: Mapping[str, Sequence[CatalogueItem]],
    rows: Iterable[tuple[int, CatalogueItem]],
    *,
    update: bool,
) -> VersionPlan:
    """Place every row, earlier days first.

    Parameters
    ----------
    known
        Versions on record, by code.
    rows
        Row numbers and items.
    update
        Whether a row with the days of a known version and other content corrects it; else it is a conflict.
    """
    plan = VersionPlan()
    for number, item in sorted(rows, key=lambda pair: (pair[1].first_day, pair[0])):
        before = plan.versions.get(item.code, tuple(known.get(item.code, ())))
        placed = place(before, item)
        if placed.outcome == "same":
            plan.unchanged += 1
        elif placed.outcome == "clash" or (placed.outcome == "corrected" and not update):
            plan.clashes.append(_clash(number, item, placed))
        else:
            plan.taken += 1
            plan.versions[item.code] = placed.versions
    return plan


def _clash(row: int, item: CatalogueItem, placed: Placement) -> Clash:
    other, blamed = placed.other, placed.field or "effective_from"
    if other is None:
        raise ValueError("a clash needs the version it clashes with")
    values = {"version": other.version, "first": _day(other.effective_from), "last": _day(other.effective_to)}
    if placed.outcome == "clash":
        return Clash(row=row, field=blamed, item=item, reason=Message("import.version_overlap", values))
    stored = value_text(getattr(other, blamed))
    reason = Message("import.version_conflict", {**values, "stored": stored})
    return Clash(row=row, field=blamed, item=item, reason=reason)


def _day(day: date | None) -> Message | str:
    return Message("catalogue.open_end") if day is None else day.isoformat()


def value_text(value: object) -> str:
    """A field of an item as a table's cell shows it."""
    if isinstance(value, tuple):
        return "; ".join(value)
    return "" if value is None else str(value)


def save_versions(uow: UnitOfWork, plan: VersionPlan) -> None:
    """Store what was planned; an item known before keeps a record of its own of what became of it."""
    known = uow.catalogue.versions(plan.versions)
    for code, versions in sorted(plan.versions.items()):
        uow.catalogue.save_versions(code, versions)
        before = {item.version: item for item in known.get(code, ())}
        if before:
            numbers = [item.version for item in versions if before.get(item.version) != item]
            uow.record("catalogue_item.revise", "catalogue_item", code, versions=numbers)

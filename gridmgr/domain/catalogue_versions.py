"""How versions of an item follow one another: where a new one goes, and what differs between two.

Versions of one item never overlap. A row with later days and other content is a new version and ends an
open-ended one the day before; the same again changes nothing; other content for days that are taken is a
clash that names the field.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.validate import require_choice

#: What an item says, in the order people read it.
CONTENT = (
    "name",
    "kind",
    "lead_body",
    "cooperating_bodies",
    "handed_to",
    "basis",
    "process",
    "deadline_rule",
)
DAYS = ("effective_from", "effective_to")
#: ``corrected`` has the days of a known version and other content: somebody has to want that.
OUTCOMES = frozenset({"same", "added", "corrected", "clash"})

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field that two versions do not share.

    Parameters
    ----------
    field
        One of `CONTENT` or `DAYS`.
    before, after
        Its values.
    """

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a version goes.

    Parameters
    ----------
    outcome
        One of `OUTCOMES`.
    item
        The version with its number, or the known one that says the same.
    versions
        All versions afterwards, by first day; as before where nothing or a clash came of it.
    other
        The version corrected, or the one it clashes with.
    field
        The field to blame for a clash; the first that differs for a correction.
    """

    outcome: str
    item: CatalogueItem
    versions: tuple[CatalogueItem, ...]
    other: CatalogueItem | None = None
    field: str | None = None

    def __post_init__(self) -> None:
        require_choice("Placement", "outcome", self.outcome, OUTCOMES)


def differences(before: CatalogueItem, after: CatalogueItem) -> tuple[FieldChange, ...]:
    """Fields that differ, in reading order; the days come last."""
    return tuple(
        FieldChange(field=field, before=getattr(before, field), after=getattr(after, field))
        for field in (*CONTENT, *DAYS)
        if getattr(before, field) != getattr(after, field)
    )


def same_content(one: CatalogueItem, other: CatalogueItem) -> bool:
    """Whether both say the same, whatever their days."""
    return all(getattr(one, field) == getattr(other, field) for field in CONTENT)


def in_force(versions: Sequence[CatalogueItem], day: date) -> CatalogueItem | None:
    """The version that holds on a day, None where none does."""
    return next((item for item in versions if item.holds_on(day)), None)


def place(versions: Sequence[CatalogueItem], new: CatalogueItem) -> Placement:
    """Find where a version goes among those of the same item.

    Parameters
    ----------
    versions
        Those known, in any order; they do not overlap.
    new
        The one to add; its number is decided here.
    """
    known = tuple(sorted(versions, key=lambda item: item.first_day))
    if any(item.code != new.code for item in known):
        raise ValueError(f"place() takes versions of one item, got {new.code!r} among others")
    repeated = next((item for item in known if _says_the_same(known, item, new)), None)
    if repeated is not None:
        return Placement(outcome="same", item=repeated, versions=known)
    twin = next((item for item in known if item.effective_from == new.effective_from), None)
    return _add(known, new) if twin is None else _correct(known, twin, new)


def _says_the_same(known: Sequence[CatalogueItem], item: CatalogueItem, new: CatalogueItem) -> bool:
    """Whether a row only repeats a version: its own days, or later ones it holds on already."""
    if not same_content(item, new) or new.first_day < item.first_day:
        return False
    if new.effective_to == item.effective_to:
        return new.first_day <= item.last_day
    ended_by_next = item.effective_to is not None and _after(known, item.last_day) is not None
    return new.effective_from == item.effective_from and new.effective_to is None and ended_by_next


def _after(known: Sequence[CatalogueItem], day: date) -> CatalogueItem | None:
    """The version that begins the day after."""
    return next((item for item in known if item.first_day == day + _DAY), None) if day < date.max else None


def _correct(known: tuple[CatalogueItem, ...], twin: CatalogueItem, new: CatalogueItem) -> Placement:
    item = replace(new, version=twin.version)
    if new.effective_to is None and _after(known, twin.last_day) is not None:
        item = replace(item, effective_to=twin.effective_to)
    others = tuple(other for other in known if other is not twin)
    hit = next((other for other in others if _overlap(other, item)), None)
    if hit is not None:
        return Placement(outcome="clash", item=item, versions=known, other=hit, field="effective_to")
    changed = differences(twin, item)
    return Placement(
        outcome="corrected",
        item=item,
        versions=_sorted((*others, item)),
        other=twin,
        field=changed[0].field if changed else None,
    )


def _add(known: tuple[CatalogueItem, ...], new: CatalogueItem) -> Placement:
    item = replace(new, version=max((other.version for other in known), default=0) + 1)
    kept = []
    for other in known:
        if not _overlap(other, item):
            kept.append(other)
        elif other.effective_to is None and other.first_day < item.first_day:
            # An open-ended version holds until the next one: it ends the day before.
            kept.append(replace(other, effective_to=item.first_day - _DAY))
        else:
            field = "effective_from" if other.first_day < item.first_day else "effective_to"
            return Placement(outcome="clash", item=item, versions=known, other=other, field=field)
    return Placement(outcome="added", item=item, versions=_sorted((*kept, item)))


def _overlap(one: CatalogueItem, other: CatalogueItem) -> bool:
    return one.first_day <= other.last_day and other.first_day <= one.last_day


def _sorted(items: Sequence[CatalogueItem]) -> tuple[CatalogueItem, ...]:
    return tuple(sorted(items, key=lambda item: item.first_day))

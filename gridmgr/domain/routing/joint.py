"""One matter that several bodies handle: found by place, item and time, and merged as one joint matter.

Two cases are the same matter handled twice (重复执法, 多头执法) where different bodies are at them, they lie
near each other in place and time, and their items are the same or linked: the same words for the kind, or the
body that leads the one item helps with the other. At least one of them is still open: else nothing is left to
join.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import floor

from gridmgr.domain.bodies import same_body
from gridmgr.domain.nearness import box_around, metres_between
from gridmgr.domain.similarity import plain
from gridmgr.domain.validate import require_aware, require_choice, require_text

#: ``replaced``: it became part of a larger joint matter; ``lapsed``: a suggestion that holds no more.
STATES = ("suggested", "joined", "dismissed", "undone", "replaced", "lapsed")
_LEAST_CASES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class JointRules:
    """How near two cases are to be one matter, metres and days."""

    metres: float = 100.0
    days: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """A case and the body that is at it.

    Parameters
    ----------
    case_id
        Which.
    body
        Who handles it, or will by the catalogue.
    lon, lat, at
        Where (WGS84 degrees) and when it became known (aware).
    is_open
        Whether somebody still has to act.
    item_code, category
        What.
    lead, helpers
        Bodies of its item; empty where it has none.
    """

    case_id: str
    body: str
    lon: float
    lat: float
    at: datetime
    is_open: bool = True
    item_code: str | None = None
    category: str = ""
    lead: str = ""
    helpers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JointMatter:
    """One matter of several bodies.

    Parameters
    ----------
    id
        Its number.
    township_code
        Where.
    state
        One of `STATES`.
    cases
        Numbers of its cases.
    bodies
        All bodies concerned, `lead` among them.
    lead
        The one body that leads; None while it is only suggested.
    found_at, found_by
        When and by whom it was found; ``system`` where the rules did.
    decided_at, decided_by, why
        The last decision of a person, None and empty before one.
    replaced_by
        The larger joint matter it became part of.
    """

    id: str
    township_code: str
    state: str = "suggested"
    cases: tuple[str, ...]
    bodies: tuple[str, ...]
    lead: str | None = None
    found_at: datetime
    found_by: str
    decided_at: datetime | None = None
    decided_by: str | None = None
    why: str = ""
    replaced_by: str | None = None

    def __post_init__(self) -> None:
        for name in ("id", "township_code", "found_by"):
            require_text("JointMatter", name, getattr(self, name))
        require_choice("JointMatter", "state", self.state, STATES)
        require_aware("JointMatter", "found_at", self.found_at)
        if len(set(self.cases)) < _LEAST_CASES or len(set(self.cases)) != len(self.cases):
            raise ValueError(f"JointMatter.cases must be two different ones or more, got {self.cases!r}")
        if self.state == "joined" and self.lead not in self.bodies:
            raise ValueError(f"JointMatter.lead must be one of {self.bodies!r}, got {self.lead!r}")

    @property
    def cooperating(self) -> tuple[str, ...]:
        """The bodies that help the leading one."""
        return tuple(body for body in self.bodies if body != self.lead)

    def decided(self, state: str, *, at: datetime, by: str, why: str, lead: str | None) -> JointMatter:
        """The matter after a person's decision."""
        bodies = self.bodies if lead is None or lead in self.bodies else (lead, *self.bodies)
        return replace(
            self,
            state=state,
            decided_at=at,
            decided_by=by,
            why=why,
            lead=lead,
            bodies=bodies,
            replaced_by=None,
        )


def is_linked(one: Handling, other: Handling) -> bool:
    """Whether two cases are about the same or linked items."""
    if one.item_code is not None and one.item_code == other.item_code:
        return True
    if plain(one.category) and plain(one.category) == plain(other.category):
        return True
    return _helps(one.lead, other.helpers) or _helps(other.lead, one.helpers)


def _helps(lead: str, helpers: Iterable[str]) -> bool:
    return bool(lead) and any(same_body(lead, helper) for helper in helpers)


def is_repeated(one: Handling, other: Handling, rules: JointRules) -> bool:
    """Whether two bodies handle one matter. Symmetric."""
    return (
        one.case_id != other.case_id
        and one.body != other.body
        and (one.is_open or other.is_open)
        and abs(one.at - other.at) <= timedelta(days=rules.days)
        and metres_between(one.lon, one.lat, other.lon, other.lat) <= rules.metres
        and is_linked(one, other)
    )


def repeated(handlings: Sequence[Handling], rules: JointRules) -> list[tuple[Handling, ...]]:
    """Groups of cases that are one matter each, by the number of their first case.

    Cases that hang together through others are one group. Only cases in neighbouring squares of the map are
    compared.
    """
    ordered = sorted(handlings, key=lambda item: item.case_id)
    root = {item.case_id: item.case_id for item in ordered}

    def top(name: str) -> str:
        while root[name] != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    for one, other in _near_pairs(ordered, rules):
        if is_repeated(one, other, rules):
            first, second = sorted((top(one.case_id), top(other.case_id)))
            root[second] = first
    groups: dict[str, list[Handling]] = {}
    for item in ordered:
        groups.setdefault(top(item.case_id), []).append(item)
    return [tuple(group) for group in groups.values() if len(group) >= _LEAST_CASES]


def _near_pairs(ordered: Sequence[Handling], rules: JointRules) -> Iterable[tuple[Handling, Handling]]:
    if not ordered:
        return
    # Squares as high as the distance, and as wide as it is where degrees of longitude are shortest.
    farthest = max(ordered, key=lambda item: abs(item.lat))
    west, south, east, north = box_around(0.0, farthest.lat, max(rules.metres, 1.0))
    wide, high = (east - west) / 2, (north - south) / 2
    squares: dict[tuple[int, int], list[Handling]] = {}
    for item in ordered:
        column, row = floor(item.lon / wide), floor(item.lat / high)
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                for other in squares.get((column + dx, row + dy), ()):
                    yield other, item
        squares.setdefault((column, row), []).append(item)

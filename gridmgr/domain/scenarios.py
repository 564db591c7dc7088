"""Ownership planned in several ways, side by side: what even loads cost in changes, and vice versa."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gridmgr.domain.assignments import OwnershipPlan
from gridmgr.domain.validate import require_aware, require_text


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioResult:
    """One way of planning a township, in the figures an office compares.

    Parameters
    ----------
    township_code, scenario, status
        Whose, by which name, how good the solver knows it to be.
    led, uncovered
        Villages with and without a lead.
    changes
        Villages taken from a lead of the published plan who is still here.
    early_changes
        Those of them taken before the minimum tenure is over.
    heaviest_hours, lightest_hours
        Weekly hours of the most and the least busy officer among those who lead a village.
    minutes
        Mean one-way minutes between a lead and the village.
    spread_percent
        How far the officers' loads lie from the target, as a root mean square in percent of it; officers
        beyond the number of villages, who cannot but lead none, are left out. 0 is perfectly even.
    fit_percent
        Share of what the villages' premises need of trades and fields that their leads bring; None where
        they need nothing.
    """

    township_code: str
    scenario: str
    status: str
    led: int
    uncovered: int
    changes: int
    early_changes: int
    heaviest_hours: float
    lightest_hours: float
    minutes: float
    spread_percent: float = 0.0
    fit_percent: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioPoint:
    """One way of planning, with the plan it gives.

    Parameters
    ----------
    id
        Within its comparison.
    names
        Scenarios that give this same plan, the first of which it is called by; ``front`` for one that is
        only the best within a limit of changes.
    most_changes
        That limit; None where there was none.
    best
        Whether no other point has both fewer changes and more even loads.
    result
        Its figures.
    plan
        Who answers for which village.
    """

    id: str
    names: tuple[str, ...]
    most_changes: int | None
    best: bool
    result: ScenarioResult
    plan: OwnershipPlan

    def __post_init__(self) -> None:
        require_text("ScenarioPoint", "id", self.id)
        if not self.names:
            raise ValueError("ScenarioPoint.names must not be empty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Ways of planning a township's ownership, solved at one time from one state of affairs.

    Parameters
    ----------
    id, township_code
        Which, whose.
    created_at, created_by
        When (aware), for whom.
    base_id
        Revision that was in force, which changes are counted against; None where none was.
    now
        Figures of that revision by what was known then; None where none was.
    points
        By changes, then by evenness.
    """

    id: str
    township_code: str
    created_at: datetime
    created_by: str
    base_id: str | None
    now: ScenarioResult | None
    points: tuple[ScenarioPoint, ...]

    def __post_init__(self) -> None:
        require_text("Comparison", "id", self.id)
        require_aware("Comparison", "created_at", self.created_at)

    def point(self, point_id: str) -> ScenarioPoint | None:
        """The point of that id."""
        return next((point for point in self.points if point.id == point_id), None)


def ranked(points: Sequence[ScenarioPoint]) -> tuple[ScenarioPoint, ...]:
    """Points by changes and evenness, each once, those that no other beats marked as best.

    A point beats another where it has no more changes and no less even loads, and differs in one of them.
    """
    kept: dict[tuple[tuple[str, str], ...], ScenarioPoint] = {}
    for point in points:
        leads = (r for r in point.plan.responsibilities if r.role == "lead")
        key = tuple(sorted((r.village_code, r.officer_id) for r in leads))
        same = kept.get(key)
        if same is None:
            kept[key] = point
        else:
            names = dict.fromkeys((*same.names, *point.names))
            limits = [p.most_changes for p in (same, point) if p.most_changes is not None]
            kept[key] = replace(same, names=tuple(names), most_changes=min(limits, default=None))
    ordered = sorted(kept.values(), key=lambda p: (*_place(p), p.id))
    return tuple(
        replace(point, id=f"p{number}", best=not any(_beats(other, point) for other in ordered))
        for number, point in enumerate(ordered, start=1)
    )


def _place(point: ScenarioPoint) -> tuple[int, float]:
    return point.result.changes, point.result.spread_percent


def _beats(other: ScenarioPoint, point: ScenarioPoint) -> bool:
    ours, theirs = _place(point), _place(other)
    return theirs != ours and theirs[0] <= ours[0] and theirs[1] <= ours[1]

"""The coverage gap report as plain data: headline figures, rows, and every gap with its cause."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from gridmgr.domain.coverage import Stretches, VillageCoverage
from gridmgr.domain.validate import require_aware, require_choice, require_text
from gridmgr.texts import Message

#: What a gap in a village of that risk weighs against the same gap in one of risk C.
RISK_WEIGHT = {"A": 1.5, "B": 1.25, "C": 1.0}
GAP_KINDS = frozenset({"ownership", "visits", "place", "certificate"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A hole in the coverage, its first cause, and what would close it.

    Parameters
    ----------
    kind
        ``ownership`` (nobody answers for the village), ``visits`` (overdue or short of visits), ``place``
        (not visited in its interval) or ``certificate`` (the lead officer may not enforce).
    subject_id, name
        Village code or place id, and its name.
    village_code, township_code, township_name
        Where it is; `village_code` None for a place outside every village.
    lon, lat
        A point in it, WGS84 degrees.
    cause, also
        The first cause, and whatever else contributed.
    fix
        What to do about the first cause, None where nothing general can be said.
    severity
        In visits owed, weighted by risk; larger is worse.
    days, missing
        Days overdue and visits missing in the period, where the kind has them.
    """

    kind: str
    subject_id: str
    name: str
    village_code: str | None
    township_code: str
    township_name: str
    lon: float
    lat: float
    cause: Message
    also: tuple[Message, ...] = ()
    fix: Message | None = None
    severity: float
    days: int | None = None
    missing: float | None = None

    def __post_init__(self) -> None:
        require_choice("Gap", "kind", self.kind, GAP_KINDS)
        require_text("Gap", "subject_id", self.subject_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstGap:
    """A gap that stands for others of its kind and cause in the same township."""

    gap: Gap
    alike: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number and what it was in the period before of equal length; None where that is not on record."""

    value: float | None
    before: float | None = None

    @property
    def change(self) -> float | None:
        """Now minus before."""
        return None if self.value is None or self.before is None else self.value - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The figures of page one.

    Parameters
    ----------
    lead_share
        Share of villages with a lead officer, 0 to 1.
    visit_share
        Share of required visits made, 0 to 1; surplus visits to one village do not make up for another.
    overdue
        Number of villages overdue on the last day.
    overdue_mean_days
        How many days those are overdue, on average.
    """

    lead_share: Figure
    visit_share: Figure
    overdue: Figure
    overdue_mean_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageRow:
    """A village in the report.

    Parameters
    ----------
    coverage
        How it stands on the last day.
    name, township_code, township_name, risk
        Of the village.
    lead
        Name of the lead officer, None where there is none.
    required
        Visits required in the period, in proportion to the days on record.
    visit_days
        Days with a visit in the period, ascending.
    planned_days
        Days on which a published plan held a stop in it.
    between
        Days between the visits.
    cause
        First cause of its worst gap, None where it has none.
    """

    coverage: VillageCoverage
    name: str
    township_code: str
    township_name: str
    risk: str
    lead: str | None
    required: float
    visit_days: tuple[date, ...]
    planned_days: int
    between: Stretches
    cause: Message | None = None

    @property
    def made(self) -> float:
        """Required visits that were made; surplus does not count."""
        return min(float(len(self.visit_days)), self.required)

    @property
    def missing(self) -> float:
        """Required visits that were not made."""
        return self.required - self.made


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """A place in the report, due `interval_days` after a visit; `lon`, `lat` in WGS84 degrees."""

    id: str
    name: str
    kind: str
    lon: float
    lat: float
    village_code: str | None
    village_name: str | None
    township_code: str
    township_name: str
    priority: int
    interval_days: int
    visits: int
    last_visit: date | None
    days_since: int | None
    overdue_days: int
    cause: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionRow:
    """How often premises were inspected, against what they bear.

    Parameters
    ----------
    id, name, township_code, township_name
        Of the place.
    count, exceptions
        Inspections of the calendar year up to the report's last day: those that count, and those that do not.
    yearly_cap, spacing_days
        What the place bears.
    last
        Its latest inspection, of this year or the one before.
    earliest
        First day from the report's last one on which it may be inspected; None where its cap is 0.
    saved
        Visits that joint inspections of the year spared it.
    """

    id: str
    name: str
    township_code: str
    township_name: str
    count: int
    exceptions: int
    yearly_cap: int
    spacing_days: int
    last: date | None
    earliest: date | None
    saved: int

    @property
    def is_full(self) -> bool:
        """Whether the year's cap is reached."""
        return self.count >= self.yearly_cap


@dataclass(frozen=True, slots=True, kw_only=True)
class TownshipRow:
    """A township in the report; on `planned_days` of its `working_days` it had a published plan."""

    code: str
    name: str
    villages: int
    with_lead: int
    required: float
    made: float
    overdue: int
    overdue_mean_days: float
    places_overdue: int
    gaps: int
    working_days: int
    planned_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageReport:
    """Who was not reached in a period, and why.

    Parameters
    ----------
    first, last
        The period, both days included.
    since
        The day records begin, None where there are none.
    area
        Name of the county or township reported on.
    headline
        The figures of page one.
    townships, villages, places
        Rows by code; places only those that have an interval.
    gaps
        Worst first.
    inspections
        Premises that cap and spacing hold for, by id.
    generated_at
        When, aware.
    sources
        What the figures rest on.
    """

    first: date
    last: date
    since: date | None
    area: str
    headline: Headline
    townships: tuple[TownshipRow, ...]
    villages: tuple[VillageRow, ...]
    places: tuple[PlaceRow, ...]
    gaps: tuple[Gap, ...]
    inspections: tuple[InspectionRow, ...] = ()
    generated_at: datetime
    sources: tuple[Message, ...]

    def __post_init__(self) -> None:
        require_aware("CoverageReport", "generated_at", self.generated_at)
        if self.last < self.first:
            raise ValueError(f"CoverageReport.last must not be before first, got {self.last}")

    def worst(self, count: int = 5) -> tuple[WorstGap, ...]:
        """The worst gaps, one for each kind and cause a township has, filled up with others when few.

        A township without any officers has one trouble, not thirty: the first stands for all and says how
        many there are alike.
        """
        alike: defaultdict[tuple[str, str, str], list[Gap]] = defaultdict(list)
        for gap in self.gaps:
            alike[gap.kind, gap.township_code, gap.cause.key].append(gap)
        heads = [WorstGap(gap=gaps[0], alike=len(gaps) - 1) for gaps in alike.values()]
        chosen = sorted(heads, key=lambda head: -head.gap.severity)[:count]
        shown = {id(head.gap) for head in chosen}
        rest = [WorstGap(gap=gap, alike=0) for gap in self.gaps if id(gap) not in shown]
        return (*chosen, *rest[: count - len(chosen)])

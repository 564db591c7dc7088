"""The coverage gap report for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import Field

from gridmgr.domain.coverage_report import (
    CoverageReport,
    Figure,
    Gap,
    InspectionRow,
    PlaceRow,
    TownshipRow,
    VillageRow,
)
from gridmgr.services.reporting import coverage_report
from webapp.api.schemas import Answer, Code, Day, Query
from webapp.guards import requires, scope
from webapp.reports.period import check_days
from webapp.state import ctx
from webapp.texts import say

reports_api = APIBlueprint("api_reports", __name__, tag="reports")


class CoverageQuery(Query):
    """The days reported on, both included, and whose villages; all the user may see by default."""

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")
    township: Code | None = None


class FigureOut(Answer):
    """A number and what it was in the period before of equal length; null where that is not on record."""

    value: float | None
    before: float | None
    change: float | None


class HeadlineOut(Answer):
    """Shares 0 to 1; overdue is a number of villages."""

    lead_share: FigureOut
    visit_share: FigureOut
    overdue: FigureOut
    overdue_mean_days: float


class TownshipRowOut(Answer):
    """A township; on `planned_days` of its `working_days` it had a published plan."""

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


class VillageRowOut(Answer):
    """A village; visits required and made in the period, debt in visits on its last day."""

    code: str
    name: str
    township: str
    risk: str
    lead: str | None
    required: float
    made: float
    visit_days: list[date]
    planned_days: int
    longest_between: int
    mean_between: float | None
    last_visit: date | None
    days_since: int | None
    overdue_days: int
    debt: float
    cause: str | None


class PlaceRowOut(Answer):
    """A place that is due every `interval_days`; degrees WGS84."""

    id: str
    name: str
    kind: str
    lon: float
    lat: float
    village_code: str | None
    township: str
    priority: int
    interval_days: int
    visits: int
    last_visit: date | None
    days_since: int | None
    overdue_days: int
    cause: str | None


class InspectionRowOut(Answer):
    """Premises: inspections of the calendar year up to the last day against the cap.

    `earliest` is the first day from the last one on which they may be inspected, None where the cap is 0;
    `saved` counts visits that joint inspections spared them.
    """

    id: str
    name: str
    township: str
    count: int
    exceptions: int
    yearly_cap: int
    spacing_days: int
    last: date | None
    earliest: date | None
    saved: int


class GapOut(Answer):
    """A hole in the coverage, with its first cause as a stable code and in words; worst first."""

    kind: str = Field(description="ownership, visits, place or certificate")
    id: str = Field(description="village code or place id")
    name: str
    village_code: str | None
    township: str
    lon: float
    lat: float
    severity: float
    days: int | None
    missing: float | None
    cause_code: str
    cause: str
    also: list[str]
    fix: str | None


class CoverageReportOut(Answer):
    """Who was not reached in a period, and why."""

    first: date
    last: date
    since: date | None = Field(description="The day records begin.")
    area: str
    generated_at: datetime
    headline: HeadlineOut
    townships: list[TownshipRowOut]
    villages: list[VillageRowOut]
    places: list[PlaceRowOut]
    gaps: list[GapOut]
    inspections: list[InspectionRowOut]
    sources: list[str]


@reports_api.get("/reports/coverage")
@reports_api.input(CoverageQuery, location="query", arg_name="query")
@reports_api.output(CoverageReportOut)
@requires("planner", "lead", "department", "admin")
def get_coverage(query: CoverageQuery) -> dict[str, Any]:
    """Report on coverage: villages nobody answers for or reached, places not visited, and why."""
    check_days(query.first, query.last, today=ctx().clock.today())
    township = scope(query.township)
    return _shown(coverage_report(ctx(), first=query.first, last=query.last, township_code=township))


def _shown(report: CoverageReport) -> dict[str, Any]:
    headline = report.headline
    return {
        "first": report.first,
        "last": report.last,
        "since": report.since,
        "area": report.area,
        "generated_at": report.generated_at,
        "headline": {
            "lead_share": _figure(headline.lead_share),
            "visit_share": _figure(headline.visit_share),
            "overdue": _figure(headline.overdue),
            "overdue_mean_days": round(headline.overdue_mean_days, 2),
        },
        "townships": [_township(row) for row in report.townships],
        "villages": [_village(row) for row in report.villages],
        "places": [_place(row) for row in report.places],
        "gaps": [_gap(gap) for gap in report.gaps],
        "inspections": [_inspections(row) for row in report.inspections],
        "sources": [say(source) for source in report.sources],
    }


def _figure(figure: Figure) -> dict[str, float | None]:
    values = {"value": figure.value, "before": figure.before, "change": figure.change}
    return {name: None if value is None else round(value, 4) for name, value in values.items()}


def _township(row: TownshipRow) -> dict[str, Any]:
    same = {name: getattr(row, name) for name in TownshipRowOut.model_fields}
    numbers = {name: round(same[name], 2) for name in ("required", "made", "overdue_mean_days")}
    return same | numbers


def _village(row: VillageRow) -> dict[str, Any]:
    coverage = row.coverage
    return {
        "code": coverage.village_code,
        "name": row.name,
        "township": row.township_code,
        "risk": row.risk,
        "lead": row.lead,
        "required": round(row.required, 2),
        "made": round(row.made, 2),
        "visit_days": row.visit_days,
        "planned_days": row.planned_days,
        "longest_between": row.between.longest,
        "mean_between": None if row.between.mean is None else round(row.between.mean, 2),
        "last_visit": coverage.last_visit,
        "days_since": coverage.days_since,
        "overdue_days": coverage.overdue_days,
        "debt": round(coverage.debt, 2),
        "cause": say(row.cause) if row.cause else None,
    }


def _place(row: PlaceRow) -> dict[str, Any]:
    own = ("township", "cause")
    same = {name: getattr(row, name) for name in PlaceRowOut.model_fields if name not in own}
    return same | {"township": row.township_code, "cause": say(row.cause) if row.cause else None}


def _inspections(row: InspectionRow) -> dict[str, Any]:
    same = {name: getattr(row, name) for name in InspectionRowOut.model_fields if name != "township"}
    return same | {"township": row.township_code}


def _gap(gap: Gap) -> dict[str, Any]:
    same = ("kind", "name", "village_code", "lon", "lat", "days")
    return {name: getattr(gap, name) for name in same} | {
        "id": gap.subject_id,
        "township": gap.township_code,
        "severity": round(gap.severity, 2),
        "missing": None if gap.missing is None else round(gap.missing, 2),
        "cause_code": gap.cause.key.removeprefix("reason."),
        "cause": say(gap.cause),
        "also": [say(message) for message in gap.also],
        "fix": say(gap.fix) if gap.fix else None,
    }

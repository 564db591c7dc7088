"""Which villages and places are gaps in the coverage, how bad each is, and its causes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from gridmgr.domain.coverage import LATE_CAP, WEEK
from gridmgr.domain.coverage_report import RISK_WEIGHT, Gap, PlaceRow, VillageRow
from gridmgr.domain.places import Village
from gridmgr.services.reporting.causes import Cause, Owners, Subject, not_reached
from gridmgr.services.reporting.evidence import Evidence
from gridmgr.texts import Message

#: A village nobody answers for weighs like one three visits behind; a lapsed certificate like one visit.
OWNERLESS_SEVERITY = 3.0
CERTIFICATE_SEVERITY = 1.0
#: A village that was reached, is not overdue and misses fewer visits than this is no gap.
TOLERATED_MISSING = 1.0


def find_gaps(
    evidence: Evidence, owners: Owners, villages: Sequence[VillageRow], places: Iterable[PlaceRow]
) -> tuple[Gap, ...]:
    """Every gap of the period, worst first.

    Parameters
    ----------
    evidence, owners
        What is known.
    villages
        A row for each of the evidence's villages, in their order.
    places
        Rows of the places that have an interval.
    """
    found: list[Gap] = []
    for village, row in zip(evidence.villages, villages, strict=True):
        found += _ownership_gaps(village, owners, evidence.period.last)
        if _is_behind(row):
            found.append(_visit_gap(village, row, evidence))
    found += [_place_gap(row, evidence) for row in places if row.overdue_days > 0]
    return tuple(sorted(found, key=lambda gap: (-gap.severity, gap.kind, gap.subject_id)))


def _ownership_gaps(village: Village, owners: Owners, day: date) -> list[Gap]:
    lead = owners.lead(village.code)
    weight = RISK_WEIGHT[village.risk]
    if lead is None:
        cause = owners.why_nobody(village)
        return [_gap_of(village, "ownership", [cause], severity=weight * OWNERLESS_SEVERITY)]
    if lead.certified_on(day):
        return []
    until = lead.certificate_valid_to
    key = "no_certificate" if until is None else "certificate_expired"
    words = {"officer": lead.name, "until": "" if until is None else until.isoformat()}
    cause = Cause(
        words=Message(f"reason.cover_{key}", words),
        fix=Message("reason.cover_fix_certificate", {"officer": lead.name}),
    )
    return [_gap_of(village, "certificate", [cause], severity=weight * CERTIFICATE_SEVERITY)]


def _is_behind(row: VillageRow) -> bool:
    if row.required == 0:
        return False
    return row.coverage.overdue_days > 0 or row.missing >= TOLERATED_MISSING or not row.visit_days


def _visit_gap(village: Village, row: VillageRow, evidence: Evidence) -> Gap:
    subject = Subject(
        township_code=village.township_code,
        planned=evidence.plans.planned.get(village.code, {}),
        left_out=evidence.plans.left_out.get(village.code, {}),
        visited=row.visit_days,
        required=row.required,
    )
    days = len(evidence.period.days_on_record())
    owed = max(row.coverage.debt, row.missing * WEEK / days)
    gap = _gap_of(
        village, "visits", not_reached(subject, evidence), severity=RISK_WEIGHT[village.risk] * owed
    )
    return replace(gap, days=row.coverage.overdue_days, missing=row.missing)


def _gap_of(village: Village, kind: str, causes: Sequence[Cause], *, severity: float) -> Gap:
    point = village.point
    return Gap(
        kind=kind,
        subject_id=village.code,
        name=village.name,
        village_code=village.code,
        township_code=village.township_code,
        township_name=village.township_name,
        lon=point.x,
        lat=point.y,
        cause=causes[0].words,
        also=tuple(cause.words for cause in causes[1:]),
        fix=causes[0].fix,
        severity=severity,
    )


def _place_gap(row: PlaceRow, evidence: Evidence) -> Gap:
    subject = Subject(
        township_code=row.township_code,
        planned=evidence.plans.planned_stops.get(row.id, {}),
        left_out=evidence.plans.left_out_stops.get(row.id, {}),
        visited=evidence.stop_visits.get(row.id, frozenset()),
        required=1,
    )
    causes = not_reached(subject, evidence)
    late = min(LATE_CAP, row.overdue_days / row.interval_days)
    return Gap(
        kind="place",
        subject_id=row.id,
        name=row.name,
        village_code=row.village_code,
        township_code=row.township_code,
        township_name=row.township_name,
        lon=row.lon,
        lat=row.lat,
        cause=causes[0].words,
        also=tuple(cause.words for cause in causes[1:]),
        fix=causes[0].fix,
        severity=late * min(row.priority, 10) / 10,
        days=row.overdue_days,
    )

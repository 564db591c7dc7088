"""The coverage report as GeoJSON: a feature a village (RFC 7946: WGS84, lon before lat, right-hand rings)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import shapely

from gridmgr.domain.coverage_report import CoverageReport, Gap, VillageRow
from gridmgr.domain.places import Village
from gridmgr.texts import DEFAULT_LANGUAGE

#: Decimal places of a degree that are kept: a centimetre, as RFC 7946 section 11.2 advises against more.
DECIMALS = 7


def coverage_geojson(
    report: CoverageReport, villages: Iterable[Village], *, lang: str = DEFAULT_LANGUAGE
) -> str:
    """One FeatureCollection of the report's villages.

    Parameters
    ----------
    report
        The report.
    villages
        Their borders, EPSG:4326; those the report does not know are left out.
    lang
        Language of the causes.

    Returns
    -------
    str
        JSON text. Properties hold the village's codes and names, lead officer, required and made visits, last
        visit, days since, days overdue, debt in visits, and its gaps with cause and fix in words.
    """
    rows = {row.coverage.village_code: row for row in report.villages}
    gaps: dict[str, list[Gap]] = {}
    for gap in report.gaps:
        if gap.kind != "place":
            gaps.setdefault(gap.subject_id, []).append(gap)
    features = [
        {
            "type": "Feature",
            "id": village.code,
            "geometry": _geometry(village),
            "properties": _properties(rows[village.code], gaps.get(village.code, []), lang),
        }
        for village in villages
        if village.code in rows
    ]
    collection = {
        "type": "FeatureCollection",
        "period": [report.first.isoformat(), report.last.isoformat()],
        "generated_at": report.generated_at.isoformat(),
        "features": features,
    }
    return json.dumps(collection, ensure_ascii=False, allow_nan=False)


def _geometry(village: Village) -> Any:
    rings = shapely.orient_polygons(shapely.force_2d(village.geometry), exterior_cw=False)
    return _rounded(shapely.geometry.mapping(rings))


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return round(value, DECIMALS) if isinstance(value, float) else value


def _properties(row: VillageRow, gaps: Iterable[Gap], lang: str) -> dict[str, Any]:
    coverage = row.coverage
    return {
        "code": coverage.village_code,
        "name": row.name,
        "township_code": row.township_code,
        "township_name": row.township_name,
        "risk": row.risk,
        "lead_officer": row.lead,
        "required_visits_per_week": coverage.required_per_week,
        "required_visits": round(row.required, 2),
        "visits": len(row.visit_days),
        "visit_days": [day.isoformat() for day in row.visit_days],
        "planned_days": row.planned_days,
        "last_visit": None if coverage.last_visit is None else coverage.last_visit.isoformat(),
        "days_since": coverage.days_since,
        "overdue_days": coverage.overdue_days,
        "coverage_debt": round(coverage.debt, 2),
        "longest_gap_days": row.between.longest,
        "mean_gap_days": row.between.mean,
        "gaps": [
            {
                "kind": gap.kind,
                "severity": round(gap.severity, 2),
                "cause": gap.cause.render(lang),
                "cause_code": gap.cause.key.removeprefix("reason."),
                "fix": None if gap.fix is None else gap.fix.render(lang),
            }
            for gap in gaps
        ],
        "cause": None if row.cause is None else row.cause.render(lang),
    }

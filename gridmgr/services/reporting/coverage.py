"""The coverage gap report: who was not reached, how far behind they are, and the first cause of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from gridmgr.domain.coverage import (
    VillageCoverage,
    overdue,
    place_interval,
    required_in,
    stretches,
    village_coverage,
    visit_share,
)
from gridmgr.domain.coverage_report import (
    CoverageReport,
    Figure,
    Gap,
    Headline,
    PlaceRow,
    TownshipRow,
    VillageRow,
)
from gridmgr.domain.places import Place, Village
from gridmgr.errors import BadInput
from gridmgr.services.context import Context
from gridmgr.services.reporting.causes import Owners
from gridmgr.services.reporting.evidence import Evidence, read_evidence
from gridmgr.services.reporting.gaps import find_gaps
from gridmgr.texts import Message

#: Earlier days are slips of the pen; nothing was computed with yet.
EARLIEST = date(1990, 1, 1)


def coverage_report(
    ctx: Context, *, first: date, last: date, township_code: str | None = None
) -> CoverageReport:
    """Report on the days ``first`` to ``last``, both included.

    Parameters
    ----------
    ctx
        Where to read; the clock's day cuts off days that are still to come.
    first, last
        The period. Changes are against the period of equal length right before it.
    township_code
        Only this township; None for all.

    Raises
    ------
    BadInput
        If `last` is before `first`, `first` before `EARLIEST`, or the period has not begun yet.
    NotFound
        If there is no such township.
    """
    if last < first:
        raise BadInput("report.bad_period", first=first.isoformat(), last=last.isoformat())
    if first < EARLIEST:
        raise BadInput("report.too_early", first=first.isoformat(), earliest=EARLIEST.isoformat())
    if first > ctx.clock.today():
        raise BadInput("report.future_period", first=first.isoformat())
    evidence = read_evidence(ctx, first=first, last=last, township_code=township_code)
    owners = Owners(evidence)
    villages = [_village_row(village, evidence, owners) for village in evidence.villages]
    places = _place_rows(evidence)
    gaps = find_gaps(evidence, owners, villages, places)
    causes = _first_causes(gaps)
    rows = tuple(replace(row, cause=causes.get((False, row.coverage.village_code))) for row in villages)
    return CoverageReport(
        first=first,
        last=evidence.period.last,
        since=evidence.period.since,
        area=evidence.area,
        headline=_headline(evidence, rows),
        townships=_township_rows(evidence, rows, places, gaps),
        villages=rows,
        places=tuple(replace(row, cause=causes.get((True, row.id))) for row in places),
        gaps=gaps,
        inspections=evidence.inspections.rows(evidence.villages, evidence.settings),
        generated_at=ctx.clock.now(),
        sources=_sources(evidence, rows),
    )


def report_villages(ctx: Context, *, township_code: str | None = None) -> list[Village]:
    """The villages of a report with their borders, to draw them."""
    with ctx.storage.read() as uow:
        return uow.villages.find(township_code=township_code)


def _first_causes(gaps: Iterable[Gap]) -> dict[tuple[bool, str], Message]:
    """The cause of each subject's worst gap, by whether it is a place, and its id."""
    causes: dict[tuple[bool, str], Message] = {}
    for gap in gaps:
        causes.setdefault((gap.kind == "place", gap.subject_id), gap.cause)
    return causes


def _village_row(village: Village, evidence: Evidence, owners: Owners) -> VillageRow:
    period = evidence.period
    visits = evidence.visits.get(village.code, frozenset())
    inside = tuple(sorted(day for day in visits if period.first <= day <= period.last))
    lead = owners.lead(village.code)
    return VillageRow(
        coverage=_coverage(village, evidence, as_of=period.last),
        name=village.name,
        township_code=village.township_code,
        township_name=village.township_name,
        risk=village.risk,
        lead=None if lead is None else lead.name,
        required=required_in(village, first=period.first, last=period.last, since=period.since),
        visit_days=inside,
        planned_days=len(evidence.plans.planned.get(village.code, ())),
        between=stretches(inside, first=period.begin or period.first, last=period.last),
    )


def _coverage(village: Village, evidence: Evidence, *, as_of: date) -> VillageCoverage:
    # Where nothing is on record yet, records begin tomorrow: nobody is behind.
    since = evidence.period.since or as_of + timedelta(days=1)
    visits = evidence.visits.get(village.code, frozenset())
    return village_coverage(village, visits, as_of=as_of, since=since)


def _place_rows(evidence: Evidence) -> list[PlaceRow]:
    villages = {village.code: village for village in evidence.villages}
    rows = []
    for place in evidence.places:
        interval = place_interval(place, interval_days=evidence.settings.place_interval_days)
        if interval is not None:
            rows.append(_place_row(place, interval, villages.get(place.village_code or ""), evidence))
    return rows


def _place_row(place: Place, interval: int, village: Village | None, evidence: Evidence) -> PlaceRow:
    period = evidence.period
    visits = evidence.stop_visits.get(place.id, frozenset())
    past = [day for day in visits if day <= period.last]
    last = max(past, default=None)
    since = period.since or period.last
    elapsed = (period.last - max(last or since, since)).days
    return PlaceRow(
        id=place.id,
        name=place.name,
        kind=place.kind,
        lon=place.lon,
        lat=place.lat,
        village_code=place.village_code,
        village_name=None if village is None else village.name,
        township_code=place.township_code or (village.township_code if village else ""),
        township_name=village.township_name if village else "",
        priority=place.priority,
        interval_days=interval,
        visits=sum(day >= period.first for day in past),
        last_visit=last,
        days_since=None if last is None else (period.last - last).days,
        overdue_days=max(0, elapsed - interval),
    )


def _headline(evidence: Evidence, rows: Sequence[VillageRow]) -> Headline:
    period = evidence.period
    begun_before = period.since is not None and period.since <= period.before_last
    late, mean_days = overdue(row.coverage for row in rows)
    late_before = None
    share_before = None
    if begun_before:
        before = (_coverage(village, evidence, as_of=period.before_last) for village in evidence.villages)
        late_before = float(overdue(before)[0])
        share_before = _visit_share_before(evidence)
    with_lead = sum(row.lead is not None for row in rows)
    lead_share = with_lead / len(rows) if rows else None
    required = {row.coverage.village_code: row.required for row in rows}
    made = {row.coverage.village_code: len(row.visit_days) for row in rows}
    return Headline(
        lead_share=Figure(value=lead_share, before=lead_share if _same_owners_before(evidence) else None),
        visit_share=Figure(value=visit_share(required, made), before=share_before),
        overdue=Figure(value=float(late), before=late_before),
        overdue_mean_days=mean_days,
    )


def _visit_share_before(evidence: Evidence) -> float | None:
    period = evidence.period
    first, last = period.before_first, period.before_last
    required = {v.code: required_in(v, first=first, last=last, since=period.since) for v in evidence.villages}
    visits = {
        code: sum(first <= day <= last for day in evidence.visits.get(code, frozenset())) for code in required
    }
    return visit_share(required, visits)


def _same_owners_before(evidence: Evidence) -> bool:
    """Whether the ownership plans in force were so before; earlier ones cannot be told from drafts."""
    return all(day <= evidence.period.before_last for day in evidence.ownership_days.values())


def _township_rows(
    evidence: Evidence, rows: Iterable[VillageRow], places: Iterable[PlaceRow], gaps: Iterable[Gap]
) -> tuple[TownshipRow, ...]:
    own: defaultdict[str, list[VillageRow]] = defaultdict(list)
    for row in rows:
        own[row.township_code].append(row)
    late_places: defaultdict[str, int] = defaultdict(int)
    for place in places:
        late_places[place.township_code] += place.overdue_days > 0
    gap_count: defaultdict[str, int] = defaultdict(int)
    for gap in gaps:
        gap_count[gap.township_code] += 1
    return tuple(
        _township_row(evidence, own[code], places_overdue=late_places[code], gaps=gap_count[code])
        for code in sorted(own)
    )


def _township_row(
    evidence: Evidence, rows: Sequence[VillageRow], *, places_overdue: int, gaps: int
) -> TownshipRow:
    code = rows[0].township_code
    late, mean_days = overdue(row.coverage for row in rows)
    working = evidence.working_days[code]
    return TownshipRow(
        code=code,
        name=rows[0].township_name,
        villages=len(rows),
        with_lead=sum(row.lead is not None for row in rows),
        required=sum(row.required for row in rows),
        made=sum(row.made for row in rows),
        overdue=late,
        overdue_mean_days=mean_days,
        places_overdue=places_overdue,
        gaps=gaps,
        working_days=len(working),
        planned_days=len(evidence.plans.route_days.get(code, set()).intersection(working)),
    )


def _sources(evidence: Evidence, rows: Sequence[VillageRow]) -> tuple[Message, ...]:
    period = evidence.period
    days = [day for row in rows for day in row.visit_days]
    newest = max(days, default=None)
    sources = [
        Message("report.source_villages", {"villages": len(rows), "places": len(evidence.places)}),
        Message("report.source_plans", {"plans": evidence.plan_count}),
        Message("report.source_ownership", {"plans": len(evidence.ownership)}),
    ]
    if newest is None:
        sources.append(Message("report.source_no_visits"))
    else:
        numbers = {"visits": len(days), "last": newest.isoformat()}
        sources.append(Message("report.source_visits", numbers))
    if period.since is not None:
        sources.append(Message("report.source_since", {"since": period.since.isoformat()}))
    return tuple(sources)

"""A township's week to plan, and the judge of what came of it, for `benchmarks.week`.

A week is drawn from a seed: villages in clusters (or those of a township in a village file, with the borders
that file has), risks, and on which days of the fortnight before somebody came. The judge knows no planner:
it walks every squad's day over the roads, counts who was where on which day, and measures what is owed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
from shapely import box
from shapely.geometry.base import BaseGeometry

from gridmgr.domain.coverage import WEEK
from gridmgr.domain.places import DEFAULT_VISITS_PER_WEEK, Village
from gridmgr.domain.settings import OfficeSettings
from gridmgr.geo.matrices import travel_matrix
from gridmgr.geo.readers import read_layer
from gridmgr.geo.routers.base import Matrix
from gridmgr.geo.routers.straight import StraightLineRouter
from gridmgr.geo.villages import check_table
from gridmgr.services.planning.candidates import RISK_FACTOR, Depot
from gridmgr.services.planning.week_inputs import WeekInputs

#: A Monday; the week planned begins on it.
FIRST = date(2026, 3, 2)
DAYS = [FIRST + timedelta(days=number) for number in range(WEEK)]
OPEN_DAYS = DAYS[:5]
#: A squad's working day without lunch, seconds.
DAY_SECONDS = 7 * 3600
#: Days before the week that are on record.
_PAST_DAYS = 14
#: Share of risks A, B and C.
_RISKS = (0.2, 0.3, 0.5)
#: Of the visits that were due before the week, so many were made.
_DILIGENCE = 0.8
#: Villages a squad can about keep up with.
_VILLAGES_A_SQUAD = 36
#: Corner of the land, degrees, its side, and how far villages of a cluster lie apart.
_LON, _LAT, _SIDE, _SPREAD = 112.9, 28.2, 0.2, 0.02

#: Stop orders by squad number, and those by day.
DayOrders = Mapping[str, Sequence[str]]
WeekOrders = Mapping[date, DayOrders]


@dataclass(frozen=True, kw_only=True)
class Week:
    """A township on the eve of a week.

    Parameters
    ----------
    name
        Of the case.
    villages
        By code.
    history
        Days of the fortnight before on which each was visited.
    squads
        How many go out each working day.
    depot
        Where they set out.
    matrix
        Travel; the depot is row 0, villages follow.
    office
        Its rules.
    """

    name: str
    villages: tuple[Village, ...]
    history: Mapping[str, frozenset[date]]
    squads: int
    depot: Depot
    matrix: Matrix
    office: OfficeSettings

    def inputs(
        self, visits: Mapping[str, Iterable[date]], *, as_of: date = FIRST, lost: Iterable[date] = ()
    ) -> WeekInputs:
        """The week as the product's planner takes it, after those visits and knowing of those lost days."""
        gone = set(lost)
        return WeekInputs(
            township_code="t",
            first=FIRST,
            days=WEEK,
            as_of=as_of,
            villages=self.villages,
            spots={village.code: spot(village) for village in self.villages},
            visits={code: self.history[code] | set(days) for code, days in visits.items()},
            promised={village.code: frozenset() for village in self.villages},
            limits={
                day: (DAY_SECONDS,) * self.squads if day in OPEN_DAYS and day not in gone else ()
                for day in DAYS
            },
            closed=frozenset(),
            since=FIRST - timedelta(days=_PAST_DAYS),
            depot=self.depot,
            office=self.office,
            number=0,
        )

    def node(self, code: str) -> int:
        """Row of a village in the matrix."""
        return 1 + next(i for i, village in enumerate(self.villages) if village.code == code)


def spot(village: Village) -> tuple[float, float]:
    """Where a squad goes in a village."""
    return village.point.x, village.point.y


def drawn(count: int, *, seed: int, squads: int | None = None, office: OfficeSettings | None = None) -> Week:
    """A township of so many villages."""
    random = np.random.default_rng([seed, count])
    centres = random.uniform(0.1 * _SIDE, 0.9 * _SIDE, (max(3, count // 8), 2))
    points = centres[random.integers(len(centres), size=count)] + random.normal(0, _SPREAD / 2, (count, 2))
    half = 0.002
    villages = [
        _village(f"v{i:03d}", box(x - half, y - half, x + half, y + half), random)
        for i, (x, y) in enumerate(points + np.array([_LON, _LAT]))
    ]
    return _week(f"drawn {count}", villages, random, squads, office)


def on_land(
    path: Path,
    *,
    seed: int,
    squads: int | None = None,
    township: str | None = None,
    office: OfficeSettings | None = None,
) -> Week:
    """Villages of a file, of one township where it is named; risks and the past are drawn.

    Raises
    ------
    ValueError
        If the file or the township holds no villages.
    """
    random = np.random.default_rng(seed)
    rows = check_table(read_layer(path)).villages
    chosen = [row for row in rows if township is None or row.township_code == township]
    if not chosen:
        raise ValueError(f"{path.name}: no villages of {township or 'any township'}")
    villages = [_village(row.code, row.geometry, random) for row in chosen]
    return _week(township or path.stem, villages, random, squads, office)


def _village(code: str, geometry: BaseGeometry, random: np.random.Generator) -> Village:
    risk = str(random.choice(list(RISK_FACTOR), p=_RISKS))
    return Village(
        code=code,
        name=code,
        township_code="t",
        township_name="t",
        county_code="c",
        county_name="c",
        risk=risk,
        required_visits_per_week=DEFAULT_VISITS_PER_WEEK[risk],
        geometry=geometry,
    )


def _week(
    name: str,
    villages: list[Village],
    random: np.random.Generator,
    squads: int | None,
    office: OfficeSettings | None,
) -> Week:
    past = [FIRST - timedelta(days=number) for number in range(_PAST_DAYS, 0, -1)]
    past = [day for day in past if day.weekday() < OPEN_DAYS[-1].weekday() + 1]
    history = {}
    for village in villages:
        due = village.required_visits_per_week * _PAST_DAYS // WEEK
        made = int(random.binomial(due, _DILIGENCE))
        days = random.choice(len(past), size=min(made, len(past)), replace=False)
        history[village.code] = frozenset(past[int(number)] for number in days)
    points = np.array([spot(village) for village in villages])
    lon, lat = (float(value) for value in points.mean(axis=0))
    return Week(
        name=name,
        villages=tuple(villages),
        history=history,
        squads=squads or max(1, math.ceil(len(villages) / _VILLAGES_A_SQUAD)),
        depot=Depot(name="", lon=lon, lat=lat, on_record=True),
        matrix=travel_matrix(StraightLineRouter(), np.vstack([[(lon, lat)], points]), depot=0),
        office=office or OfficeSettings(week_reserve_percent=0),
    )


def judge(week: Week, orders: WeekOrders, *, lost: Iterable[date] = ()) -> dict[str, object]:
    """What a week came to, and whether every day of it was possible.

    Parameters
    ----------
    week
        The township.
    orders
        What each squad did on each day.
    lost
        Days on which nobody could go out.
    """
    open_days = set(OPEN_DAYS) - set(lost)
    valid, metres = True, 0
    came: dict[str, set[date]] = {village.code: set() for village in week.villages}
    for day, squads in orders.items():
        routes = [route for route in squads.values() if route]
        valid = valid and (not routes or day in open_days) and len(routes) <= week.squads
        for route in routes:
            lasts, length = _walk(week, route)
            valid = valid and lasts <= DAY_SECONDS
            metres += length
            for code in route:
                valid = valid and day not in came[code]
                came[code].add(day)
    return {"valid": valid, "km": round(metres / 1000, 1), **_measure(week, came)}


def _walk(week: Week, route: Sequence[str]) -> tuple[int, int]:
    """How long a squad's day takes, seconds, and how far it drives, metres."""
    nodes = [0, *(week.node(code) for code in route), 0]
    lasts = sum(int(week.matrix.seconds[a, b]) for a, b in pairwise(nodes))
    length = sum(int(week.matrix.metres[a, b]) for a, b in pairwise(nodes))
    return lasts + 60 * week.office.village_visit_minutes * len(route), length


def _measure(week: Week, came: Mapping[str, set[date]]) -> dict[str, object]:
    """Debt at the end, visits of those asked, and how they are spaced; the debt by its definition."""
    asked = made = beyond = close = 0
    debt = weighed = 0.0
    gaps: list[int] = []
    for village in week.villages:
        due, days = village.required_visits_per_week, came[village.code]
        asked, made = asked + due, made + min(due, len(days))
        beyond += max(0, len(days) - due)
        before = week.history[village.code]
        own = _debt(due, before | days)
        debt, weighed = debt + own, weighed + RISK_FACTOR[village.risk] * own
        known = [*([max(before)] if before else []), *sorted(days)]
        between = [(later - earlier).days for earlier, later in pairwise(known)]
        gaps += between
        close += sum(max(0, math.ceil(WEEK / due / 2) - gap) for gap in between)
    return {
        "asked": asked,
        "made": made,
        "beyond": beyond,
        "debt": round(debt, 2),
        "debt_by_risk": round(weighed, 2),
        "least_spacing": min(gaps, default=None),
        "mean_spacing": round(sum(gaps) / len(gaps), 2) if gaps else None,
        "close_days": close,
    }


def _debt(required: int, visits: set[date] | frozenset[date]) -> float:
    """Visits owed on the week's last day: those missing of its seven days, and how late the next one is."""
    missing = max(0, required - sum(day >= FIRST for day in visits))
    seen = max(visits, default=FIRST - timedelta(days=_PAST_DAYS))
    late = max(0.0, (DAYS[-1] - seen).days * required / WEEK - 1)
    return missing + min(4.0, late)

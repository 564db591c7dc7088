"""How far villages are behind their required visits.

Coverage debt
-------------
A village requires ``r`` visits a week, one every ``7 / r`` days. On a day ``as_of`` its debt, in visits, is::

    debt    = missing + late
    missing = max(0, r * n / 7 - visits)            n: days of the 7 ending at as_of that are on record
    late    = min(LATE_CAP, max(0, elapsed / (7 / r) - 1))     elapsed: days since the last visit

``missing`` says how many visits the last seven days owe; ``late`` says how many whole intervals have gone by
beyond the first without anybody coming, so that of two villages nobody saw this week the longer forgotten one
comes first. Only days since ``since`` count, the day records begin: a village is not blamed for weeks nobody
wrote down, and one never visited counts as seen on that day. Days are counted once, however many squads
came. No visit ever raises the debt.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from gridmgr.domain.patrols import CheckIn
from gridmgr.domain.places import Place, Village

WEEK = 7
#: Most intervals that being late adds to the debt: beyond a month of a weekly village, later is no worse.
LATE_CAP = 4.0
#: Kinds of place that squads start from rather than visit.
NOT_VISITED_KINDS = frozenset({"depot", "committee"})
HIGHEST_PRIORITY = 10
_VILLAGE_STOP = "village:"


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageCoverage:
    """How a village stands on one day.

    Parameters
    ----------
    village_code
        Which village.
    required_per_week
        Visits a week it has to get; more than seven cannot be told apart and count as seven.
    visits_last_7_days
        Distinct days with a visit among the seven that end at the day asked for.
    last_visit
        Day of the latest visit, None where none is known.
    days_since
        Days from then to the day asked for, None where none is known.
    overdue_days
        Days beyond the interval, rounded up to whole days, in which a visit was due; 0 when not overdue.
    debt
        Visits owed, see the head of this module; 0 when none are required.
    """

    village_code: str
    required_per_week: int
    visits_last_7_days: int
    last_visit: date | None
    days_since: int | None
    overdue_days: int
    debt: float


def village_coverage(
    village: Village, visit_days: Collection[date], *, as_of: date, since: date
) -> VillageCoverage:
    """Measure one village.

    Parameters
    ----------
    village
        The village.
    visit_days
        Days on which somebody checked in there, in any order, repeats allowed; those after `as_of` do not
        count.
    as_of
        The day the debt is wanted for; a visit on that day counts.
    since
        The day records begin.
    """
    required = min(village.required_visits_per_week, WEEK)
    days = {day for day in visit_days if day <= as_of}
    last = max(days, default=None)
    begin = max(since, as_of - timedelta(days=WEEK - 1))
    recent = sum(day >= begin for day in days)
    elapsed = max(0, (as_of - max(last or since, since)).days)
    return VillageCoverage(
        village_code=village.code,
        required_per_week=required,
        visits_last_7_days=recent,
        last_visit=last,
        days_since=None if last is None else (as_of - last).days,
        overdue_days=0 if required == 0 else max(0, elapsed - math.ceil(WEEK / required)),
        debt=_debt(required, recorded=max(0, (as_of - begin).days + 1), recent=recent, elapsed=elapsed),
    )


def _debt(required: int, *, recorded: int, recent: int, elapsed: int) -> float:
    if required == 0:
        return 0.0
    missing = max(0.0, required * recorded / WEEK - recent)
    late = max(0.0, elapsed * required / WEEK - 1.0)
    return missing + min(LATE_CAP, late)


def visited_village(check_in: CheckIn) -> str | None:
    """Code of the village a check-in counts for: any stop within a village is a visit of that village."""
    if check_in.village_code is not None:
        return check_in.village_code
    return village_of_stop(check_in.stop_id)


def village_stop(village_code: str) -> str:
    """Id of the stop that stands for patrolling a village."""
    return _VILLAGE_STOP + village_code


def village_of_stop(stop_id: str) -> str | None:
    """The other way round; None for stops that are not a village's."""
    return stop_id.removeprefix(_VILLAGE_STOP) if stop_id.startswith(_VILLAGE_STOP) else None


def debts(
    villages: Iterable[Village], check_ins: Iterable[CheckIn], *, as_of: date, since: date
) -> dict[str, VillageCoverage]:
    """Measure many villages at once, by code; parameters as in `village_coverage`."""
    days: defaultdict[str, set[date]] = defaultdict(set)
    for check_in in check_ins:
        code = visited_village(check_in)
        if code is not None:
            days[code].add(check_in.day)
    return {v.code: village_coverage(v, days[v.code], as_of=as_of, since=since) for v in villages}


def place_interval(place: Place, *, interval_days: int) -> int | None:
    """Days after which a place is due again; None for one that never is.

    Parameters
    ----------
    place
        The place.
    interval_days
        Of a place of priority 10; lower priorities wait longer in proportion
        (see `gridmgr.domain.settings.OfficeSettings.place_interval_days`).
    """
    if place.kind in NOT_VISITED_KINDS or place.priority == 0:
        return None
    return math.ceil(interval_days * HIGHEST_PRIORITY / min(place.priority, HIGHEST_PRIORITY))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretches:
    """Days between visits within a period.

    Parameters
    ----------
    longest
        Most days from one visit to the next; the period's ends count like visits.
    mean
        Mean days between two consecutive visits, None with fewer than two.
    """

    longest: int
    mean: float | None


def stretches(visit_days: Collection[date], *, first: date, last: date) -> Stretches:
    """Days in between the visits of the period ``first`` to ``last``, both included."""
    days = sorted({day for day in visit_days if first <= day <= last})
    ends = [first, *days, last]
    longest = max((later - earlier).days for earlier, later in pairwise(ends))
    mean = (days[-1] - days[0]).days / (len(days) - 1) if len(days) > 1 else None
    return Stretches(longest=longest, mean=mean)


def overdue(rows: Iterable[VillageCoverage]) -> tuple[int, float]:
    """Number of overdue villages and their mean days overdue (0.0 when none is)."""
    days = [row.overdue_days for row in rows if row.overdue_days > 0]
    return len(days), sum(days) / len(days) if days else 0.0


def required_in(village: Village, *, first: date, last: date, since: date | None) -> float:
    """Visits a village requires from `first` to `last`, both included, scaled to the days on record."""
    if since is None:
        return 0.0
    recorded = max(0, (last - max(first, since)).days + 1)
    return min(village.required_visits_per_week, WEEK) * recorded / WEEK


def visit_share(required: Mapping[str, float], visits: Mapping[str, int]) -> float | None:
    """Share of required visits made, both by village code; None when none is required."""
    total = sum(required.values())
    made = sum(min(float(visits.get(code, 0)), due) for code, due in required.items())
    return made / total if total else None

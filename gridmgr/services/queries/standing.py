"""How villages stand on a day: coverage from every visit on record, by a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from gridmgr.domain.coverage import VillageCoverage, village_coverage, village_of_stop
from gridmgr.domain.places import Village
from gridmgr.storage import UnitOfWork

#: Days whose visits are counted one by one; of older ones only the last counts.
_WINDOW_DAYS = 28


def coverage_on(uow: UnitOfWork, villages: Iterable[Village], day: date) -> dict[str, VillageCoverage]:
    """Coverage of villages as of a day, visits of that day included, by code."""
    first = day - timedelta(days=_WINDOW_DAYS)
    days: defaultdict[str, set[date]] = defaultdict(set)
    rows = [*uow.check_ins.last_days(before=first), *uow.check_ins.visit_days(first, day)]
    for village_code, stop_id, visited in rows:
        code = village_code or village_of_stop(stop_id)
        if code is not None:
            days[code].add(visited)
    since = uow.check_ins.first_day() or day
    return {v.code: village_coverage(v, days[v.code], as_of=day, since=min(since, day)) for v in villages}

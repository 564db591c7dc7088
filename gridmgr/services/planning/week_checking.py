"""Checking a week plan again, without any solver and by arithmetic of its own."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gridmgr.domain.coverage import WEEK, village_coverage
from gridmgr.domain.places import Village
from gridmgr.domain.week import WeekDay, WeekPlan, WeekRoute, WeekVillage
from gridmgr.geo.routers.base import Matrix
from gridmgr.texts import Message

#: Debts are told to hundredths.
_ROUNDING = 0.006


class UnverifiedWeekError(RuntimeError):
    """A week plan that breaks a rule was about to be stored.

    Parameters
    ----------
    findings
        What it breaks.
    """

    def __init__(self, findings: Sequence[Message]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(message.render("en") for message in findings))


@dataclass(frozen=True, kw_only=True)
class Land:
    """Where villages lie for a squad.

    Parameters
    ----------
    villages
        By code.
    rows
        Row of each in the travel matrix; the depot is row 0.
    matrix
        Travel.
    visit_minutes
        Stay in a village.
    """

    villages: Mapping[str, Village]
    rows: Mapping[str, int]
    matrix: Matrix
    visit_minutes: int

    @classmethod
    def of(cls, villages: Sequence[Village], matrix: Matrix, *, visit_minutes: int) -> Land:
        """Villages in the order of the matrix, behind the depot."""
        return cls(
            villages={village.code: village for village in villages},
            rows={village.code: row for row, village in enumerate(villages, start=1)},
            matrix=matrix,
            visit_minutes=visit_minutes,
        )

    def lasts(self, codes: Sequence[str]) -> int | None:
        """Seconds of a squad's day, None where no road leads on."""
        at, total = 0, 0
        for row in [*(self.rows[code] for code in codes), 0] if codes else []:
            way = int(self.matrix.seconds[at, row])
            if way < 0:
                return None
            total += way
            at = row
        return total + 60 * self.visit_minutes * len(codes)


def week_findings(
    plan: WeekPlan,
    land: Land,
    *,
    visits: Mapping[str, Collection[date]] | None = None,
    since: date | None = None,
) -> tuple[Message, ...]:
    """Every rule a week plan breaks; empty for a good plan.

    Parameters
    ----------
    plan
        The plan as stored.
    land
        Its villages and roads.
    visits
        Days of visits that were known when it was made, by village, those before the week included; without
        them debt and spacing are not counted again.
    since
        The day records begin; goes with `visits`.
    """
    found = [message for day in plan.days for message in _day(plan, day, land)]
    sent = _sent(plan)
    for item in plan.villages:
        village = land.villages.get(item.village_code)
        if village is None:
            found.append(Message("week.check_unknown", {"village": item.village_code}))
            continue
        found += _village(plan, item, village, sent.get(item.village_code, set()))
        if visits is not None and since is not None:
            found += _measures(plan, item, village, visits[item.village_code], since)
    return tuple(found)


def _sent(plan: WeekPlan) -> dict[str, set[date]]:
    """Days on which routes go to each village."""
    sent: dict[str, set[date]] = {}
    for day in plan.days:
        for route in day.routes:
            for code in route.villages:
                sent.setdefault(code, set()).add(day.day)
    return sent


def _day(plan: WeekPlan, day: WeekDay, land: Land) -> Iterator[Message]:
    busy = [route for route in day.routes if route.villages]
    codes = [code for route in busy for code in route.villages]
    where = {"day": day.day.isoformat()}
    if busy and not (day.open and day.day >= plan.as_of):
        yield Message("week.check_not_open", where)
    if len(busy) > day.squads:
        yield Message("week.check_squads", where | {"routes": len(busy), "squads": day.squads})
    if len(set(codes)) < len(codes):
        yield Message("week.check_twice", where)
    if strangers := sorted(set(codes) - set(land.villages)):
        yield Message("week.check_unknown", {"village": strangers[0]})
        return
    kept = 100 * sum(route.limit for route in day.routes)
    if kept > (100 - plan.rules.reserve_percent) * day.seconds:
        yield Message("week.check_reserve", where | {"percent": plan.rules.reserve_percent})
    yield from _routes(busy, land, where)
    if day.routes and sum(route.seconds for route in busy) != day.used_seconds:
        yield Message("week.check_sum", where)


def _routes(routes: Iterable[WeekRoute], land: Land, where: Mapping[str, str]) -> Iterator[Message]:
    for route in routes:
        lasts = land.lasts(route.villages)
        if lasts is None:
            yield Message("week.check_no_road", where)
        elif lasts != route.seconds:
            yield Message("week.check_sum", where)
        elif lasts > route.limit:
            over = math.ceil((lasts - route.limit) / 60)
            yield Message("week.check_too_long", {**where, "minutes": over})


def _village(plan: WeekPlan, item: WeekVillage, village: Village, sent: set[date]) -> Iterator[Message]:
    name = {"village": village.name}
    keeps_routes = any(day.routes for day in plan.days)
    free = {day.day for day in plan.days if day.open}
    if keeps_routes and set(item.planned) & free != sent:
        yield Message("week.check_days_differ", name)
    if sent and len({*item.done, *item.planned}) > max(item.due, len({*item.done, *item.planned} - sent)):
        yield Message("week.check_beyond", name | {"due": item.due})
    if (item.short or item.close_days) and item.reason is None and item.debt_after > _ROUNDING:
        yield Message("week.check_no_reason", name)


def _measures(
    plan: WeekPlan, item: WeekVillage, village: Village, visits: Collection[date], since: date
) -> Iterator[Message]:
    """Debt and spacing, counted day by day."""
    name = {"village": village.name}
    past = {day for day in visits if day < plan.as_of or day in item.done}
    known = past | set(item.planned)
    debt = village_coverage(village, known, as_of=plan.last, since=since).debt
    if abs(debt - item.debt_after) > _ROUNDING:
        yield Message("week.check_debt", name | {"told": item.debt_after, "is": round(debt, 2)})
    free = {day.day for day in plan.days if day.open and day.squads}
    close, waiting = _spaced(
        village, known, set(item.planned) & free, first=plan.first, last=plan.last, free=free
    )
    if (close, waiting) != (item.close_days, item.waiting_days):
        yield Message("week.check_spacing", name | {"close": close, "waiting": waiting})


def _spaced(
    village: Village, known: set[date], chosen: set[date], *, first: date, last: date, free: set[date]
) -> tuple[int, int]:
    """Days too close and days of waiting, by going through the week day by day."""
    required = min(WEEK, village.required_visits_per_week)
    if not required:
        return 0, 0
    apart = -(-WEEK // (2 * required))
    seen = max((day for day in known if day < first), default=None)
    close = waiting = passed = 0
    day = first
    while day <= last:
        gap = None if seen is None else (day - seen).days
        if day in known:
            close += 0 if gap is None else max(0, apart - gap)
            waiting += passed if day in chosen else 0
            seen, passed = day, 0
        elif day in free and (gap is None or gap >= apart):
            passed += 1
        day += timedelta(days=1)
    return close, waiting

"""What it costs to visit a village on just these days of a week.

On the scale of the prizes in `gridmgr.services.planning.candidates`, for the risk factor 3, 2, 1::

    cost = risk * (20 * debt on the week's last day + 2 * days too far apart + bunching * days too close
                   + waiting * days of waiting + visits on slack days)

With the village's interval ``7 / visits a week``:

- two visits, or the last one and the week's end, are too far apart by the days beyond the interval; what a
  village waited before the week began is not counted, nothing could change it any more;
- two visits are too close by the days short of half the interval; the visit before the week counts;
- a chosen visit waits on every open day before it on which it would not have been too close to the one
  before;
- slack days are the last open days, which the office wants kept free.

The prices of bunching and waiting are the office's (`gridmgr.domain.weekrules`). Within their bounds a visit
that lowers the debt by a whole one always pays, however bad its day.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, pairwise

from gridmgr.domain.coverage import WEEK
from gridmgr.domain.places import Village
from gridmgr.domain.week import shortest_gap
from gridmgr.services.planning.candidates import PRIZE_PER_DEBT, RISK_FACTOR
from gridmgr.services.planning.week_inputs import WeekInputs
from planners import periodic

#: Cost of a day that visits are too far apart, before risk.
COST_PER_FAR_DAY = 2
#: Cost of a visit on a day that is to be kept free, before risk.
COST_PER_SLACK_VISIT = 1


@dataclass(frozen=True, kw_only=True)
class Spacing:
    """How a village's visits lie in the week.

    Parameters
    ----------
    far_days
        Days beyond the interval from one visit to the next and to the week's end.
    close_days
        Days by which visits are closer than half the interval.
    waiting_days
        Open days on which the chosen visits could have been made and are not.
    slack_visits
        Chosen visits on days to be kept free.
    """

    far_days: int = 0
    close_days: int = 0
    waiting_days: int = 0
    slack_visits: int = 0


def spacing(inputs: WeekInputs, village: Village, days: Collection[date]) -> Spacing:
    """How the visits lie if those days are chosen besides the days done and promised."""
    required = min(village.required_visits_per_week, WEEK)
    if required == 0:
        return Spacing()
    longest, shortest = math.ceil(WEEK / required), shortest_gap(required)
    known = inputs.visits[village.code] | inputs.promised[village.code]
    before = max((day for day in known if day < inputs.first), default=None)
    within = sorted({day for day in known if day >= inputs.first} | set(days))
    anchor = max(before or inputs.since, inputs.first - timedelta(days=longest))
    gaps = [(later - earlier).days for earlier, later in pairwise([anchor, *within])]
    rest = (inputs.last + timedelta(days=1) - (within[-1] if within else anchor)).days
    seen = ([before] if before else []) + within
    close = [shortest - (later - earlier).days for earlier, later in pairwise(seen)]
    return Spacing(
        far_days=sum(max(0, gap - longest) for gap in (*gaps, rest)),
        close_days=sum(max(0, short) for short in close),
        waiting_days=sum(_waits(inputs, seen, shortest, set(days))),
        slack_visits=len(inputs.slack_days & set(days)),
    )


def _waits(inputs: WeekInputs, seen: list[date], shortest: int, chosen: set[date]) -> Iterator[int]:
    """Open days each chosen visit lets go by."""
    for number, day in enumerate(seen):
        if day in chosen:
            ready = seen[number - 1] + timedelta(days=shortest) if number else inputs.first
            yield sum(ready <= other < day for other in inputs.open_days)


def cost_of(inputs: WeekInputs, village: Village, days: Collection[date]) -> int:
    """What visiting a village on just these days besides those done and promised costs."""
    rules, found = inputs.office.week_rules, spacing(inputs, village, days)
    cost = PRIZE_PER_DEBT * inputs.coverage(village, days).debt + COST_PER_FAR_DAY * found.far_days
    cost += rules.bunching * found.close_days + rules.waiting * found.waiting_days
    cost += COST_PER_SLACK_VISIT * found.slack_visits
    return round(RISK_FACTOR[village.risk] * cost)


def patterns_of(inputs: WeekInputs, village: Village) -> tuple[periodic.Pattern, ...]:
    """The combinations of open days worth choosing: none is as good with a day less."""
    taken = inputs.visits[village.code] | inputs.promised[village.code]
    free = [day for day in inputs.open_days if day not in taken]
    most = max(0, inputs.due(village) - len([day for day in taken if day >= inputs.first]))
    chosen: list[tuple[frozenset[date], int]] = []
    for count in range(min(most, len(free)) + 1):
        for days in combinations(free, count):
            cost = cost_of(inputs, village, days)
            if not any(less <= cost and fewer < set(days) for fewer, less in chosen):
                chosen.append((frozenset(days), cost))
    return tuple(
        periodic.Pattern(days=tuple(sorted((day - inputs.first).days for day in days)), cost=cost)
        for days, cost in chosen
    )

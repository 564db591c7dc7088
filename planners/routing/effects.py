"""What the smallest relaxations of a plan bring: the plan searched anew with each, within counted work."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from planners.routing.data import Problem, StopPoint
from planners.routing.pace import Engine
from planners.routing.parts import split_locks
from planners.routing.relax import Effect, Relaxation, relaxed
from planners.routing.relief import Found, Relief
from planners.routing.relief_linked import LinkedRelief
from planners.routing.solve import make_plan, solve
from planners.stop import Progress, Stop

#: Relaxations given for one stop, the lightest first.
MOST = 3
#: Plans searched anew where the caller sets no limit.
_RESOLVES = 40
#: Counted work of one of them, and its safety limit in seconds.
_WORK, _SECONDS = 10, 5.0


def relaxations(
    problem: Problem,
    orders: Mapping[str, Sequence[str]],
    stop: Stop,
    seed: int = 0,
    *,
    engine: Engine = "hybrid",
) -> dict[str, tuple[Relaxation, ...]]:
    """For every stop a plan leaves out, what would let it in, each with its effect.

    Parameters
    ----------
    problem
        The day.
    orders
        A plan that keeps the rules, stop ids in order by squad.
    stop
        ``work`` counts plans searched anew. Those of the lightest relaxations come first, of required stops
        and then of dear ones. Past it, past ``seconds`` or after a cancel, effects are those of the stop
        alone (`Effect.resolved` is False).
    seed, engine
        As for `planners.routing.solve.solve`.

    Returns
    -------
    dict
        At most `MOST` by stop id, the lightest first; empty where no single one up to the limits of
        `planners.routing.relief` helps.
    """
    began = time.monotonic()
    plan = {squad.id: tuple(orders.get(squad.id, ())) for squad in problem.squads}
    visited = {name for order in plan.values() for name in order}
    left = [item for item in problem.stops if item.id not in visited]
    relief = _relief(problem, plan)
    found: dict[str, list[Found]] = {}
    for item in sorted(left, key=lambda item: (-item.required, -item.prize)):
        late = time.monotonic() - began > stop.seconds or stop.cancelled()
        found[item.id] = [] if late else relief(item)[:MOST]
    judge = _Judge(problem, plan, seed, engine)
    shown: dict[str, dict[int, Relaxation]] = {item.id: {} for item in left}
    most = _RESOLVES if stop.work is None else stop.work
    for done, (item, place) in enumerate(_queue(left, found)):
        spent = done >= most or time.monotonic() - began > stop.seconds or stop.cancelled()
        one = found[item.id][place]
        effect = judge.of_insertion(one) if spent else judge.of_search(one)
        shown[item.id][place] = replace(one.relaxation, effect=effect)
        stop.progress(Progress(fraction=min(1.0, (done + 1) / most), best=None))
    return {name: tuple(places[i] for i in sorted(places)) for name, places in shown.items()}


def _relief(problem: Problem, plan: Mapping[str, tuple[str, ...]]) -> Callable[[StopPoint], list[Found]]:
    """What asks for the relaxations of one stop, with and without links between squads."""
    day = split_locks(problem)
    if not day.problem.linked:
        asked: Callable[[StopPoint], list[Found]] = Relief(day.problem, day.orders(plan)).of
    else:
        asked = LinkedRelief(day.problem, day.orders(plan)).of

    def of(stop: StopPoint) -> list[Found]:
        return [
            replace(one, orders=day.own_orders(dict(one.orders))) for one in asked(day.problem.stop(stop.id))
        ]

    return of if day.parts else asked


def _queue(
    left: Sequence[StopPoint], found: Mapping[str, Sequence[Found]]
) -> Iterator[tuple[StopPoint, int]]:
    """Every relaxation found, in the order in which effects are worked out."""
    ranked = sorted(left, key=lambda item: (-item.required, -item.prize))
    for place in range(MOST):
        for item in ranked:
            if place < len(found[item.id]):
                yield item, place


class _Judge:
    """Compares plans with a relaxation to the plan as it is."""

    def __init__(
        self, problem: Problem, plan: Mapping[str, tuple[str, ...]], seed: int, engine: Engine
    ) -> None:
        self._problem = problem
        self._plan = plan
        self._seed = seed
        self._engine = engine
        self._prizes = {item.id: item.prize for item in problem.stops}
        self._before = self._prize_of(plan)
        self._anyway: int | None = None

    def of_insertion(self, found: Found) -> Effect:
        """The stop put in and nothing else tried."""
        return self._effect(found.orders, anyway=0, resolved=False)

    def of_search(self, found: Found) -> Effect:
        """Searched anew from there; the stop asked about stays in."""
        if self._anyway is None:
            again = self._searched(self._problem, self._plan)
            self._anyway = max(0, self._prize_of(again) - self._before)
        problem = relaxed(self._problem, found.relaxation, required=True)
        return self._effect(self._searched(problem, found.orders), anyway=self._anyway, resolved=True)

    def _searched(
        self, problem: Problem, orders: Mapping[str, tuple[str, ...]]
    ) -> Mapping[str, tuple[str, ...]]:
        limits = Stop(seconds=_SECONDS, work=_WORK)
        warm = make_plan(problem, orders)
        plan = solve(problem, limits, self._seed, engine=self._engine, warm=warm).solution
        return orders if plan is None else plan.orders

    def _prize_of(self, orders: Mapping[str, tuple[str, ...]]) -> int:
        return sum(self._prizes[name] for name in {name for order in orders.values() for name in order})

    def _effect(self, orders: Mapping[str, tuple[str, ...]], *, anyway: int, resolved: bool) -> Effect:
        before = {name for order in self._plan.values() for name in order}
        after = {name for order in orders.values() for name in order}
        return Effect(
            prize=self._prize_of(orders) - self._before - anyway,
            anyway=anyway,
            takes_in=tuple(item.id for item in self._problem.stops if item.id in after - before),
            gives_up=tuple(item.id for item in self._problem.stops if item.id in before - after),
            resolved=resolved,
            orders=dict(orders),
        )

"""Unpredictable on purpose: another lawful plan, nearly as good, that comes at other hours.

The best plan of two like days is the same plan, and who watches a place learns its hour. `vary` walks at
random from the best plan through plans that keep every rule: routes turned round, stops moved between squads
or exchanged for others of like worth, squads leaving later than their shift begins. What the walk may cost is
bounded: so much of the prize, and so much more driving. Among what it meets it prefers arrivals in half-hours
that were little used of late (see `planners.routing.arrivals`).

A later departure is the squad's own ``start`` in the problem that comes back, so that `schedule`, `score` and
`verify` know of it without a rule of their own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from planners.routing.arrivals import Wishes
from planners.routing.data import Problem, SquadShift
from planners.routing.fixed import fixed_day
from planners.routing.plan import RoutePlan, Schedule
from planners.routing.schedule import schedule
from planners.routing.solve import make_plan
from planners.routing.verify import UnverifiedPlanError, verify

#: Walks from the best plan, each with departures of its own.
_WALKS = 3
#: Steps in which departures are drawn: people are told "08:55", not "08:53:17".
_DEPARTURE_STEP = 300
#: Heat of the walk at its begin and end, in units of `Wishes.cost`.
_HOT, _COLD = 1.0, 0.05

Orders = dict[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a varied plan may cost.

    Parameters
    ----------
    prize_percent
        At most so much of the best plan's prize is given up, 0 to 100; 0 leaves the plan as it is.
    travel_percent
        All ways together take at most so much longer than the best plan's.
    latest_departure_seconds
        A squad leaves at most so long after its shift begins.
    """

    prize_percent: float = 3.0
    travel_percent: float = 25.0
    latest_departure_seconds: int = 5400

    def __post_init__(self) -> None:
        if not 0 <= self.prize_percent <= 100:
            raise ValueError(f"Limits.prize_percent must be 0 to 100, got {self.prize_percent!r}")
        if not self.travel_percent >= 0:
            raise ValueError(f"Limits.travel_percent must be at least 0, got {self.travel_percent!r}")
        if self.latest_departure_seconds < 0:
            raise ValueError(
                f"Limits.latest_departure_seconds must be at least 0, got {self.latest_departure_seconds}"
            )


@dataclass(frozen=True, kw_only=True)
class Varied:
    """A varied plan.

    Parameters
    ----------
    problem
        The day with the later departures in it; what ``plan`` is to be checked against.
    plan
        The plan, verified.
    departures
        When each squad that leaves later sets out, seconds since midnight, by squad id.
    lost_percent
        How much of the best plan's prize was given up; below 0 where more was found.
    """

    problem: Problem
    plan: RoutePlan
    departures: Mapping[str, int] = field(default_factory=dict)
    lost_percent: float = 0.0


def vary(
    problem: Problem,
    best: RoutePlan,
    *,
    seed: int,
    limits: Limits | None = None,
    history: Mapping[str, Sequence[int]] | None = None,
    moves: int = 4000,
    cancelled: Callable[[], bool] = lambda: False,
) -> Varied:
    """A plan as lawful as the best, nearly as good, and hard to foresee.

    Parameters
    ----------
    problem, best
        The day and its plan; every required stop the plan visits stays visited, locks and pins stay.
    seed
        Decides everything drawn at random: same problem, plan, seed and history, same answer. Who does not
        know it cannot foresee the plan.
    limits
        What it may cost; `Limits` as it stands by default.
    history
        Past arrivals, seconds since midnight, by stop id. Half-hours used often are avoided.
    moves
        Changes tried in all; each takes a fraction of a millisecond.
    cancelled
        Asked regularly; once it is True the best so far is given back.

    Returns
    -------
    Varied
        The plan as it was where the bound is 0 or nothing else keeps the rules.

    Raises
    ------
    UnverifiedPlanError
        If ``best`` breaks a rule.
    """
    limits = limits or Limits()
    if broken := verify(problem, best):
        raise UnverifiedPlanError(broken)
    if problem.linked:
        return _vary_around_links(
            problem, best, seed=seed, limits=limits, history=history, moves=moves, cancelled=cancelled
        )
    unchanged = Varied(problem=problem, plan=best)
    if limits.prize_percent == 0 or not best.prize:
        return unchanged
    random = np.random.default_rng(seed)
    wishes = Wishes(problem, history or {}, random)
    walks = []
    for _ in range(_WALKS):
        walk = _Walk(problem, best, limits, wishes, random)
        walk.run(max(1, moves // _WALKS), cancelled)
        walks.append(walk)
    for walk in sorted(walks, key=lambda walk: walk.best_cost):
        varied = walk.result()
        if not verify(varied.problem, varied.plan):
            return varied
    return unchanged


def _vary_around_links(
    problem: Problem,
    best: RoutePlan,
    *,
    seed: int,
    limits: Limits,
    history: Mapping[str, Sequence[int]] | None,
    moves: int,
    cancelled: Callable[[], bool],
) -> Varied:
    """Vary all but the visits on which other squads hang: those keep their squads and are no later."""
    unchanged = Varied(problem=problem, plan=best)
    if any(problem.stop(name).squads_needed > 1 for name in problem.locked_to):
        # Squads that have met are out already: their day is not varied any more.
        return unchanged
    day = fixed_day(problem, best.routes)
    plain = make_plan(day.problem, day.orders(best.orders))
    if verify(day.problem, plain):
        return unchanged
    varied = vary(
        day.problem, plain, seed=seed, limits=limits, history=history, moves=moves, cancelled=cancelled
    )
    later = with_departures(problem, varied.departures)
    plan = make_plan(later, day.own_orders(varied.plan.orders))
    if verify(later, plan):
        return unchanged
    return Varied(problem=later, plan=plan, departures=varied.departures, lost_percent=varied.lost_percent)


def with_departures(problem: Problem, departures: Mapping[str, int]) -> Problem:
    """The problem with these squads setting out later, seconds since midnight by squad id."""
    if not departures:
        return problem
    return replace(
        problem,
        squads=tuple(replace(squad, start=departures.get(squad.id, squad.start)) for squad in problem.squads),
    )


class _Walk:
    """One walk at random through lawful plans.

    Parameters
    ----------
    problem, best
        Where it begins.
    limits
        What it may cost.
    wishes
        What each arrival is worth.
    random
        What it is drawn with.
    """

    def __init__(
        self,
        problem: Problem,
        best: RoutePlan,
        limits: Limits,
        wishes: Wishes,
        random: np.random.Generator,
    ) -> None:
        self._random = random
        self._wishes = wishes
        self._best_prize = best.prize
        self._least_prize = math.ceil(best.prize * (100 - limits.prize_percent) / 100 - 1e-9)
        self._most_travel = best.travel_seconds * (1 + limits.travel_percent / 100)
        self._needed = {name for order in best.orders.values() for name in order}
        self._needed = {name for name in self._needed if problem.stop(name).required}
        self.departures: dict[str, int] = {}
        self.problem = problem
        self._orders: Orders = dict(best.orders)
        self._leave_later(problem, limits)
        self._routes = {name: schedule(self.problem, name, order) for name, order in self._orders.items()}
        self._left_out = [
            stop.id for stop in problem.stops if not any(stop.id in order for order in self._orders.values())
        ]
        self._moves = (self._turn, self._relocate, self._swap, self._exchange, self._insert, self._drop)
        self._cost = self._cost_of(self._routes)
        self.best_cost, self._best_orders = self._cost, dict(self._orders)

    def run(self, moves: int, cancelled: Callable[[], bool]) -> None:
        """Try so many changes, cooling down."""
        for number in range(moves):
            if cancelled():
                return
            heat = _HOT * (_COLD / _HOT) ** (number / moves)
            changed = self._moves[int(self._random.integers(len(self._moves)))]()
            if changed:
                self._consider(changed, heat)

    def result(self) -> Varied:
        """The best plan the walk met, not verified yet."""
        plan = make_plan(self.problem, self._best_orders)
        return Varied(
            problem=self.problem,
            plan=plan,
            departures=self.departures,
            lost_percent=100 * (1 - plan.prize / self._best_prize),
        )

    def _leave_later(self, problem: Problem, limits: Limits) -> None:
        """Draw departures; where a route is too full for its own, drop a little, or leave earlier."""
        spare = self._best_prize - self._least_prize
        for squad in problem.squads:
            order = self._orders[squad.id]
            steps = int(self._random.integers(limits.latest_departure_seconds // _DEPARTURE_STEP + 1))
            # What squads did already they did from their own start.
            while steps and order and not squad.locked:
                start = squad.start + steps * _DEPARTURE_STEP
                kept = self._kept(problem, squad, start, spare)
                if kept is not None:
                    spare -= self._prize(order) - self._prize(kept)
                    self.departures[squad.id] = start
                    self._orders[squad.id] = kept
                    break
                steps //= 2
        self.problem = with_departures(problem, self.departures)

    def _kept(self, problem: Problem, squad: SquadShift, start: int, spare: int) -> tuple[str, ...] | None:
        """What of the route can be kept when leaving then; None if it costs more than there is to spare."""
        if start >= squad.end or replace(squad, start=start).lunch_due != squad.lunch_due:
            return None
        later = with_departures(problem, {squad.id: start})
        order = self._orders[squad.id]
        while order:
            if not schedule(later, squad.id, order).violations:
                return order
            free = [name for name in order if name not in self._needed]
            if not free:
                return None
            cheapest = min(free, key=lambda name: (problem.stop(name).prize, name))
            spare -= problem.stop(cheapest).prize
            if spare < 0:
                return None
            order = tuple(name for name in order if name != cheapest)
        return None

    def _consider(self, changed: Orders, heat: float) -> None:
        orders = self._orders | changed
        visited = {name for order in orders.values() for name in order}
        if not self._needed <= visited or self._prize(visited) < self._least_prize:
            return
        routes = self._routes | {name: schedule(self.problem, name, changed[name]) for name in changed}
        if any(routes[name].violations for name in changed):
            return
        if sum(route.travel_seconds for route in routes.values()) > self._most_travel:
            return
        cost = self._cost_of(routes)
        if cost > self._cost and self._random.random() >= math.exp((self._cost - cost) / heat):
            return
        self._orders, self._routes, self._cost = orders, routes, cost
        self._left_out = [stop.id for stop in self.problem.stops if stop.id not in visited]
        if cost < self.best_cost:
            self.best_cost, self._best_orders = cost, dict(orders)

    def _cost_of(self, routes: Mapping[str, Schedule]) -> float:
        return sum(
            self._wishes.cost(visit.stop, visit.arrive) for route in routes.values() for visit in route.visits
        )

    def _prize(self, names: Sequence[str] | set[str]) -> int:
        return sum(self.problem.stop(name).prize for name in names)

    def _pick(self) -> tuple[str, tuple[str, ...], int]:
        """A squad at random, its stops, and how many of them are locked."""
        squad = self.problem.squads[int(self._random.integers(len(self.problem.squads)))]
        return squad.id, self._orders[squad.id], len(squad.locked)

    def _place(self, first: int, last: int) -> int:
        return int(self._random.integers(first, last))

    def _turn(self) -> Orders | None:
        """A piece of a route, or all of it, the other way round."""
        name, order, locked = self._pick()
        if len(order) - locked < 2:
            return None
        i, j = locked, len(order)
        if self._random.random() < 0.7:
            i, j = sorted((self._place(locked, len(order)), self._place(locked, len(order) + 1)))
        return {name: (*order[:i], *order[i:j][::-1], *order[j:])}

    def _relocate(self) -> Orders | None:
        """A stop elsewhere in its route or in another."""
        name, order, locked = self._pick()
        if len(order) == locked:
            return None
        i = self._place(locked, len(order))
        rest = (*order[:i], *order[i + 1 :])
        other, into, other_locked = self._pick()
        if other == name:
            into = rest
        j = self._place(other_locked, len(into) + 1)
        return {name: rest} | {other: (*into[:j], order[i], *into[j:])}

    def _swap(self) -> Orders | None:
        """Two stops in each other's place."""
        name, order, locked = self._pick()
        other, into, other_locked = self._pick()
        if len(order) == locked or len(into) == other_locked:
            return None
        a, b = order[self._place(locked, len(order))], into[self._place(other_locked, len(into))]
        place = {a: b, b: a}
        return {
            squad: tuple(place.get(stop, stop) for stop in stops)
            for squad, stops in ((name, order), (other, into))
        }

    def _exchange(self) -> Orders | None:
        """A stop for one that is left out."""
        name, order, locked = self._pick()
        if len(order) == locked or not self._left_out:
            return None
        i = self._place(locked, len(order))
        return {name: (*order[:i], self._left_out[self._place(0, len(self._left_out))], *order[i + 1 :])}

    def _insert(self) -> Orders | None:
        """One more stop."""
        if not self._left_out:
            return None
        name, order, locked = self._pick()
        j = self._place(locked, len(order) + 1)
        return {name: (*order[:j], self._left_out[self._place(0, len(self._left_out))], *order[j:])}

    def _drop(self) -> Orders | None:
        """One stop less."""
        name, order, locked = self._pick()
        if len(order) == locked:
            return None
        i = self._place(locked, len(order))
        return {name: (*order[:i], *order[i + 1 :])}

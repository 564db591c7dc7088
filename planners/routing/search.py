"""Searching a routing model: which strategy, when to stop, and keeping the best plan seen.

Left alone, the solver gives back the plan of least cost, and cost mixes prize and travel. Here each plan it
passes is compared by required stops, then prize, then travel, and the best that keeps every rule is kept.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Mapping, Sequence
from typing import Any

from ortools.constraint_solver import pywrapcp, routing_enums_pb2
from ortools.util import optional_boolean_pb2

from planners.routing.data import Problem
from planners.routing.model import RouteModel
from planners.routing.polish import Orders, repair
from planners.routing.ruin import Shaker
from planners.routing.timeline import Roads, Timeline
from planners.stop import Progress, Stop

#: Seconds between two reports and between two questions whether to go on. They change nothing in the answer.
_HEARTBEAT_SECONDS = 0.1

#: What a required stop is worth to the search, in seconds on the road: more than everything else.
_PER_REQUIRED = 1e12

#: From this number of stops on the solver chooses its operators by their success.
MANY_STOPS = 100

#: Neighbourhoods that cost more time than they bring gain on township plans (measured).
SLOW_OPERATORS = (
    "global_cheapest_insertion_path_lns",
    "local_cheapest_insertion_path_lns",
    "relocate_path_global_cheapest_insertion_insert_unperformed",
    "exchange_subtrip",
    "relocate_subtrip",
    "lin_kernighan",
    "relocate_expensive_chain",
    "shortest_path_swap_active",
    "shortest_path_two_opt",
)

Key = tuple[int, int, int]


class PlanKeeper:
    """The best plan met so far.

    Parameters
    ----------
    problem
        The day.
    orders
        A feasible plan to begin with.
    """

    def __init__(self, problem: Problem, orders: Orders) -> None:
        self._problem = problem
        self._roads = Roads(problem)
        locked = [problem.stop(stop_id) for stop_id in problem.locked_to]
        self._locked_worth = (sum(stop.required for stop in locked), sum(stop.prize for stop in locked))
        self.orders = orders
        self.key = self.key_of(orders)

    @property
    def prize(self) -> int:
        """Prize of the best plan."""
        return self.key[1]

    def key_of(self, orders: Mapping[str, Sequence[str]]) -> Key:
        """Required stops visited, prize, and travel with its sign turned: larger is better."""
        required = prize = travel = 0
        for squad in self._problem.squads:
            stops = [self._problem.stop(stop_id) for stop_id in orders.get(squad.id, ())]
            required += sum(stop.required for stop in stops)
            prize += sum(stop.prize for stop in stops)
            travel += self._roads.travel(squad, stops)
        return required, prize, -travel

    def offer_current(self, model: RouteModel) -> None:
        """Keep the solution the model has just found if it is better."""
        required, prize = model.prize_of_current()
        total = (required + self._locked_worth[0], prize + self._locked_worth[1])
        if total >= self.key[:2]:
            self.offer(model.current_orders())

    def offer(self, orders: Orders) -> None:
        """Keep a plan, or the feasible part of it, if it is better."""
        key = self.key_of(orders)
        if key <= self.key:
            return
        if not self._is_feasible(orders):
            orders = repair(self._problem, orders)
            key = self.key_of(orders)
        if key > self.key:
            self.orders, self.key = orders, key

    def _keeps_groups(self, orders: Orders) -> bool:
        groups = self._problem.grouped
        if not groups:
            return True
        visited = {stop_id for order in orders.values() for stop_id in order} - self._problem.locked_to.keys()
        return all(
            len(visited.intersection(members)) + any(m in self._problem.locked_to for m in members) <= 1
            or not visited.intersection(members)
            for members in groups.values()
        )

    def _is_feasible(self, orders: Orders) -> bool:
        if not self._keeps_groups(orders):
            return False
        for squad in self._problem.squads:
            order = orders[squad.id]
            if order == squad.locked:
                continue
            stops = [self._problem.stop(stop_id) for stop_id in order]
            if not Timeline(self._roads, squad, stops).is_feasible():
                return False
        return True


def time_to_finish(stop: Stop, n_stops: int) -> float:
    """Seconds kept back for what follows the search: polish, reasons, checks."""
    return min(0.2 * stop.seconds, 0.06 + 10e-6 * n_stops**2)


class Watch:
    """Counts work, reports progress and hears of a cancel; one for all phases of a solve."""

    def __init__(self, stop: Stop, keeper: PlanKeeper) -> None:
        self._stop = stop
        self._keeper = keeper
        self._began = time.monotonic()
        self._last_beat = self._began
        self.work_done = 0
        self.was_cancelled = False

    @property
    def seconds(self) -> float:
        """Wall-clock time since the start."""
        return time.monotonic() - self._began

    def should_end(self) -> bool:
        """Whether the clock has run out or the caller has cancelled."""
        return self.seconds >= self._stop.seconds or self.is_cancelled()

    def is_cancelled(self) -> bool:
        """Ask the caller, unless it has said so already."""
        self.was_cancelled = self.was_cancelled or self._stop.cancelled()
        return self.was_cancelled

    def beat(self) -> bool:
        """Report and ask now and then; True once the caller has cancelled."""
        now = time.monotonic()
        if now - self._last_beat < _HEARTBEAT_SECONDS:
            return self.was_cancelled
        self._last_beat = now
        self._stop.progress(Progress(fraction=self.fraction(), best=float(self._keeper.prize)))
        return self.is_cancelled()

    def fraction(self) -> float:
        """How much of the work is done or, without a limit on it, of the time is up; 0 to 1."""
        if self._stop.work is not None:
            return min(1.0, self.work_done / self._stop.work)
        return min(1.0, self.seconds / self._stop.seconds)

    def finish(self) -> None:
        """Report the end."""
        self._stop.progress(Progress(fraction=1.0, best=float(self._keeper.prize)))


def _parameters(seconds: float, solutions: int | None, stops: int) -> Any:
    """Parameters of one descent to a local optimum."""
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GREEDY_DESCENT
    # The bandit tries operators by their success: a loss for small plans, a gain for large ones.
    parameters.use_multi_armed_bandit_concatenate_operators = stops > MANY_STOPS
    for operator in SLOW_OPERATORS:
        setattr(parameters.local_search_operators, f"use_{operator}", optional_boolean_pb2.BOOL_FALSE)
    parameters.time_limit.FromMilliseconds(max(1, round(seconds * 1000)))
    if solutions is not None:
        parameters.solution_limit = max(1, solutions)
    return parameters


class Search:
    """Shakes the plan and lets the solver descend from there, again and again.

    The solver's own iterated local search does the same, but can neither begin at a plan nor be cancelled.

    Parameters
    ----------
    problem, stop, seed
        As given to `planners.routing.solve.solve`.
    keeper
        Holds a feasible plan to begin with.
    watch
        Counts, reports, and hears of a cancel.
    """

    def __init__(self, problem: Problem, stop: Stop, seed: int, keeper: PlanKeeper, watch: Watch) -> None:
        self._stop = stop
        self._keeper = keeper
        self._watch = watch
        self._shaker = Shaker(problem, seed)
        self._model = RouteModel(problem, seed=seed)
        self._deadline = stop.seconds - time_to_finish(stop, len(problem.stops))

    def run(self) -> bool:
        """Search until the work is done, the clock is out or the caller cancels.

        Returns
        -------
        bool
            True if the work was done, False if the clock or the caller ended it.
        """
        if not self._model.is_worthwhile:
            return not self._watch.is_cancelled()
        self._model.routing.CloseModelWithParameters(self._next_parameters())
        # The model must not own the search that owns it: through C++ such a ring is never collected.
        report = weakref.WeakMethod(self._at_solution)

        def at_solution() -> None:
            if (still_there := report()) is not None:
                still_there()

        self._model.routing.AddAtSolutionCallback(at_solution)
        current = proposal = self._keeper.orders
        while not self._is_over():
            proposal = self._descend(proposal)
            self._keeper.offer(proposal)
            # Going on from slightly worse plans as well, as annealing does, was measured to be no better.
            if self._cost(proposal) <= self._cost(current):
                current = proposal
            proposal = self._shaker.shake(current)
            # Filled by worth, not by cost: it may hold a stop that the descent gives up for its long way.
            self._keeper.offer(proposal)
            # Counted as well, so that a plan nothing can be done about ends the search too.
            self._watch.work_done += 1
            self._watch.beat()
        return self._work_left() == 0

    def _at_solution(self) -> None:
        self._watch.work_done += 1
        self._keeper.offer_current(self._model)
        if self._watch.beat():
            self._model.routing.CancelSearch()

    def _descend(self, orders: Orders) -> Orders:
        start = self._model.assignment(orders)
        if start is None:
            return orders
        solution = self._model.routing.SolveFromAssignmentWithParameters(start, self._next_parameters())
        return orders if solution is None else self._model.orders_of(solution)

    def _next_parameters(self) -> Any:
        return _parameters(self._deadline - self._watch.seconds, self._work_left(), self._model.size)

    def _work_left(self) -> int | None:
        if self._stop.work is None:
            return None
        return max(0, self._stop.work - self._watch.work_done)

    def _is_over(self) -> bool:
        out_of_time = self._watch.seconds >= self._deadline
        return out_of_time or self._work_left() == 0 or self._watch.is_cancelled()

    def _cost(self, orders: Orders) -> float:
        """What the solver minimises, so that both agree on what is an improvement."""
        required, prize, travel = self._keeper.key_of(orders)
        return -travel - prize * self._model.seconds_per_prize - required * _PER_REQUIRED

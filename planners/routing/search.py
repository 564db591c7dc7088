"""Searching a routing model: which strategy, when to stop, and keeping the best plan seen.

Left alone, the solver gives back the plan of least cost, and cost mixes prize and travel. Here each plan it
passes is compared by required stops, then prize, then travel, and the best that keeps every rule is kept.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ortools.constraint_solver import pywrapcp, routing_enums_pb2, routing_ils_pb2

from planners.routing.data import Problem
from planners.routing.model import RouteModel
from planners.routing.polish import Orders, repair
from planners.routing.timeline import Roads, Timeline
from planners.stop import Progress, Stop

#: Seconds between two reports and between two questions whether to go on. They change nothing in the answer.
_HEARTBEAT_SECONDS = 0.1

#: How ruined routes are filled again; measured to choose stops better than parallel cheapest insertion.
RECREATE = routing_enums_pb2.FirstSolutionStrategy.LOCAL_CHEAPEST_COST_INSERTION

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

    def _is_feasible(self, orders: Orders) -> bool:
        for squad in self._problem.squads:
            order = orders[squad.id]
            if order == squad.locked:
                continue
            stops = [self._problem.stop(stop_id) for stop_id in order]
            if not Timeline(self._roads, squad, stops).is_feasible():
                return False
        return True


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

    @property
    def out_of_time(self) -> bool:
        """Whether the clock has run out."""
        return self.seconds >= self._stop.seconds

    def should_stop(self) -> bool:
        """Whether the clock or the caller has ended the solve."""
        return self.is_cancelled() or self.out_of_time

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
        self._stop.progress(Progress(fraction=self._fraction(), best=float(self._keeper.prize)))
        return self.is_cancelled()

    def _fraction(self) -> float:
        used = self.seconds / self._stop.seconds
        if self._stop.work is not None:
            used = max(used, self.work_done / self._stop.work)
        return min(1.0, used)

    def finish(self) -> None:
        """Report the end."""
        self._stop.progress(Progress(fraction=1.0, best=float(self._keeper.prize)))


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One run of the solver.

    Parameters
    ----------
    seconds
        Wall-clock limit.
    solutions
        Limit on solutions passed; None means the clock alone ends it.
    """

    seconds: float
    solutions: int | None


def _parameters(phase: Phase) -> Any:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.time_limit.FromMilliseconds(round(phase.seconds * 1000))
    if phase.solutions is not None:
        parameters.solution_limit = phase.solutions
    return parameters


def iterated_parameters(phase: Phase) -> Any:
    """Parameters of ruin and recreate: strings of neighbouring visits out, put in anew, kept if better."""
    parameters = _parameters(phase)
    parameters.use_iterated_local_search = True
    iterated = parameters.iterated_local_search_parameters
    iterated.perturbation_strategy = routing_ils_pb2.PerturbationStrategy.RUIN_AND_RECREATE
    ruin = iterated.ruin_recreate_parameters
    strings = ruin.ruin_strategies.add().sisr
    strings.avg_num_removed_visits = 10
    strings.max_removed_sequence_size = 10
    strings.bypass_factor = 0.5
    ruin.recreate_strategy.heuristic = RECREATE
    iterated.improve_perturbed_solution = True
    iterated.reference_solution_acceptance_strategy.greedy_descent.SetInParent()
    return parameters


def guided_parameters(phase: Phase) -> Any:
    """Parameters of guided local search, which can begin at a given plan."""
    parameters = _parameters(phase)
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    return parameters


def run_search(
    problem: Problem, stop: Stop, seed: int, keeper: PlanKeeper, watch: Watch, *, from_plan: bool
) -> bool:
    """Search until the work is done, the clock is out or the caller cancels; the keeper holds the best plan.

    Parameters
    ----------
    problem, stop, seed
        As given to `planners.routing.solve.solve`.
    keeper
        Holds a feasible plan to begin with.
    watch
        Hears of the cancel.
    from_plan
        Whether to begin at the keeper's plan (a re-plan) rather than afresh.

    Returns
    -------
    bool
        True if the search ended by itself, False if the clock or the caller ended it.
    """
    model = RouteModel(problem, seed=seed)
    if not model.is_worthwhile or watch.should_stop():
        return not watch.should_stop()

    def at_solution() -> None:
        watch.work_done += 1
        keeper.offer_current(model)
        if watch.beat():
            model.routing.CancelSearch()

    model.routing.AddAtSolutionCallback(at_solution)
    # What follows the search (polish, reasons, checks) has to fit into the time as well.
    seconds = max(0.05, stop.seconds - watch.seconds - min(0.5, 0.1 * stop.seconds))
    phase = Phase(seconds=seconds, solutions=stop.work)
    began = watch.seconds
    if from_plan:
        parameters = guided_parameters(phase)
        model.routing.CloseModelWithParameters(parameters)
        start = model.assignment(keeper.orders)
        if start is None:
            model.routing.SolveWithParameters(parameters)
        else:
            model.routing.SolveFromAssignmentWithParameters(start, parameters)
    else:
        parameters = iterated_parameters(phase)
        model.routing.CloseModelWithParameters(parameters)
        model.routing.SolveWithIteratedLocalSearch(parameters)
    return not watch.was_cancelled and watch.seconds - began < 0.99 * seconds

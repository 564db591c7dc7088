"""Running CP-SAT on one worker: goals in turn, the same answer for the same seed, cancelled at any time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import ortools
from ortools.sat.python import cp_model

from planners.stop import Progress, Stop

ENGINE = f"CP-SAT {ortools.__version__}"
_POLL_SECONDS = 0.05


class Infeasible(RuntimeError):
    """CP-SAT proved that a model has no solution."""


@dataclass(frozen=True)
class Budget:
    """What is left of the caller's ``Stop``, shared by all models of one solve."""

    stop: Stop
    started: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        """Seconds of wall clock used."""
        return time.monotonic() - self.started

    @property
    def left(self) -> float:
        """Seconds of wall clock left, 0 at least."""
        return max(0.0, self.stop.seconds - self.elapsed)

    @property
    def over(self) -> bool:
        """Whether the caller or the clock wants the end."""
        return self.left <= 0 or self.stop.cancelled()

    def share(self, part: float) -> Budget:
        """The same budget with only a part, 0 to 1, of the clock that is left."""
        return replace(self, stop=replace(self.stop, seconds=max(1e-3, self.elapsed + self.left * part)))

    def report(self, fraction: float) -> None:
        """Tell the caller how far the solve is."""
        self.stop.progress(Progress(fraction=fraction, best=None))


@dataclass(frozen=True)
class Goal:
    """Something to minimise, as parts whose values are all kept while later goals are minimised.

    Keeping each part instead of their sum lets the solver look at agencies and days one by one afterwards.
    Where parts can be traded against each other without loss, later goals see only the trade found.
    """

    parts: tuple[Any, ...]


@dataclass(frozen=True)
class Answer:
    """Values of a model after all its goals.

    Parameters
    ----------
    value
        Gives the value of a variable or an expression.
    proven
        Whether every goal was proven best in its turn.
    bounds
        Proven lower bound of each goal that was reached.
    """

    value: Callable[[Any], int]
    proven: bool
    bounds: tuple[float, ...]


def minimise_in_turn(
    model: cp_model.CpModel, goals: Sequence[Goal], *, budget: Budget, seed: int, work: float
) -> Answer | None:
    """Minimise each goal in turn without giving up anything of the earlier ones.

    Parameters
    ----------
    model
        Without an objective; gets one, and a bound for each goal.
    goals
        The most important first.
    budget
        Ends the search by the clock or by the caller.
    seed
        Random seed.
    work
        CP-SAT's deterministic time allowed for each goal: ends at the same point on any machine.

    Returns
    -------
    Answer or None
        None if the budget ended before a first solution.

    Raises
    ------
    Infeasible
        If the model is proven to have no solution.
    RuntimeError
        If CP-SAT calls the model invalid.
    """
    best: cp_model.CpSolver | None = None
    bounds: list[float] = []
    proven = True
    for goal in goals:
        if budget.over:
            break
        model.minimize(sum(goal.parts))
        solver = _one_worker(budget, seed=seed, work=work)
        with _stopping(solver, budget):
            status = solver.solve(model)
        if status == cp_model.UNKNOWN:
            break
        if status == cp_model.INFEASIBLE:
            raise Infeasible(f"no roster meets the goals: {goals}")
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            raise RuntimeError(f"CP-SAT calls the roster model {solver.status_name(status)}")
        best = solver
        bounds.append(solver.best_objective_bound)
        proven = proven and status == cp_model.OPTIMAL
        for part in goal.parts:
            model.add(part <= solver.value(part))
        _start_from(model, solver)
    if best is None:
        return None
    return Answer(value=best.value, proven=proven and len(bounds) == len(goals), bounds=tuple(bounds))


def _one_worker(budget: Budget, *, seed: int, work: float) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = work
    solver.parameters.max_time_in_seconds = budget.left
    return solver


def _start_from(model: cp_model.CpModel, solver: cp_model.CpSolver) -> None:
    """Hint the whole solution, so that the next goal starts from it instead of searching anew."""
    values = list(solver.response_proto.solution)
    model.clear_hints()
    model.proto.solution_hint.vars.extend(range(len(values)))
    model.proto.solution_hint.values.extend(values)


@contextmanager
def _stopping(solver: cp_model.CpSolver, budget: Budget) -> Iterator[None]:
    """Stop the running search as soon as the caller cancels."""
    finished = threading.Event()

    def watch() -> None:
        while not finished.wait(_POLL_SECONDS):
            if budget.stop.cancelled():
                solver.stop_search()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        finished.set()
        watcher.join()

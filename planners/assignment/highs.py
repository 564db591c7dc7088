"""The one place that speaks to HiGHS: a sparse model in, plain arrays out, always on one thread."""

from __future__ import annotations

import math
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt
from highspy._core import _Highs

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

_FINISHED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty)


@dataclass(frozen=True, kw_only=True, eq=False)
class SparseModel:
    """Minimise ``cost @ x`` over 0 <= x <= 1 with ``row_lower <= A x <= row_upper``.

    Parameters
    ----------
    cost
        One number a column.
    row_lower, row_upper
        One number a row.
    start, index, value
        ``A`` column by column: column ``j`` has rows ``index[start[j]:start[j + 1]]``.
    """

    cost: Floats
    row_lower: Floats
    row_upper: Floats
    start: Ints
    index: Ints
    value: Floats

    def only(self, columns: npt.NDArray[np.int64]) -> SparseModel:
        """Keep some of the columns, in the given order."""
        lengths = np.diff(self.start)[columns]
        start = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
        begin = np.repeat(self.start[columns] - start[:-1], lengths)
        picks = begin + np.arange(int(start[-1]))
        return SparseModel(
            cost=self.cost[columns],
            row_lower=self.row_lower,
            row_upper=self.row_upper,
            start=start,
            index=self.index[picks],
            value=self.value[picks],
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcome:
    """What HiGHS found.

    Parameters
    ----------
    finished
        Whether it is proven best; otherwise the limit came first.
    x
        Values of the columns, None where there is no solution.
    objective
        Of ``x``, reckoned anew from the costs; infinite where there is none.
    bound
        The proven lower bound.
    reduced_cost
        Of an LP's columns; empty for an integer model.
    """

    finished: bool
    x: Floats | None
    objective: float
    bound: float
    reduced_cost: Floats


def minimise(
    model: SparseModel,
    *,
    integer: bool,
    seconds: float,
    nodes: int | None = None,
) -> Outcome:
    """Solve the model as an LP or as a 0/1 model.

    Parameters
    ----------
    model
        What to solve.
    integer
        Whether the columns must be 0 or 1.
    seconds, nodes
        Limits on the clock and on branch-and-bound nodes.
    """
    columns, rows = len(model.cost), len(model.row_lower)
    # highspy.Highs prints a banner on stdout while it is built, before output can be turned off; its base
    # class does not, and stdout belongs to the command line's JSON.
    solver = _Highs()
    for option, setting in _options(integer=integer, seconds=seconds, nodes=nodes).items():
        solver.setOptionValue(option, setting)
    kind = np.ones(columns, np.int32) if integer else np.zeros(columns, np.int32)
    solver.passModel(
        columns,
        rows,
        len(model.index),
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        model.cost,
        np.zeros(columns),
        np.ones(columns),
        model.row_lower,
        model.row_upper,
        model.start,
        model.index,
        model.value,
        kind,
    )
    solver.run()
    return _outcome(solver, model.cost, integer=integer)


def _options(*, integer: bool, seconds: float, nodes: int | None) -> dict[str, bool | int | float | str]:
    options: dict[str, bool | int | float | str] = {
        "output_flag": False,
        "threads": 1,
        "random_seed": 0,
        "time_limit": float(seconds),
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 1e-6,
        # Measured on townships where nearly everybody must take a pair: half the time without restarts.
        "mip_allow_restart": False,
    }
    if integer:
        # HiGHS 1.16's presolve of 0/1 models was seen to end "optimal" with a plan 6 % too dear (with a start
        # solution given; ERGO-Code/HiGHS #2900 and #3094 are of the kind), and saves no time on these models.
        options["presolve"] = "off"
    if nodes is not None:
        options["mip_max_nodes"] = nodes
    return options


def _outcome(solver: _Highs, cost: Floats, *, integer: bool) -> Outcome:
    info = solver.getInfo()
    solution = solver.getSolution()
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    x = np.array(solution.col_value) if feasible else None
    if x is not None and integer:
        x = np.rint(x)
    objective = math.inf if x is None else float(cost @ x)
    return Outcome(
        finished=solver.getModelStatus() in _FINISHED,
        x=x,
        objective=objective,
        bound=float(info.mip_dual_bound) if integer else objective,
        reduced_cost=np.zeros(0) if integer else np.array(solution.col_dual),
    )

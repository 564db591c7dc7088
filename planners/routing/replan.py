"""Planning the rest of a day anew after something happened, with as little disturbance as its worth allows.

The problem says where the squads stand and since when: ``SquadShift.start`` and ``start_node``, what is done
in ``SquadShift.locked`` or left out altogether. Whatever happened is in the problem already: an incident is a
required stop, a late squad starts later, a squad that lost its licence to enforce is ``patrol_only``, a
squad that was broken up is missing, a closed road has another way in the matrices.

Four plans are made: what is left of the old one; the same with stops put in where they fit; the best that
leaves every old stop with its squad; and the best of all. From each of the last three needless changes are
taken back, and the best one by `planners.routing.disturbance.PlanKey` is the answer. It is never worth less
than what is left of the old plan.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from planners.result import Result, Status
from planners.routing.data import Problem, StopPoint
from planners.routing.disturbance import Followed, Judge, Kind, StopChange, changes
from planners.routing.pace import ENGINES, Engine
from planners.routing.plan import RoutePlan
from planners.routing.polish import Orders, repair
from planners.routing.restore import Restorer
from planners.routing.rules import eligibility_breaches
from planners.routing.solve import make_plan, solve
from planners.routing.verify import UnverifiedPlanError, verify
from planners.stop import Progress, Stop

#: Parts of the time, and of the work, for the two searches: with every old stop kept at its squad, and free.
_HOME_SHARE, _FREE_SHARE = 0.15, 0.75
#: Until which part of the time changes may be taken back; the rest is for reasons and checks.
_RESTORE_UNTIL = 0.92


@dataclass(frozen=True, kw_only=True)
class Replan:
    """The rest of a day planned anew.

    Parameters
    ----------
    plan
        What the squads do now.
    rest
        What is left of the old plan without any other change.
    changes
        The difference to what they were told, stop by stop.
    """

    plan: RoutePlan
    rest: RoutePlan
    changes: tuple[StopChange, ...]

    @property
    def counts(self) -> Mapping[Kind, int]:
        """Number of stops of each kind of change; kinds that do not occur are left out."""
        return Counter(change.kind for change in self.changes)

    @property
    def disturbed(self) -> int:
        """Stops that go to another squad, are left out, or come in another order than they were told."""
        counts = Counter(change.kind for change in self.changes if not _is_withdrawn(change))
        return counts["moved"] + counts["reordered"] + counts["dropped"]

    @property
    def late_seconds(self) -> int:
        """By how much later visits begin than they were told, together."""
        pairs = [(c.start_before, c.start_after) for c in self.changes if c.kind != "done"]
        return sum(
            max(0, after - before) for before, after in pairs if before is not None and after is not None
        )


def _is_withdrawn(change: StopChange) -> bool:
    return change.reason is not None and change.reason.code == "withdrawn"


def replan(
    problem: Problem,
    followed: Followed,
    stop: Stop,
    seed: int = 0,
    *,
    prize_per_change: int = 0,
    engine: Engine = ENGINES[0],
) -> Result[Replan]:
    """Plan the rest of the day: required stops, prize, little disturbance, little lateness, little travel.

    Parameters
    ----------
    problem
        The day as it is now.
    followed
        What the squads were told.
    stop
        When to stop; ``work`` as in `planners.routing.solve.solve`.
    seed
        Varies the search among equals.
    prize_per_change
        Prize that disturbing one stop must bring; 0 for prize before everything.
    engine
        As in `planners.routing.solve.solve`.

    Returns
    -------
    Result[Replan]
        FEASIBLE or TIME_LIMIT as in `planners.routing.solve.solve`; the plan is there in both cases, and no
        required stop and no prize is lost against ``Replan.rest``. ``objective`` is the plan's prize.

    Raises
    ------
    ValueError
        If the engine is not known, the price is negative, or stops need several squads or follow others:
        what disturbs such visits least is not known here, so plan such a day with
        `planners.routing.solve.solve` and the old plan as ``warm``.
    UnverifiedPlanError
        If the plan found breaks a rule: a fault of this planner, and never returned.
    """
    if problem.linked:
        raise ValueError(
            "replan takes no stops that need several squads or follow others, got "
            f"{', '.join(sorted(problem.linked))}; use solve with the old plan as warm"
        )
    began = time.monotonic()
    judge = Judge(problem, followed, prize_per_change=prize_per_change)
    rest = repair(problem, followed.orders)
    seek = _Seek(judge, rest, stop, seed, engine, began)
    best = seek.run()
    plan = make_plan(problem, best)
    if broken := verify(problem, plan):
        raise UnverifiedPlanError(broken)
    answer = Replan(plan=plan, rest=make_plan(problem, rest), changes=changes(problem, followed, plan))
    stop.progress(Progress(fraction=1.0, best=float(plan.prize)))
    return Result(
        status=seek.status,
        solution=answer,
        objective=float(plan.prize),
        bound=seek.bound,
        seconds=time.monotonic() - began,
        engine=seek.engine_name,
        seed=seed,
    )


class _Seek:
    """Makes the candidates and keeps the best."""

    def __init__(
        self, judge: Judge, rest: Orders, stop: Stop, seed: int, engine: Engine, began: float
    ) -> None:
        self._judge = judge
        self._rest = rest
        self._floor = judge.key(rest)
        self._stop = stop
        self._seed = seed
        self._engine = engine
        self._began = began
        self._best, self._best_key = rest, self._floor
        self._was_cancelled = False
        self.status = Status.FEASIBLE
        self.bound: float | None = None
        self.engine_name = ""

    def run(self) -> Orders:
        """The best plan found."""
        self._take_near(self._rest)
        home = self._search(_at_home(self._judge), _HOME_SHARE, begins=0.0)
        self._take_near(home)
        free = self._search(self._judge.problem, _FREE_SHARE, begins=_HOME_SHARE)
        self._offer(free)
        self._take_near(free)
        return self._best

    def _search(self, problem: Problem, share: float, *, begins: float) -> Orders:
        """The best plan of a search that begins at the best one so far."""
        part = replace(
            self._stop,
            seconds=share * self._stop.seconds,
            work=None if self._stop.work is None else max(1, round(share * self._stop.work)),
            progress=lambda done: self._stop.progress(
                Progress(fraction=begins + share * done.fraction, best=done.best)
            ),
        )
        warm = make_plan(self._judge.problem, self._best)
        result = solve(problem, part, self._seed, engine=self._engine, warm=warm)
        if result.status is Status.TIME_LIMIT:
            self.status = Status.TIME_LIMIT
        self.bound, self.engine_name = result.bound, result.engine
        return dict(result.solution.orders) if result.solution else self._best

    def _take_near(self, orders: Orders) -> None:
        """Draw a plan nearer to the old one, filled up where something still fits."""
        restorer = Restorer(self._judge, orders, self._rest, ended=self._ended)
        self._offer(restorer.run())

    def _ended(self) -> bool:
        self._was_cancelled = self._was_cancelled or self._stop.cancelled()
        late = time.monotonic() - self._began > _RESTORE_UNTIL * self._stop.seconds
        return late or self._was_cancelled

    def _offer(self, orders: Orders) -> None:
        """Keep the plan if it is better, and no worse than the rest of the old one in what comes first."""
        key = self._judge.key(orders)
        if key <= self._best_key or (key.required, key.prize) < (self._floor.required, self._floor.prize):
            return
        # The restorer knows the rules of single routes; what concerns several at once is asked here.
        if not verify(self._judge.problem, make_plan(self._judge.problem, orders)):
            self._best, self._best_key = orders, key


def _at_home(judge: Judge) -> Problem:
    """The problem with every stop allowed only to the squad it had, where that may still serve it."""
    return replace(judge.problem, stops=tuple(_kept_at_home(judge, stop) for stop in judge.problem.stops))


def _kept_at_home(judge: Judge, stop: StopPoint) -> StopPoint:
    place = judge.followed.places.get(stop.id)
    if place is None or stop.pinned_squad is not None or not judge.problem.has_squad(place[0]):
        return stop
    if stop.id in judge.problem.locked_to or eligibility_breaches(
        judge.problem, stop, judge.problem.squad(place[0])
    ):
        return stop
    return replace(stop, allowed_squads=frozenset({place[0]}))

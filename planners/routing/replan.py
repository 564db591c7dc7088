"""Planning the rest of a day anew after something happened, with as little disturbance as its worth allows.

The problem says where the squads stand and since when: ``SquadShift.start`` and ``start_node``, what is done
in ``SquadShift.locked`` or left out altogether. Whatever happened is in the problem already: an incident is a
required stop, a late squad starts later, a squad that lost its licence to enforce is ``patrol_only``, a
squad that was broken up is missing, a closed road has another way in the matrices.

Four plans are made: what is left of the old one; the same with stops put in where they fit; the best that
leaves every old stop with its squad; and the best of all. From each of the last three needless changes are
taken back, and the best one by `planners.routing.disturbance.PlanKey` is the answer. It is never worth less
than what is left of the old plan.

Where squads meet or wait for one another, one plan more is made: the best that leaves every visit on which
another squad hangs with its squads and at its moment. Needless changes are then taken back with such visits
held where the plan at hand has them.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from planners.result import Result, Status
from planners.routing.data import Problem, StopPoint
from planners.routing.disturbance import Followed, Judge, Kind, StopChange, changes
from planners.routing.fixed import fixed_day
from planners.routing.linked import repair_linked
from planners.routing.near import draw_near
from planners.routing.pace import ENGINES, Engine
from planners.routing.parts import split_locks
from planners.routing.plan import RoutePlan
from planners.routing.polish import Orders, repair
from planners.routing.rules import eligibility_breaches
from planners.routing.solve import make_plan, solve
from planners.routing.together import schedules
from planners.routing.verify import UnverifiedPlanError, verify
from planners.stop import Progress, Stop

#: Parts of the time, and of the work, for the two searches: with every old stop kept at its squad, and free.
_HOME_SHARE, _FREE_SHARE = 0.15, 0.75
#: Part of them, taken from the free search, for the one with linked visits held.
_HELD_SHARE = 0.25
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
        If the engine is not known or the price is negative.
    UnverifiedPlanError
        If the plan found breaks a rule: a fault of this planner, and never returned.
    """
    began = time.monotonic()
    day = split_locks(problem)
    locked = {squad.id: squad.locked for squad in problem.squads}
    told = followed.within(day, _joined(followed.orders, locked)) if day.parts else followed
    judge = Judge(day.problem, told, prize_per_change=prize_per_change)
    begin = day.orders(followed.orders)
    rest = repair_linked(day.problem, begin) if day.problem.linked else repair(day.problem, begin)
    seek = _Seek(judge, rest, stop, seed, engine, began)
    plan = make_plan(problem, day.own_orders(seek.run()))
    if broken := verify(problem, plan):
        raise UnverifiedPlanError(broken)
    answer = Replan(
        plan=plan,
        rest=make_plan(problem, day.own_orders(rest)),
        changes=changes(problem, followed, plan),
    )
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
        held = _HELD_SHARE if self._judge.problem.linked else 0.0
        if held:
            self._take_near(self._around_links(held))
        home = self._search(_at_home(self._judge), _HOME_SHARE, begins=held)
        self._take_near(home)
        free = self._search(self._judge.problem, _FREE_SHARE - held, begins=_HOME_SHARE + held)
        self._offer(free)
        self._take_near(free)
        return self._best

    def _search(self, problem: Problem, share: float, *, begins: float) -> Orders:
        """The best plan of a search that begins at the best one so far."""
        warm = make_plan(self._judge.problem, self._best)
        return self._solved(problem, warm, share, begins) or self._best

    def _around_links(self, share: float) -> Orders:
        """The best plan with the visits on which other squads hang as they are in what is left."""
        routes, _ = schedules(self._judge.problem, self._rest)
        day = fixed_day(self._judge.problem, routes)
        orders = self._solved(day.problem, make_plan(day.problem, day.orders(self._rest)), share, 0.0)
        return day.own_orders(orders) if orders and day.holds(orders) else self._rest

    def _solved(self, problem: Problem, warm: RoutePlan, share: float, begins: float) -> Orders:
        """Routes a search finds in its share of time and work; empty if none."""
        part = replace(
            self._stop,
            seconds=share * self._stop.seconds,
            work=None if self._stop.work is None else max(1, round(share * self._stop.work)),
            progress=lambda done: self._stop.progress(
                Progress(fraction=begins + share * done.fraction, best=done.best)
            ),
        )
        result = solve(problem, part, self._seed, engine=self._engine, warm=warm)
        if result.status is Status.TIME_LIMIT:
            self.status = Status.TIME_LIMIT
        self.bound, self.engine_name = result.bound, result.engine
        return dict(result.solution.orders) if result.solution else {}

    def _take_near(self, orders: Orders) -> None:
        """Draw a plan nearer to the old one, filled up where something still fits."""
        self._offer(draw_near(self._judge, orders, self._rest, ended=self._ended))

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
    names = judge.followed.squads_of(stop.id)
    squads = [judge.problem.squad(name) for name in names if judge.problem.has_squad(name)]
    if stop.pinned_squad is not None or stop.id in judge.problem.locked_to:
        return stop
    if len(squads) != stop.squads_needed or any(
        eligibility_breaches(judge.problem, stop, squad) for squad in squads
    ):
        return stop
    return replace(stop, allowed_squads=frozenset(names))


def _joined(
    told: Mapping[str, Sequence[str]], locked: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """What each squad was told, and what it has locked."""
    return {squad: (*told.get(squad, ()), *locked.get(squad, ())) for squad in {**told, **locked}}

"""A township's week: planned at once, or day by day as it comes; what it owes at the end.

``python -m benchmarks.week --sizes 40,80,150 --seeds 1,2,3 --seconds 5 --against ortools,pyvrp,vroom`` prints
one JSON line a run; ``--villages FILE [--township CODE]`` takes the villages of a file, each with drawn risks
and past. Solvers of a week:

- ``gridmgr``: the week planner; its routes are driven as planned.
- ``gridmgr-days-of-week``: the week planner, then every day by our day engine from it, as the desk does.
- ``gridmgr-day-by-day``: our day engine, one day at a time, on what each village owes that morning.
- ``NAME-day-by-day``: the same days with the same prizes, routed by a peer.

With ``--lose 2`` nobody can go out on the second working day, and nobody knew before: who planned the week
plans the rest of it anew. All get the same seconds for the whole week, take turns on each township in one
process and on one thread. `benchmarks.week_world.judge`, which knows no planner, measures every answer:
visits made of those asked and ``beyond``, debt at the week's end (also weighed by risk), least and mean days
between visits of a village, days by which visits are closer than half their interval, kilometres.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.machine import describe
from benchmarks.week_world import (
    DAY_SECONDS,
    FIRST,
    OPEN_DAYS,
    DayOrders,
    Week,
    drawn,
    judge,
    on_land,
)
from gridmgr.domain.coverage import village_coverage
from gridmgr.domain.places import Village
from gridmgr.domain.settings import OfficeSettings
from gridmgr.domain.week import WeekVillage
from gridmgr.geo.routers.straight import StraightLineRouter
from gridmgr.services.planning.candidates import came_just_now, prize_by_week, village_prize
from gridmgr.services.planning.week_problem import build_week
from planners import periodic, routing
from planners.routing.warmup import warm_up
from planners.stop import Stop

#: A day's orders by squad, from its problem, seconds and seed.
DaySolver = Callable[[routing.Problem, float, int], DayOrders]
#: Highest prize all peers understand.
_HIGHEST_PRIZE = 100


@dataclass(kw_only=True)
class Diary:
    """What has happened of a week so far.

    Parameters
    ----------
    week
        The township.
    lost
        Days on which nobody can go out; told only when they come.
    seconds, seed
        Solving time of the whole week; varies the searches.
    """

    week: Week
    lost: frozenset[date]
    seconds: float
    seed: int
    came: dict[str, set[date]] = field(init=False)
    orders: dict[date, DayOrders] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.came = {village.code: set() for village in self.week.villages}

    def days(self) -> Iterator[date]:
        """Days as they come, those lost left out."""
        return (day for day in OPEN_DAYS if day not in self.lost)

    def write(self, day: date, orders: DayOrders) -> None:
        """Note what was done."""
        self.orders[day] = orders
        for route in orders.values():
            for code in route:
                self.came[code].add(day)


WeekSolver = Callable[[Diary], None]


def at_once(diary: Diary) -> None:
    """The week planner; what it plans is done, and after a lost day the rest is planned anew."""
    for day, plan in _plans(diary, diary.seconds):
        diary.write(day, plan.routes_on(day))


def days_of_week(diary: Diary) -> None:
    """The week planner, then each day by the day engine with the prizes the desk gives it."""
    each = diary.seconds / 2 / len(OPEN_DAYS)
    for day, plan in _plans(diary, diary.seconds / 2):
        problem = _day_problem(diary, day, plan)
        diary.write(day, _gridmgr(problem, each, diary.seed))


def day_by_day(solver: DaySolver, diary: Diary) -> None:
    """One day at a time on what is owed that morning."""
    for day in diary.days():
        problem = _day_problem(diary, day, None)
        diary.write(day, solver(problem, diary.seconds / len(OPEN_DAYS), diary.seed))


@dataclass(frozen=True, kw_only=True)
class _Planned:
    """A week plan and what it says of a day."""

    problem: periodic.Problem
    plan: periodic.PeriodicPlan
    done: Mapping[str, frozenset[date]]

    def routes_on(self, day: date) -> DayOrders:
        """Its routes of a day."""
        offset = (day - FIRST).days
        routes = (route for route in self.plan.routes if self.problem.vehicle(route.vehicle).day == offset)
        return {route.vehicle: route.customers for route in routes}

    def item(self, village: Village) -> WeekVillage:
        """What it says of a village."""
        code = village.code
        return WeekVillage(
            village_code=code,
            due=village.required_visits_per_week,
            planned=tuple(FIRST + timedelta(days=offset) for offset in self.plan.days[code]),
            done=tuple(sorted(self.done[code])),
        )


def _plans(diary: Diary, seconds: float) -> Iterator[tuple[date, _Planned]]:
    """Each day with the week plan in force on it; time is shared among the plans."""
    each = seconds / (1 + len(diary.lost))
    plan, over = _plan(diary, each, as_of=FIRST), set[date]()
    for day in OPEN_DAYS:
        if day in diary.lost:
            over.add(day)
            if day < OPEN_DAYS[-1]:
                plan = _plan(diary, each, as_of=day + timedelta(days=1), lost=over)
        else:
            yield day, plan


def _plan(diary: Diary, seconds: float, *, as_of: date, lost: set[date] | None = None) -> _Planned:
    inputs = diary.week.inputs(diary.came, as_of=as_of, lost=lost or ())
    problem, _ = build_week(inputs, StraightLineRouter())
    plan = periodic.solve(problem, Stop(seconds=seconds), diary.seed).solution
    if plan is None:
        raise RuntimeError("no visit of a village is compulsory, and still no week was found")
    done = {code: frozenset(days) for code, days in diary.came.items()}
    return _Planned(problem=problem, plan=plan, done=done)


def _day_problem(diary: Diary, day: date, plan: _Planned | None) -> routing.Problem:
    """A day's stops with what each is worth that morning, as `day_stops` has it."""
    week, eve = diary.week, day - timedelta(days=1)
    inputs = week.inputs(diary.came)
    stops = []
    for village in week.villages:
        debt = village_coverage(village, inputs.visits[village.code], as_of=eve, since=inputs.since).debt
        prize = village_prize(debt, village.risk)
        if plan:
            prize = _prize_by_week(prize, village, plan, inputs.visits[village.code], day)
        stops.append((village.code, prize))
    return routing.Problem(
        stops=tuple(
            routing.StopPoint(
                id=code, node=node, prize=prize, service_seconds=60 * week.office.village_visit_minutes
            )
            for node, (code, prize) in enumerate(stops, start=1)
        ),
        squads=tuple(
            routing.SquadShift(id=f"q{k}", start_node=0, end_node=0, start=0, end=DAY_SECONDS)
            for k in range(week.squads)
        ),
        travel_seconds=week.matrix.seconds.astype(np.int64),
        travel_metres=week.matrix.metres.astype(np.int64),
    )


def _prize_by_week(prize: int, village: Village, plan: _Planned, visits: Collection[date], day: date) -> int:
    """The prize with a week plan in force."""
    item, required = plan.item(village), village.required_visits_per_week
    since = {visit for visit in visits if visit >= FIRST}
    if item.next_planned(day, since) != day and came_just_now(required, visits=visits, day=day):
        return 0
    return prize_by_week(prize, village.risk, item, since=since, day=day)


def _gridmgr(problem: routing.Problem, seconds: float, seed: int) -> DayOrders:
    plan = routing.solve(problem, Stop(seconds=seconds), seed).solution
    return plan.orders if plan else {}


def _scaled(solver: DaySolver, problem: routing.Problem, seconds: float, seed: int) -> DayOrders:
    """A peer's day; prizes are brought down to those it understands, none of them to nothing."""
    most = max(stop.prize for stop in problem.stops)
    if most > _HIGHEST_PRIZE:
        stops = (
            routing.StopPoint(
                id=stop.id,
                node=stop.node,
                prize=max(1, round(stop.prize * _HIGHEST_PRIZE / most)),
                service_seconds=stop.service_seconds,
            )
            for stop in problem.stops
        )
        problem = routing.Problem(
            stops=tuple(stops),
            squads=problem.squads,
            travel_seconds=problem.travel_seconds,
            travel_metres=problem.travel_metres,
        )
    return solver(problem, seconds, seed)


def chosen(against: str) -> dict[str, WeekSolver]:
    """Ours and the peers named, with commas between them, by name.

    Raises
    ------
    ValueError
        If one is not known.
    """
    ours: dict[str, WeekSolver] = {
        "gridmgr": at_once,
        "gridmgr-days-of-week": days_of_week,
        "gridmgr-day-by-day": partial(day_by_day, _gridmgr),
    }
    names = [name for name in against.split(",") if name]
    if not names:
        return ours
    from benchmarks import peers

    if unknown := set(names) - set(peers.PEERS):
        raise ValueError(f"--against knows {', '.join(peers.PEERS)}, not {', '.join(sorted(unknown))}")
    return ours | {
        f"{name}-day-by-day": partial(day_by_day, partial(_scaled, peers.PEERS[name])) for name in names
    }


def line(
    week: Week, name: str, solver: WeekSolver, *, seconds: float, seed: int, lost: frozenset[date]
) -> dict[str, object]:
    """One line of the benchmark."""
    diary = Diary(week=week, lost=lost, seconds=seconds, seed=seed)
    cpu, wall = time.process_time(), time.perf_counter()
    solver(diary)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {
        "township": week.name,
        "villages": len(week.villages),
        "squads": week.squads,
        "lost_days": len(lost),
        "solver": name,
        "seed": seed,
        **judge(week, diary.orders, lost=lost),
        "cpu_s": round(cpu, 2),
        "wall_s": round(wall, 2),
        "machine": describe(),
    }


def run(weeks: Mapping[int, list[Week]], solvers: Mapping[str, WeekSolver], args: argparse.Namespace) -> None:
    """Print the lines, townships by seed."""
    lost = frozenset({OPEN_DAYS[args.lose - 1]}) if args.lose else frozenset[date]()
    for seed, townships in weeks.items():
        for week in townships:
            for name, solver in solvers.items():
                found = line(week, name, solver, seconds=args.seconds, seed=seed, lost=lost)
                print(json.dumps(found), flush=True)


def main() -> None:
    """Print the lines."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="40,80,150", help="numbers of villages, with commas")
    parser.add_argument("--villages", type=Path, help="a village file in the place of drawn townships")
    parser.add_argument("--township", help="its township's code; all villages of the file where not given")
    parser.add_argument("--squads", type=int, help="squads a day; by the number of villages where not given")
    parser.add_argument("--seconds", type=float, default=5.0, help="solving time of the whole week")
    parser.add_argument("--seeds", default="1,2,3", help="with commas")
    parser.add_argument("--lose", type=int, choices=range(1, len(OPEN_DAYS) + 1), help="working day lost")
    rules = OfficeSettings(week_reserve_percent=0)
    for name in ("reserve_percent", "slack_days", "bunching", "waiting"):
        default = getattr(rules, f"week_{name}")
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=int, default=default, help="the office's rule"
        )
    parser.add_argument("--against", default="", help="pyvrp, vroom, ortools, with commas")
    args = parser.parse_args()
    seeds = [int(seed) for seed in args.seeds.split(",")]
    office = OfficeSettings(
        week_reserve_percent=args.reserve_percent,
        week_slack_days=args.slack_days,
        week_bunching=args.bunching,
        week_waiting=args.waiting,
    )
    if args.villages:
        land = partial(on_land, args.villages, squads=args.squads, township=args.township, office=office)
        weeks = {seed: [land(seed=seed)] for seed in seeds}
    else:
        town = partial(drawn, squads=args.squads, office=office)
        sizes = [int(size) for size in args.sizes.split(",")]
        weeks = {seed: [town(size, seed=seed) for size in sizes] for seed in seeds}
    solvers = chosen(args.against)
    warm_up()
    run(weeks, solvers, args)


if __name__ == "__main__":
    main()

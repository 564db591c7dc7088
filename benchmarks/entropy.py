"""How well one who watches could foresee the patrols: varied plans against the deterministic one.

``python -m benchmarks.entropy --days 30 --seed 1`` plans a township of one set of stops day after day, as
planned best (bound 0) and varied within bounds of the prize, and prints one JSON line a bound: the entropy of
the half-hours of arrival, mean over places, in bits; the chance that a watcher's best guess of the half-hour
is right, once over all the days and once foretold from the days before only; the prize given up, mean and
worst day; and the driving added. Every day's plan is checked by `verify`, with the day's
departures. The last line names the machine.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from benchmarks.machine import describe
from benchmarks.township import township
from planners.routing import (
    ENGINES,
    Limits,
    Problem,
    RoutePlan,
    default_stop,
    entropy_bits,
    guess_chance,
    solve,
    vary,
    verify,
)
from planners.routing.arrivals import slot

#: Places visited on fewer days tell nothing about their hour.
_FEWEST_VISITS = 5


@dataclass(kw_only=True)
class Month:
    """Many days under one bound.

    Parameters
    ----------
    arrivals
        Seconds since midnight, by stop id, in the order of days.
    lost, added
        Percent of prize given up and of driving added, a day.
    valid
        Whether every plan kept every rule.
    seconds
        What varying took in all.
    """

    arrivals: dict[str, list[int]] = field(default_factory=dict)
    lost: list[float] = field(default_factory=list)
    added: list[float] = field(default_factory=list)
    valid: bool = True
    seconds: float = 0.0


def month(
    problem: Problem, best: RoutePlan, *, percent: float, days: int, seed: int, moves: int = 4000
) -> Month:
    """Vary the same best plan on each of the days, knowing the days before."""
    result = Month()
    for day in range(days):
        began = time.perf_counter()
        varied = vary(
            problem,
            best,
            seed=seed * 100_000 + day,
            limits=Limits(prize_percent=percent),
            history=result.arrivals,
            moves=moves,
        )
        result.seconds += time.perf_counter() - began
        result.valid &= not verify(varied.problem, varied.plan)
        result.lost.append(100 * (1 - varied.plan.prize / best.prize))
        result.added.append(100 * (varied.plan.travel_seconds / best.travel_seconds - 1))
        for route in varied.plan.routes:
            for visit in route.visits:
                result.arrivals.setdefault(visit.stop, []).append(visit.arrive)
    return result


def foretold(arrivals: Sequence[int]) -> float:
    """How often the half-hour seen most often so far is the next one, 0 to 1."""
    seen: Counter[int] = Counter()
    right = 0
    for arrive in arrivals:
        # Of equals the first seen, as `most_common` has it.
        right += bool(seen) and seen.most_common(1)[0][0] == slot(arrive)
        seen[slot(arrive)] += 1
    return right / max(1, len(arrivals) - 1)


def line(percent: float, problem: Problem, found: Month) -> Mapping[str, object]:
    """One line of the benchmark."""
    known = [times for times in found.arrivals.values() if len(times) >= _FEWEST_VISITS]
    return {
        "bound_percent": percent,
        "stops": len(problem.stops),
        "squads": len(problem.squads),
        "days": len(found.lost),
        "places": len(known),
        "entropy_bits": round(fmean(map(entropy_bits, known)), 3) if known else None,
        "best_guess": round(fmean(map(guess_chance, known)), 3) if known else None,
        "foretold": round(fmean(map(foretold, known)), 3) if known else None,
        "lost_percent_mean": round(fmean(found.lost), 3),
        "lost_percent_worst": round(max(found.lost), 3),
        "travel_added_percent": round(fmean(found.added), 1),
        "seconds_a_day": round(found.seconds / len(found.lost), 3),
        "valid": found.valid,
    }


def main() -> None:
    """Print the lines."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stops", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=5.0, help="for the best plan")
    parser.add_argument("--engine", choices=ENGINES, default=ENGINES[0])
    parser.add_argument("--bounds", default="0,1,3,5", help="percent of the prize, with commas")
    args = parser.parse_args()
    problem = township(args.stops, seed=args.seed)
    stop = default_stop(args.stops, seconds=args.seconds, engine=args.engine)
    best = solve(problem, stop, args.seed, engine=args.engine).solution
    if best is None or not best.prize:
        raise SystemExit("no plan was found to vary")
    for percent in map(float, args.bounds.split(",")):
        found = month(problem, best, percent=percent, days=args.days, seed=args.seed)
        print(json.dumps(line(percent, problem, found)), flush=True)
    print(json.dumps({"machine": describe()}))


if __name__ == "__main__":
    main()

"""How long a month's roster takes, people and squads apart, on one worker.

``python -m benchmarks.roster --agencies 12 --days 30 --seeds 1,2,3`` prints one JSON line a township:
agencies of three to six people, a tenth away on any day, certificates that run out within
the month, unequal history. Townships are drawn from the seed; nothing is read from disk.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from datetime import date, timedelta

from planners.result import Result
from planners.rostering import Day, Person, Problem, Roster, Rules, Vehicle, solve
from planners.stop import Stop

FIRST = date(2026, 3, 2)
SCOPES = tuple(f"field {number}" for number in range(8))


def township(*, agencies: int, days: int, certified: float, seed: int) -> Problem:
    """Draw a township."""
    draw = random.Random(seed)
    people = [
        Person(
            id=f"a{agency:02}p{number}",
            agency=f"a{agency:02}",
            certified_until=_certificate(draw, certified),
            scopes=frozenset(draw.sample(SCOPES, draw.randint(1, 3))),
            can_lead=draw.random() < 0.4,
            duties_last_weeks=draw.randint(5, 8),
        )
        for agency in range(agencies)
        for number in range(draw.randint(3, 6))
    ]
    people += [
        Person(
            id=f"office{number}",
            agency="office",
            is_office=True,
            certified_until=_certificate(draw, 0.8),
            scopes=frozenset(SCOPES),
        )
        for number in range(6)
    ]
    calendar = tuple(_day(draw, people, number) for number in range(days))
    return Problem(people=tuple(people), days=calendar, rules=Rules(min_members=3, max_squads=4))


def _certificate(draw: random.Random, certified: float) -> date | None:
    if draw.random() >= certified:
        return None
    return FIRST + timedelta(days=draw.choice([10, 20, 400, 400, 400, 400]))


def _day(draw: random.Random, people: list[Person], number: int) -> Day:
    return Day(
        date=FIRST + timedelta(days=number),
        available=frozenset(person.id for person in people if draw.random() >= 0.1),
        vehicles=tuple(Vehicle(id=f"v{vehicle}", seats=5) for vehicle in range(4)),
    )


def line(
    problem: Problem, result: Result[Roster], *, seed: int, certified: float, cpu: float
) -> dict[str, object]:
    """One line of the benchmark."""
    roster = result.solution
    return {
        "seed": seed,
        "people": len(problem.people),
        "days": len(problem.days),
        "certified": certified,
        "status": result.status,
        "people_proven": roster is not None and roster.people_proven,
        "days_proven": sum(day.proven for day in roster.days) if roster else 0,
        "lawful_squads": result.objective,
        "bound": result.bound,
        "widest_spread": _widest_spread(problem, roster) if roster else None,
        "cpu_s": round(cpu, 2),
        "wall_s": round(result.seconds, 2),
    }


def _widest_spread(problem: Problem, roster: Roster) -> int:
    totals: dict[str, list[int]] = {}
    history = Counter({person.id: person.duties_last_weeks for person in problem.people})
    for person in problem.people:
        totals.setdefault(person.group, []).append(history[person.id] + roster.duties[person.id])
    return max(max(counts) - min(counts) for counts in totals.values())


def main() -> None:
    """Print the lines."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--agencies", type=int, default=12)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--certified", default="0.25,0.6", help="shares of certified people, with commas")
    parser.add_argument("--seeds", default="1,2,3", help="with commas")
    parser.add_argument("--seconds", type=float, default=60.0)
    args = parser.parse_args()
    for seed in map(int, args.seeds.split(",")):
        for certified in map(float, args.certified.split(",")):
            problem = township(agencies=args.agencies, days=args.days, certified=certified, seed=seed)
            cpu = time.process_time()
            result = solve(problem, Stop(seconds=args.seconds), seed=seed)
            spent = time.process_time() - cpu
            print(json.dumps(line(problem, result, seed=seed, certified=certified, cpu=spent)), flush=True)


if __name__ == "__main__":
    main()

"""How a roster spreads company and leadership: counted, for reports and benchmarks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from statistics import pstdev

from planners.rostering.data import Problem, pair_key
from planners.rostering.solution import DayRoster


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Pairs and leaders of a roster, its own days only.

    Parameters
    ----------
    squads, lawful
        Squads, and those that may enforce something.
    pairs
        Distinct pairs of people who were in one squad at least once.
    most_frequent
        The pair that was together most often, and how often; None without any pair.
    repeated
        Times that a pair was together again.
    leader_least, leader_most
        Fewest and most squads led by anybody who could lead: was in a squad with a valid certificate, and may
        lead. 0 and 0 without any.
    leader_deviation
        Standard deviation of that.
    leaders
        How many different people led.
    """

    squads: int
    lawful: int
    pairs: int
    most_frequent: tuple[tuple[str, str], int] | None
    repeated: int
    leader_least: int
    leader_most: int
    leader_deviation: float
    leaders: int


def figures(problem: Problem, days: Iterable[DayRoster]) -> Figures:
    """Count them."""
    people = {person.id: person for person in problem.people}
    together: Counter[tuple[str, str]] = Counter()
    led: Counter[str] = Counter()
    able: set[str] = set()
    squads = [(made.date, squad) for made in days for squad in made.squads]
    for day, squad in squads:
        together.update(pair_key(*pair) for pair in combinations(squad.members, 2))
        led[squad.leader] += 1
        able.update(m for m in squad.members if people[m].can_lead and people[m].certified_on(day))
    turns = [led[person] for person in sorted(able)]
    return Figures(
        squads=len(squads),
        lawful=sum(not squad.patrol_only for _, squad in squads),
        pairs=len(together),
        most_frequent=min(together.items(), key=lambda item: (-item[1], item[0]), default=None),
        repeated=sum(together.values()) - len(together),
        leader_least=min(turns, default=0),
        leader_most=max(turns, default=0),
        leader_deviation=round(pstdev(turns), 2) if turns else 0.0,
        leaders=len(led),
    )

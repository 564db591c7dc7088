"""Why a day has fewer lawful squads than are asked for, and the smallest change that would give more.

Every change is tried by solving the day with it: people are chosen and squads formed anew, so that the effect
told is what the planner would really do. Where no single change helps, pairs of changes are tried.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations_with_replacement

from planners.result import Reason
from planners.rostering.changes import candidates, linked
from planners.rostering.data import CERTIFIED_NEEDED, OFFICE, Person, Problem
from planners.rostering.demand import (
    available_by_group,
    quota,
    squads_allowed,
    squads_asked,
    squads_possible,
    usable_vehicles,
)
from planners.rostering.reasons import because
from planners.rostering.relax import Change, changed
from planners.rostering.solution import DayRoster
from planners.rostering.solve import solve
from planners.stop import Progress, Stop

#: Days solved at most, the day itself included, unless the caller says otherwise.
_WORK = 150
#: Seconds one day may take; a day takes a tenth of one.
_SECONDS_A_DAY = 20.0


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """A change, or two together, and what the day is with it.

    Parameters
    ----------
    changes
        One or two, the lighter first.
    lawful, squads
        Lawful squads and squads of the day solved with it.
    sent
        Who is sent then, ids.
    """

    changes: tuple[Change, ...]
    lawful: int
    squads: int
    sent: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DayRelief:
    """What keeps a day from more lawful squads, and what would help.

    Parameters
    ----------
    asked
        Squads the day asks for.
    lawful
        Lawful squads of the day as solved without any change.
    reasons
        What binds, the first cause first; empty where nothing is missing.
    singles
        Single changes that give more lawful squads, the lightest first.
    pair
        The lightest two changes that do it together, looked for where no single one helps.
    complete
        Whether every change (and every pair, where none helps alone) was tried before the limit.
    solved
        How many days were solved.
    sent
        Who is sent without any change.
    """

    asked: int
    lawful: int
    reasons: tuple[Reason, ...] = ()
    singles: tuple[Remedy, ...] = ()
    pair: Remedy | None = None
    complete: bool = True
    solved: int = 1
    sent: tuple[str, ...] = field(default=())


def relieve(
    problem: Problem, stop: Stop | None = None, seed: int = 0, *, lendable: Sequence[Person] = ()
) -> DayRelief | None:
    """Find what keeps a day from more lawful squads, and the changes that would help.

    Parameters
    ----------
    problem
        Of exactly one day.
    stop
        ``work`` counts days solved.
    seed
        Of every solve: the same problem, work and seed give the same answer.
    lendable
        People of other townships who could come for the day; agencies of their own.

    Returns
    -------
    DayRelief or None
        None if the stop came before the day itself was solved.

    Raises
    ------
    ValueError
        If the problem has several days, or a person to lend is in it already.
    """
    if len(problem.days) != 1:
        raise ValueError(f"relieve takes one day, got {len(problem.days)}")
    known = {person.id for person in problem.people}
    strange = sorted(person.id for person in lendable if person.id in known)
    if strange:
        raise ValueError(f"relieve: people to lend are of this township: {strange}")
    search = _Search(problem, stop or Stop(seconds=120.0), seed, {person.id: person for person in lendable})
    return search.run()


class _Search:
    """Solves the day with one change after the other."""

    def __init__(self, problem: Problem, stop: Stop, seed: int, lendable: Mapping[str, Person]) -> None:
        self._problem = problem
        self._stop = stop
        self._seed = seed
        self._lendable = lendable
        self._most = stop.work or _WORK
        self._solved = 0
        self._complete = True
        self._began = time.monotonic()

    def run(self) -> DayRelief | None:
        base = self._solve(self._problem)
        if base is None:
            return None
        day = self._problem.days[0]
        lawful = _lawful(base)
        asked = squads_asked(day, self._problem.rules)
        told = DayRelief(asked=asked, lawful=lawful, sent=base.sent)
        if lawful >= asked:
            return told
        singles = self._helping(((change,) for change in self._candidates(base, alike=1)), base, lawful)
        pair = None
        if not singles:
            pair = next(iter(self._helping(self._pairs(base), base, lawful, first=True)), None)
        return replace(
            told,
            reasons=tuple(_binding(self._problem, base)),
            singles=tuple(singles),
            pair=pair,
            complete=self._complete,
            solved=self._solved,
        )

    def _candidates(self, base: DayRoster, *, alike: int) -> list[Change]:
        return list(candidates(self._problem, base, lendable=tuple(self._lendable.values()), alike=alike))

    def _pairs(self, base: DayRoster) -> list[tuple[Change, ...]]:
        """Two changes at a time, lighter pairs first; two for one person go together as well."""
        # Of changes that come to the same two are kept: both together may do what one does not.
        some = self._candidates(base, alike=2)
        both = combinations_with_replacement(some, 2)
        pairs: list[tuple[Change, ...]] = [(a, b) for a, b in both if a != b or a.repeats]
        pairs += linked(self._problem, base)
        return sorted(pairs, key=lambda two: (sum(one.burden for one in two), *(one.key for one in two)))

    def _helping(
        self, tries: Iterable[tuple[Change, ...]], base: DayRoster, lawful: int, *, first: bool = False
    ) -> list[Remedy]:
        """Those that give more lawful squads; just one of them with ``first``."""
        found: list[Remedy] = []
        for changes in tries:
            if self._over():
                self._complete = False
                break
            made = self._with(changes, base, lawful)
            if made is None or _lawful(made) <= lawful:
                continue
            found.append(
                Remedy(changes=changes, lawful=_lawful(made), squads=len(made.squads), sent=made.sent)
            )
            if first:
                break
        return sorted(found, key=lambda item: (item.changes[0].burden, -item.lawful, item.changes[0].key))

    def _with(self, changes: tuple[Change, ...], base: DayRoster, lawful: int) -> DayRoster | None:
        """The day with the changes; None where they make no sense or cannot give more lawful squads."""
        asked = self._problem
        # The heavier one first: it brings the people whom the lighter one sends.
        for change in reversed(changes):
            if not applies(asked, change):
                return None
            asked = changed(asked, change, sent=frozenset(base.sent), lendable=self._lendable)
        return None if most_lawful(asked) <= lawful else self._solve(asked)

    def _solve(self, asked: Problem) -> DayRoster | None:
        self._solved += 1
        self._stop.progress(Progress(fraction=min(1.0, self._solved / self._most), best=None))
        result = solve(asked, Stop(seconds=_SECONDS_A_DAY, cancelled=self._stop.cancelled), self._seed)
        return result.solution.days[0] if result.solution else None

    def _over(self) -> bool:
        late = time.monotonic() - self._began > self._stop.seconds
        return late or self._solved >= self._most or self._stop.cancelled()


def applies(problem: Problem, change: Change) -> bool:
    """Whether a change makes any difference to the problem, as far as that is plain."""
    (day,) = problem.days
    if change.kind == "send":
        return change.person in day.available and change.instead in day.available
    if change.kind == "extra":
        here = available_by_group(problem, day).get(change.agency or OFFICE, [])
        return len(here) > quota(change.agency or OFFICE, len(here), day=day, rules=problem.rules)
    return change.kind != "attend" or change.person not in day.available


def most_lawful(problem: Problem) -> int:
    """Never less than the lawful squads of the day, by counting heads and certificates."""
    (day,) = problem.days
    heads = certified = 0
    for group, people in available_by_group(problem, day).items():
        share = quota(group, len(people), day=day, rules=problem.rules)
        heads += share
        certified += min(share, sum(person.certified_on(day.date) for person in people))
    return min(squads_possible(day, problem.rules, heads), certified // CERTIFIED_NEEDED)


def _lawful(made: DayRoster) -> int:
    return sum(not squad.patrol_only for squad in made.squads)


def _binding(problem: Problem, base: DayRoster) -> Iterator[Reason]:
    """What keeps the day from one lawful squad more, in the order in which it must be put right."""
    (day,) = problem.days
    rules = problem.rules
    next_one = _lawful(base) + 1
    enough = True
    if squads_allowed(day, rules) < next_one:
        vehicles = len(usable_vehicles(day, rules))
        yield because("relief_vehicles", vehicles=vehicles, needed=next_one)
        enough = False
    if len(base.sent) < rules.min_members * next_one:
        yield because("relief_people", sent=len(base.sent), needed=rules.min_members * next_one)
        enough = False
    people = {person.id: person for person in problem.people}
    certified = sum(people[name].certified_on(day.date) for name in base.sent)
    if certified < CERTIFIED_NEEDED * next_one:
        yield because("relief_certified", certified=certified, needed=CERTIFIED_NEEDED * next_one)
    elif enough:
        yield because(f"relief_pairs_{rules.pair_rule.value}", certified=certified, squads=next_one)
    away = Counter(
        day.absent.get(person.id, "other")
        for person in problem.people
        if person.id not in day.available and person.certified_on(day.date)
    )
    if away:
        names = ("leave", "seconded", "training", "sick", "other")
        yield because("relief_away", people=away.total(), **{name: away[name] for name in names})

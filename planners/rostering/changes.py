"""Which changes of a day are worth trying: those of every kind, without two that come to the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from planners.rostering.data import OFFICE, Day, Person, Problem
from planners.rostering.demand import available_by_group, quota, squads_asked, usable_vehicles
from planners.rostering.relax import MOVABLE, Change
from planners.rostering.solution import DayRoster

#: Scopes one after the other for somebody whose agency's field is not known.
_MOST_SCOPES = 6

_Tried = tuple[Change, tuple[object, ...]]


def candidates(
    problem: Problem, base: DayRoster, *, lendable: Sequence[Person] = (), alike: int = 1
) -> Iterator[Change]:
    """Every change worth trying, lighter ones first.

    Parameters
    ----------
    problem
        Of one day.
    base
        The day solved without any change.
    lendable
        People of other townships who could come.
    alike
        How many are given of changes that come to the same.
    """
    (day,) = problem.days
    people = {person.id: person for person in problem.people}
    sent = [people[name] for name in base.sent]
    around = frozenset[str]().union(*(person.scopes for person in (*problem.people, *lendable)))
    seen: Counter[tuple[object, ...]] = Counter()
    for change, same in (
        *_turns(problem, day, sent),
        *_extras(problem),
        *_absent(problem, day),
        *((Change(kind="lend", person=p.id), _alike(p, day)[1:]) for p in _by_id(lendable)),
        *_vehicles(problem, day),
        *_certificates(problem, day, around),
        *_hires(problem, around),
    ):
        seen[change.kind, *same] += 1
        if seen[change.kind, *same] <= alike:
            yield change


def linked(problem: Problem, base: DayRoster) -> Iterator[tuple[Change, ...]]:
    """Pairs for one person, of which one alone makes no sense: come and go, with a certificate and go."""
    (day,) = problem.days
    people = {person.id: person for person in problem.people}
    sent = [people[name] for name in base.sent if name not in day.locked]
    around = frozenset[str]().union(*(person.scopes for person in problem.people))
    for person in _by_id(p for p in problem.people if p.id not in base.sent):
        certified = person.certified_on(day.date)
        papers = [
            Change(kind="certify", person=person.id, scopes=scopes)
            for scopes in ([] if certified else _scopes_for(problem, person.group, person.scopes, around))
        ]
        turns = [
            Change(kind="send", person=person.id, instead=other.id)
            for other in sent
            if other.group == person.group
        ]
        if day.absent.get(person.id) in MOVABLE:
            come = Change(kind="attend", person=person.id)
            yield from ((turn, come) for turn in turns)
            yield from ((come, paper) for paper in papers)
        elif person.id in day.available:
            yield from ((turn, paper) for turn in turns for paper in papers)


def _by_id(people: Iterable[Person]) -> list[Person]:
    return sorted(people, key=lambda person: person.id)


def _alike(person: Person, day: Day) -> tuple[object, ...]:
    """What tells people apart in the planner, all but their ids and who leads."""
    certified = person.certified_on(day.date)
    history = (person.duties_last_weeks, person.off_duties_last_weeks, person.other_duties)
    return person.agency, certified, person.scopes if certified else frozenset(), *history


def _turns(problem: Problem, day: Day, sent: Sequence[Person]) -> Iterator[_Tried]:
    going = {person.id for person in sent}
    waiting = [p for p in problem.people if p.id in day.available and p.id not in going]
    for person in _by_id(p for p in waiting if p.certified_on(day.date)):
        for other in _by_id(p for p in sent if p.group == person.group and p.id not in day.locked):
            change = Change(kind="send", person=person.id, instead=other.id)
            yield change, (_alike(person, day), _alike(other, day))


def _extras(problem: Problem) -> Iterator[_Tried]:
    for group in sorted({person.group for person in problem.people}):
        yield Change(kind="extra", agency=group), (group,)


def _absent(problem: Problem, day: Day) -> Iterator[_Tried]:
    for person in _by_id(p for p in problem.people if day.absent.get(p.id) in MOVABLE):
        yield Change(kind="attend", person=person.id), (_alike(person, day), day.absent[person.id])


def _vehicles(problem: Problem, day: Day) -> Iterator[_Tried]:
    if day.vehicles and len(usable_vehicles(day, problem.rules)) < squads_asked(day, problem.rules):
        yield Change(kind="vehicle"), ()


def _certificates(problem: Problem, day: Day, around: frozenset[str]) -> Iterator[_Tried]:
    """Those without one who go, or could go in a fair turn, or a turn more, if they had one."""
    most: dict[str, int] = {}
    for group, here in available_by_group(problem, day).items():
        duties = sorted(person.duties_last_weeks for person in here)
        most[group] = duties[min(len(here) - 1, quota(group, len(here), day=day, rules=problem.rules))]
    for person in _by_id(problem.people):
        if person.id not in day.available or person.certified_on(day.date):
            continue
        if person.duties_last_weeks > most[person.group] and not problem.rules.lawful_before_fair:
            continue
        for scopes in _scopes_for(problem, person.group, person.scopes, around):
            change = Change(kind="certify", person=person.id, scopes=scopes)
            yield change, (_alike(person, day), scopes)


def _hires(problem: Problem, around: frozenset[str]) -> Iterator[_Tried]:
    groups = {person.group for person in problem.people} | set(problem.agencies)
    for group in sorted(groups):
        for scopes in _scopes_for(problem, group, frozenset(), around):
            yield Change(kind="hire", agency=group, scopes=scopes), (group, scopes)


def _scopes_for(
    problem: Problem, group: str, own: frozenset[str], around: frozenset[str]
) -> list[frozenset[str]]:
    """What a new certificate would cover: the person's fields, else the agency's, else one around."""
    if own:
        return [own]
    field_of = frozenset[str]().union(*(p.scopes for p in problem.people if p.group == group))
    if field_of and group != OFFICE:
        return [field_of]
    return [frozenset({scope}) for scope in sorted(around)[:_MOST_SCOPES]]

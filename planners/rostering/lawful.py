"""What a squad may lawfully enforce, by plain set logic, without any solver.

The planner, ``verify`` and the desk (when the planner moves a member by hand) all ask `check_squad`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from planners.result import Reason
from planners.rostering.data import CERTIFIED_NEEDED, Day, PairRule, Person, Rules, Vehicle
from planners.rostering.reasons import because


@dataclass(frozen=True, kw_only=True)
class SquadCheck:
    """What `check_squad` found.

    Parameters
    ----------
    patrol_only
        True when the squad may lawfully enforce nothing.
    scopes
        What it may enforce.
    reasons
        Why it is patrol-only; empty otherwise.
    breaches
        Rules of the house it breaks: size, availability, leader, seats.
    """

    patrol_only: bool
    scopes: frozenset[str]
    reasons: tuple[Reason, ...]
    breaches: tuple[Reason, ...]


def check_squad(
    members: Sequence[Person],
    rules: Rules,
    day: Day,
    *,
    leader: str | None = None,
    vehicle: Vehicle | None = None,
) -> SquadCheck:
    """Judge one squad of one day.

    Parameters
    ----------
    members
        The squad, in any order.
    rules
        The rules of the house.
    day
        The day, for the certificates' validity and for who is available.
    leader
        Id of the leader; not judged when None.
    vehicle
        Its vehicle; seats are not judged when None.
    """
    scopes = lawful_scopes(members, rules.pair_rule, on=day.date)
    reasons = () if scopes else tuple(_why_patrol_only(members, rules.pair_rule, on=day.date))
    breaches = (
        *_size_breaches(members, rules, vehicle),
        *_member_breaches(members, day),
        *_leader_breaches(members, leader, on=day.date),
    )
    return SquadCheck(patrol_only=not scopes, scopes=scopes, reasons=reasons, breaches=breaches)


def lawful_scopes(members: Iterable[Person], rule: PairRule, *, on: date) -> frozenset[str]:
    """Scopes for which the squad has its two certified officers (Administrative Penalty Law, Art 42)."""
    certified = [person for person in members if person.certified_on(on)]
    pairs = pair_groups(certified, rule)
    lawful = (pair for pair in pairs.items() if len(pair[1]) >= CERTIFIED_NEEDED)
    return frozenset(
        scope
        for label, group in lawful
        for scope in ({label} if rule is PairRule.SCOPE else frozenset().union(*(p.scopes for p in group)))
    )


def pair_groups(certified: Iterable[Person], rule: PairRule) -> Mapping[str, list[Person]]:
    """Certified people grouped so that any two of one group make a lawful pair.

    Groups are scopes, agencies, or one for all, as the rule says. Under the scope rule a person can be in
    several.
    """
    groups: dict[str, list[Person]] = {}
    for person in certified:
        for label in sorted(_pair_labels(person, rule)):
            groups.setdefault(label, []).append(person)
    return groups


def _pair_labels(person: Person, rule: PairRule) -> frozenset[str]:
    if rule is PairRule.SCOPE:
        return person.scopes
    if rule is PairRule.SAME_AGENCY:
        return frozenset({person.agency})
    return frozenset({"all"})


def _why_patrol_only(members: Sequence[Person], rule: PairRule, *, on: date) -> Iterable[Reason]:
    certified = [person for person in members if person.certified_on(on)]
    if len(certified) < CERTIFIED_NEEDED:
        yield because(
            "too_few_certified", certified=len(certified), needed=CERTIFIED_NEEDED, members=len(members)
        )
    elif not any(person.scopes for person in certified):
        yield because("no_scope_recorded", certified=len(certified))
    elif rule is PairRule.SCOPE:
        yield because("no_shared_scope", certified=len(certified))
    elif max(Counter(person.agency for person in certified).values()) < CERTIFIED_NEEDED:
        yield because("no_same_agency_pair", certified=len(certified))
    else:
        yield because("no_scope_recorded", certified=len(certified))
    for person in members:
        if person.certified_until is not None and not person.certified_on(on):
            yield because("certificate_expired", person=person.id, until=person.certified_until.isoformat())


def _size_breaches(members: Sequence[Person], rules: Rules, vehicle: Vehicle | None) -> Iterable[Reason]:
    if len(members) < rules.min_members:
        yield because("squad_too_small", members=len(members), needed=rules.min_members)
    if len(members) > rules.max_members:
        yield because("squad_too_large", members=len(members), allowed=rules.max_members)
    if vehicle is not None and len(members) > vehicle.seats:
        yield because("vehicle_seats_short", vehicle=vehicle.id, seats=vehicle.seats, members=len(members))


def _member_breaches(members: Sequence[Person], day: Day) -> Iterable[Reason]:
    for person, times in Counter(member.id for member in members).items():
        if times > 1:
            yield because("member_twice", person=person)
        if person not in day.available:
            yield because("member_not_available", person=person)


def _leader_breaches(members: Sequence[Person], leader: str | None, *, on: date) -> Iterable[Reason]:
    if leader is None:
        return
    leading = next((person for person in members if person.id == leader), None)
    if leading is None:
        yield because("leader_not_member", person=leader)
        return
    if not leading.certified_on(on) and any(person.certified_on(on) for person in members):
        yield because("leader_not_certified", person=leader)

"""An independent check of a roster, by counting, without any solver.

It asks whether the roster keeps the rules and says the truth about itself, and whether a turn could be made
fairer by exchanging two people; it does not ask whether the squads are the best ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from planners.result import Reason
from planners.rostering.data import OFFICE, Day, Person, Problem
from planners.rostering.demand import available_by_group, quota, squads_allowed, usable_vehicles
from planners.rostering.lawful import check_squad
from planners.rostering.reasons import because
from planners.rostering.solution import DayRoster, Roster, Squad
from planners.rostering.verify_turns import fair_off_turns, fair_turns, rest_kept


def verify(problem: Problem, roster: Roster) -> tuple[Reason, ...]:
    """Everything wrong with a roster; empty when it holds.

    A roster that was stopped early holds if its days are the first ones of the problem; the fairness of the
    turns is looked at only when all days are there.
    """
    return tuple(_findings(problem, roster))


def _findings(problem: Problem, roster: Roster) -> Iterator[Reason]:
    wanted = {day.date: day for day in problem.days}
    yield from _calendar(problem, roster)
    for made in roster.days:
        day = wanted.get(made.date)
        if day is not None:
            yield from verify_day(problem, day, made)
    yield from _duties(problem, roster)
    yield from rest_kept(problem, roster)
    if len(roster.days) == len(problem.days) and not problem.rules.lawful_before_fair:
        yield from fair_turns(problem, roster)
        yield from fair_off_turns(problem, roster)


def verify_day(problem: Problem, day: Day, made: DayRoster) -> Iterator[Reason]:
    """Everything wrong with one day."""
    people = {person.id: person for person in problem.people}
    yield from _attendance(day, made, people)
    yield from _quotas(problem, day, made, people)
    yield from _nobody_lost(day, made)
    yield from _squad_count(problem, day, made)
    for squad in made.squads:
        yield from _squad(problem, day, squad, people)
    stated = {short.agency for short in made.short}
    yield from (
        because("verify_short_missing", day=day.key, agency=agency)
        for agency in _agencies_without_certified(problem, day)
        if agency not in stated
    )


def _calendar(problem: Problem, roster: Roster) -> Iterator[Reason]:
    made = [day.date for day in roster.days]
    wanted = [day.date for day in problem.days]
    for day, times in Counter(made).items():
        if day not in wanted:
            yield because("verify_day_unknown", day=day.isoformat())
        if times > 1:
            yield because("verify_day_twice", day=day.isoformat())
    for day in wanted[: len(made)]:
        if day not in made:
            yield because("verify_day_missing", day=day.isoformat())


def _attendance(day: Day, made: DayRoster, people: Mapping[str, Person]) -> Iterator[Reason]:
    for person, times in Counter(made.sent).items():
        if person not in people:
            yield because("verify_person_unknown", day=day.key, person=person)
        elif person not in day.available:
            yield because("verify_not_available", day=day.key, person=person)
        if times > 1:
            yield because("verify_person_twice", day=day.key, person=person)
    for person in sorted(day.locked - set(made.sent)):
        yield because("verify_lock_broken", day=day.key, person=person)


def _quotas(problem: Problem, day: Day, made: DayRoster, people: Mapping[str, Person]) -> Iterator[Reason]:
    sent = Counter(people[person].group for person in made.sent if person in people)
    available = available_by_group(problem, day)
    for group in sorted({*sent, *available}):
        expected = quota(group, len(available.get(group, ())), day=day, rules=problem.rules)
        if sent[group] == expected or (problem.rules.asks_for_rest and sent[group] < expected):
            # Whether rest is really why fewer went is looked at with all days at hand.
            continue
        if group == OFFICE:
            yield because("verify_office_count", day=day.key, sent=sent[group], expected=expected)
        else:
            yield because(
                "verify_agency_count", day=day.key, agency=group, sent=sent[group], expected=expected
            )


def _nobody_lost(day: Day, made: DayRoster) -> Iterator[Reason]:
    places = Counter(member for squad in made.squads for member in squad.members)
    places.update(reserve.person for reserve in made.reserve)
    for person in made.sent:
        if places[person] == 0:
            yield because("verify_person_lost", day=day.key, person=person)
    for person, times in places.items():
        if person not in made.sent:
            yield because("verify_person_not_sent", day=day.key, person=person)
        if times > 1:
            yield because("verify_person_twice", day=day.key, person=person)


def _squad_count(problem: Problem, day: Day, made: DayRoster) -> Iterator[Reason]:
    allowed = squads_allowed(day, problem.rules)
    if len(made.squads) > allowed:
        yield because("verify_too_many_squads", day=day.key, squads=len(made.squads), allowed=allowed)
    for number, squad in enumerate(made.squads, start=1):
        if squad.number != number:
            yield because("verify_squad_number", day=day.key, squad=squad.number)
    driven = Counter(squad.vehicle for squad in made.squads if squad.vehicle is not None)
    for vehicle, times in driven.items():
        if times > 1:
            yield because("verify_vehicle_twice", day=day.key, vehicle=vehicle)


def _squad(problem: Problem, day: Day, squad: Squad, people: Mapping[str, Person]) -> Iterator[Reason]:
    vehicles = {vehicle.id: vehicle for vehicle in day.vehicles}
    if squad.vehicle is not None and squad.vehicle not in vehicles:
        yield because("verify_vehicle_unknown", day=day.key, squad=squad.number, vehicle=squad.vehicle)
    if squad.vehicle is None and usable_vehicles(day, problem.rules):
        yield because("verify_vehicle_missing", day=day.key, squad=squad.number)
    members = [people[member] for member in squad.members if member in people]
    vehicle = vehicles.get(squad.vehicle or "")
    check = check_squad(members, problem.rules, day, leader=squad.leader, vehicle=vehicle)
    for breach in check.breaches:
        yield because("verify_squad_rule", day=day.key, squad=squad.number, rule=breach.code)
    if squad.scopes != check.scopes:
        yield because(
            "verify_scopes_wrong",
            day=day.key,
            squad=squad.number,
            stated=", ".join(sorted(squad.scopes)),
            lawful=", ".join(sorted(check.scopes)),
        )
    if squad.patrol_only != check.patrol_only:
        yield because("verify_patrol_only_wrong", day=day.key, squad=squad.number)
    if squad.patrol_only and not squad.reasons:
        yield because("verify_reason_missing", day=day.key, squad=squad.number)


def _agencies_without_certified(problem: Problem, day: Day) -> list[str]:
    able = {
        person.group
        for person in problem.people
        if person.id in day.available and person.certified_on(day.date)
    }
    known = {*problem.agencies, *(person.group for person in problem.people)}
    return sorted(known - able - {OFFICE})


def _duties(problem: Problem, roster: Roster) -> Iterator[Reason]:
    counted = Counter(person for day in roster.days for person in day.sent)
    for person in problem.people:
        stated = roster.duties.get(person.id, 0)
        if stated != counted[person.id]:
            yield because("verify_duties_wrong", person=person.id, stated=stated, counted=counted[person.id])

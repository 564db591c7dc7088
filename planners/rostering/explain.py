"""Words' raw material: why a day, an agency or a person falls short of what was wished."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from planners.result import Reason
from planners.rostering.data import ABSENCES, OFFICE, Day, Person, Problem, Rules
from planners.rostering.demand import (
    available_by_group,
    quota,
    squads_asked,
    squads_possible,
    usable_vehicles,
)
from planners.rostering.reasons import because
from planners.rostering.solution import Reserve, Short, Squad


def short_agencies(problem: Problem, day: Day, *, sent: Sequence[Person]) -> tuple[Short, ...]:
    """Agencies that can send nobody, nobody certified, or too few for rest. The office is not among them."""
    gone = Counter(person.group for person in sent)
    available = available_by_group(problem, day)
    everybody = Counter(person.group for person in problem.people)
    agencies = sorted({*problem.agencies, *everybody} - {OFFICE})
    short: list[Short] = []
    for agency in agencies:
        here = available.get(agency, [])
        if not here:
            short.append(Short(agency=agency, reason=_nobody(problem, day, agency=agency)))
            continue
        expected = quota(agency, len(here), day=day, rules=problem.rules)
        if gone[agency] < expected:
            reason = because(
                "agency_resting", agency=agency, available=len(here), sent=gone[agency], expected=expected
            )
            short.append(Short(agency=agency, reason=reason))
        if not any(person.certified_on(day.date) for person in here):
            reason = because("agency_no_certificate", agency=agency, available=len(here))
            short.append(Short(agency=agency, reason=reason))
    return tuple(short)


def _nobody(problem: Problem, day: Day, *, agency: str) -> Reason:
    people = [person.id for person in problem.people if person.group == agency]
    why = Counter(day.absent.get(person, "other") for person in people)
    return because(
        "agency_nobody_available", agency=agency, people=len(people), **{name: why[name] for name in ABSENCES}
    )


def day_notes(
    problem: Problem, day: Day, *, sent: Sequence[Person], squads: Sequence[Squad]
) -> tuple[Reason, ...]:
    """What the planner should know about the whole day."""
    rules = problem.rules
    notes: list[Reason] = []
    if not sent:
        notes.append(because("nobody_available", people=len(problem.people)))
    elif len(sent) < rules.min_members:
        notes.append(because("too_few_people", present=len(sent), needed=rules.min_members))
    notes.extend(_office_resting(problem, day, sent=sent))
    usable = usable_vehicles(day, rules)
    if usable and len(usable) < squads_asked(day, rules):
        notes.append(because("fewer_vehicles", vehicles=len(usable), wanted=squads_asked(day, rules)))
    notes.extend(
        because("vehicle_too_small", vehicle=vehicle.id, seats=vehicle.seats, needed=rules.min_members)
        for vehicle in day.vehicles
        if vehicle not in usable
    )
    lawful = sum(not squad.patrol_only for squad in squads)
    if lawful < squads_possible(day, rules, len(sent)):
        notes.extend(_uncertified_turns(problem, day, sent=sent))
    return tuple(notes)


def _office_resting(problem: Problem, day: Day, *, sent: Sequence[Person]) -> list[Reason]:
    """Office staff kept at home by rest rules."""
    here = len(available_by_group(problem, day).get(OFFICE, []))
    expected = quota(OFFICE, here, day=day, rules=problem.rules)
    gone = sum(person.group == OFFICE for person in sent)
    if gone >= expected:
        return []
    return [because("office_resting", available=here, sent=gone, expected=expected)]


def _uncertified_turns(problem: Problem, day: Day, *, sent: Sequence[Person]) -> list[Reason]:
    """People without a certificate whose turn it was although their agency had certified ones at hand."""
    sent_ids = {person.id for person in sent}
    notes: list[Reason] = []
    for group, people in available_by_group(problem, day).items():
        waiting = sum(person.certified_on(day.date) and person.id not in sent_ids for person in people)
        turn = [person for person in people if person.id in sent_ids and not person.certified_on(day.date)]
        if group != OFFICE and waiting:
            notes.extend(
                because("turn_uncertified", agency=group, person=person.id, certified=waiting)
                for person in turn
            )
    return notes


def reserve_of(
    day: Day, rules: Rules, *, sent: Sequence[Person], squads: Sequence[Squad]
) -> tuple[Reserve, ...]:
    """People sent for whom no squad had room."""
    placed = {member for squad in squads for member in squad.members}
    left = [person.id for person in sent if person.id not in placed]
    if not left:
        return ()
    reason = _why_reserve(day, rules, sent=len(sent), squads=squads)
    return tuple(Reserve(person=person, reason=reason) for person in left)


def _why_reserve(day: Day, rules: Rules, *, sent: int, squads: Sequence[Squad]) -> Reason:
    if not squads:
        return because("reserve_too_few_people", present=sent, needed=rules.min_members)
    seats = {vehicle.id: vehicle.seats for vehicle in day.vehicles}
    room = sum(min(rules.max_members, seats.get(squad.vehicle or "", rules.max_members)) for squad in squads)
    if room < rules.max_members * len(squads):
        return because("reserve_no_seat", squads=len(squads), seats=room)
    return because("reserve_squads_full", squads=len(squads), places=rules.max_members * len(squads))

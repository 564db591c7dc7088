"""Squads put in words: leader, vehicle, what they may enforce, and what there is to say about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from planners.result import Reason
from planners.rostering.data import Day, Person, Problem, Rules, Vehicle
from planners.rostering.demand import usable_vehicles
from planners.rostering.explain import day_notes, reserve_of, short_agencies
from planners.rostering.lawful import check_squad
from planners.rostering.reasons import because
from planners.rostering.solution import DayRoster, Squad
from planners.rostering.squads import Formed


def day_roster(
    problem: Problem, day: Day, sent: Sequence[Person], formed: Formed, *, led: Mapping[str, int]
) -> DayRoster:
    """The day of those sent, in the squads formed of them.

    Parameters
    ----------
    sent
        Everybody sent on the day.
    formed
        The squads, by ids.
    led
        How often each led lately, by id.
    """
    people = {person.id: person for person in sent}
    vehicles = fit_vehicles([len(team) for team in formed.teams], day, problem.rules)
    squads = tuple(
        squad_of(number, [people[member] for member in team], problem.rules, day, vehicle=vehicle, led=led)
        for number, (team, vehicle) in enumerate(zip(formed.teams, vehicles, strict=True), start=1)
    )
    return told_day(problem, day, sent, squads, proven=formed.proven)


def told_day(
    problem: Problem, day: Day, sent: Sequence[Person], squads: tuple[Squad, ...], *, proven: bool
) -> DayRoster:
    """The day with these squads and everything there is to say about it."""
    return DayRoster(
        date=day.date,
        sent=tuple(person.id for person in sent),
        squads=squads,
        reserve=reserve_of(day, problem.rules, sent=sent, squads=squads),
        short=short_agencies(problem, day, sent=sent),
        notes=day_notes(problem, day, sent=sent, squads=squads),
        proven=proven,
    )


def squad_of(
    number: int,
    members: Sequence[Person],
    rules: Rules,
    day: Day,
    *,
    vehicle: Vehicle | None,
    led: Mapping[str, int],
    leader: Person | None = None,
) -> Squad:
    """A squad with its leader, chosen unless given, and what it may lawfully enforce."""
    leader = leader or choose_leader(members, day, led=led)
    check = check_squad(members, rules, day, leader=leader.id, vehicle=vehicle)
    others = sorted(person.id for person in members if person is not leader)
    return Squad(
        number=number,
        leader=leader.id,
        members=(leader.id, *others),
        vehicle=vehicle.id if vehicle else None,
        patrol_only=check.patrol_only,
        scopes=check.scopes,
        reasons=check.reasons,
        notes=_squad_notes(members, leader=leader, vehicle=vehicle),
    )


def choose_leader(members: Sequence[Person], day: Day, *, led: Mapping[str, int]) -> Person:
    """Who leads: certified, able to lead, then whoever led least, then the office, then seniority.

    Parameters
    ----------
    members
        The squad, at least one person.
    day
        The day, for the certificates' validity.
    led
        How often each led lately, by id; who is missing never did.
    """
    return min(
        members,
        key=lambda person: (
            not person.certified_on(day.date),
            not person.can_lead,
            led.get(person.id, 0),
            not person.is_office,
            -person.seniority_years,
            person.id,
        ),
    )


def _squad_notes(members: Sequence[Person], *, leader: Person, vehicle: Vehicle | None) -> tuple[Reason, ...]:
    notes: list[Reason] = []
    if vehicle is None:
        notes.append(because("no_vehicle"))
    elif not any(person.can_drive for person in members):
        notes.append(because("no_driver", vehicle=vehicle.id))
    if not leader.can_lead:
        notes.append(because("leader_not_qualified", person=leader.id))
    return tuple(notes)


def fit_vehicles(sizes: Sequence[int], day: Day, rules: Rules) -> list[Vehicle | None]:
    """Give the largest squad the tightest vehicle that seats it while the smaller ones still find theirs.

    ``sizes`` must be falling. Taking the smallest fitting vehicle for the smallest squad first leaves the
    larger ones to the larger squads.
    """
    free = list(reversed(usable_vehicles(day, rules)))
    chosen: list[Vehicle | None] = []
    for size in reversed(sizes):
        vehicle = next((vehicle for vehicle in free if vehicle.seats >= size), None)
        if vehicle is not None:
            free.remove(vehicle)
        chosen.append(vehicle)
    return list(reversed(chosen))


def restate_day(
    problem: Problem, day: Day, squads: Iterable[Squad], sent: Iterable[str], *, proven: bool = False
) -> DayRoster:
    """A day as it was decided earlier, said anew by what is known now: certificates, absences, seats.

    People who are not in the problem any more are left out, and squads without anybody with them.

    Parameters
    ----------
    squads
        Number, leader, members and vehicle count; the rest is judged anew.
    sent
        Ids of everybody on duty.
    """
    people = {person.id: person for person in problem.people}
    vehicles = {vehicle.id: vehicle for vehicle in day.vehicles}
    stated = []
    for squad in squads:
        members = [people[member] for member in squad.members if member in people]
        if members:
            stated.append(
                squad_of(
                    squad.number,
                    members,
                    problem.rules,
                    day,
                    vehicle=vehicles.get(squad.vehicle or ""),
                    led={},
                    leader=people.get(squad.leader),
                )
            )
    known = sorted({person for person in sent if person in people})
    return told_day(problem, day, [people[person] for person in known], tuple(stated), proven=proven)

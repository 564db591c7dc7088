"""How many people and squads a day asks for, before anybody is chosen; for the models and for ``verify``."""

from __future__ import annotations

from collections import defaultdict

from planners.rostering.data import OFFICE, Day, Person, Problem, Rules, Vehicle


def usable_vehicles(day: Day, rules: Rules) -> tuple[Vehicle, ...]:
    """Vehicles that seat at least the smallest squad, most seats first."""
    fitting = (vehicle for vehicle in day.vehicles if vehicle.seats >= rules.min_members)
    return tuple(sorted(fitting, key=lambda vehicle: (-vehicle.seats, vehicle.id)))


def squads_asked(day: Day, rules: Rules) -> int:
    """Squads asked for on the day, before vehicles and people are looked at."""
    return rules.max_squads if day.squads is None else day.squads


def squads_allowed(day: Day, rules: Rules) -> int:
    """Squads asked for, at most one a usable vehicle; where no vehicle is usable all go without."""
    vehicles = len(usable_vehicles(day, rules))
    asked = squads_asked(day, rules)
    return min(asked, vehicles) if vehicles else asked


def squads_possible(day: Day, rules: Rules, people: int) -> int:
    """Squads that so many people can fill."""
    return min(squads_allowed(day, rules), people // rules.min_members)


def available_by_group(problem: Problem, day: Day) -> dict[str, list[Person]]:
    """People available on the day by agency or `OFFICE`, groups and people in order of id."""
    groups: dict[str, list[Person]] = defaultdict(list)
    for person in sorted(problem.people, key=lambda person: (person.group, person.id)):
        if person.id in day.available:
            groups[person.group].append(person)
    return dict(groups)


def quota(group: str, available: int, *, day: Day, rules: Rules) -> int:
    """How many people a group with so many available sends on the day."""
    more = day.extra.get(group, 0)
    if group == OFFICE:
        return min(available, rules.office_per_squad * squads_allowed(day, rules) + more)
    return min(available, rules.people_per_agency + more)

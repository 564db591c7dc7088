"""Agencies, officers, vehicles and attendance: believable ages, certificates, skills and absences.

Two townships are made to need attention. One has too few people for its villages, so that ownership leaves a
gap. In one the office's certificates have lapsed and each agency has a single certified officer of one field,
so that no squad has two for the same field and its day is patrol-only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from gridmgr.demo.fields import BROAD, DEPARTMENTS, FIELDS, Department
from gridmgr.demo.frame import random
from gridmgr.demo.names import NameMaker
from gridmgr.demo.villages import Land
from gridmgr.domain.people import Agency, Attendance, Officer
from gridmgr.domain.places import Vehicle

#: Days of attendance before today and after it.
PAST_DAYS, COMING_DAYS = 28, 7
_OFFICE_NAME = "综合行政执法办公室"
#: No province issues plates with this letter in this series to civil offices; fictitious.
_PLATE_HEAD = "豫Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who works in the county."""

    agencies: tuple[Agency, ...]
    officers: tuple[Officer, ...]
    vehicles: tuple[Vehicle, ...]


def is_short(township: int) -> bool:
    """Whether the township is the one of its six with too few people."""
    return township % 6 == 3


def is_lapsed(township: int) -> bool:
    """Whether the township is the one of its six whose certificates have lapsed."""
    return township % 6 == 4


def make_people(land: Land, *, seed: int, today: date) -> People:
    """Agencies, officers and vehicles of all townships."""
    rng = random(seed, "people")
    maker = NameMaker(seed, "people")
    agencies: list[Agency] = []
    officers: list[Officer] = []
    vehicles: list[Vehicle] = []
    plates: set[str] = set()
    for town in range(len(land.townships)):
        staffing = _Staffing(land, town, today=today, rng=rng, maker=maker, first=len(officers) + 1)
        agencies.extend(staffing.agencies())
        officers.extend(staffing.officers())
        count = 2 if is_short(town) else 4 if town == 0 else 3
        vehicles.extend(_vehicle(rng, land, town, plates) for _ in range(count))
    return People(agencies=tuple(agencies), officers=tuple(officers), vehicles=tuple(vehicles))


def _vehicle(rng: np.random.Generator, land: Land, town: int, used: set[str]) -> Vehicle:
    """A car with a plate nobody else has."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
    plate = ""
    while not plate or plate in used:
        tail = "".join(letters[i] for i in rng.integers(0, len(letters), 2))
        plate = f"{_PLATE_HEAD}{tail}{rng.integers(1000):03d}"
    used.add(plate)
    seats = 7 if rng.uniform() < 0.25 else 5
    return Vehicle(id=plate, township_code=land.townships[town].code, seats=seats)


class _Staffing:
    """One township's agencies and officers while they are drawn."""

    def __init__(
        self, land: Land, town: int, *, today: date, rng: np.random.Generator, maker: NameMaker, first: int
    ) -> None:
        self._land, self._town, self._today = land, town, today
        self._rng, self._maker, self._next = rng, maker, first
        self._township = land.townships[town]
        villages = int((land.group == town).sum())
        self._head_count = round(villages * (0.36 if is_short(town) else 0.92 if town == 0 else 0.79))
        self._head_count = max(self._head_count, 4)
        self._office_count = min(6, max(2, round(self._head_count * 0.2)))
        self._departments = self._choose_departments()

    def _choose_departments(self) -> tuple[Department, ...]:
        """Nine in the seat, elsewhere as many as the people allow, two an agency."""
        most = (self._head_count - self._office_count) // (1 if is_short(self._town) else 2)
        count = min(len(DEPARTMENTS), max(most, 1), 9 if self._town == 0 else 7)
        keep = np.sort(self._rng.permutation(len(DEPARTMENTS))[:count]) if count < 9 else range(9)
        return tuple(DEPARTMENTS[i] for i in keep)

    def agencies(self) -> list[Agency]:
        """The office and the dispatched agencies."""
        code, name = self._township.code, self._township.name
        office = Agency(
            code=f"{code}-ZF", name=f"{name}{_OFFICE_NAME}", department=f"{name}人民政府", township_code=code
        )
        sent = [
            Agency(
                code=self._agency_code(department),
                name=f"{name}{department.unit}",
                department=f"县{department.name}",
                township_code=code,
            )
            for department in self._departments
        ]
        return [office, *sent]

    def officers(self) -> list[Officer]:
        """The office's people, then the agencies' in turn until the head count is reached."""
        people = [self._office_person(rank) for rank in range(self._office_count)]
        for place in range(self._head_count - self._office_count):
            department = self._departments[place % len(self._departments)]
            people.append(self._agency_person(department, rank=place // len(self._departments)))
        return people

    def _agency_code(self, department: Department) -> str:
        return f"{self._township.code}-{1 + FIELDS.index(department.field):02d}"

    def _office_person(self, rank: int) -> Officer:
        others = [department.field for department in self._departments]
        picked = self._rng.permutation(len(others))[
            : max(3, round(len(others) * self._rng.uniform(0.7, 1.0)))
        ]
        skills = (BROAD, *(others[i] for i in np.sort(picked)))
        contract = rank >= 2 and self._rng.uniform() < 0.4 and not is_lapsed(self._town)
        valid_to = None
        if is_lapsed(self._town):
            # The yearly renewal was missed: lapsed in the last weeks, nobody of the office may enforce today.
            valid_to = self._today - timedelta(days=int(self._rng.integers(3, 24)))
        elif not contract:
            valid_to = self._valid_to(chance=0.95, senior=rank < 2)
        return self._person(f"{self._township.code}-ZF", skills=skills, contract=contract, valid_to=valid_to)

    def _agency_person(self, department: Department, *, rank: int) -> Officer:
        contract = rank > 0 and self._rng.uniform() < 0.16
        also = [field for field in department.related if self._rng.uniform() < 0.4]
        valid_to = None if contract else self._valid_to(chance=0.9)
        if is_lapsed(self._town):
            also = []
            valid_to = self._today + timedelta(days=400) if rank == 0 else None
        return self._person(
            self._agency_code(department),
            skills=(department.field, *also),
            contract=contract,
            valid_to=valid_to,
        )

    def _valid_to(self, *, chance: float, senior: bool = False) -> date | None:
        """End of a certificate: some have none, some lapsed, some lapse within days, most run for years."""
        if self._rng.uniform() > chance and not senior:
            return None
        draw = self._rng.uniform(0.13 if senior else 0.0, 1.0)
        if draw < 0.06:
            return self._today - timedelta(days=int(self._rng.integers(2, 90)))
        if draw < 0.13:
            return self._today + timedelta(days=int(self._rng.integers(1, 12)))
        return self._today + timedelta(days=int(self._rng.integers(60, 1500)))

    def _person(
        self, agency: str, *, skills: tuple[str, ...], contract: bool, valid_to: date | None
    ) -> Officer:
        number = self._next
        self._next += 1
        age = int(np.clip(round(self._rng.normal(42, 9)), 24, 59))
        tenure = int(self._rng.integers(40, min(2400, (age - 22) * 365)))
        lon, lat = self._home()
        return Officer(
            id=f"QL{number:04d}",
            name=self._maker.person(),
            agency_code=agency,
            township_code=self._township.code,
            certificate_no=f"4199{self._town + 1:03d}{number:05d}" if valid_to else None,
            certificate_valid_to=valid_to,
            skills=skills,
            employment="contract" if contract else "staff",
            birth_year=self._today.year - age,
            dispatched_on=self._today - timedelta(days=tenure),
            home_lon=lon,
            home_lat=lat,
        )

    def _home(self) -> tuple[float, float]:
        """A home in a village of the township, some in the county seat."""
        town = 0 if self._rng.uniform() < 0.25 else self._town
        mine = self._land.of_township(town)
        point = self._land.villages[int(self._rng.choice(mine))].point
        return round(point.x, 6), round(point.y, 6)


def make_attendance(
    land: Land, people: People, *, seed: int, today: date, with_past: frozenset[str]
) -> tuple[Attendance, ...]:
    """Attendance of four weeks past (for the townships named), today and the coming week.

    Weekends are off (``leave``) but for a small duty team; the rest comes in spells: leave of some days,
    sickness, a training day for one field at a time, secondments over the whole time. Today counts as a
    working day on whatever day of the week the demo is started (调休 makes such Saturdays).
    """
    rng = random(seed, "attendance")
    first = today - timedelta(days=PAST_DAYS)
    days = [first + timedelta(days=i) for i in range(PAST_DAYS + 1 + COMING_DAYS)]
    training = {field: int(rng.integers(0, len(days))) for field in (*FIELDS, BROAD)}
    made: list[Attendance] = []
    for officer in people.officers:
        status = _spells(rng, days, today=today, training_day=training[officer.skills[0]])
        start = 0 if officer.township_code in with_past else PAST_DAYS
        made.extend(
            Attendance(day=day, officer_id=officer.id, status=word)
            for day, word in zip(days[start:], status[start:], strict=True)
        )
    return tuple(sorted(made, key=lambda row: (row.day, row.officer_id)))


def _spells(rng: np.random.Generator, days: list[date], *, today: date, training_day: int) -> list[str]:
    """One officer's status on each day."""
    if rng.uniform() < 0.02:
        return ["seconded"] * len(days)
    status = ["on_duty"] * len(days)
    for index, day in enumerate(days):
        if day.weekday() >= 5 and day != today and rng.uniform() > 0.34:
            status[index] = "leave"
    for word, spells_a_month, longest in (("leave", 0.5, 4), ("sick", 0.18, 3)):
        for _ in range(int(rng.poisson(spells_a_month))):
            begin = int(rng.integers(0, len(days)))
            for index in range(begin, min(begin + int(rng.integers(1, longest + 1)), len(days))):
                status[index] = word
    if rng.uniform() < 0.6 and days[training_day].weekday() < 5:
        status[training_day] = "training"
    return status

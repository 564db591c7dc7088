"""Inspections of the demo's enterprises: what the year brought, and what agencies want next.

Check-ins of the past four weeks by squads that may enforce are inspections, as if the demo had been lived
through. Before them the year holds a few that the office wrote down. In each township with a past one
enterprise has reached its cap, and one waits for several agencies, whose wishes make a single visit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gridmgr.demo.fields import DEPARTMENTS
from gridmgr.demo.frame import random
from gridmgr.demo.people import PAST_DAYS, People
from gridmgr.domain.inspections import Inspection, InspectionLimit, InspectionRequest
from gridmgr.domain.patrols import CheckIn, DayPlan
from gridmgr.domain.people import Agency
from gridmgr.domain.places import Place
from gridmgr.domain.settings import OfficeSettings

_OFFICE = OfficeSettings()
#: The latest inspection that was written down lies so many days back, beyond the patrols of the past.
_BACK = PAST_DAYS + _OFFICE.inspection_spacing_days
#: From one of them to the one before, on average and at least.
_APART, _APART_LEAST = 75, 45
#: Share of inspections that followed a complaint and do not count.
_COMPLAINTS = 0.12
#: Every so manieth inspection of the past weeks settled the wishes of two agencies.
_JOINT_EACH = 4
#: What an agency of a field looks at besides in any enterprise; nobody must hold the field for it.
_MATTERS = {
    "市场监管": "证照公示与明码标价",
    "城市管理": "门前三包与户外招牌",
    "自然资源": "用地手续",
    "农业农村": "农产品质量安全台账",
    "应急管理": "安全生产培训台账",
    "生态环境": "环保手续与危废台账",
    "交通运输": "货物装载源头台账",
    "水利": "取水许可与用水计量",
    "卫生健康": "从业人员健康证明",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Enterprises of one township that the demo tells a story of: neither is visited in the past weeks."""

    wanted: Place
    capped: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Burdens:
    """What the demo county knows of inspections."""

    inspections: tuple[Inspection, ...]
    requests: tuple[InspectionRequest, ...]
    limits: tuple[InspectionLimit, ...]


def choose(places: Iterable[Place], townships: Iterable[str]) -> dict[str, Chosen]:
    """Two enterprises of each township that has them, by its code; no key places, open all day if any are."""
    found = {}
    for code in townships:
        mine = (p for p in places if p.kind == "enterprise" and p.township_code == code)
        plain = [place for place in mine if place.priority < _OFFICE.inspection_key_priority]
        plain.sort(key=lambda place: (place.open is not None, place.id))
        if len(plain) > 1:
            found[code] = Chosen(wanted=plain[0], capped=plain[1])
    return found


def set_aside(chosen: dict[str, Chosen]) -> frozenset[str]:
    """Ids of the chosen enterprises."""
    return frozenset(place.id for pair in chosen.values() for place in (pair.wanted, pair.capped))


def make_burdens(
    places: Sequence[Place],
    people: People,
    check_ins: Iterable[CheckIn],
    day_plans: Iterable[DayPlan],
    chosen: dict[str, Chosen],
    *,
    seed: int,
    today: date,
) -> Burdens:
    """Inspections of the calendar year, wishes settled and open, and the limit of each capped enterprise.

    Parameters
    ----------
    places, people
        Of the county.
    check_ins, day_plans
        Of the past four weeks.
    chosen
        By township with a past.
    seed, today
        As of the county.
    """
    maker = _Maker(places, people, seed=seed, today=today)
    maker.live(check_ins, day_plans)
    townships = {plan.township_code for plan in day_plans}
    told = set_aside(chosen)
    for place in places:
        if place.kind == "enterprise" and place.township_code in townships and place.id not in told:
            maker.write_down(place)
    for _, pair in sorted(chosen.items()):
        maker.cap(pair.capped)
        maker.want(pair.wanted)
    return Burdens(
        inspections=tuple(sorted(maker.inspections, key=lambda made: (made.day, made.id))),
        requests=tuple(maker.requests),
        limits=tuple(maker.limits),
    )


class _Maker:
    """Collects inspections, wishes and limits."""

    def __init__(self, places: Sequence[Place], people: People, *, seed: int, today: date) -> None:
        self._places = {place.id: place for place in places if place.kind == "enterprise"}
        self._agencies: dict[str, list[Agency]] = {}
        for agency in people.agencies:
            if not agency.is_office:
                self._agencies.setdefault(agency.township_code, []).append(agency)
        self._rng, self._today = random(seed, "inspections"), today
        self.inspections: list[Inspection] = []
        self.requests: list[InspectionRequest] = []
        self.limits: list[InspectionLimit] = []

    def live(self, check_ins: Iterable[CheckIn], day_plans: Iterable[DayPlan]) -> None:
        """Visits of enterprises by squads that may enforce; some settled two agencies' wishes."""
        lawful = {squad.id for plan in day_plans for squad in plan.squads if not squad.patrol_only}
        for item in check_ins:
            place = self._places.get(item.stop_id)
            if place is None or item.squad_id not in lawful:
                continue
            joint = len(self.inspections) % _JOINT_EACH == 0
            wishes = self._wishes(place, 2, since=item.day - timedelta(days=12)) if joint else []
            self.inspections.append(
                Inspection(
                    id=f"{item.day}/{place.id}",
                    place_id=place.id,
                    day=item.day,
                    township_code=item.township_code,
                    squad_id=item.squad_id,
                    officer_id=item.officer_id,
                    agencies=tuple(self._name(wish) for wish in wishes),
                    requests=tuple(wish.id for wish in wishes),
                )
            )

    def write_down(self, place: Place) -> None:
        """None to two inspections earlier in the year, so that the cap is not reached."""
        agencies = self._agencies[place.township_code or ""]
        day = self._today - timedelta(days=_BACK + int(self._rng.integers(_APART)))
        for _ in range(int(self._rng.integers(_OFFICE.inspection_cap - 1))):
            agency = agencies[int(self._rng.integers(len(agencies)))]
            complaint = bool(self._rng.uniform() < _COMPLAINTS)
            if day.year == self._today.year:
                self._write(place, _working_day(day), agency.name, complaint=complaint)
            day -= timedelta(days=max(_APART_LEAST, round(float(self._rng.normal(_APART, 20)))))

    def cap(self, place: Place) -> None:
        """As many inspections as the cap allows; where the year is too young for them, a lower cap.

        On the first of January nothing can be full.
        """
        room = (self._today - date(self._today.year, 1, 1)).days
        if room == 0:
            return
        latest = min(room, _OFFICE.inspection_spacing_days + 5)
        backs = range(latest, room + 1, _APART_LEAST)[: _OFFICE.inspection_cap]
        days = [self._today - timedelta(days=back) for back in backs]
        agencies = self._agencies[place.township_code or ""]
        for number, day in enumerate(days):
            self._write(place, _working_day(day), agencies[number % len(agencies)].name)
        if len(days) < _OFFICE.inspection_cap:
            reason = "信用评价为A级，减少检查频次"
            self.limits.append(InspectionLimit(place_id=place.id, yearly_cap=len(days), reason=reason))

    def want(self, place: Place) -> None:
        """Three agencies want the same enterprise inspected within days of one another."""
        self._wishes(place, 3, since=self._today - timedelta(days=3))

    def _wishes(self, place: Place, count: int, *, since: date) -> list[InspectionRequest]:
        """Wishes of so many agencies of the township, fewer where it has not as many."""
        made = [
            self._wish(place, agency, number, since + timedelta(days=number))
            for number, agency in enumerate(self._askers(place)[:count])
        ]
        self.requests += made
        return made

    def _wish(self, place: Place, agency: Agency, number: int, first: date) -> InspectionRequest:
        """The agency of the enterprise's field looks at that, the others at what needs no field."""
        field = next(item.field for item in DEPARTMENTS if agency.department == f"县{item.name}")
        own = field in place.required_skills
        return InspectionRequest(
            id=f"JC{len(self.requests) + number + 1:04d}",
            place_id=place.id,
            agency_code=agency.code,
            matter=f"{field}年度检查" if own else _MATTERS[field],
            skills=place.required_skills if own else (),
            not_before=first,
            deadline=first + timedelta(days=14 + 3 * number),
            minutes=place.service_minutes if own else 15,
            priority=6 - number,
            reason="年度检查计划",
        )

    def _askers(self, place: Place) -> list[Agency]:
        """Agencies of the township in any order, but first the one of the enterprise's field."""
        agencies = self._agencies[place.township_code or ""]
        field = next(item for item in DEPARTMENTS if item.field == place.required_skills[0])
        mixed = [agencies[number] for number in self._rng.permutation(len(agencies)).tolist()]
        return sorted(mixed, key=lambda agency: agency.department != f"县{field.name}")

    def _write(self, place: Place, day: date, agency: str, *, complaint: bool = False) -> None:
        self.inspections.append(
            Inspection(
                id=f"{day}/{place.id}",
                place_id=place.id,
                day=day,
                township_code=place.township_code,
                source="import",
                agencies=(agency,),
                exception="complaint" if complaint else None,
                reason="12345 热线投诉举报核查" if complaint else "",
            )
        )

    def _name(self, wish: InspectionRequest) -> str:
        township = self._places[wish.place_id].township_code or ""
        return next(agency.name for agency in self._agencies[township] if agency.code == wish.agency_code)


def _working_day(day: date) -> date:
    """The Friday before a weekend, where that is of the same year."""
    friday = day - timedelta(days=max(0, day.weekday() - 4))
    return friday if friday.year == day.year else day

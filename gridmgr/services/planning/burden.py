"""The inspection-burden guard of a day: which premises may be inspected, whose wishes make one visit.

Read once a day of a township; the guard itself asks nothing of the database and no solver.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from gridmgr.domain.burden import (
    Burden,
    JointVisit,
    burden_on,
    counts_as_inspection,
    joint_minutes,
    joint_visits,
    rule_for,
    same_premises,
)
from gridmgr.domain.inspections import InspectionLimit, InspectionPermit, InspectionRequest
from gridmgr.domain.patrols import DayPlan, Squad, StopInfo, Unassigned
from gridmgr.domain.places import Place
from gridmgr.domain.settings import OfficeSettings
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

#: What a wish adds to a stop by its priority, and the most that several wishes are worth: less than an urgent
#: incident, more than anything else.
_PRIZE_A_PRIORITY = 5
PRIZE_CAP = 150
#: A wish so near to its deadline, or beyond it, weighs double.
_PRESSING_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Guard:
    """What may be inspected in a township on one day.

    Parameters
    ----------
    day, office
        Which day, by which rules.
    places
        Places whose visits are inspections, by id.
    days
        Days on which each was inspected or firmly is to be, those with an exception left out.
    limits, permits
        Places' own rules by place; permits of any day.
    joint, later
        Visits that agencies wait for, by place: those that can be made on the day, and those yet to come.
    agencies
        Names by code.
    """

    day: date
    office: OfficeSettings
    places: Mapping[str, Place]
    days: Mapping[str, frozenset[date]]
    limits: Mapping[str, InspectionLimit]
    permits: tuple[InspectionPermit, ...]
    joint: Mapping[str, JointVisit]
    later: Mapping[str, JointVisit]
    agencies: Mapping[str, str]

    @classmethod
    def read(cls, uow: UnitOfWork, *, township_code: str, day: date, office: OfficeSettings) -> Guard:
        """Read what the day has to be held against."""
        ours = uow.places.find(township_code=township_code)
        places = {place.id: place for place in ours if counts_as_inspection(place, office)}
        permits = tuple(permit for permit in uow.inspection_permits.find() if permit.place_id in places)
        days: dict[str, set[date]] = {place_id: set() for place_id in places}
        # What came later does not make a past plan wrong.
        until = date(day.year + 1, 12, 31) if day >= uow.today() else day
        for made in uow.inspections.at_places(places, date(day.year - 1, 1, 1), until):
            if made.counts:
                days[made.place_id].add(made.day)
        for plan in _firm_plans(uow, township_code, day, until):
            for stop in (visit.stop for visit in plan.visits()):
                if stop.id in places and _permit(permits, stop.id, plan.day) is None:
                    days[stop.id].add(plan.day)
        visits = joint_visits(open_requests(uow, (place.id for place in ours)), day=day)
        return cls(
            day=day,
            office=office,
            places=places,
            days={place_id: frozenset(found) for place_id, found in days.items()},
            limits={limit.place_id: limit for limit in uow.inspection_limits.find()},
            permits=permits,
            joint={visit.place_id: visit for visit in visits if visit.first <= day},
            # The first of several: they come by day, and the earlier key is written last.
            later={visit.place_id: visit for visit in reversed(visits) if visit.first > day},
            agencies={agency.code: agency.name for agency in uow.agencies.find()},
        )

    def place_of(self, stop: StopInfo) -> Place | None:
        """The premises that a visit of the stop inspects; None where it inspects none.

        A stop put on the map by hand counts for the premises it stands on, whatever it is called.
        """
        if stop.kind == "place":
            return self.places.get(stop.id)
        if stop.kind == "manual":
            return same_premises(stop.name, stop.lon, stop.lat, self.places.values())
        return None

    def burden(self, place: Place) -> Burden:
        """How the place stands on the day."""
        rule = rule_for(place, self.office, self.limits.get(place.id))
        return burden_on(rule, self.days.get(place.id, ()), self.day)

    def permit(self, place_id: str) -> InspectionPermit | None:
        """The permit that holds for the place on the day."""
        return _permit(self.permits, place_id, self.day)

    def refusal(self, stop: StopInfo) -> Message | None:
        """Why the stop must not be visited on the day; None where it may."""
        place = self.place_of(stop)
        if place is None or self.permit(place.id) is not None:
            return None
        return refusal_of(self.burden(place), self.day)

    def split(
        self, stops: Iterable[StopInfo], squads: Sequence[Squad], *, done: frozenset[str]
    ) -> tuple[list[StopInfo], list[Unassigned]]:
        """Stops that may be planned, and those that may not, each with its reason.

        Parameters
        ----------
        stops
            To choose from.
        squads
            Of the day; a joint visit needs one that holds every field asked for.
        done
            Stops visited on the day already: history, not a plan.
        """
        free, blocked = [], []
        for stop in stops:
            reason = None
            if stop.id not in done:
                reason = self.refusal(stop) or self._waits(stop) or _nobody_for_all(stop, squads)
            if reason is None:
                free.append(stop)
            else:
                blocked.append(Unassigned(stop=stop, reason=reason))
        return free, blocked

    def _waits(self, stop: StopInfo) -> Message | None:
        """Why the office's own visit is put off: soon an agency comes, and going twice would be too near."""
        visit = self.later.get(stop.id) if stop.id in self.places and not stop.requests else None
        if visit is None:
            return None
        rule = rule_for(self.places[stop.id], self.office, self.limits.get(stop.id))
        if (visit.first - self.day).days >= rule.spacing_days:
            return None
        agency = visit.requests[0].agency_code
        values = {"by": self.agencies.get(agency, agency), "date": visit.first.isoformat()}
        return Message("reason.inspection_waits", values)

    def joined(self, stop: StopInfo | None, place: Place) -> StopInfo | None:
        """The place's stop with every agency's wish that a visit on the day settles.

        Parameters
        ----------
        stop
            The office's own visit where it is due.
        place
            Which place.
        """
        visit = self.joint.get(place.id)
        if visit is None:
            return stop
        base = stop or StopInfo(
            id=place.id,
            kind="place",
            name=place.name,
            lon=place.lon,
            lat=place.lat,
            village_code=place.village_code,
            service_minutes=0,
            open=place.open,
            close=place.close,
        )
        worth = base.prize + sum(self._worth(request) for request in visit.requests)
        minutes = [request.minutes for request in visit.requests]
        minutes += [base.service_minutes] if stop else []
        return replace(
            base,
            prize=max(base.prize, min(PRIZE_CAP, worth)),
            service_minutes=joint_minutes(minutes, share_percent=self.office.inspection_merge_percent),
            skills=tuple(sorted({*base.skills, *visit.skills})),
            needs_lawful=True,
            requests=tuple(request.id for request in visit.requests),
            purpose=(*base.purpose, *self._matters(visit)),
        )

    def _worth(self, request: InspectionRequest) -> int:
        pressing = (request.deadline - self.day).days <= _PRESSING_DAYS
        return _PRIZE_A_PRIORITY * request.priority * (2 if pressing else 1)

    def _matters(self, visit: JointVisit) -> list[Message]:
        told = []
        if visit.saved:
            told.append(Message("purpose.joint", {"count": len(visit.requests), "saved": visit.saved}))
        for request in visit.requests:
            agency = self.agencies.get(request.agency_code, request.agency_code)
            values = {"by": agency, "matter": request.matter, "deadline": request.deadline.isoformat()}
            told.append(Message("purpose.requested", values))
        return told


def open_requests(uow: UnitOfWork, place_ids: Iterable[str]) -> list[InspectionRequest]:
    """Wishes for these places that no inspection settled yet, by id."""
    settled = uow.inspections.settled_requests()
    return [wish for wish in uow.inspection_requests.at_places(place_ids) if wish.id not in settled]


def refusal_of(burden: Burden, day: date) -> Message | None:
    """A breach of cap or spacing in words."""
    if burden.breach == "cap":
        values = {"year": day.year, "count": burden.count, "cap": burden.rule.yearly_cap}
        return Message("reason.inspection_cap", values)
    if burden.days_apart is None:
        return None
    values = {"days": burden.days_apart, "spacing": burden.rule.spacing_days}
    before = burden.last is not None and (day - burden.last).days == burden.days_apart
    return Message("reason.inspection_spacing" if before else "reason.inspection_spacing_next", values)


@dataclass(frozen=True, kw_only=True)
class BurdenBreach:
    """A planned visit that premises need not bear: where, and why."""

    squad_id: str
    stop: StopInfo
    reason: Message


def breaches_of(guard: Guard, plan: DayPlan) -> list[BurdenBreach]:
    """Every planned visit against cap, spacing and lawfulness, and premises visited twice in the day."""
    found = []
    seen: dict[str, str] = {}
    for squad in plan.squads:
        for stop in (visit.stop for visit in squad.visits):
            place = guard.place_of(stop)
            if place is None:
                continue
            reasons = [guard.refusal(stop)]
            # Squads that meet make one inspection together.
            met = stop.id in plan.meetings and seen.get(place.id) == stop.id
            if place.id in seen and not met:
                reasons.append(Message("reason.inspection_twice"))
            if squad.patrol_only and not stop.needs_lawful:
                reasons.append(Message("reason.inspection_needs_lawful"))
            seen.setdefault(place.id, stop.id)
            found += [
                BurdenBreach(squad_id=squad.id, stop=stop, reason=reason) for reason in reasons if reason
            ]
    return found


def _firm_plans(uow: UnitOfWork, township_code: str, day: date, until: date) -> list[DayPlan]:
    """Plans of other days still to be carried out: earlier days as they stand, later ones as published."""
    plans = uow.days.standing_between(uow.today(), until, township_code=township_code)
    return [plan for plan, published in plans if plan.day < day or (plan.day > day and published)]


def _permit(permits: Iterable[InspectionPermit], place_id: str, day: date) -> InspectionPermit | None:
    return next((permit for permit in permits if permit.place_id == place_id and permit.holds(day)), None)


def _nobody_for_all(stop: StopInfo, squads: Sequence[Squad]) -> Message | None:
    """Why no squad can make a joint visit, which is not split: what the best one lacks."""
    able = [squad for squad in squads if not squad.patrol_only]
    if not stop.requests or not able:
        return None
    lacking = {squad.number: [s for s in stop.skills if s not in squad.scopes] for squad in able}
    best = min(lacking, key=lambda number: (len(lacking[number]), number))
    if not lacking[best]:
        return None
    values = {"skills": "、".join(stop.skills), "number": best, "missing": "、".join(lacking[best])}
    return Message("reason.joint_skills_missing", values)

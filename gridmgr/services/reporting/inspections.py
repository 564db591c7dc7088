"""What the report's premises bore: inspections of the year against the cap, and when the next may be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gridmgr.domain.burden import counts_as_inspection, next_day, rule_for
from gridmgr.domain.coverage_report import InspectionRow
from gridmgr.domain.inspections import Inspection, InspectionLimit
from gridmgr.domain.patrols import DayPlan
from gridmgr.domain.places import Place, Village
from gridmgr.domain.settings import OfficeSettings
from gridmgr.storage import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class InspectionEvidence:
    """What is on record of the premises of an area on a day.

    Parameters
    ----------
    day
        The report's last day; what was made later is left out.
    places
        Premises that cap and spacing hold for, by id.
    made
        Inspections of each place in the day's calendar year and the one before, by day.
    planned
        Days after `day` on which a published plan visits each place, permits left out; none for a day that is
        over.
    limits
        Places' own rules.
    """

    day: date
    places: tuple[Place, ...]
    made: Mapping[str, Sequence[Inspection]]
    planned: Mapping[str, frozenset[date]]
    limits: Mapping[str, InspectionLimit]

    @classmethod
    def read(
        cls,
        uow: UnitOfWork,
        places: Iterable[Place],
        *,
        day: date,
        office: OfficeSettings,
        township_code: str | None,
    ) -> InspectionEvidence:
        """Read it within a transaction.

        Parameters
        ----------
        places
            Of the area; those whose visits are no inspections are passed over.
        day, office
            The report's last day, the office's rules.
        township_code
            Whose plans to look at, None for all.
        """
        own = tuple(sorted((p for p in places if counts_as_inspection(p, office)), key=lambda p: p.id))
        ids = {place.id for place in own}
        made: defaultdict[str, list[Inspection]] = defaultdict(list)
        for item in uow.inspections.at_places(ids, date(day.year - 1, 1, 1), day):
            made[item.place_id].append(item)
        ahead: list[DayPlan] = []
        if own and day >= uow.today():
            until = date(day.year + 1, 12, 31)
            tomorrow = day + timedelta(days=1)
            ahead = uow.days.published_between(tomorrow, until, township_code=township_code)
        permits = [permit for permit in uow.inspection_permits.find() if permit.place_id in ids]
        planned: defaultdict[str, set[date]] = defaultdict(set)
        for plan in ahead:
            free = {permit.place_id for permit in permits if permit.holds(plan.day)}
            for visit in plan.visits():
                if visit.stop.id in ids - free:
                    planned[visit.stop.id].add(plan.day)
        return cls(
            day=day,
            places=own,
            made=made,
            planned={place_id: frozenset(days) for place_id, days in planned.items()},
            limits={limit.place_id: limit for limit in uow.inspection_limits.find()},
        )

    def rows(self, villages: Iterable[Village], office: OfficeSettings) -> tuple[InspectionRow, ...]:
        """One row for each of the premises, by id."""
        known = {village.code: village for village in villages}
        names = {village.township_code: village.township_name for village in known.values()}
        return tuple(self._row(place, known, names, office) for place in self.places)

    def _row(
        self, place: Place, villages: Mapping[str, Village], names: Mapping[str, str], office: OfficeSettings
    ) -> InspectionRow:
        village = villages.get(place.village_code or "")
        township = place.township_code or (village.township_code if village else "")
        rule = rule_for(place, office, self.limits.get(place.id))
        made = self.made.get(place.id, ())
        of_year = [item for item in made if item.day.year == self.day.year]
        days = {item.day for item in made if item.counts}
        return InspectionRow(
            id=place.id,
            name=place.name,
            township_code=township,
            township_name=names.get(township, ""),
            count=len({item.day for item in of_year if item.counts}),
            exceptions=sum(not item.counts for item in of_year),
            yearly_cap=rule.yearly_cap,
            spacing_days=rule.spacing_days,
            last=max((item.day for item in made), default=None),
            earliest=next_day(rule, days | self.planned.get(place.id, frozenset()), self.day),
            saved=sum(max(0, len(item.requests) - 1) for item in of_year),
        )

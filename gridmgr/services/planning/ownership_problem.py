"""What the ownership planner is asked: a township's villages, people, recusals, tenure and ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from gridmgr.domain.assignments import OwnershipPlan
from gridmgr.domain.people import Officer, Recusal
from gridmgr.domain.places import Place, Village
from gridmgr.domain.settings import OfficeSettings
from gridmgr.geo.crs import area_m2
from gridmgr.geo.matrices import travel_matrix
from gridmgr.geo.neighbours import neighbours
from gridmgr.services.context import Context, require_township
from gridmgr.services.planning.candidates import Depot, find_depot
from gridmgr.services.planning.trades import agency_trades
from gridmgr.storage.repositories.plans import OwnershipHead
from planners import assignment

FloatMatrix = npt.NDArray[np.float64]

#: Hours a week beyond the visits themselves, by what there is to look after; rough, the same for everybody.
_HOURS_PER_VISIT_ROUND = 0.5
_HOURS_PER_PLACE = 0.25
_HOURS_PER_KM2 = 0.05
_RISK_FACTOR = {"A": 2.0, "B": 1.4, "C": 1.0}
#: Minutes for a way no road leads to: far, but finite.
_NO_ROAD_MINUTES = 240.0


@dataclass(frozen=True, kw_only=True)
class OwnershipInputs:
    """What assigning a township reads."""

    head: OwnershipHead
    published: OwnershipPlan | None
    villages: tuple[Village, ...]
    adjacent: frozenset[tuple[str, str]]
    officers: tuple[Officer, ...]
    recusals: tuple[Recusal, ...]
    places: tuple[Place, ...]
    depot: Depot
    office: OfficeSettings
    trades: Mapping[str, Mapping[str, float]]


def read_inputs(ctx: Context, township_code: str) -> OwnershipInputs:
    """Read a township with its people, and its ownership in force."""
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        office = uow.settings.office()
        villages = tuple(uow.villages.find(township_code=township_code))
        places = tuple(uow.places.find(township_code=township_code))
        agencies = uow.agencies.find()
        offices = {agency.code for agency in agencies if agency.is_office}
        officers = tuple(
            officer
            for officer in uow.officers.find(township_code=township_code)
            if office.office_owns_villages or officer.agency_code not in offices
        )
        head = uow.ownership.head(township_code)
        return OwnershipInputs(
            head=head,
            published=uow.ownership.get(head.published_id),
            villages=villages,
            adjacent=frozenset((a, b) for a, b, _ in uow.villages.adjacency(township_code)),
            officers=officers,
            recusals=tuple(uow.recusals.find()),
            places=places,
            depot=find_depot(places, villages),
            office=office,
            trades=agency_trades(agencies, uow.officers.find(), ctx.clock.today()),
        )


def build_problem(ctx: Context, inputs: OwnershipInputs) -> assignment.Problem:
    """Put it into the planner's words."""
    today = ctx.clock.today()
    by_village: dict[str, list[Place]] = {}
    for place in inputs.places:
        if place.village_code is not None:
            by_village.setdefault(place.village_code, []).append(place)
    borders = np.empty(len(inputs.villages), dtype=object)
    borders[:] = [village.geometry for village in inputs.villages]
    areas = area_m2(borders)
    villages = tuple(
        _village(village, by_village.get(village.code, []), float(area), inputs.office)
        for village, area in zip(inputs.villages, areas, strict=True)
    )
    officers = tuple(
        assignment.Officer(
            id=officer.id,
            skills=frozenset(officer.skills),
            previous=_held(inputs.published, officer.id, "lead"),
            previous_support=_held(inputs.published, officer.id, "support"),
            certified=officer.certified_on(today),
            young=_young(inputs, officer, today),
            trades=inputs.trades.get(officer.agency_code, {}),
            recused=frozenset(
                r.village_code for r in inputs.recusals if r.officer_id == officer.id and r.holds_on(today)
            ),
        )
        for officer in inputs.officers
    )
    ways = _ways(ctx, inputs)
    bordering, by_road = neighbours(
        [village.code for village in inputs.villages],
        inputs.adjacent,
        ways.between,
        near_minutes=inputs.office.neighbour_minutes,
    )
    return assignment.Problem(
        villages=villages,
        officers=officers,
        adjacent=bordering,
        near_by_road=by_road,
        travel_minutes=ways.to_villages,
        keep_young=inputs.office.tenure_rule == "fixed",
    )


def _village(
    village: Village, places: Sequence[Place], area: float, office: OfficeSettings
) -> assignment.Village:
    visits = village.required_visits_per_week * (office.village_visit_minutes / 60 + _HOURS_PER_VISIT_ROUND)
    wanted = Counter(skill for place in places for skill in place.required_skills)
    total = sum(wanted.values())
    return assignment.Village(
        code=village.code,
        workload=max(0.25, visits + _HOURS_PER_PLACE * len(places) + _HOURS_PER_KM2 * area / 1e6),
        risk=_RISK_FACTOR[village.risk],
        needs={skill: count / total for skill, count in sorted(wanted.items())},
        premises=sum(bool(place.required_skills) for place in places),
    )


def _held(plan: OwnershipPlan | None, officer_id: str, role: str) -> tuple[str, ...]:
    if plan is None:
        return ()
    return tuple(
        r.village_code for r in plan.responsibilities if r.officer_id == officer_id and r.role == role
    )


def _young(inputs: OwnershipInputs, officer: Officer, today: date) -> frozenset[str]:
    """Villages the officer has led for less than the minimum tenure.

    Where a plan does not say since when, it cannot be longer than since the officer was dispatched.
    """
    shortest = timedelta(days=inputs.office.min_tenure_days)
    return frozenset(
        r.village_code
        for r in (inputs.published.responsibilities if inputs.published else ())
        if r.officer_id == officer.id and r.role == "lead"
        if (since := r.since or officer.dispatched_on) is not None and today - since < shortest
    )


@dataclass(frozen=True, kw_only=True)
class _Ways:
    """Road minutes from officers' homes to villages, and between villages (NaN where no way is known)."""

    to_villages: FloatMatrix
    between: FloatMatrix


def _ways(ctx: Context, inputs: OwnershipInputs) -> _Ways:
    """Travel from each officer's home (the depot where unknown), and among the villages.

    Straight lines know no rivers, so without roads nothing is known of the ways between villages.
    """
    depot = inputs.depot
    homes = [
        (depot.lon, depot.lat)
        if officer.home_lon is None or officer.home_lat is None
        else (officer.home_lon, officer.home_lat)
        for officer in inputs.officers
    ]
    targets = [(village.point.x, village.point.y) for village in inputs.villages]
    unknown = np.full((len(targets), len(targets)), np.nan)
    if not homes or not targets:
        return _Ways(to_villages=np.zeros((len(homes), len(targets))), between=unknown)
    matrix = travel_matrix(ctx.router(), np.array([*homes, *targets]))
    minutes = np.where(matrix.seconds < 0, np.nan, matrix.seconds.astype(np.float64) / 60)
    to_villages = minutes[: len(homes), len(homes) :]
    return _Ways(
        to_villages=np.where(np.isnan(to_villages), _NO_ROAD_MINUTES, to_villages),
        between=unknown if matrix.method == "straight" else minutes[len(homes) :, len(homes) :],
    )

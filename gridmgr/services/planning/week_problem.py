"""A township's week to periodic problem: the only place that knows both; what days cost is in `week_cost`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gridmgr.geo.matrices import travel_matrix
from gridmgr.geo.routers.base import Matrix, Router
from gridmgr.services.planning.week_cost import patterns_of
from gridmgr.services.planning.week_inputs import WeekInputs
from planners import periodic


def week_matrix(inputs: WeekInputs, router: Router) -> Matrix:
    """Travel between the depot, which is row 0, and the villages."""
    points = [(inputs.depot.lon, inputs.depot.lat), *(inputs.spots[v.code] for v in inputs.villages)]
    return travel_matrix(router, np.array(points, dtype=np.float64), depot=0)


def build_week(inputs: WeekInputs, router: Router) -> tuple[periodic.Problem, Matrix]:
    """The periodic problem of the week, durations in seconds, and the travel it rests on."""
    matrix = week_matrix(inputs, router)
    problem = periodic.Problem(
        days=inputs.days,
        customers=tuple(
            periodic.Customer(
                id=village.code,
                node=node,
                patterns=patterns_of(inputs, village),
                service=60 * inputs.office.village_visit_minutes,
            )
            for node, village in enumerate(inputs.villages, start=1)
        ),
        vehicles=tuple(_vehicles(inputs)),
        travel=matrix.seconds.astype(np.int64),
    )
    return problem, matrix


def _vehicles(inputs: WeekInputs) -> Iterator[periodic.Vehicle]:
    rules = inputs.office.week_rules
    for day in inputs.open_days:
        for number, limit in enumerate(inputs.limits[day], start=1):
            offset = (day - inputs.first).days
            yield periodic.Vehicle(
                id=f"{offset}-{number}",
                day=offset,
                start_node=0,
                end_node=0,
                limit=rules.planned_seconds(limit),
            )

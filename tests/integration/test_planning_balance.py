"""The office's balance setting reaches the planner and evens out a day."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from gridmgr.domain.patrols import Squad, StopInfo
from gridmgr.domain.settings import OfficeSettings
from gridmgr.geo.routers.straight import StraightLineRouter
from gridmgr.services.planning.candidates import Depot
from gridmgr.services.planning.dayplan_problem import build_problem
from planners import routing
from planners.stop import Stop

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 2)


def squad(number: int) -> Squad:
    """A squad of one for the whole day."""
    return Squad(
        id=f"q{number}",
        number=number,
        leader=f"o{number}",
        members=(f"o{number}",),
        shift_start=datetime.combine(DAY, time(8, 30), ZONE),
        shift_end=datetime.combine(DAY, time(16, 30), ZONE),
    )


def visits_by_squad(balance_percent: int) -> list[int]:
    """How four stops at one spot are shared by two squads."""
    stops = [
        StopInfo(
            id=f"manual:{n}", kind="manual", name=f"点{n}", lon=112.52, lat=34.5, prize=10, service_minutes=30
        )
        for n in range(4)
    ]
    built = build_problem(
        day=DAY,
        zone=ZONE,
        squads=[squad(1), squad(2)],
        stops=stops,
        depot=Depot(name="所", lon=112.5, lat=34.5, on_record=True),
        office=OfficeSettings(balance_percent=balance_percent, lunch_minutes=0),
        router=StraightLineRouter(),
    )
    plan = routing.solve(built.problem, Stop(seconds=60, work=20), 1).solution
    assert plan is not None
    return sorted(len(route.visits) for route in plan.routes)


def test_the_offices_setting_shares_the_work_of_a_day() -> None:
    """Off by default: one squad drives out. Switched on, two share the stops."""
    assert visits_by_squad(OfficeSettings().balance_percent) == [0, 4]
    assert visits_by_squad(100) == [2, 2]


@pytest.mark.parametrize("per_cent", [-1, 101])
def test_a_setting_out_of_range_is_refused(per_cent: int) -> None:
    """By name and value."""
    with pytest.raises(ValueError, match=f"balance_percent must be 0 to 100, got {per_cent}"):
        OfficeSettings(balance_percent=per_cent)

"""A miniature township to plan on: five villages side by side, three agencies and the office, no roads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import shapely

from gridmgr.bootstrap import build_context
from gridmgr.clock import fixed_clock
from gridmgr.config import Config
from gridmgr.domain.patrols import DayPlan
from gridmgr.domain.people import Agency, Officer
from gridmgr.domain.places import Place, Township, Vehicle, Village
from gridmgr.domain.settings import OfficeSettings
from gridmgr.services.context import Context
from gridmgr.services.planning import (
    plan_routes,
)

TOWN = "419001001"
DAY = date(2026, 3, 3)
#: Nine in the evening before, in Shanghai.
NOW = datetime(2026, 3, 2, 13, tzinfo=UTC)


def village(number: int, *, risk: str = "C", visits: int = 1) -> Village:
    """Villages of a kilometre side by side, from west to east."""
    west = 113.6 + number * 0.01
    return Village(
        code=f"{TOWN}{200 + number}",
        name=f"第{number}村",
        township_code=TOWN,
        township_name="柳林镇",
        county_code="419001",
        county_name="甲县",
        risk=risk,
        required_visits_per_week=visits,
        geometry=shapely.box(west, 34.3, west + 0.01, 34.31),
    )


def officer(number: int, agency: str, **changes: object) -> Officer:
    """A certified officer of the market field."""
    base = Officer(
        id=f"P{number}",
        name=f"员{number}",
        agency_code=agency,
        township_code=TOWN,
        certificate_no=f"C{number}",
        skills=("市场",),
        home_lon=113.6 + number * 0.01,
        home_lat=34.305,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


@contextmanager
def miniature(folder: Path) -> Iterator[Context]:
    """Five villages, three agencies and the office with two officers each, one vehicle, no roads."""
    config = Config(database=str(folder / "grid.db"))
    context = build_context(config, clock=fixed_clock(NOW), must_exist=False)
    context.storage.migrate()
    villages = [village(n, risk="A" if n == 4 else "C", visits=3 if n == 4 else 1) for n in range(5)]
    agencies = [Agency(code=f"A{n}", name=f"{n}所", department="局", township_code=TOWN) for n in range(1, 4)]
    agencies.append(Agency(code="OF", name="综合行政执法办公室", department="", township_code=TOWN))
    officers = [officer(2 * a + b, agency.code) for a, agency in enumerate(agencies) for b in range(2)]
    places = [
        Place(id="D", name="驻地", kind="depot", lon=113.605, lat=34.305, township_code=TOWN),
        Place(
            id="M",
            name="集市",
            kind="market",
            lon=113.625,
            lat=34.305,
            priority=8,
            service_minutes=20,
            open=time(9),
            close=time(11),
            required_skills=("市场",),
            village_code=villages[2].code,
            township_code=TOWN,
        ),
    ]
    with context.storage.write("test") as uow:
        uow.townships.add(Township(code=TOWN, name="柳林镇", county_code="419001", county_name="甲县"))
        uow.villages.add_many(villages)
        uow.villages.save_adjacency(
            (villages[n].code, villages[n + 1].code, 1000.0) for n in range(len(villages) - 1)
        )
        uow.agencies.add_many(agencies)
        uow.officers.add_many(officers)
        uow.places.add_many(places)
        uow.vehicles.add(Vehicle(id="甲A001", township_code=TOWN, seats=5))
        uow.settings.save_office(OfficeSettings(max_squads=2, plan_seconds=1.0))
        uow.record("test.world", "world", "*")
        uow.commit()
    yield context
    context.storage.close()


def change(ctx: Context, **saves: object) -> None:
    """Put more things into the world: keyword names are repositories."""
    with ctx.storage.write("test") as uow:
        for name, item in saves.items():
            if name == "attendance":
                uow.attendance.save(item)  # type: ignore[arg-type]
            elif name == "office":
                uow.settings.save_office(item)  # type: ignore[arg-type]
            elif name == "officers_gone":
                for officer_id in item:  # type: ignore[attr-defined]
                    uow.officers.delete(officer_id)
            else:
                getattr(uow, name).add(item)
        uow.record("test.change", "world", "*")
        uow.commit()


def planned(ctx: Context, **options: object) -> DayPlan:
    """The day with routes."""
    return plan_routes(ctx, township_code=TOWN, day=DAY, actor="planner", seconds=1.0, **options)  # type: ignore[arg-type]


def stop_ids(plan: DayPlan) -> set[str]:
    """Every stop visited."""
    return {visit.stop.id for visit in plan.visits()}

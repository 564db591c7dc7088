"""A miniature township with a published day: four villages in a wavy grid, a squad, two stops."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import shapely

from gridmgr.bootstrap import build_context
from gridmgr.clock import fixed_clock
from gridmgr.config import Config
from gridmgr.domain.patrols import CheckIn, DayPlan, Squad, StopInfo, Visit
from gridmgr.domain.people import Agency, Officer
from gridmgr.domain.places import Place, Township, Village
from gridmgr.services.context import Context
from gridmgr.texts import Message

TOWN = "419001001"
DAY = date(2026, 3, 2)
#: Nine in the morning in Shanghai.
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


def _wave(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
    """A border of 60 small bends of about a metre, the same from both sides."""
    points = []
    for step in range(61):
        share = step / 60
        bend = 0.00001 * math.sin(share * math.pi * 30) if 0 < step < 60 else 0.0
        lon = start[0] + share * (end[0] - start[0])
        lat = start[1] + share * (end[1] - start[1])
        across = start[0] == end[0]
        points.append((lon + bend, lat) if across else (lon, lat + bend))
    return points


def village(column: int, row: int) -> Village:
    """A square of a kilometre with wavy sides that it shares with its neighbours."""
    west, south = 113.6 + column * 0.01, 34.3 + row * 0.01
    east, north = round(west + 0.01, 6), round(south + 0.01, 6)
    west, south = round(west, 6), round(south, 6)
    ring = (
        _wave((west, south), (east, south))
        + _wave((east, south), (east, north))
        + _wave((west, north), (east, north))[::-1]
        + _wave((west, south), (west, north))[::-1]
    )
    return Village(
        code=f"{TOWN}2{column}{row}",
        name=f"{column}{row}村",
        township_code=TOWN,
        township_name="柳林镇",
        county_code="419001",
        county_name="甲县",
        required_visits_per_week=2,
        geometry=shapely.Polygon(ring),
    )


VILLAGES = tuple(village(column, row) for column in range(2) for row in range(2))


def stop(number: int, name: str) -> StopInfo:
    """The village of that number as a stop."""
    item = VILLAGES[number]
    return StopInfo(
        id=f"village:{item.code}",
        kind="village",
        name=name,
        lon=item.point.x,
        lat=item.point.y,
        village_code=item.code,
        prize=40,
        purpose=(Message("purpose.last_visit", {"days": 4}),),
    )


def plan(revision: str = "r1", names: tuple[str, ...] = ("东头村", "西头村"), **changes: object) -> DayPlan:
    """One squad, half an hour from stop to stop."""
    start = datetime(2026, 3, 2, 9, tzinfo=ZONE)
    visits = tuple(
        Visit(
            stop=stop(number, name),
            arrive=start + timedelta(minutes=30 * number),
            start=start + timedelta(minutes=30 * number),
            leave=start + timedelta(minutes=30 * number + 20),
            travel_seconds=300,
            travel_metres=2500,
        )
        for number, name in enumerate(names)
    )
    squad = Squad(
        id=f"{TOWN}-{DAY}-1",
        number=1,
        leader="P1",
        members=("P1", "P2"),
        vehicle="豫A0001",
        shift_start=start,
        shift_end=start + timedelta(hours=8),
        visits=visits,
    )
    base = DayPlan(
        id=revision,
        township_code=TOWN,
        day=DAY,
        stage="routes",
        created_at=NOW,
        created_by="planner",
        change=Message("squads.formed", {"squads": 1}),
        squads=(squad,),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def open_world(folder: Path) -> Context:
    """The township without a plan; no roads, so that lines are straight."""
    context = build_context(
        Config(database=str(folder / "queries.db")), clock=fixed_clock(NOW), must_exist=False
    )
    context.storage.migrate()
    with context.storage.write("test") as uow:
        uow.townships.add(Township(code=TOWN, name="柳林镇", county_code="419001", county_name="甲县"))
        uow.villages.add_many(VILLAGES)
        uow.agencies.add(Agency(code="A", name="市监所", department="市监局", township_code=TOWN))
        for number in (1, 2, 3):
            officer = Officer(id=f"P{number}", name=f"员{number}", agency_code="A", township_code=TOWN)
            uow.officers.add(officer)
        uow.places.add(Place(id="D", name="驻地", kind="depot", lon=113.61, lat=34.31, township_code=TOWN))
        uow.record("test.world", "world", "*")
        uow.commit()
    return context


def publish(ctx: Context, made: DayPlan, *, draft_only: bool = False) -> None:
    """Store a plan as draft, and show it to the officers unless told not to."""
    with ctx.storage.write("planner") as uow:
        uow.days.add(made)
        head = uow.days.head(made.township_code, made.day)
        moved = replace(head, draft_id=made.id)
        if not draft_only:
            moved = replace(moved, published_id=made.id, published_at=NOW)
        uow.days.move_head(moved, expected_version=head.version)
        uow.record("test.publish", "day_plan", made.id)
        uow.commit()


def arrive(ctx: Context, number: int, *, minutes: int, left: bool = False, day: date = DAY) -> None:
    """A check-in of P1 at the village of that number, so many minutes after nine."""
    code = VILLAGES[number].code
    at = datetime(day.year, day.month, day.day, 9, tzinfo=ZONE) + timedelta(minutes=minutes)
    item = CheckIn(
        id=f"c{number}-{day}",
        day=day,
        township_code=TOWN,
        squad_id=None,
        officer_id="P1",
        stop_id=f"village:{code}",
        village_code=code,
        arrived_at=at.astimezone(UTC),
        left_at=(at + timedelta(minutes=10)).astimezone(UTC) if left else None,
    )
    with ctx.storage.write("P1") as uow:
        uow.check_ins.add(item)
        uow.record("check_in.arrive", "check_in", item.id)
        uow.commit()

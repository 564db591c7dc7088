"""A published day of the tiny county's east township: one squad, two villages and an incident to visit."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from conftest import EAST, NOW, TODAY
from PIL import Image

from gridmgr.domain.incidents import Incident
from gridmgr.domain.patrols import DayPlan, Squad, StopInfo, Visit
from gridmgr.services.context import Context
from gridmgr.texts import Message

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, SECOND, MATTER = f"village:{EAST}000", f"village:{EAST}001", "incident:i1"
#: Within the first village, at its stop, and two kilometres north of it.
AT_FIRST, FAR_AWAY = (113.005, 34.005), (113.005, 34.023)


def stop(stop_id: str, name: str, lon: float, village: str) -> StopInfo:
    """A stop in the east township."""
    return StopInfo(
        id=stop_id,
        kind=stop_id.partition(":")[0],
        name=name,
        lon=lon,
        lat=34.005,
        village_code=village,
        prize=10,
        purpose=(Message("purpose.last_visit", {"days": 9}),),
    )


STOPS = (
    stop(FIRST, "东乡0村", 113.005, f"{EAST}000"),
    stop(SECOND, "东乡1村", 113.015, f"{EAST}001"),
    stop(MATTER, "围墙倾斜", 113.016, f"{EAST}001"),
)


def day_plan(plan_id: str, stops: tuple[StopInfo, ...] = STOPS, **changes: object) -> DayPlan:
    """A day of one squad, o1 leading o2, half an hour a stop."""
    start = NOW.astimezone(ZONE)
    visits = tuple(
        Visit(
            stop=item,
            arrive=start + timedelta(minutes=30 * n),
            start=start + timedelta(minutes=30 * n),
            leave=start + timedelta(minutes=30 * n + 20),
            travel_seconds=600,
            travel_metres=5000,
        )
        for n, item in enumerate(stops)
    )
    squad = Squad(
        id=f"{EAST}-1",
        number=1,
        leader="o1",
        members=("o1", "o2"),
        vehicle="豫A0001",
        shift_start=start - timedelta(hours=1),
        shift_end=start + timedelta(hours=7),
        visits=visits,
    )
    plan = DayPlan(
        id=plan_id,
        township_code=EAST,
        day=TODAY,
        stage="routes",
        created_at=NOW,
        created_by="planner",
        change=Message("plan.edit.move", {"stop": "x"}),
        squads=(squad,),
    )
    return replace(plan, **changes)  # type: ignore[arg-type]


def publish(ctx: Context, plan: DayPlan) -> None:
    """Store a plan and show it to the officers."""
    with ctx.storage.write("planner") as uow:
        uow.days.add(plan)
        head = uow.days.head(plan.township_code, plan.day)
        shown = replace(head, draft_id=plan.id, published_id=plan.id, published_at=ctx.clock.utc_now())
        uow.days.move_head(shown, expected_version=head.version)
        uow.record("test.publish", "day_plan", plan.id)
        uow.commit()


def add_matter(ctx: Context) -> None:
    """The open incident behind the third stop."""
    incident = Incident(
        id="i1",
        reported_at=NOW,
        category="安全隐患",
        lon=113.016,
        lat=34.005,
        village_code=f"{EAST}001",
        township_code=EAST,
    )
    with ctx.storage.write("planner") as uow:
        uow.incidents.add(incident)
        uow.record("test.incident", "incident", "i1")
        uow.commit()


def jpeg(size: tuple[int, int] = (2400, 1200), **options: object) -> bytes:
    """A photo, its left half red."""
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    made = io.BytesIO()
    image.save(made, "JPEG", **options)
    return made.getvalue()
